"""Rounds that cron starts look after the store as a service does, if the clock is right."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.app.round import begin_round, poll_round
from aggregator.app.wire import EVERYTHING, Wire
from tests.app.running import running

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
    for hours in (0, 1, 12, 23, 25, 26):
        at.wrong_by = hours * HOUR
        one_round(at)

    assert len(pruned) == 2
    assert pruned[1] - pruned[0] > 24 * HOUR


def test_no_round_prunes_by_a_clock_that_is_far_from_the_last_poll(at, pruned):
    one_round(at)
    del pruned[:]

    at.wrong_by = YEARS
    begun = begin_round(at.wire)
    poll_round(at.wire, at.wire.schedule.due(EVERYTHING), prunes=begun.prunes)

    assert not begun.prunes
    assert pruned == []
