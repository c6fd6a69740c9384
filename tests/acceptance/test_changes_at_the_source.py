"""What a source takes back, or an operator edits: what stays, and what leaves for good."""

import json
import signal
from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.store import open_store
from tests.acceptance.test_service import get, running, said
from tests.installation import PATIENCE, Installation, free_port

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"
xmlns:at="http://purl.org/atompub/tombstones/1.0"><title>Agency</title>
<id>urn:agency</id><updated>2026-05-01T10:00:00Z</updated>{}</feed>"""
FORMATS = ("rss", "atom", "json")
DAY = timedelta(days=1)


def entry(n):
    return (
        f"<entry><id>urn:agency:{n}</id><title>Report {n}</title>"
        f"<link href='https://agency.example/{n}'/><updated>2026-05-01T10:00:00Z"
        f"</updated><content>Words of {n}.</content></entry>"
    )


def feed(*entries):
    return ATOM.format("".join(entries)).encode()


GONE = (
    '<at:deleted-entry ref="urn:agency:2" when="2026-05-02T10:00:00Z">'
    "<at:comment>printed in error</at:comment></at:deleted-entry>"
)


@pytest.fixture
def at(tmp_path, origin):
    return Installation(tmp_path, {"agency": origin.url()}, port=free_port())


def in_outputs(at, text):
    return [text in at.published(f"feeds/wire.{name}").decode() for name in FORMATS]


def test_what_vanishes_is_kept_and_what_is_taken_back_leaves_for_good(at, origin):
    """D18: vanished: kept; empty: kept, with a warning; at:deleted-entry: never again."""
    origin.answers("/feed", feed(entry(1), entry(2), entry(3)))
    origin.answers("/feed", feed(entry(2), entry(3)))
    origin.answers("/feed", feed())
    origin.answers("/feed", feed(GONE, entry(3)))
    origin.answers("/feed", feed(entry(2), entry(3)))
    at.poll()
    taken_back = next(a for a in at.articles() if a["title"] == "Report 2")

    at.poll("--force")
    assert in_outputs(at, "Report 1") == [True] * 3
    at.poll("--force")
    warned = at.status()["agency"]
    assert in_outputs(at, "Report 3") == [True] * 3
    at.poll("--force")
    unwarned = at.status()["agency"]
    assert in_outputs(at, "Report 2") == [False] * 3
    atom, feed_json = (
        at.published(f"feeds/wire.{n}").decode() for n in ("atom", "json")
    )
    again = at.poll("--force")

    assert warned["state"] == "ok"
    assert "the feed holds no entry now" in warned["because"]
    assert "no entry" not in unwarned["because"]
    assert f'ref="{taken_back["id"]}"' in atom or "urn:agency:2" in atom
    assert "deleted-entry" in atom
    assert "urn:agency:2" in feed_json
    assert (again["new"], again["changed"]) == (0, 0)
    assert in_outputs(at, "Report 2") == [False] * 3
    with running(at):
        status, _, page = get(at, f"/articles/{taken_back['id']}")
    assert status == 410
    assert b"printed in error" in page
    assert b"Words of 2" not in page


def a_day_passes(at):
    """Move what is stored back by a day, as if it had passed."""
    with open_store(at.store) as store:
        rows = [
            replace(
                row,
                last_polled_at=row.last_polled_at - DAY,
                last_success_at=row.last_success_at - DAY,
                first_success_at=row.first_success_at - DAY,
                next_poll_at=row.next_poll_at - DAY,
            )
            for row in store.states().values()
        ]
        store.put_states(rows, configured=list(store.configured()))


def test_a_source_removed_renamed_or_moved_keeps_its_articles_once(at, origin):
    """D8: entries and validators are kept; 0 duplicates."""
    tagged = [("ETag", '"one"')]
    origin.answers("/feed", feed(entry(1), entry(2)), headers=tagged)
    origin.answers("/feed", status=304, headers=tagged)
    origin.answers("/elsewhere", feed(entry(1), entry(2), entry(3)))
    at.poll()
    before = {(a["id"], a["title"]) for a in at.articles()}

    at.write_sources({})
    at.poll()
    removed = at.articles()
    a_day_passes(at)
    at.write_sources({"agency": origin.url()})
    back = at.poll()
    at.write_sources({"agency": {"url": origin.url(), "title": "The Agency"}})
    at.poll("--force")
    renamed = at.published("feeds/wire.atom")
    at.write_sources({"agency": origin.url("/elsewhere")})
    moved = at.poll()

    assert {(a["id"], a["title"]) for a in removed} == before
    assert (back["polled"], back["unchanged"]) == (1, 1)
    assert [h.header("if-none-match") for h in origin.heard[1:3]] == [b'"one"'] * 2
    assert b"The Agency" in renamed
    assert origin.heard[3].path == "/elsewhere"
    assert origin.heard[3].header("if-none-match") is None
    assert (moved["new"], moved["changed"]) == (1, 0)
    assert {(a["id"], a["title"]) for a in at.articles()} >= before
    assert len(at.articles()) == 3
    assert at.published("feeds/wire.atom").count(b"<entry>") == 3


def test_nothing_new_is_the_same_bytes_before_and_after_a_restart(at, origin):
    """D10: same bytes, same ETag, 304; 0 differing bytes."""
    origin.answers("/feed", feed(entry(1), entry(2)))
    seen = []

    for _ in range(2):
        with running(at) as process:
            if not seen:
                said(process, "event=published", "feeds/wire.json", "entries=2")
            answers = {n: get(at, f"/feeds/wire.{n}") for n in FORMATS}
            seen.append({n: (a[1]["etag"], a[2]) for n, a in answers.items()})
            for name in FORMATS:
                etag = seen[0][name][0]
                again = get(at, f"/feeds/wire.{name}", If_None_Match=etag)
                assert (again[0], again[2]) == (304, b"")
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
        files = at.files()
        written = json.loads(at.run("publish", "--json").stdout)
        at.poll("--force")
        assert at.files() == files
        assert {status["path"] for status in written} >= {"feeds/wire.atom"}

    assert seen[0] == seen[1]
