"""Weigh what speaks for staying away from a source: each a Reason with its time.

In: a source, its row after a poll, what the answer and the feed advised. Out: Reasons;
the latest of them decides. Nobody's advice makes us come sooner than the operator's
interval, and no advice keeps us away for longer than LONGEST.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from aggregator.fetching.cadence.phrases import duration, span, to_the_minute
from aggregator.model import Hints, Outcome, Source, SourceState

# Where a source that is not polled any more stands in the schedule.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

# The longest wait a publisher may ask for in one answer.
LONGEST = timedelta(days=30)
# The longest wait that we choose: for failing and for silent sources, and for what an
# error page or a feed's own ttl asks.
CEILING = timedelta(hours=24)
# After a 429 that names no time.
THROTTLED = timedelta(hours=4)
# Between the first 410 and the one that confirms it.
GONE_CHECK = timedelta(hours=1)

# A source silent for a time T is next looked at after T / PATIENCE: a report is late by
# at most an 18th of the silence it broke. An hourly source that never changes is polled
# every 9h20m after 7 days, every 12h after 9, and daily after 18. So many unchanged
# polls in a row are also the least that count as silence.
PATIENCE = 18

# After so long without news a source is asked once without validators, and again after
# as long: some servers answer 304 to any, whatever is new.
DOUBT = timedelta(days=8)

# How soon the web console, or a hub, may have the same source asked again.
REFRESH_PAUSE = timedelta(minutes=1)

_EVERY_HOUR = frozenset(range(24))
_EVERY_DAY = frozenset(range(7))
# More would not fit a timedelta; of one second they are already 12 days.
_DOUBLINGS = 20


class Reason(NamedTuple):
    """Something that speaks against a poll before `until`, as an operator reads it."""

    until: datetime
    because: str


def decisive(reasons: Iterable[Reason]) -> Reason:
    """Return the reason that lasts longest; of equals the first."""
    return max(reasons, key=lambda reason: reason.until)


def our_pace(source: Source, row: SourceState, *, polled: datetime) -> list[Reason]:
    """Return what follows from the interval, the row's history and the feed's rhythm.

    Of ttl and the syndication period the longer holds: both only ask for patience.
    """
    reasons = [
        Reason(polled + source.interval, f"interval {duration(source.interval)}")
    ]
    quiet_since = row.last_changed_at or row.first_success_at
    if row.unchanged >= PATIENCE and quiet_since:
        quiet = polled - quiet_since
        delay = min(quiet / PATIENCE, CEILING)
        slowed = f"unchanged for {span(quiet)}: slowed to {duration(delay)}"
        reasons.append(Reason(polled + delay, slowed))
    # A fault of ours is no reason to come later: reports would be missed.
    if row.outcome == "failed" and row.problem != "unexpected":
        reasons.append(_back_off(source, row, polled))
    hints = row.feed.hints
    for name, length in (("ttl", hints.ttl), ("sy:updatePeriod", hints.period)):
        if length:
            delay, text = _capped(length, CEILING)
            reasons.append(Reason(polled + delay, f"{name} {text}"))
    return reasons


def advice(outcome: Outcome, *, polled: datetime) -> list[Reason]:
    """Return what the answer's headers ask of us: freshness, Retry-After, a bare 429.

    The freshness of an error page is not the feed's: it counts for a day at most, so
    that a recovery is noticed. A throttling answer is believed in full.

    Source: RFC 9111 sections 5.2.2.1 and 5.3, RFC 9110 section 10.2.3, RFC 6585
    section 4.
    """
    reasons = []
    broken = outcome.kind == "failed" and outcome.problem != "throttled"
    said = outcome.advice
    for name, fresh in (("max-age", said.max_age), ("Expires in", said.expires)):
        if fresh:
            delay, text = _capped(fresh, CEILING if broken else LONGEST)
            reasons.append(Reason(polled + delay, f"{name} {text}"))
    wait = retry_after(outcome)
    if wait:
        until = polled + wait
        text = f"Retry-After until {to_the_minute(until, polled)}"
        asked = outcome.advice.retry_after
        if asked and asked > wait:
            text += f" ({_capped(asked, LONGEST)[1]})"
        reasons.append(Reason(until, text))
    elif outcome.status == 429:  # noqa: PLR2004 - Too Many Requests
        text = f"429 without Retry-After: waits {duration(THROTTLED)}"
        reasons.append(Reason(polled + THROTTLED, text))
    return [reason for reason in reasons if reason.until > polled]


def retry_after(outcome: Outcome) -> timedelta | None:
    """Return the Retry-After of any answer, at most LONGEST; None if none or past."""
    asked = outcome.advice.retry_after
    return min(asked, LONGEST) if asked and asked > timedelta(0) else None


def remembered_advice(row: SourceState, *, now: datetime) -> list[Reason]:
    """Return what `advice` said at the last poll, as far as the row still tells."""
    if not row.advised_until:
        return []
    kind = (
        "Retry-After"
        if row.advised_until == row.retry_after_until
        else "asked by the publisher to wait"
    )
    text = f"{kind} until {to_the_minute(row.advised_until, now)}"
    return [Reason(row.advised_until, text)]


def pause(source: Source, *, now: datetime) -> list[Reason]:
    """Return the operator's pause if it is not over."""
    paused = source.paused
    if not paused or (paused.until and paused.until <= now):
        return []
    text = (
        f"paused until {to_the_minute(paused.until, now)}" if paused.until else "paused"
    )
    if paused.why and paused.why != "paused":  # as written where no reason was given
        text += f": {paused.why}"
    return [Reason(paused.until or NEVER, text)]


def opened(reason: Reason, hints: Hints, *, now: datetime) -> Reason:
    """Return the reason, or what the feed asks us to skip, where that lasts longer.

    Source: skipHours and skipDays of RSS 2.0, in UTC; a list of all hours or all days
    cannot be meant and is ignored (see `warning`).
    """
    hours = hints.skip_hours if not hints.skip_hours >= _EVERY_HOUR else frozenset()
    days = hints.skip_days if not hints.skip_days >= _EVERY_DAY else frozenset()
    when = reason.until
    skips: set[str] = set()
    while when < NEVER and (when.hour in hours or when.weekday() in days):
        skips |= {"skipHours"} if when.hour in hours else set()
        skips |= {"skipDays"} if when.weekday() in days else set()
        when = when.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if not skips:
        return reason
    names = " and ".join(sorted(skips, reverse=True))
    return Reason(when, f"{names} of the feed until {to_the_minute(when, now)}")


def is_doubtful(row: SourceState, *, now: datetime) -> bool:
    """Whether a 304 would have to be believed for longer than we believe one.

    A source that is seldom asked, or was not for long, has said too few of them.
    """
    since, seen = row.last_changed_at or row.first_success_at, row.last_success_at
    if row.unchanged < PATIENCE or not (since and seen):
        return False
    return (now - since) // DOUBT > (seen - since) // DOUBT


def skips(hints: Hints, *, now: datetime) -> bool:
    """Whether the feed asks us not to come in this hour."""
    return opened(Reason(now, ""), hints, now=now).until > now


def warning(hints: Hints) -> str | None:
    """Return what of the feed's hints cannot be followed, for the operator."""
    if hints.skip_hours >= _EVERY_HOUR:
        return "skipHours names all 24 hours and is ignored"
    if hints.skip_days >= _EVERY_DAY:
        return "skipDays names all 7 days and is ignored"
    return None


def _back_off(source: Source, row: SourceState, polled: datetime) -> Reason:
    """Return the wait after a failure: the interval, doubled for each in a row.

    A publisher who named a time is taken at their word once; only if that fails too
    does doubling begin.
    """
    doublings = row.failures - 1 if row.retry_after_until else row.failures
    delay = min(source.interval * 2 ** min(doublings, _DOUBLINGS), CEILING)
    if row.gone_since:
        delay = max(delay, GONE_CHECK)
        text = f"410 Gone: asked once more in {duration(delay)} to be sure"
    else:
        times = "once" if row.failures == 1 else f"{row.failures} times in a row"
        text = f"failed {times}: waits {duration(delay)}"
    return Reason(polled + delay, text)


def _capped(length: timedelta, most: timedelta) -> tuple[timedelta, str]:
    if length <= most:
        return length, duration(length)
    return most, f"{duration(length)}, capped at {duration(most)}"
