"""Publishing: what is written, when, and what stays when something goes wrong."""

import gzip
import resource
import signal
import threading
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from builders import ANY_RIGHTS, NOON, article, attribution, publication, report
from msgspec.structs import replace
from press import NAMES, contents, publisher_top, reports

from aggregator.errors import PublishError
from aggregator.model import Enclosure, Image, Tag, Via
from aggregator.publishing import Margin, Publisher, Tombstone, formats
from aggregator.publishing.formats import json as json_format
from aggregator.publishing.pieces import Piece, Pieces

STEPS = ["temp-written", "before-rename", "after-rename"]


def identities(output):
    files = {path.name: path.stat() for path in (output / "feeds").iterdir()}
    return {name: (file.st_ino, file.st_mtime_ns) for name, file in files.items()}


# -- what is written


def test_every_format_is_written_plain_and_gzipped(publisher, output):
    statuses = publisher.publish(publication(), reports(1, 2), now=NOON)

    written = contents(output)
    assert sorted(written) == sorted([*NAMES, *(f"{name}.gz" for name in NAMES)])
    for name in NAMES:
        assert gzip.decompress(written[f"{name}.gz"]) == written[name]
    assert {(s.path, s.entries, s.refused, s.written_at) for s in statuses} == {
        (f"feeds/{name}", 2, None, NOON) for name in NAMES
    }


def test_no_more_entries_are_shown_than_the_limit(publisher):
    few = publication(limit=2)

    statuses = publisher.publish(few, reports(1, 2, 3), now=NOON)

    assert {status.entries for status in statuses} == {2}
    assert publisher.would_change(few, reports(1, 2, 3)) == []


def test_publishing_again_touches_no_file(publisher, output):
    """D10: nothing new, same bytes, same files."""
    publisher.publish(publication(), reports(1, 2), now=NOON)
    before = identities(output)

    later = NOON + timedelta(hours=1)
    statuses = publisher.publish(publication(), reports(1, 2), now=later)

    assert identities(output) == before
    assert {(s.checked_at, s.written_at) for s in statuses} == {(later, NOON)}


def test_another_process_writes_the_same_bytes(publisher, output, tmp_path):
    """D10: restart between."""
    publisher.publish(publication(), reports(3, 2), now=NOON)
    publisher.publish(publication(), reports(1, 3, 2), now=NOON)
    again = Publisher(tmp_path / "again", base_url="https://wire.example")

    again.publish(publication(), reports(1, 3, 2), now=NOON + timedelta(days=1))

    assert contents(tmp_path / "again") == contents(output)


def test_a_file_and_its_gzip_form_are_of_one_time(publisher, output):
    publisher.publish(publication(), reports(1), now=NOON)
    (output / "feeds/wire.rss.gz").unlink()

    publisher.publish(publication(), reports(1), now=NOON + timedelta(hours=1))

    times = {path.stat().st_mtime for path in (output / "feeds").glob("wire.rss*")}
    assert times == {NOON.timestamp()}


@pytest.mark.parametrize("passed", [timedelta(hours=-1), timedelta(seconds=0.9)])
def test_the_time_of_change_never_goes_back_and_never_stays(publisher, passed):
    """D9: Last-Modified, which has seconds, goes on where the clock does not."""
    publisher.publish(publication(), reports(1), now=NOON)

    statuses = publisher.publish(publication(), reports(1, 2), now=NOON + passed)

    assert {status.written_at for status in statuses} == {NOON + timedelta(seconds=1)}


def test_would_change_names_what_publish_would_write_and_writes_nothing(
    publisher, output
):
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)

    assert publisher.would_change(publication(), reports(1)) == []
    assert sorted(publisher.would_change(publication(), reports(1, 2))) == [
        f"feeds/{name}" for name in NAMES
    ]
    assert contents(output) == before


def test_a_compressed_form_that_publish_would_write_anew_would_change(
    publisher, output
):
    publisher.publish(publication(), reports(1), now=NOON)
    (output / "feeds/wire.rss.gz").write_bytes(b"damaged")
    (output / "feeds/wire.atom.gz").unlink()

    assert sorted(publisher.would_change(publication(), reports(1))) == [
        "feeds/wire.atom.gz",
        "feeds/wire.rss.gz",
    ]


def test_would_change_makes_no_folder(publisher, output):
    assert publisher.would_change(publication(), reports(1))
    assert not output.exists()


# -- one bad entry


def test_an_entry_that_cannot_be_written_is_left_out_with_the_reason(publisher, output):
    """I7: one character in one entry never stops a document."""
    for number, character in enumerate("\x00\x01\x08\x0b\x0c\x1b\ufffe\uffff\ud800"):
        bad = report(article(99, title=f"a{character}b"), publication(), ANY_RIGHTS)

        statuses = publisher.publish(
            publication(), [*reports(1), bad, *reports(number + 2)], now=NOON
        )

        reason = f"its headline holds U+{ord(character):04X}, which no format may hold"
        assert {(s.entries, s.refused, s.left_out) for s in statuses} == {
            (2, None, ((article(99).id, reason),))
        }
        ET.parse(output / "feeds/wire.rss")


ILLEGAL = "K\x0bim"
FILE = "https://agency.example/2.jpg"


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"source_title": ILLEGAL}, "original headline"),
        ({"body": f"<p>{ILLEGAL}</p>"}, "body"),
        ({"body": "", "summary": ILLEGAL}, "excerpt"),
        ({"attribution": attribution(rights=ILLEGAL)}, "rights"),
        ({"attribution": attribution(feed_rights=ILLEGAL)}, "rights of the feed"),
        (
            {"attribution": attribution(via=Via(title="Paper", rights=ILLEGAL))},
            "rights of the first source",
        ),
        ({"authors": ("Ann", ILLEGAL)}, "author"),
        ({"attribution": attribution(author=ILLEGAL)}, "author"),
        ({"tags": (Tag(term=ILLEGAL),)}, "tag"),
        ({"tags": (Tag(term="a", label=ILLEGAL),)}, "tag"),
        ({"tags": (Tag(term="a", scheme=ILLEGAL),)}, "tag"),
        ({"enclosures": (Enclosure(url=FILE, title=ILLEGAL),)}, "title of a file"),
        ({"enclosures": (Enclosure(url=FILE, credit=ILLEGAL),)}, "credit of a file"),
        ({"image": Image(url=FILE, credit=ILLEGAL)}, "credit of a picture"),
    ],
)
def test_what_cannot_be_written_is_named_where_it_stands_in_every_format(
    publisher, said, where
):
    bad = report(article(1, **said), publication(), ANY_RIGHTS)

    statuses = publisher.publish(publication(), [bad], now=NOON)

    reason = f"its {where} holds U+000B, which no format may hold"
    assert {status.left_out for status in statuses} == {((bad.article.id, reason),)}


def test_an_entry_that_is_left_out_leaves_nothing_in_the_head(publisher, output):
    """Neither its language nor its time of change is that of what is shown."""
    later = NOON + timedelta(days=1)
    bad = article(2, title="a\x0bb", language="fa", updated=later)
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)

    publisher.publish(
        publication(), [report(bad, publication(), ANY_RIGHTS), *reports(1)], now=NOON
    )

    assert contents(output) == before


def test_characters_that_are_legal_if_odd_are_published(publisher):
    """I7: 7F, 85 and 1FFFE are legal in XML."""
    odd = report(
        article(1, title="a\x7f\x85\U0001fffe\u2028b"), publication(), ANY_RIGHTS
    )

    statuses = publisher.publish(publication(), [odd], now=NOON)

    assert {(status.entries, status.refused) for status in statuses} == {(1, None)}


def test_of_two_entries_with_one_id_the_first_stands(publisher, output):
    twin = article(2, published_id=article(1).published_id)
    both = [*reports(1), report(twin, publication(), ANY_RIGHTS)]

    statuses = publisher.publish(publication(), both, now=NOON)

    reason = f"same id as {article(1).id}"
    assert {status.left_out for status in statuses} == {((twin.id, reason),)}
    (found,) = formats.named("atom").read((output / "feeds/wire.atom").read_bytes())
    assert found.title == "Report number 1"


def test_nothing_that_stands_in_a_document_is_taken_back_beside_it(publisher, output):
    """Of two reports with one id, one was withdrawn: a reader would remove the other."""
    shown = reports(1)
    stones = tuple(
        Tombstone(ref=ref, at=NOON, reason="a hoax")
        for ref in (shown[0].article.published_id, "urn:x:gone")
    )
    publisher.publish(publication(), shown, now=NOON, margin=Margin(tombstones=stones))

    feed = ET.fromstring(contents(output)["wire.atom"])
    deleted = feed.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert [each.get("ref") for each in deleted] == ["urn:x:gone"]


def test_an_entry_in_which_a_reader_finds_something_else_is_left_out(
    publisher, monkeypatch
):
    entry = json_format.entry
    monkeypatch.setattr(
        json_format,
        "entry",
        lambda report, top: entry(report, top).replace(b"number 2", b"number 7"),
    )

    (status,) = publisher.publish(
        publication(formats=("json",)), reports(1, 2, 3), now=NOON
    )

    ((left_out, reason),) = status.left_out
    assert (status.entries, status.refused, left_out) == (2, None, article(2).id)
    assert "a reader finds another title than was meant" in reason


@pytest.mark.parametrize(
    ("spoilt", "reason"),
    [
        ({"content": ""}, "its credit is not the last thing in the body"),
        ({"content": "<p>Words.</p>"}, "its credit is not the last thing in the body"),
        (
            {"content": reports(1)[0].content + "<p>More.</p>"},
            "its credit is not the last thing in the body",
        ),
        ({"article": article(1, published_id="")}, "it has no id"),
    ],
)
def test_a_report_without_credit_or_id_is_left_out(publisher, spoilt, reason):
    without = replace(reports(1)[0], **spoilt)

    statuses = publisher.publish(publication(), [without], now=NOON)

    assert {(s.entries, s.left_out) for s in statuses} == {
        (0, ((without.article.id, reason),))
    }


# -- the last good one stays


def test_a_document_in_which_a_reader_finds_something_else_is_refused(
    publisher, output, monkeypatch
):
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)
    head = json_format.head(publisher_top(), language=None, updated=NOON)
    worse = type(head)(before=head.before, after=head.after, between=b",{},")
    monkeypatch.setattr(json_format, "head", lambda *_, **__: worse)

    statuses = publisher.publish(publication(), reports(1, 2), now=NOON)

    (refused,) = [status for status in statuses if status.refused]
    assert refused.path == "feeds/wire.json"
    assert refused.written_at == NOON
    after = contents(output)
    assert after["wire.json"] == before["wire.json"]
    assert after["wire.json.gz"] == before["wire.json.gz"]
    assert after["wire.rss"] != before["wire.rss"]
    with pytest.raises(PublishError, match="no JSON Feed"):
        publisher.render(publication(), reports(1, 2))


def test_a_mixed_up_title_is_found_by_reading_back(publisher, output, monkeypatch):
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)
    monkeypatch.setattr(
        json_format,
        "head",
        lambda *_, **__: formats.Head(before=b'{"items":[', after=b"]}", between=b","),
    )
    body = Piece(
        entry=b'{"id":"x","title":"another","content_html":"",'
        b'"_mediawire":{"source":{"title":"y"}}}'
    )
    monkeypatch.setattr(Pieces, "take", lambda *_: [mixed_up(body, reports(2)[0])])

    (status,) = publisher.publish(publication(formats=("json",)), reports(2), now=NOON)

    assert status.refused == (
        "a reader finds another id than was meant in https://agency.example/reports/2"
    )
    assert contents(output) == before


def mixed_up(piece, meant_report):
    from aggregator.publishing.check import meant

    return Piece(entry=piece.entry, essentials=meant(meant_report, publisher_top()))


def test_a_publication_that_cannot_name_itself_is_refused(publisher, output):
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)

    statuses = publisher.publish(
        publication(title="a\x01b", formats=("rss", "atom")), reports(1), now=NOON
    )

    assert ["says of itself" in status.refused for status in statuses] == [True, True]
    assert contents(output) == before


def test_a_full_disk_leaves_the_old_file_and_is_told(publisher, output):
    """D4: byte-equal to before; goes on by itself when space returns."""
    publisher.publish(publication(), reports(1), now=NOON)
    before = contents(output)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        statuses = publisher.publish(publication(), reports(1, 2), now=NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)

    assert {status.refused for status in statuses} == {
        f"feeds/{name} cannot be written: File too large" for name in NAMES
    }
    assert contents(output) == before
    again = publisher.publish(publication(), reports(1, 2), now=NOON)
    assert {status.refused for status in again} == {None}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("nth", range(6))
def test_a_crash_at_any_step_leaves_whole_files_and_is_made_good(
    publisher, output, step, nth
):
    """D2: temp written, before and after rename."""
    publisher.publish(publication(), reports(1), now=NOON)
    old = contents(output)
    passed = []

    def crash(name):
        passed.append(name)
        if passed.count(step) == nth + 1 and name == step:
            raise KeyboardInterrupt

    dying = Publisher(output, base_url="https://wire.example", step=crash)
    with pytest.raises(KeyboardInterrupt):
        dying.publish(publication(), reports(1, 2), now=NOON)

    left = contents(output)
    fresh = Publisher(output, base_url="https://wire.example")
    fresh.publish(publication(), reports(1, 2), now=NOON)
    fresh.remove_others([publication()])
    new = contents(output)
    assert all(left[name] in {old[name], new[name]} for name in old)
    assert sorted(new) == sorted(old)
    assert all(new[name] != old[name] for name in old)
    for name in NAMES:
        assert gzip.decompress(new[f"{name}.gz"]) == new[name]


def test_readers_never_see_half_a_file(publisher, output):
    """D9: every read during 30 publishes is a whole document, old or new."""
    publisher.publish(publication(), reports(1), now=NOON)
    path, done, torn = output / "feeds/wire.atom", threading.Event(), []

    def read():
        while not done.is_set():
            if not path.read_bytes().endswith(b"</feed>"):
                torn.append(path)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(30):
        publisher.publish(
            publication(formats=("atom",)), reports(1, 2 + number % 7), now=NOON
        )
    done.set()
    reader.join()

    assert torn == []
