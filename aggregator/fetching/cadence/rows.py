"""Write a source's next row: what a poll taught us, and when to come back.

In: a source, its row, how a poll ended, the time, a jitter. Out: the whole new row.
The caller (`poll`) owns `validators`, `body_digest`, `feed` and `held`, and sets them
before with `replace`; everything else in a row is written here and in
`schedule`. Two exceptions: validators are cleared here when a learned address is given
up, because they belong to it, and when a server refuses a request for them.
"""

from datetime import datetime, timedelta
from http import HTTPStatus

from msgspec.structs import replace

from aggregator.fetching.cadence.pace import (
    CEILING,
    GONE_CHECK,
    NEVER,
    Reason,
    advice,
    decisive,
    opened,
    our_pace,
    pause,
    retry_after,
    warning,
)
from aggregator.fetching.cadence.phrases import to_the_minute
from aggregator.model import (
    Moved,
    Outcome,
    Source,
    SourceState,
    Validators,
)
from aggregator.text.urls import host_of, registrable_host, shard

# A permanent redirect is believed after so many polls in a row over so long a time.
MOVE_POLLS = 5
MOVE_TIME = timedelta(hours=48)
# After so many failures in a row at a learned address the configured one is asked again.
MOVE_DOUBT = 5

# What some servers and walls answer to validators that they gave out themselves. Asked
# with the same ones again, they would answer so for ever. Validators of 8,000 bytes may
# come from servers that read no more of a request (RFC 6585 section 5).
_REFUSED_AS_ASKED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.PRECONDITION_FAILED,
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    }
)

# Jitter is at most this share of the wait, and at most this long: an hourly source
# still gets its 24 polls a day (23 waits of 61 minutes are 23 h 23 min).
JITTER_SHARE = 0.1
JITTER_MOST = timedelta(minutes=1)


def initial(source: Source, *, now: datetime) -> SourceState:
    """Return the row of a source that was never polled: due at once, unless paused."""
    host = host_of(source.url)
    row = SourceState(
        source_id=source.id,
        url=source.url,
        fetch_url=source.url,
        host=host,
        shard=shard(registrable_host(host)),
        next_poll_at=now,
    )
    for reason in pause(source, now=now):
        row = replace(row, next_poll_at=reason.until, because=reason.because)
    return row


def asked(source: Source, state: SourceState, *, now: datetime) -> SourceState:
    """Return the row to store before a poll begins, so that a crash does not ask twice.

    Whoever finds it after a crash waits as if an answer had come. A source that was
    never polled stays as it is: whoever added it wants to see it.
    """
    if state.last_polled_at is None:
        return state
    reason = decisive(our_pace(source, state, polled=now))
    reason = opened(reason, state.feed.hints, now=now)
    return replace(
        state,
        next_poll_at=reason.until,
        because=f"{reason.because}; asked at {to_the_minute(now)}, no answer recorded",
        last_polled_at=now,
    )


def after(
    source: Source,
    state: SourceState,
    outcome: Outcome,
    *,
    now: datetime,
    jitter: float,
) -> SourceState:
    """Return the row after a poll that ended at `now`.

    `now` must be the time of the answer, not of the decision to ask: the wait counts
    from it. `jitter` is 0..1 and only adds.
    """
    advised = advice(outcome, polled=now)
    learn = _failed if outcome.kind == "failed" else _succeeded
    state = learn(_noted(state, outcome, advised, now), outcome, now)
    if state.gone and state.gone_since:
        because = f"gone since {to_the_minute(state.gone_since)}"
        return replace(state, next_poll_at=NEVER, because=because)
    reason = decisive([*our_pace(source, state, polled=now), *advised])
    when = _jittered(source, reason.until, now=now, jitter=jitter)
    reason = decisive([reason._replace(until=when), *pause(source, now=now)])
    reason = opened(reason, state.feed.hints, now=now)
    return replace(state, next_poll_at=reason.until, because=reason.because)


def asking(state: SourceState, url: str) -> SourceState:
    """Return the row with another address to ask, and that address's host and shard."""
    host = host_of(url)
    return replace(
        state, fetch_url=url, host=host, shard=shard(registrable_host(host)), moved=None
    )


def _noted(
    state: SourceState, outcome: Outcome, advised: list[Reason], now: datetime
) -> SourceState:
    """Return the row with what every poll leaves: its time, its end, the advice."""
    wait = retry_after(outcome)
    return replace(
        state,
        last_polled_at=now,
        outcome=outcome.kind,
        problem=outcome.problem,
        error=outcome.error,
        retry_after_until=now + wait if wait else None,
        advised_until=decisive(advised).until if advised else None,
        hints_warning=warning(state.feed.hints),
    )


def _succeeded(state: SourceState, outcome: Outcome, now: datetime) -> SourceState:
    """Return the row after a feed came or a 304: all failures are forgiven."""
    changed = outcome.kind == "updated"
    state = replace(
        state,
        failures=0,
        gone_since=None,
        gone=False,
        first_success_at=state.first_success_at or now,
        last_success_at=now,
        last_changed_at=now if changed else state.last_changed_at,
        unchanged=0 if changed else state.unchanged + 1,
    )
    return _moved(state, outcome.moved_to, now)


def _failed(state: SourceState, outcome: Outcome, now: datetime) -> SourceState:
    """Return the row after a failure; the count of unchanged polls is left alone.

    A source that was silent for weeks must not be asked more often because it failed.
    One that fails already and is asked before it is due, by an operator who looks
    whether it is back, does not wait longer for that.
    A learned address that fails for long, or is gone, is given up for the configured
    one, which must then be gone itself before we believe it.
    """
    since, gone = state.gone_since, state.gone
    if outcome.problem == "gone":
        since = since or now
        gone = gone or now - since >= GONE_CHECK
    elif not gone:
        since = None
    counts = now >= state.next_poll_at or not state.failures
    state = replace(
        state,
        failures=state.failures + counts,
        moved=None,
        gone_since=since,
        gone=gone,
    )
    lost = outcome.problem == "gone" or state.failures >= MOVE_DOUBT
    if lost and state.fetch_url != state.url:
        state = replace(asking(state, state.url), validators=Validators())
    if outcome.status in _REFUSED_AS_ASKED:
        state = replace(state, validators=Validators())
    return state


def _moved(state: SourceState, target: str | None, now: datetime) -> SourceState:
    """Watch a permanent redirect, and believe it once it was seen for long enough.

    Any poll that was not redirected so, or was redirected elsewhere, starts again.
    """
    if target is None or target == state.fetch_url:
        return replace(state, moved=None) if state.moved else state
    seen = state.moved
    if not seen or seen.url != target:
        return replace(state, moved=Moved(url=target, since=now, polls=1))
    polls = seen.polls + 1
    if polls >= MOVE_POLLS and now - seen.since >= MOVE_TIME:
        return asking(state, target)
    return replace(state, moved=replace(seen, polls=polls))


def _jittered(
    source: Source, until: datetime, *, now: datetime, jitter: float
) -> datetime:
    """Return `until` or a little later, so that sources do not march in step.

    A wait beyond the interval is not carried past CEILING: a host that comes back is
    noticed within that time.
    """
    wait = until - now
    extra = min(wait * JITTER_SHARE, JITTER_MOST) * jitter
    if source.interval < wait <= CEILING:
        extra = min(extra, CEILING - wait)
    return until + extra
