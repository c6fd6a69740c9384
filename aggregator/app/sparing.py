"""Which sources must be left alone now, for what asks them beside the schedule.

In: the config, and what its store says if there is one. Out: a reason for each source
that is paused or gone, or whose Retry-After runs; and in the store, where an answer asked
us to stay away, that it did. No store is created.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from datetime import datetime

from msgspec.structs import replace

from aggregator.app.clock import utc_now
from aggregator.app.prospect import known_as
from aggregator.config import masked
from aggregator.errors import MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Config, PollResult, Source, SourceState


def spared(config: Config) -> dict[str, str]:
    """Return why sources may not be asked now, by their ids."""
    now = utc_now()
    states = cadence.configured(config.sources, stored(config.store), now=now)
    reasons = {}
    for source in config.sources:
        state = states[source.id]
        if reason := cadence.may_force(source, state, now=now):
            reasons[source.id] = reason
        elif state.gone:
            again = f"`poll --force {source.id}` asks all the same"
            reasons[source.id] = f"{state.because}; {again}"
    return reasons


def why_spared(
    config: Config, url: str, rows: Mapping[str, SourceState], *, now: datetime
) -> str | None:
    """Return a sentence on why an address may not be asked now, None if it may.

    The source that polls it may be paused or asked to stay away, and so may one that is
    not configured any more.
    """
    source = config.source(known_as(config, url) or "")
    if source and (reason := _barred(source, rows, now)):
        return f"{masked(url)} is polled as {source.id}: {reason}"
    if reason := _barred(Source(id=url, url=url), rows, now):
        return f"{masked(url)} is not asked: {reason}"
    return None


def _barred(
    source: Source, rows: Mapping[str, SourceState], now: datetime
) -> str | None:
    row = cadence.configured([source], rows, now=now)[source.id]
    return cadence.may_force(source, row, now=now)


def spare(config: Config, asked: Iterable[PollResult]) -> None:
    """Leave alone from now on, for as long as they said, who asked for it.

    Of an answer that came beside the schedule nothing else is kept.
    """
    from aggregator.store import open_store, schema_version

    wanted = {r.source_id: r.state for r in asked if r.state.retry_after_until}
    if not wanted:
        return

    def left_alone(rows: Mapping[str, SourceState]) -> list[SourceState]:
        return [
            _promised(rows[id_], state) if id_ in rows else state
            for id_, state in wanted.items()
        ]

    with suppress(MediaWireError):
        if schema_version(config.store) is not None:
            with closing(open_store(config.store)) as store:
                store.revise(left_alone, among=wanted)


def _promised(row: SourceState, answered: SourceState) -> SourceState:
    """Return a row with what an answer asked for, and how it stands since then."""
    return replace(
        row,
        last_polled_at=answered.last_polled_at,
        outcome=answered.outcome,
        problem=answered.problem,
        error=answered.error,
        failures=row.failures + answered.failures,
        retry_after_until=answered.retry_after_until,
        advised_until=answered.advised_until,
        next_poll_at=max(row.next_poll_at, answered.next_poll_at),
        because=answered.because,
    )


def stored(url: str) -> Mapping[str, SourceState]:
    """Return the rows of a store, none if it cannot be read: then nothing is known."""
    from aggregator.store import open_store, schema_version

    try:
        if schema_version(url) is None:
            return {}
        with closing(open_store(url, read_only=True)) as store:
            return store.states()
    except MediaWireError:
        return {}
