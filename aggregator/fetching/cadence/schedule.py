"""Keep stored rows true to a config that was edited, a clock that jumped, a long sleep.

In: a source as configured now, its row, the time. Out: the row as it should be, the
very same one where nothing follows. How the callers use it:

- at start and after each valid config edit: store `configured(...)`, the rows of all
  sources;
- at start, after that: store `spread(...)` of what is overdue;
- when wall clock and monotonic clock drift apart: `rebase(...)` every row, `by` the
  drift, in place of the above;
- immediately before a scheduled poll: `put_off(...)`; a row means do not poll, store it;
- when a hub tells of news: `hastened(...)`; a row means store it.

The store's question for due rows is `next_poll_at <= now`; sources that are gone or
paused without end stand at NEVER.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from aggregator.fetching.cadence.pace import (
    NEVER,
    REFRESH_PAUSE,
    Reason,
    decisive,
    opened,
    our_pace,
    pause,
    remembered_advice,
)
from aggregator.fetching.cadence.rows import JITTER_MOST, asking, initial
from aggregator.fetching.cadence.status import may_force
from aggregator.fetching.targets import target
from aggregator.model import HUB_TOLD, Hints, Source, SourceState, Validators
from aggregator.text.urls import registrable_host

# A backlog is worked off at one start a second, but no source waits for longer than a
# tenth of its interval.
CATCH_UP = timedelta(seconds=1)
CATCH_UP_SHARE = 0.1
# Clocks of machines that share a store may differ by this much.
SKEW = timedelta(minutes=1)


class _Promise(NamedTuple):
    """Until when an address is to be left alone, by a Retry-After and in all."""

    asked: datetime | None
    waits: datetime | None


def reconfigured(source: Source, state: SourceState, *, now: datetime) -> SourceState:
    """Return the row as the config wants it; the same object if nothing follows.

    Another address: what belonged to the old one is forgotten and the source is due at
    once (unless a Retry-After of that host runs); what we learned of its history
    stays. Another interval, or a pause set or lifted: the next poll is brought within
    what is allowed now. A row from the future (the clock was put back while we were
    off) counts as polled now.
    """
    if source.url != state.url:
        state = _readdressed(source, state, now)
    if state.last_polled_at and state.last_polled_at > now + SKEW:
        state = _shifted(state, now - state.last_polled_at)
    return _within_bounds(source, state, now)


def configured(
    sources: Iterable[Source], stored: Mapping[str, SourceState], *, now: datetime
) -> dict[str, SourceState]:
    """Return the row of each source as the config wants it, by id; new where none was.

    A source that is new, or has another address, is due at once, unless a Retry-After or
    a 429 of its very address holds: one that left the config, or has another id since,
    was asked to stay away.
    """
    promises = _promises(stored.values(), now)
    rows = {}
    for source in sources:
        row = stored.get(source.id)
        if row and row.url == source.url:
            rows[source.id] = reconfigured(source, row, now=now)
            continue
        row = reconfigured(source, row, now=now) if row else initial(source, now=now)
        promise = promises.get(_address(source.url))
        rows[source.id] = _promised(source, row, promise, now) if promise else row
    return rows


def rebase(
    source: Source, state: SourceState, *, now: datetime, by: timedelta
) -> SourceState:
    """Return the row after the wall clock jumped `by` (negative: it was put back).

    All its times move along, so that every wait is as long as it would have been.
    """
    return reconfigured(source, _shifted(state, by), now=now)


def put_off(source: Source, state: SourceState, *, now: datetime) -> SourceState | None:
    """Return the row to store instead of polling now, or None: go ahead.

    A poll that is late, after a downtime or behind others of its host, must not slip
    into an hour that the feed asks us to skip.
    """
    row = reconfigured(source, state, now=now)
    if row.next_poll_at > now:
        return row
    skipped = opened(Reason(now, row.because), row.feed.hints, now=now)
    return _due(row, skipped) if skipped.until > now else None


def hastened(
    source: Source, state: SourceState, *, now: datetime
) -> SourceState | None:
    """Return the row of a source whose hub tells of news; None: it stays as it is.

    It is asked at once, but never twice a minute, nor while anything stands in the way
    of a forced poll.
    """
    if may_force(source, state, now=now) or state.gone:
        return None
    polled = state.last_polled_at
    at = max(now, polled + REFRESH_PAUSE) if polled and polled <= now else now
    if at >= state.next_poll_at:
        return None
    return replace(state, next_poll_at=at, because=HUB_TOLD)


def spread(
    overdue: Iterable[tuple[Source, SourceState]], *, now: datetime
) -> list[SourceState]:
    """Return the rows of a backlog with times one after the other, oldest first.

    The first is due now. Sources that were never polled are left out: nobody waits for
    them yet, and whoever added one wants to see it.
    """
    backlog = sorted(
        (
            (source, state)
            for source, state in overdue
            if state.last_polled_at and not state.gone and state.next_poll_at <= now
        ),
        key=lambda pair: (pair[1].next_poll_at, pair[1].source_id),
    )
    return [
        replace(
            state,
            next_poll_at=now
            + min(turn * CATCH_UP, _patience(source) * turn / len(backlog)),
        )
        for turn, (source, state) in enumerate(backlog)
    ]


def _promises(rows: Iterable[SourceState], now: datetime) -> dict[str, _Promise]:
    """Return until when each address is to be left alone, whoever asked it."""
    promises: dict[str, _Promise] = {}
    for row in rows:
        waits = _asked_until(row)
        if waits and waits > now:
            promise = _Promise(row.retry_after_until, waits)
            for address in {_address(row.url), _address(row.fetch_url)}:
                known = promises.get(address, promise)
                promises[address] = _Promise(*map(_later, known, promise))
    return promises


def _asked_until(row: SourceState) -> datetime | None:
    """Return until when a host wants us to stay away, whatever we ask it."""
    is_throttled = row.problem == "throttled"
    return row.advised_until if is_throttled else row.retry_after_until


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def _address(url: str) -> str:
    """Return what two addresses have in common whose publisher hears the same."""
    try:
        return target(url).url
    except ValueError:
        return url


def _promised(
    source: Source, row: SourceState, promise: _Promise, now: datetime
) -> SourceState:
    row = replace(
        row,
        retry_after_until=_later(row.retry_after_until, promise.asked),
        advised_until=_later(row.advised_until, promise.waits),
    )
    return _within_bounds(source, row, now)


def _within_bounds(source: Source, state: SourceState, now: datetime) -> SourceState:
    """Return the row with `next_poll_at` no earlier and no later than it may be."""
    if state.gone:
        return state
    paused = pause(source, now=now)
    reasons = [*_waits(source, state, now), *paused]
    if not reasons:
        new = Reason(now, "new")
        return state if state.next_poll_at <= now else _due(state, new)
    reason = decisive(reasons)
    earliest = opened(reason, state.feed.hints, now=now)
    latest = (
        earliest.until
        if reason in paused
        else max(reason.until, now) + _patience(source) + JITTER_MOST
    )
    last = opened(reason._replace(until=latest), state.feed.hints, now=now)
    if earliest.until <= state.next_poll_at <= last.until:
        return state
    return _due(state, earliest)


def _waits(source: Source, state: SourceState, now: datetime) -> list[Reason]:
    """Return what speaks for staying away, but for a pause.

    Where a hub told of news, that is only what a forced poll would have to wait for.
    """
    polled, promised = state.last_polled_at, state.retry_after_until
    if state.because == HUB_TOLD and polled:
        waits = [Reason(polled + REFRESH_PAUSE, HUB_TOLD)]
        is_promised = promised and promised > now
        return [*waits, *(remembered_advice(state, now=now) if is_promised else ())]
    waits = remembered_advice(state, now=now)
    return [*our_pace(source, state, polled=polled), *waits] if polled else waits


def _due(state: SourceState, reason: Reason) -> SourceState:
    return replace(state, next_poll_at=reason.until, because=reason.because)


def _patience(source: Source) -> timedelta:
    """Return how late a source may be after a downtime."""
    return source.interval * CATCH_UP_SHARE


def _readdressed(source: Source, state: SourceState, now: datetime) -> SourceState:
    """Return the row of a source whose configured address was edited.

    An edit to the address that we ask already, having learned it, changes nothing else,
    nor does one to that which the last answer came from, if it moved there for good; nor
    one of which the publisher would hear nothing, as of a fragment.
    """
    if source.url == state.fetch_url:
        return replace(state, url=source.url)
    if _ask_alike(source.url, state.url):
        is_learned = state.fetch_url != state.url
        asked_at = state.fetch_url if is_learned else source.url
        return replace(state, url=source.url, fetch_url=asked_at)
    fresh = asking(replace(state, url=source.url), source.url)
    if state.moved and state.moved.url == source.url:
        return fresh
    # Where a redirect led, it was perhaps that host which asked for time.
    led_to = state.feed.domain
    is_known = fresh.host == state.host or registrable_host(fresh.host) == led_to
    return replace(
        fresh,
        validators=Validators(),
        body_digest=None,
        next_poll_at=now,
        because="new address",
        last_polled_at=None,
        unchanged=0,
        failures=0,
        outcome=None,
        problem=None,
        error=None,
        retry_after_until=state.retry_after_until if is_known else None,
        advised_until=_asked_until(state) if is_known else None,
        gone_since=None,
        gone=False,
        held=None,
        feed=replace(
            state.feed, hints=Hints(), site=None, domain=None, hub=None, topic=None
        ),
        hints_warning=None,
    )


def _ask_alike(url: str, other: str) -> bool:
    """Whether two addresses are asked with the same bytes, credentials included."""
    try:
        return target(url) == target(other)
    except ValueError:
        return False


def _shifted(state: SourceState, by: timedelta) -> SourceState:
    """Return the row with every time in it moved, except a NEVER."""

    def moved(when: datetime | None) -> datetime | None:
        return when + by if when else None

    return replace(
        state,
        next_poll_at=state.next_poll_at + by
        if state.next_poll_at < NEVER
        else state.next_poll_at,
        first_success_at=moved(state.first_success_at),
        last_polled_at=moved(state.last_polled_at),
        last_success_at=moved(state.last_success_at),
        last_changed_at=moved(state.last_changed_at),
        retry_after_until=moved(state.retry_after_until),
        advised_until=moved(state.advised_until),
        gone_since=moved(state.gone_since),
        moved=replace(state.moved, since=state.moved.since + by)
        if state.moved
        else None,
    )
