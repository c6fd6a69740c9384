"""Articles that a list from the newest down does not meet: taken back, or come late.

Both are found by small indexes that hold nothing else, so that asking costs the same
with one article as with a million.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from aggregator.epoch import micros
from aggregator.store.articles import CAME_LATE, articles, told
from aggregator.store.columns import AnyRow
from aggregator.store.isolating import LeaveOut, isolated

_withdrawn = (
    select(*told)
    .where(articles.c.withdrawn.is_not(None))
    .order_by(articles.c.listed_at.desc(), articles.c.article_id.desc())
    .limit(bindparam("rows"))
)
_late = (
    select(*told)
    .where(CAME_LATE, articles.c.first_seen >= bindparam("since"))
    .order_by(articles.c.first_seen, articles.c.article_id)
)


def withdrawn(
    connection: Connection, rows: int, *, leave_out: LeaveOut
) -> list[AnyRow]:
    """Return the newest listed articles that were taken back."""
    return [*isolated(connection, _withdrawn, {"rows": rows}, leave_out=leave_out)]


def late(
    connection: Connection, since: datetime, *, leave_out: LeaveOut
) -> Iterator[AnyRow]:
    """Yield articles seen since a time that are listed before they were seen."""
    return isolated(connection, _late, {"since": micros(since)}, leave_out=leave_out)
