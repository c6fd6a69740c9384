"""Decide what an operator should be told: a pure function of how things are.

In: sources with their rows and past polls, documents as last published, articles that
cannot be read, disks, the time.
Out: Alerts, in the order of the config. Refuses to nag: a source that its operator
paused is none of it, nor is a failure that may pass by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise, takewhile

from msgspec import Struct

from aggregator.discretion import discreet
from aggregator.errors import StoreDamaged
from aggregator.fetching import cadence
from aggregator.fetching.targets import shown
from aggregator.model import (
    Alert,
    OutcomeKind,
    PublicationStatus,
    Source,
    SourceState,
)

# A source is dead if it failed for so long and so often; less may pass by itself.
FAILING_FOR = timedelta(hours=24)
FAILING_POLLS = 3
# Quiet is a silence so many times as long as the longest one of the last weeks. Two: a
# desk that rests at weekends is not quiet on a holiday Monday, and is on Wednesday.
QUIET_TIMES = 2
QUIET_LEAST = timedelta(hours=24)
# How far a rhythm is looked back for, and how many reports make one.
RHYTHM = timedelta(days=35)
RHYTHM_REPORTS = 10
# A disk is nearly full with less than a twentieth of it left, but 10 GiB are enough.
FULL_SHARE = 20
ENOUGH = 10 * 1024**3


class Watched(Struct, frozen=True, kw_only=True):
    """A source as it is watched: `polls` and `listed` come newest first.

    `listed` are the times of its reports within RHYTHM; they are needed only where
    `may_be_quiet`.
    """

    source: Source
    state: SourceState
    polls: Sequence[tuple[datetime, OutcomeKind]] = ()
    listed: Sequence[datetime] = ()


class Disk(Struct, frozen=True, kw_only=True):
    """A folder we write to, and the bytes of its disk."""

    folder: str
    free: int
    total: int


def matters(
    sources: Iterable[Watched],
    documents: Iterable[PublicationStatus],
    damaged: Iterable[StoreDamaged],
    disks: Iterable[Disk],
    *,
    now: datetime,
) -> list[Alert]:
    """Return every matter that stands now; `damaged` is what documents leave out."""
    return [
        *(alert for disk in disks for alert in _full(disk)),
        *(alert for status in documents for alert in _refused(status)),
        *map(_unreadable, damaged),
        *(alert for each in sources for alert in _of_source(each, now)),
    ]


def may_be_quiet(state: SourceState) -> bool:
    """Whether it is worth looking at a source's rhythm: it is read, and brings nothing."""
    changed, read = state.last_changed_at, state.last_success_at
    if not changed or not read or state.outcome == "failed":
        return False
    return read - changed >= QUIET_LEAST


def _of_source(watched: Watched, now: datetime) -> Iterator[Alert]:
    source, state = watched.source, watched.state
    word = cadence.word(source, state, now=now)
    if word == "paused":
        return
    if word == "gone":
        yield Alert(
            kind="gone",
            about=source.id,
            text="its publisher took the feed down for good (410); find its new address, "
            "or remove it",
            since=state.gone_since,
        )
        return
    if state.held:
        yield Alert(
            kind="held",
            about=source.id,
            text=f"held: {state.held}; release it if it is itself, or reject it",
        )
    if state.fetch_url != state.url:
        where = discreet(shown(state.fetch_url), source)
        yield Alert(
            kind="moved",
            about=source.id,
            text=f"moved for good to {where}, which is asked instead; "
            "write that address into the config",
        )
    yield from _failing(watched, now)
    yield from _quiet(watched)


def _failing(watched: Watched, now: datetime) -> Iterator[Alert]:
    failed = [at for at, _ in takewhile(lambda p: p[1] == "failed", watched.polls)]
    if len(failed) < FAILING_POLLS or now - failed[-1] < FAILING_FOR:
        return
    since = watched.state.last_success_at or failed[-1]
    error = watched.state.error or "no reason given"
    yield Alert(
        kind="failing",
        about=watched.source.id,
        text=f"not read for {cadence.span(now - since)}: {error}",
        since=since,
    )


def _quiet(watched: Watched) -> Iterator[Alert]:
    """Yield an alert if the silence is long against the source's own rhythm.

    It ends where we last looked: while we were away, nobody was quiet.
    """
    read, listed = watched.state.last_success_at, watched.listed
    if not may_be_quiet(watched.state) or len(listed) < RHYTHM_REPORTS or read is None:
        return
    silence = read - listed[0]
    longest = max(later - earlier for later, earlier in pairwise(listed))
    if silence < max(QUIET_TIMES * longest, QUIET_LEAST):
        return
    yield Alert(
        kind="quiet",
        about=watched.source.id,
        text=f"read without fault, but nothing new for {cadence.span(silence)}; before, "
        f"it was never silent for longer than {cadence.span(longest)}",
        since=listed[0],
    )


def _refused(status: PublicationStatus) -> Iterator[Alert]:
    if status.refused:
        yield Alert(
            kind="refused",
            about=status.path,
            text="what is new there is not fit to be published, or cannot be, so the last "
            f"good one stays: {status.refused}",
            since=status.written_at,
        )


def _unreadable(damaged: StoreDamaged) -> Alert:
    return Alert(
        kind="damaged",
        about=f"article {damaged.id}",
        text=f"{damaged.what}, and it is left out; {damaged.remedy}",
    )


def _full(disk: Disk) -> Iterator[Alert]:
    if disk.free < min(disk.total // FULL_SHARE, ENOUGH):
        yield Alert(
            kind="disk",
            about=disk.folder,
            text=f"the disk is nearly full: {disk.free / 1024**2:,.0f} MB left of "
            f"{disk.total / 1024**2:,.0f}",
        )
