"""The table `sightings`: when and how an article showed itself again after it came.

A row for each poll in which the source had changed it, or in which it stood under
another key; the poll in which it came first is `first_seen` of the article itself.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, bindparam, select

from aggregator.epoch import micros, moment
from aggregator.store.columns import (
    Moment,
    Name,
    execute_each,
    insert_unless_there,
    metadata,
)

sightings = Table(
    "sightings",
    metadata,
    Column(
        "article_id",
        Name,
        ForeignKey("articles.article_id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("at", Moment, primary_key=True, autoincrement=False),
    Column("what", Text, nullable=False),
)

_insert = insert_unless_there(sightings)
_of = (
    select(sightings)
    .where(sightings.c.article_id == bindparam("which"))
    .order_by(sightings.c.at)
)


def note_sightings(
    connection: Connection, seen: Sequence[tuple[str, datetime, str]]
) -> None:
    """Write (article id, time of the poll, what was seen); one a poll and article."""
    rows = [
        {"article_id": id_, "at": micros(at), "what": what} for id_, at, what in seen
    ]
    execute_each(connection, _insert, rows)


def sightings_of(connection: Connection, article_id: str) -> list[tuple[datetime, str]]:
    """Return what was seen of an article after it came, in the order of time."""
    rows = connection.execute(_of, {"which": article_id})
    return [(moment(row.at), row.what) for row in rows]
