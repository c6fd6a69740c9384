"""The table `sources`: one row for each source, which is also the schedule.

In: whole `SourceState`s. Out: the same, and which of them are due.
A row is never deleted: a source that left the config is only no longer `configured`,
so that its validators and articles are there when it comes back.

A row that cannot be read is left out, as if its source had never been polled: the next
start takes it up as a new one, and no other source waits for it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    Select,
    Table,
    Text,
    bindparam,
    case,
    false,
    func,
    select,
    true,
    update,
)
from sqlalchemy.exc import DBAPIError

from aggregator.epoch import micros, moment
from aggregator.errors import StoreDamaged
from aggregator.events import log
from aggregator.model import HUB_TOLD, OutcomeKind, PollResult, SourceState
from aggregator.store.columns import (
    Bytes,
    Moment,
    Name,
    execute_each,
    metadata,
    micros_or_none,
    moment_or_none,
    upsert,
)
from aggregator.store.isolating import LeaveOut, isolated, undecoded
from aggregator.store.polls import STRIP_CHARACTERS, strip_mark, strip_polls
from aggregator.store.rows import BROKEN
from aggregator.store.states import REMEMBERED, row_of, state_of

sources = Table(
    "sources",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("configured", Boolean, nullable=False, server_default=false()),
    Column("gone", Boolean, nullable=False),
    Column("next_poll_at", Moment, nullable=False),
    Column("because", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("fetch_url", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("etag", Bytes),
    Column("last_modified", Bytes),
    Column("validators_url", Text),
    Column("body_digest", Bytes),
    Column("first_success_at", Moment),
    Column("last_polled_at", Moment),
    Column("last_success_at", Moment),
    Column("last_changed_at", Moment),
    Column("unchanged", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("outcome", Text),
    Column("problem", Text),
    Column("error", Text),
    Column("retry_after_until", Moment),
    Column("advised_until", Moment),
    Column("gone_since", Moment),
    Column("held", Text),
    Column("moved", Text),
    Column("feed", Text),
    Column("hints_warning", Text),
    Column("strip", Text, nullable=False, server_default=""),
    Index(None, "configured", "gone", "next_poll_at", "source_id"),
)

NEW_AGAIN = "the next start takes its source up as a new one"

_columns = [sources.c[name] for name in REMEMBERED]

_put = upsert(sources, keep={"configured", "strip"})
_configure = (
    update(sources)
    .where(sources.c.source_id == bindparam("which"))
    .values(configured=bindparam("wanted"))
)
_asked_since = (
    select(sources.c.host, func.max(sources.c.last_polled_at))
    .where(sources.c.last_polled_at > bindparam("since"))
    .group_by(sources.c.host)
)
# A poll that was under way while the operator gave the source another address must not
# leave that poll's validators with the new address: hence the second condition.
_polled = (
    update(sources)
    .where(
        sources.c.source_id == bindparam("which"), sources.c.url == bindparam("asked")
    )
    .values(
        {
            name: bindparam(name)
            for name in REMEMBERED
            if name not in {"source_id", "url"}
        }
        | {
            # What a hub told while it was polled may be newer than the answer.
            name: case(
                (sources.c.because == HUB_TOLD, sources.c[name]), else_=bindparam(name)
            )
            for name in ("next_poll_at", "because")
        }
        | {
            # A poll that stands there already is recorded again: its commit's answer got
            # lost. Of two polls no two end in the same microsecond.
            "strip": case(
                (
                    sources.c.last_polled_at == bindparam("last_polled_at"),
                    sources.c.strip,
                ),
                else_=func.substr(
                    bindparam("mark") + sources.c.strip, 1, STRIP_CHARACTERS
                ),
            )
        }
    )
)
_scheduled = (
    update(sources)
    .where(sources.c.source_id == bindparam("which"))
    .values(
        {
            name: bindparam(name)
            for name in ("next_poll_at", "because", "last_polled_at")
        }
    )
)
_strips = select(sources.c.source_id, sources.c.strip)
_all = select(*_columns).order_by(sources.c.source_id)
_one = select(*_columns).where(sources.c.source_id == bindparam("which"))
_pollable = (sources.c.configured == true(), sources.c.gone == false())
_due = (
    select(*_columns)
    .where(*_pollable, sources.c.next_poll_at <= bindparam("now"))
    .order_by(sources.c.next_poll_at, sources.c.source_id)
    .limit(bindparam("rows"))
)
_next_due = select(func.min(sources.c.next_poll_at)).where(*_pollable)
_configured = select(sources.c.source_id).where(sources.c.configured == true())


def put_rows(connection: Connection, states: Sequence[SourceState]) -> None:
    """Write whole rows; a new one is not configured."""
    rows = [row_of(state) | {"source_id": state.source_id} for state in states]
    execute_each(connection, _put, rows)


def mark_configured(connection: Connection, wanted: Collection[str]) -> None:
    """Mark exactly the `wanted` sources as configured."""
    marked = configured(connection)
    differing = sorted(marked.symmetric_difference(wanted))
    marks = [{"which": id_, "wanted": id_ not in marked} for id_ in differing]
    execute_each(connection, _configure, marks)


def record_states(connection: Connection, results: Sequence[PollResult]) -> None:
    """Write the rows of polled sources: one UPDATE, executed for all of them at once.

    In order of id, so that two writers on PostgreSQL cannot wait for each other.
    """
    rows = [
        row_of(result.state)
        | {
            "which": result.source_id,
            "asked": result.state.url,
            "mark": strip_mark(result.at, result.outcome.kind),
        }
        for result in sorted(results, key=lambda result: result.source_id)
    ]
    execute_each(connection, _polled, rows)


def reschedule(connection: Connection, states: Sequence[SourceState]) -> None:
    """Write when these sources were polled last and are next, and why; no more."""
    rows = [
        {
            "which": state.source_id,
            "next_poll_at": micros(state.next_poll_at),
            "because": state.because,
            "last_polled_at": micros_or_none(state.last_polled_at),
        }
        for state in sorted(states, key=lambda state: state.source_id)
    ]
    execute_each(connection, _scheduled, rows)


def _say_left_out(damaged: StoreDamaged) -> None:
    """Leave a source out, and say so in the log: once, for every tick asks again."""
    reason = f"{damaged.what}; {NEW_AGAIN}"
    log.once("error", "row left out", source_id=damaged.id, reason=reason)


def states(
    connection: Connection,
    *,
    lock: bool = False,
    leave_out: LeaveOut = _say_left_out,
) -> dict[str, SourceState]:
    """Return every source ever configured, by id; nobody may write them if locked."""
    statement = _all.with_for_update() if lock else _all
    return {
        each.source_id: each for each in _read(connection, statement, {}, leave_out)
    }


def state(
    connection: Connection, source_id: str, *, lock: bool = False
) -> SourceState | None:
    """Return one source, or None if it was never configured."""
    one = _one.with_for_update() if lock else _one
    return next(_read(connection, one, {"which": source_id}, _say_left_out), None)


def locked(
    connection: Connection, source_ids: Collection[str]
) -> dict[str, SourceState]:
    """Return these sources, those that were ever configured, by id, and lock them.

    In order of id, as they are written (see `record_states`).
    """
    found = (state(connection, id_, lock=True) for id_ in sorted(source_ids))
    return {row.source_id: row for row in found if row}


def configured(connection: Connection) -> set[str]:
    """Return the ids of the sources that stand in the config."""
    return set(connection.scalars(_configured))


def due(
    connection: Connection, now: datetime, limit: int, exclude: Collection[str]
) -> list[SourceState]:
    """Return at most `limit` due sources that are not in `exclude`, oldest first."""
    bounds = {"now": micros(now), "rows": limit + len(exclude)}
    found = _read(connection, _due, bounds, _say_left_out)
    return [row for row in found if row.source_id not in exclude][:limit]


def asked_since(connection: Connection, since: datetime) -> dict[str, datetime]:
    """Return when each host was asked last, of those that were since a time."""
    try:
        rows = connection.execute(_asked_since, {"since": micros(since)}).all()
    except DBAPIError as error:
        undecoded(error)
        polled = ((s.host, s.last_polled_at) for s in states(connection).values())
        return {host: at for host, at in polled if at and at > since}
    return {host: moment(at) for host, at in rows}


def next_due(connection: Connection) -> datetime | None:
    """Return when the next source falls due (may be past), None if none ever will."""
    return moment_or_none(connection.scalar(_next_due))


def strips(
    connection: Connection,
) -> dict[str, tuple[tuple[datetime, OutcomeKind], ...]]:
    """Return the last 50 polls of every source, newest first, to the minute."""
    rows = isolated(connection, _strips, {}, leave_out=_pass_over)
    return {source_id: _polls(strip) for source_id, strip in rows}


def _read(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    bounds: Mapping[str, Any],
    leave_out: LeaveOut,
) -> Iterator[SourceState]:
    """Yield the states that a statement finds, but for those that cannot be read."""
    for row in isolated(connection, statement, bounds, leave_out=leave_out):
        try:
            yield state_of(row)
        except StoreDamaged as damaged:
            leave_out(damaged)


def _pass_over(_damaged: StoreDamaged) -> None:
    """Say nothing: a strip is drawn, and decides nothing."""


def _polls(strip: str) -> tuple[tuple[datetime, OutcomeKind], ...]:
    """Return the polls of a strip, none of one that nobody wrote."""
    try:
        return strip_polls(strip)
    except BROKEN:
        return ()
