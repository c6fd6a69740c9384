"""Rounds that cron starts look after the store as a service does, if the clock is right."""

import json
import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app.round import begin_round, poll_round
from aggregator.app.wire import EVERYTHING, Wire
from aggregator.model import HostLimits, Publication, Selection
from tests.app.agency import agency, feed, source
from tests.app.running import away, running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = 3_650 * DAY


def one_round(at):
    """What `poll` does, with every source due that was polled two hours ago."""
    store, now = at.wire.store, at.clock()
    store.reschedule(
        [
            replace(row, next_poll_at=now, last_polled_at=now - 2 * HOUR)
            for row in store.states().values()
        ]
    )
    begun = begin_round(at.wire)
    due = at.wire.schedule.due(EVERYTHING)
    return poll_round(at.wire, due, prunes=begun.prunes)


@pytest.fixture
def at(tmp_path):
    with running(tmp_path, "ap", "bbc") as desk:
        yield desk


@pytest.fixture
def pruned(monkeypatch):
    """When it was pruned, and up to when."""
    times = []
    monkeypatch.setattr(Wire, "prune", lambda _, now: times.append(now) or 0)
    return times


def test_what_a_clock_that_was_ahead_saw_is_brought_back_by_the_next_round(at):
    """D20: it stood on top of every feed for ten years."""
    one_round(at)
    at.wrong_by = YEARS
    at.lists("1", "2", "3", "4")
    one_round(at)
    assert max(at.seen().values()) > at.clock() - HOUR

    at.wrong_by = timedelta(0)
    one_round(at)

    assert len(at.seen()) == 4
    assert max(at.seen().values()) <= at.clock()


def test_a_round_prunes_once_a_day(at, pruned):
    """Only a service did: of those that cron keeps, stores grew for ever."""
    for hours in (0, 1, 12, 22, 25, 26):
        at.wrong_by = hours * HOUR
        one_round(at)

    assert len(pruned) == 2
    assert pruned[1] - pruned[0] > 24 * HOUR


def test_what_a_round_prunes_leaves_what_it_published(at):
    """The next one made `publish --check` and `verify` content, not this one."""
    wire = at.wire
    wire.config = replace(wire.config, keep=2 * DAY)
    one_round(at)
    at.lists("4")
    at.wrong_by = DAY
    one_round(at)
    at.wrong_by = 3 * DAY

    one_round(at)

    assert set(at.seen()) == {"Report 4"}
    path = wire.config.output / "feeds/wire.json"
    shown = {each["title"] for each in json.loads(path.read_bytes())["items"]}
    assert shown == {"Report 4"}
    assert wire.printing.would_publish(at.clock(), wire.config.publications) == []
    months = (path.parent / "wire/archive").glob("*.atom")
    assert any(b"Report 1" in month.read_bytes() for month in months)


def poll(at):
    """A round of what is due by this clock; nothing else is made to be."""
    begun = begin_round(at.wire)
    poll_round(at.wire, at.wire.schedule.due(EVERYTHING), prunes=begun.prunes)


def test_no_round_prunes_by_a_clock_that_went_astray(at, pruned):
    """The first round by it polls, and the next finds nothing wrong with it."""
    one_round(at)
    del pruned[:]

    for passed in (timedelta(0), HOUR / 6, 2 * HOUR):
        at.wrong_by = YEARS + passed
        poll(at)
    assert pruned == []

    at.wrong_by = 2 * DAY
    poll(at)
    assert len(pruned) == 1


@pytest.mark.parametrize("every", [DAY, 7 * DAY])
def test_a_round_a_day_or_a_week_prunes_each_time(at, pruned, every):
    for n in range(4):
        at.wrong_by = n * every
        poll(at)

    assert len(pruned) == 4


def test_a_round_leaves_a_host_alone_that_another_process_asked_just_now(tmp_path):
    """It ended, or was killed: what it had asked, nobody knew."""
    sources = [source(id_, url=f"https://host.example/{id_}") for id_ in ("a", "b")]
    hour = HostLimits(spacing=HOUR)
    with agency(tmp_path, sources=sources, default_host=hour) as desk:
        now = desk.clock()
        rows = desk.wire.store.states()
        desk.wire.store.reschedule([replace(rows["a"], last_polled_at=now - HOUR / 2)])

        def ends_soon(engine):
            threading.Timer(0.2, engine.abandon).start()

        poll_round(desk.wire, [rows["b"]], begun=ends_soon)

        assert desk.asked == []


def test_what_cannot_be_pruned_is_no_reason_to_say_nothing_of_a_round(at, monkeypatch):
    monkeypatch.setattr(Wire, "prune", away)

    with capture_logs() as events:
        summary = one_round(at)

    assert len(summary.results) == 2
    assert "not pruned" in [each["event"] for each in events]


def test_old_reports_of_a_new_source_stand_in_months_after_its_first_round(tmp_path):
    """They change no live document, and months waited for the next that did."""
    wire = Publication(id="wire", title="Wire", limit=1)
    with agency(tmp_path, "a") as desk:
        desk.wire.adopt(replace(desk.config, publications=(wire,)))
        poll(desk)
        both = (*desk.config.sources, source("b"))
        desk.wire.adopt(replace(desk.config, publications=(wire,), sources=both))
        old = b"<pubDate>Mon, 02 Mar 2026 09:00:00 GMT</pubDate></item>"
        desk.says("b", feed("old").replace(b"</item>", old))

        poll(desk)

        months = (tmp_path / "public/feeds/wire/archive").glob("*.atom")
        assert any("Report old" in month.read_text() for month in months)


def test_a_round_whose_news_nobody_is_shown_renders_nothing(tmp_path):
    """Each one printed and compared every document."""
    wire = Publication(id="wire", title="Wire", select=Selection(sources=("a",)))
    with agency(tmp_path, "a", "b") as desk:
        desk.wire.adopt(replace(desk.config, publications=(wire,)))
        poll(desk)
        desk.says("b", feed("1", "2"))
        desk.is_due("b")

        begun = begin_round(desk.wire)
        due = desk.wire.schedule.due(EVERYTHING)
        summary = poll_round(desk.wire, due, prunes=begun.prunes)

        assert [result.outcome.new for result in summary.results] == [1]
        assert summary.statuses == []
