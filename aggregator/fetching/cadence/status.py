"""Tell an operator how a source stands, what comes next, and why not at once.

In: a source, its row, the time. Out: one word, or a sentence; None where nothing stands
in the way of a poll that somebody wants now.
"""

from collections.abc import Sequence
from datetime import datetime

from aggregator.discretion import discreet
from aggregator.fetching.cadence.pace import REFRESH_PAUSE, pause
from aggregator.fetching.cadence.phrases import duration, span, to_the_minute
from aggregator.fetching.cadence.rows import MOVE_POLLS, MOVE_TIME
from aggregator.fetching.targets import shown
from aggregator.model import Moved, Source, SourceState, StateWord

# All words for states, that of what needs a look first.
URGENCY: tuple[StateWord, ...] = (
    "failing",
    "gone",
    "held",
    "throttled",
    "new",
    "paused",
    "ok",
)


def word(source: Source, state: SourceState, *, now: datetime) -> StateWord:
    """Return the state of a source in one word; what stops it most comes first."""
    if pause(source, now=now):
        return "paused"
    if state.gone:
        return "gone"
    if state.held:
        return "held"
    if state.outcome == "failed":
        return "throttled" if state.problem == "throttled" else "failing"
    return "ok" if state.last_polled_at else "new"


def next_step(
    source: Source, state: SourceState, *, now: datetime, others: Sequence[str] = ()
) -> str:
    """Return why the next poll is when it is, and what else an operator should know.

    `others` are the sources that ask the same address: a config cannot tell of those
    that moved there.

    For example: `interval 1h; moved to https://b.example/feed for 3 days: will be
    remembered in 22h`. The time itself is `next_poll_at`, which is NEVER or later for
    a source that is not polled any more.
    """
    paused = pause(source, now=now)
    notes = [paused[0].because if paused else state.because]
    if state.held:
        notes.append(f"held: {state.held}")
    if state.moved:
        notes.append(_watching(source, state, state.moved, now))
    if state.fetch_url != state.url:
        where = discreet(shown(state.fetch_url), source)
        notes.append(f"moved to {where}, which is asked instead")
        if others:
            notes.append(f"also asked there by {', '.join(others)}: keep one of them")
    if state.feed.empty:
        notes.append("the feed holds no entry now, what came before is kept")
    if state.feed.capped:
        notes.append(state.feed.capped)
    if state.hints_warning:
        notes.append(state.hints_warning)
    if not source.verify_tls:
        notes.append("its TLS certificate is not verified")
    return "; ".join(notes)


def may_force(source: Source, state: SourceState, *, now: datetime) -> str | None:
    """Return why not even a forced poll may start, or None: it may.

    A pause of our own stands in its way, and a running Retry-After: we were asked to
    stay away.
    """
    if paused := pause(source, now=now):
        return f"{paused[0].because}; resume it first"
    until = state.retry_after_until
    if until and until > now:
        return f"Retry-After until {to_the_minute(until, now)}, {duration(until - now)} left"
    return None


def not_due(source: Source, state: SourceState, *, now: datetime) -> str:
    """Return why a source is not polled before its time, and how it may be."""
    if barred := may_force(source, state, now=now):
        return barred
    when = (
        ""
        if state.gone
        else f"not due until {to_the_minute(state.next_poll_at, now)}, "
    )
    return f"{when}{state.because}; `poll --force {source.id}` asks all the same"


def may_refresh(source: Source, state: SourceState, *, now: datetime) -> str | None:
    """Return why the web console may not poll a source yet, or None: it may.

    As `may_force`, and nobody asks the same publisher twice a minute by pressing twice.
    """
    return may_force(source, state, now=now) or _just_polled(state, now)


def _just_polled(state: SourceState, now: datetime) -> str | None:
    polled = state.last_polled_at
    if not polled or not polled <= now < polled + REFRESH_PAUSE:
        return None
    left = polled + REFRESH_PAUSE - now
    return f"polled {duration(now - polled)} ago, wait {duration(left)} more"


def _watching(source: Source, state: SourceState, moved: Moved, now: datetime) -> str:
    """Return how long a permanent redirect was seen, and when we shall believe it."""
    more = max(0, MOVE_POLLS - moved.polls - 1) * source.interval
    believed = max(moved.since + MOVE_TIME, state.next_poll_at + more)
    return (
        f"moved to {discreet(shown(moved.url), source)} for {span(now - moved.since)}: "
        f"will be remembered in {duration(believed - now)}"
    )
