"""The table `hours`: how often anything changed among the articles listed in an hour.

Whoever keeps a long list up to date looks at the hours that changed since, and at none of
the others. Every write of an article counts in the hour in which it is listed, also in
that in which it was listed before; a migration that changes articles has to count, too.
Counts only grow; an hour without one never changed.
"""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Column, Connection, Table, bindparam, select

from aggregator.epoch import HOUR
from aggregator.store.columns import add_to, execute_each, metadata

hours = Table(
    "hours",
    metadata,
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("changes", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

_count = add_to(hours, "changes")
_between = select(hours.c.hour, hours.c.changes).where(
    hours.c.hour >= bindparam("first"), hours.c.hour < bindparam("last")
)


def count_changes(connection: Connection, listed_at: Iterable[int]) -> None:
    """Count a change in each hour of some times, in microseconds since 1970."""
    changed = sorted({time // HOUR for time in listed_at})
    execute_each(connection, _count, [{"hour": n, "changes": 1} for n in changed])


def changes(connection: Connection, first: int, last: int) -> dict[int, int]:
    """Return how often each hour changed, from the first on and before the last.

    Hours are numbered from the beginning of 1970.
    """
    found = connection.execute(_between, {"first": first, "last": last})
    return {row.hour: row.changes for row in found}
