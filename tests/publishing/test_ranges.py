"""Files are read and put together in ranges, and none is ever held in memory."""

import os
from pathlib import Path

import pytest

from aggregator.publishing import ranges
from aggregator.publishing.bound import entries_of
from aggregator.publishing.ranges import Fresh, Ranges, Standing, opened

FEED = (
    b"<feed><id>a</id>"
    b"<entry><id>b</id><source><id>a</id></source></entry>"
    b'<entry xml:lang="en"><id>c</id><summary>&lt;id&gt;d</summary></entry>'
    b"</feed>"
)


@pytest.fixture(params=[1, 3, 16, 1000])
def chunk(request, monkeypatch):
    monkeypatch.setattr(ranges, "_CHUNK", request.param)


@pytest.fixture
def standing(tmp_path):
    path = tmp_path / "feed.atom"
    path.write_bytes(FEED)
    return Standing(path)


@pytest.mark.usefixtures("chunk")
def test_a_file_is_what_its_chunks_are(standing):
    assert b"".join(standing.chunks(0, standing.size)) == FEED
    assert standing.read(6, 17) == FEED[6:17]


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("text", [b"<id>", b"</entry>", b"a", b"nowhere"])
def test_a_text_is_found_wherever_chunks_part_it(standing, text):
    places = [at for at in range(len(FEED)) if FEED.startswith(text, at)]

    assert list(standing.found(text)) == places
    assert list(standing.found(text, 20)) == [at for at in places if at >= 20]


@pytest.mark.usefixtures("chunk")
def test_an_entry_is_found_by_its_own_id_and_by_no_other(standing):
    found = list(entries_of(standing, {b"a", b"b", b"c", b"d"}))

    assert [(FEED[first:last], own) for first, last, own in found] == [
        (b"<entry><id>b</id><source><id>a</id></source></entry>", b"b"),
        (
            b'<entry xml:lang="en"><id>c</id><summary>&lt;id&gt;d</summary></entry>',
            b"c",
        ),
    ]
    assert [own for *_, own in entries_of(standing, {b"c"})] == [b"c"]
    assert list(entries_of(standing, {b"a", b"d"})) == []


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("said", [FEED, FEED[:-1], FEED + b" ", FEED[::-1], b""])
def test_a_file_holds_its_bytes_and_no_others(standing, said):
    parts = (said[at : at + 5] for at in range(0, len(said), 5))

    assert standing.holds(parts) == (said == FEED)


def test_what_took_the_place_of_a_file_does_not_change_what_is_open(standing, tmp_path):
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "new").replace(tmp_path / "feed.atom")

    assert standing.read(0, standing.size) == FEED
    standing.require_unchanged()


def test_a_file_that_is_written_into_is_no_good_any_more(standing, tmp_path):
    with (tmp_path / "feed.atom").open("r+b") as file:
        os.utime(file.fileno(), (1, 1))

    with pytest.raises(OSError, match=r"feed\.atom was changed"):
        standing.require_unchanged()


def test_a_file_that_is_cut_off_is_no_good_any_more(standing, tmp_path):
    os.truncate(tmp_path / "feed.atom", 5)

    with pytest.raises(OSError, match=r"feed\.atom is shorter"):
        standing.read(0, standing.size)


def test_a_link_is_never_followed(tmp_path):
    (tmp_path / "other").write_bytes(FEED)
    (tmp_path / "feed.atom").symlink_to(tmp_path / "other")

    assert opened(tmp_path / "feed.atom") is None
    assert opened(tmp_path / "nothing") is None


def test_a_file_is_closed_when_nobody_holds_it_any_more(tmp_path):
    (tmp_path / "feed.atom").write_bytes(FEED)
    held = Path("/proc/self/fd")
    before = len(list(held.iterdir()))

    for _ in range(10):
        assert Standing(tmp_path / "feed.atom").size

    assert len(list(held.iterdir())) == before


def test_ranges_that_follow_each_other_are_one(standing, tmp_path):
    fresh, found = Fresh(tmp_path), Ranges()
    found.add(standing, 0, 6)
    found.add(standing, 6, 16)
    assert found.is_one_of(standing)

    found.add(fresh, *fresh.add(b"new"))
    found.add(standing, 16, len(FEED))

    assert not found.is_one_of(standing)
    assert b"".join(found.chunks()) == FEED[:16] + b"new" + FEED[16:]
    assert found.size == len(FEED) + 3


def test_what_is_new_leaves_memory_and_no_file_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(ranges, "_IN_MEMORY", 10)
    fresh = Fresh(tmp_path)

    places = [fresh.add(b"piece %d" % n) for n in range(5)]

    assert [b"".join(fresh.chunks(*each)) for each in reversed(places)] == [
        b"piece %d" % n for n in range(4, -1, -1)
    ]
    assert list(tmp_path.iterdir()) == []
