"""Months that were removed, cut or forged are told, and made whole again."""

import gzip
import re
import shutil

import pytest

from aggregator.app.verification import document_differences
from aggregator.publishing import Archives
from tests.app.months import ALL, AP, BBC, DAY, MARCH, WIRE, desk_of_three_months, said
from tests.feedrules import problems


@pytest.fixture
def desk(tmp_path):
    desk = desk_of_three_months(tmp_path)
    desk.publishes()
    yield desk
    desk.close()


@pytest.fixture
def folder(desk):
    return desk.folder / "public/feeds/wire/archive"


def differences(desk):
    return {each.subject: each.sentence for each in document_differences(desk.wire)}


def would_change(desk):
    return desk.wire.printing.would_publish(desk.now, [WIRE])


def entries(text):
    return re.findall(r"<entry[^>]*><id>(.*?)</id>", text)


JANUARY = "feeds/wire/archive/2026-01.atom"


def test_what_was_just_published_is_as_it_was_written(desk):
    assert differences(desk) == {}
    assert would_change(desk) == []


@pytest.mark.parametrize("lost", ["2026-01.atom", "2026-01.atom.gz"])
def test_a_month_of_which_one_form_is_lost_is_made_whole_from_the_other(
    desk, folder, lost
):
    """With what was pruned, which stands nowhere else."""
    before = (folder / "2026-01.atom").read_bytes()
    desk.wire.store.prune(MARCH - 10 * DAY)
    (folder / lost).unlink()

    assert would_change(desk) == [JANUARY]
    desk.publishes()

    assert (folder / "2026-01.atom").read_bytes() == before
    assert gzip.decompress((folder / "2026-01.atom.gz").read_bytes()) == before
    assert differences(desk) == {}


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x1f\x8bjunk"])
def test_a_damaged_month_is_made_anew_from_the_store(desk, folder, damage):
    before = (folder / "2026-01.atom").read_bytes()
    for name in ("2026-01.atom", "2026-01.atom.gz"):
        (folder / name).write_bytes(damage)

    assert JANUARY in differences(desk)
    assert would_change(desk) == [JANUARY]
    desk.publishes()

    assert (folder / "2026-01.atom").read_bytes() == before
    assert differences(desk) == {}


def test_a_month_that_is_gone_is_told_and_made_anew(desk, folder):
    before = (folder / "2026-01.atom").read_bytes()
    for path in [*folder.glob("2026-01*"), folder / ".2026-01.pieces"]:
        path.unlink()

    assert "missing" in differences(desk)[JANUARY]
    desk.publishes()

    assert (folder / "2026-01.atom").read_bytes() == before


def test_a_month_that_nothing_is_left_of_is_not_missed_for_ever(desk, folder):
    """An operator may make room; what is pruned stands nowhere else."""
    desk.wire.store.prune(MARCH - 10 * DAY)
    for path in [*folder.glob("2026-01*"), folder / ".2026-01.pieces"]:
        path.unlink()

    desk.publishes()

    assert differences(desk) == {}
    assert would_change(desk) == []


def test_readers_are_led_past_a_month_that_nothing_is_left_of(desk, folder):
    """RFC 5005 section 4: who follows `prev-archive` comes to all that stands."""
    before = (folder / "2026-03.atom").read_text()
    desk.wire.store.prune(MARCH - 10 * DAY)
    for path in [*folder.glob("2026-02*"), folder / ".2026-02.pieces"]:
        path.unlink()

    after = desk.publishes()

    led = before.replace("2026-02.atom", "2026-01.atom")
    assert "prev-archive" in led
    assert after["2026-03"] == led


def test_months_whose_disk_was_away_are_led_to_again(desk):
    """What was pruned stands nowhere else, and had no month before or after it then."""
    before = desk.publishes()
    desk.wire.store.prune(MARCH - 10 * DAY)
    public = desk.folder / "public"
    public.rename(desk.folder / "away")
    assert desk.publishes().keys() == {"2026-03"}
    shutil.rmtree(public)
    (desk.folder / "away").rename(public)

    assert desk.publishes() == before
    assert desk.publishes() == before
    assert would_change(desk) == []
    assert differences(desk) == {}


def test_a_month_that_was_forged_in_both_its_forms_is_told(desk, folder):
    """Neither form is a witness of the other then."""
    forged = (folder / "2026-01.atom").read_bytes().replace(b"words", b"sword")
    (folder / "2026-01.atom").write_bytes(forged)
    (folder / "2026-01.atom.gz").write_bytes(gzip.compress(forged))

    assert "not the document that was written" in differences(desk)[JANUARY]


def test_months_follow_the_public_address(desk):
    """RFC 5005: a reader walks from month to month by the addresses in them."""
    desk.has(AP, BBC, base_url="https://wire.example.org")
    assert len(would_change(desk)) == len(ALL) + 3

    after = desk.publishes()

    assert not any("127.0.0.1:8080" in text for text in after.values())
    assert said(after, AP) == said(after, BBC) == ALL
    assert would_change(desk) == []


@pytest.mark.parametrize("times", [1, 2])
def test_months_without_index_follow_and_lose_nothing_that_was_pruned(
    desk, folder, times
):
    """Something was taken back in them, or a backup left hidden files out."""
    for path in folder.glob(".*.pieces"):
        path.unlink()
    before = {name: entries(text) for name, text in desk.publishes().items()}
    # All of January, and of February what stands last in it.
    desk.wire.store.prune(MARCH - 30 * DAY - DAY / 48)

    for number in range(times):
        base_url = f"https://wire{number}.example"
        desk.has(AP, BBC, base_url=base_url)
        after = desk.publishes()

    assert {name: entries(text) for name, text in after.items()} == before
    for name, text in after.items():
        assert f'href="{base_url}/feeds/wire/archive/{name}.atom" rel="self"' in text
        assert problems(text.encode(), "atom") == []
        packed = (folder / f"{name}.atom.gz").read_bytes()
        assert gzip.decompress(packed) == text.encode()
    assert would_change(desk) == []


def test_what_is_stored_and_not_shown_comes_back_from_no_file(desk, folder):
    (folder / ".2026-02.pieces").unlink()
    gone = "https://agency.example/reports/3"
    desk.wire.store.withdraw(
        desk.wire.store.find(gone)[0].id, at=desk.now, reason="a hoax", by="desk"
    )

    desk.has(AP, BBC, base_url="https://wire.example")

    assert gone not in entries(desk.publishes()["2026-02"])


def test_who_is_killed_while_a_month_is_written_has_damaged_nothing(desk, monkeypatch):
    desk.has(AP, BBC, base_url="https://wire.example.org")
    with monkeypatch.context() as killed:
        killed.setattr(Archives, "_differing", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.wire.publish()

    desk.has(AP, BBC)

    assert would_change(desk) == []
    assert differences(desk) == {}


def dies(*_):
    raise KeyboardInterrupt


def test_a_month_that_was_taken_back_in_is_as_it_was_written(desk):
    article = next(a for a in desk.wire.store.articles() if "January" in a.title)
    desk.wire.store.withdraw(article.id, at=desk.now, reason="an error", by="operator")

    desk.publishes()

    assert differences(desk) == {}
