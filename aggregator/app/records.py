"""Commit what polls brought, and keep one that cannot be stored from harming the rest.

In: results that came in together. Out: the same, as they were recorded. All of them
share a transaction. If it fails, each is tried alone; one that fails although the store
can be written is recorded as a failed poll: its old validators stay, so the next poll
asks for the same document again, and nobody else's articles wait for it. A store that
is away says nothing of what was sent: all wait until it is back.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from aggregator.errors import MediaWireError, StoreAway, StoreError
from aggregator.events import log
from aggregator.fetching import cadence
from aggregator.model import Article, Outcome, PollResult, Source, SourceState
from aggregator.store import Store


def recorded(
    store: Store,
    sources: Mapping[str, Source],
    results: Sequence[PollResult],
    *,
    now: datetime,
    provided: tuple[str, str] | None = None,
) -> list[PollResult]:
    """Return the results as the store has them now.

    Raises StoreAway if it is away, or if a fact about it is not what is `provided`.
    """
    record = partial(store.record, now=now, provided=provided)
    try:
        return record(results)
    except StoreError:
        return [_recorded_alone(record, store, sources, result) for result in results]


def broken(
    source: Source,
    before: SourceState,
    error: Exception,
    *,
    now: datetime,
    jitter: float,
) -> PollResult:
    """Return the failed poll that a fault of ours makes of one that began `now`.

    Of our own errors it has the sentence: an article that is damaged is named.
    """
    where = "--log-level debug prints where"
    why = f"a fault in Media Wire: {type(error).__name__}; {where}"
    if isinstance(error, MediaWireError):
        why = str(error)
    outcome = Outcome(kind="failed", problem="unexpected", error=why)
    state = cadence.after(source, before, outcome, now=now, jitter=jitter)
    return PollResult(source_id=source.id, at=now, outcome=outcome, state=state)


def edited(
    result: PollResult,
    source: Source,
    edit: Callable[[Article], Article],
    *,
    now: datetime,
) -> PollResult:
    """Return what a poll brought that began before its source or a rule was edited.

    It must not win over the edit. The row of another address is left as it is: the
    store leaves it out.
    """
    state = result.state
    if state.url == source.url:
        state = cadence.reconfigured(source, state, now=now)
    return replace(
        result,
        state=state,
        new=tuple(map(edit, result.new)),
        changed=tuple(map(edit, result.changed)),
    )


def tell_of(result: PollResult) -> None:
    """Say in the log how a poll ended, and what was noted in it."""
    outcome = result.outcome
    failed = outcome.kind == "failed"
    if not log.tells(logging.WARNING if failed else logging.INFO):
        return
    tell = log.warning if failed else log.info
    tell(
        "polled",
        source_id=result.source_id,
        outcome=outcome.kind,
        new=outcome.new,
        changed=outcome.changed,
        took_ms=round(result.took.total_seconds() * 1000),
        next_poll_at=result.state.next_poll_at.isoformat(timespec="seconds"),
        **({"error": outcome.error} if outcome.error else {}),
    )
    for note in result.notes:
        log.info("noted", source_id=result.source_id, note=note)


def _recorded_alone(
    record: Callable[[Sequence[PollResult]], list[PollResult]],
    store: Store,
    sources: Mapping[str, Source],
    result: PollResult,
) -> PollResult:
    try:
        (kept,) = record([result])
    except StoreAway:
        raise
    except StoreError as error:
        unstorable = _unstorable(store, sources, result, str(error))
        if unstorable is None:
            raise
        (kept,) = record([unstorable])
    return kept


def _unstorable(
    store: Store, sources: Mapping[str, Source], result: PollResult, why: str
) -> PollResult | None:
    """Return the failed poll to record instead, None if nothing less can be written."""
    source, before = sources.get(result.source_id), store.state(result.source_id)
    if not (source and before and result.outcome.kind != "failed"):
        return None
    outcome = Outcome(
        kind="failed",
        problem="unexpected",
        error=f"what it sent cannot be stored: {why}",
        advice=result.outcome.advice,
    )
    state = cadence.after(
        source, before, outcome, now=result.at + result.took, jitter=0
    )
    return PollResult(
        source_id=result.source_id,
        at=result.at,
        outcome=outcome,
        state=state,
        took=result.took,
        wire_bytes=result.wire_bytes,
    )
