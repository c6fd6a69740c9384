"""A small world for cadence: a source, outcomes by name, and simulated weeks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.model import Advice, Hints, Outcome, Source, SourceState

# A Tuesday.
NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

A = Source(id="a", url="https://a.example/feed", interval=HOUR)
NEW_ADDRESS = "https://b.example/feed"


def updated(
    *,
    max_age: timedelta | None = None,
    retry_after: timedelta | None = None,
    moved_to: str | None = None,
) -> Outcome:
    advice = Advice(max_age=max_age, retry_after=retry_after)
    return Outcome(kind="updated", new=1, status=200, advice=advice, moved_to=moved_to)


def unchanged(
    *, max_age: timedelta | None = None, moved_to: str | None = None
) -> Outcome:
    advice = Advice(max_age=max_age)
    return Outcome(kind="unchanged", status=304, advice=advice, moved_to=moved_to)


def failed(
    problem: str = "timeout",
    *,
    status: int | None = None,
    retry_after: timedelta | None = None,
    max_age: timedelta | None = None,
) -> Outcome:
    return Outcome(
        kind="failed",
        status=status,
        problem=problem,
        error=f"a: {problem}",
        advice=Advice(retry_after=retry_after, max_age=max_age),
    )


def throttled(
    status: int,
    *,
    retry_after: timedelta | None = None,
    max_age: timedelta | None = None,
) -> Outcome:
    return failed("throttled", status=status, retry_after=retry_after, max_age=max_age)


GONE = failed("gone", status=410)


def saying(row: SourceState, hints: Hints | None) -> SourceState:
    """Return the row of a feed with these hints, None for those that it had."""
    return row if hints is None else replace(row, feed=replace(row.feed, hints=hints))


def after(
    state: SourceState | None,
    *outcomes: Outcome,
    source: Source = A,
    at: datetime | None = None,
    hints: Hints | None = None,
    jitter: float = 0.0,
) -> SourceState:
    """Return the row after polls with these outcomes, each when it was due."""
    row = saying(state or cadence.initial(source, now=at or NOW), hints)
    for outcome in outcomes:
        now = at or row.next_poll_at
        row = cadence.after(source, row, outcome, now=now, jitter=jitter)
        at = None
    return row


def wait(row: SourceState) -> timedelta:
    """Return how long after its last poll a source is polled again."""
    assert row.last_polled_at
    return row.next_poll_at - row.last_polled_at


def polls(
    source: Source,
    answer: Callable[[datetime], Outcome],
    *,
    lasting: timedelta,
    hints: Hints | None = None,
    asleep: Callable[[datetime], timedelta] = lambda _: timedelta(0),
    row: SourceState | None = None,
    seed: int = 7,
) -> Iterator[tuple[datetime, SourceState]]:
    """Simulate an engine: each request's time and the row that followed from it.

    `asleep` says for how much longer nobody polls at a moment (a downtime).
    """
    dice = Random(seed)
    start = row.next_poll_at if row else NOW
    row = saying(row or cadence.initial(source, now=start), hints)
    while row.next_poll_at < start + lasting:
        now = row.next_poll_at + asleep(row.next_poll_at)
        put_off = cadence.put_off(source, row, now=now)
        if put_off:
            assert put_off.next_poll_at > now
            row = put_off
            continue
        row = cadence.after(source, row, answer(now), now=now, jitter=dice.random())
        yield now, row


def gaps(times: list[datetime]) -> list[timedelta]:
    return [b - a for a, b in pairwise(times)]
