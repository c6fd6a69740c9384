"""P1: who adds a feed by command asks its publisher once, to see it and to take it in."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.app.handover import hand_over, pick_up
from aggregator.model import Auth, Fetched, Source, SourceState, Validators
from aggregator.store import open_store
from tests import emptystore
from tests.acceptance.test_service import running, said
from tests.acceptance.test_source_commands import RSS
from tests.builders import NOON
from tests.installation import Installation

URL = "https://gazette.example/feed"
GAZETTE = Source(id="gazette", url=URL, interval=timedelta(minutes=30))
NEW = SourceState(
    source_id="gazette",
    url=URL,
    fetch_url=URL,
    host="gazette.example",
    shard=1,
    next_poll_at=NOON,
)
ANSWER = Fetched(url=URL, body=RSS, validators=Validators(etag=b'"1"', url=URL))


@pytest.fixture
def at(tmp_path):
    """An installation without sources."""
    at = Installation(tmp_path, {})
    at.write("sources.yaml", "sources: []\n")
    return at


def test_the_first_poll_takes_what_the_command_was_answered(at, origin):
    origin.answers("/feed", RSS, headers=[("ETag", '"1"')])

    at.run("source", "add", origin.url("/feed"))
    polled = at.poll()["sources"]
    again = at.poll("--force")["sources"]

    assert [(each["outcome"], each["new"]) for each in polled] == [("updated", 2)]
    assert [each["outcome"] for each in again] == ["unchanged"]
    assert b"Bridge opens" in at.published("feeds/wire.atom")
    seen, forced = origin.heard
    assert (seen.path, forced.path) == ("/feed", "/feed")
    assert seen.header("If-None-Match") is None
    assert forced.header("If-None-Match") == b'"1"'


def test_a_service_takes_it_up_without_asking(at, origin):
    origin.answers("/feed", RSS)

    with running(at) as process:
        at.run("source", "add", origin.url("/feed"))
        said(process, "event=published", "feeds/wire.json", "entries=2")

    assert len(origin.heard) == 1


def test_where_nothing_can_be_handed_over_it_is_added_all_the_same(tmp_path, origin):
    at = Installation(tmp_path, {}, store="sqlite:////dev/null/wire.db")
    at.write("sources.yaml", "sources: []\n")
    origin.answers("/feed", RSS)

    at.run("source", "add", origin.url("/feed"))

    assert origin.url("/feed") in (at.config / "sources.yaml").read_text()


def test_of_an_addition_that_is_refused_nothing_is_kept(at, origin):
    origin.answers("/feed", RSS)

    wanted = ["--id", "gazette", "--group", "none"]
    at.run("source", "add", origin.url("/feed"), *wanted, code=78)

    with open_store(at.store) as store:
        assert store.meta("answer gazette") is None


@pytest.fixture
def left(tmp_path):
    """A store with an answer that was left for the first poll of a source."""
    with open_store(emptystore.at(tmp_path)) as store:
        hand_over(store, "gazette", URL, ANSWER, at=NOON)
        yield store


def test_an_answer_is_taken_once_and_whole(left):
    moment = NOON + timedelta(minutes=29)

    handed = pick_up(left, GAZETTE, NEW, now=moment)

    assert handed.fetch(None, now=moment) == ANSWER
    assert pick_up(left, GAZETTE, NEW, now=moment) is None


@pytest.mark.parametrize(
    ("source", "state", "minutes"),
    [
        (GAZETTE, NEW, 30),
        (GAZETTE, NEW, -1),
        (replace(GAZETTE, headers=(("X-Key", "1"),)), NEW, 1),
        (replace(GAZETTE, auth=Auth(username="u", password="p")), NEW, 1),
        (replace(GAZETTE, verify_tls=False), NEW, 1),
        (replace(GAZETTE, url=f"{URL}/other"), NEW, 1),
        (replace(GAZETTE, id="herald"), NEW, 1),
        (GAZETTE, replace(NEW, last_polled_at=NOON), 1),
    ],
)
def test_a_source_is_asked_where_the_answer_may_be_another(
    left, source, state, minutes
):
    now = NOON + timedelta(minutes=minutes)

    assert pick_up(left, source, state, now=now) is None


@pytest.mark.parametrize("text", ["", "no answer", "\x00"])
def test_what_another_version_left_is_passed_by(left, text):
    left.put_meta("answer gazette", text)

    assert pick_up(left, GAZETTE, NEW, now=NOON) is None
