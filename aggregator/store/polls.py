"""What happened at past polls: the strip in each source's row, and the log.

The strip is the last 50 polls of a source, newest first, 8 characters each: minutes
since 1970 as 7 hex digits and one letter for the outcome. It lives in the source's own
row, so that a poll which found nothing new writes that row and nothing else.
The log has a row for every poll that found something or failed.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    select,
)

from aggregator.epoch import micros, moment
from aggregator.model import OutcomeKind, PastPoll, PollResult
from aggregator.store.columns import (
    AnyRow,
    Moment,
    Name,
    execute_each,
    metadata,
    packed,
    unpacked,
    upsert,
)

STRIP_POLLS = 50
_MARK = 8
STRIP_CHARACTERS = STRIP_POLLS * _MARK
_MINUTE = 60_000_000  # microseconds

_letters: dict[OutcomeKind, str] = {"updated": "u", "unchanged": "n", "failed": "f"}
_kinds: dict[str, OutcomeKind] = {letter: kind for kind, letter in _letters.items()}

polls = Table(
    "polls",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("outcome", Text, nullable=False),
    Column("new", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("status", Integer),
    Column("problem", Text),
    Column("error", Text),
    Column("notes", Text),
    Column("took_us", Moment, nullable=False),
    Column("wire_bytes", Moment, nullable=False),
    sqlite_with_rowid=False,
)

_log = upsert(polls)
_latest = (
    select(polls)
    .where(polls.c.source_id == bindparam("which"))
    .order_by(polls.c.at.desc())
    .limit(bindparam("rows"))
)
_forget = delete(polls).where(polls.c.at < bindparam("before"))


def strip_mark(at: datetime, kind: OutcomeKind) -> str:
    """Return the 8 characters of one poll in a strip."""
    return f"{micros(at) // _MINUTE:07x}{_letters[kind]}"


def strip_polls(strip: str) -> tuple[tuple[datetime, OutcomeKind], ...]:
    """Return the polls of a strip, newest first, each at the start of its minute."""
    marks = (strip[at : at + _MARK] for at in range(0, len(strip), _MARK))
    return tuple(
        (moment(int(mark[:-1], 16) * _MINUTE), _kinds[mark[-1]]) for mark in marks
    )


def log_polls(connection: Connection, results: Sequence[PollResult]) -> None:
    """Write a row for each poll that found something or failed.

    Two polls of one source in the same microsecond are one poll written twice (a
    commit whose answer got lost): the later row replaces the earlier.
    """
    rows = {(row["source_id"], row["at"]): row for row in map(_row, _telling(results))}
    execute_each(connection, _log, list(rows.values()))


def poll_log(connection: Connection, source_id: str, limit: int) -> list[PastPoll]:
    """Return the latest rows of a source's log, newest first."""
    bounds = {"which": source_id, "rows": limit}
    return [past_poll(row) for row in connection.execute(_latest, bounds)]


def forget_polls(connection: Connection, before: datetime) -> None:
    """Delete the log's rows before a time."""
    connection.execute(_forget, {"before": micros(before)})


def _telling(results: Sequence[PollResult]) -> Iterator[PollResult]:
    return (result for result in results if result.outcome.kind != "unchanged")


def _row(result: PollResult) -> dict[str, Any]:
    outcome = result.outcome
    return {
        "source_id": result.source_id,
        "at": micros(result.at),
        "outcome": outcome.kind,
        "new": outcome.new,
        "changed": outcome.changed,
        "status": outcome.status,
        "problem": outcome.problem,
        "error": outcome.error,
        "notes": packed(result.notes),
        "took_us": result.took // timedelta(microseconds=1),
        "wire_bytes": result.wire_bytes,
    }


def past_poll(row: AnyRow) -> PastPoll:
    """Return a row of the log."""
    return PastPoll(
        source_id=row.source_id,
        at=moment(row.at),
        outcome=row.outcome,
        new=row.new,
        changed=row.changed,
        status=row.status,
        problem=row.problem,
        error=row.error,
        notes=tuple(unpacked(row.notes)),
        took=timedelta(microseconds=row.took_us),
        wire_bytes=row.wire_bytes,
    )
