"""The table `pruned`: by which keys the articles were known that were deleted for age.

Some 45 bytes a key. They are remembered for a year, so that a report which its source
serves again does not come as new; one that returns after years is.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, bindparam, delete, select

from aggregator.epoch import micros, moment
from aggregator.store.articles import articles
from aggregator.store.columns import (
    Bytes,
    Moment,
    Name,
    chunks,
    execute_each,
    metadata,
    upsert,
)
from aggregator.store.keys import keys, rows_by_key

REMEMBERED = timedelta(days=365)

pruned = Table(
    "pruned",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("digest", Bytes, primary_key=True),
    Column("listed_at", Moment, nullable=False),
    sqlite_with_rowid=False,
)

_put = upsert(pruned)
_doomed = (
    select(keys.c.source_id, keys.c.digest, articles.c.listed_at)
    .join(articles, articles.c.article_id == keys.c.article_id)
    .where(
        keys.c.source_id == bindparam("which"),
        keys.c.article_id.in_(bindparam("ids", expanding=True)),
    )
)
_held = select(pruned.c.digest, pruned.c.listed_at).where(
    pruned.c.source_id == bindparam("which"),
    pruned.c.digest.in_(bindparam("digests", expanding=True)),
)
_forget = delete(pruned).where(pruned.c.listed_at < bindparam("before"))


def note_pruned(
    connection: Connection, source_id: str, article_ids: Sequence[str]
) -> None:
    """Remember the keys of articles of a source that are about to be deleted."""
    for some in chunks(article_ids):
        rows = connection.execute(_doomed, {"which": source_id, "ids": some})
        execute_each(connection, _put, [row._asdict() for row in rows])


def listed_before_pruned(
    connection: Connection, source_id: str, asked: Collection[str]
) -> dict[str, datetime]:
    """Return when articles of a source were listed that were pruned, by their keys."""
    found = rows_by_key(connection, _held, source_id, asked)
    return {key: moment(row.listed_at) for key, row in found.items()}


def forget_pruned(connection: Connection, before: datetime) -> None:
    """Forget what was listed a year before a time."""
    connection.execute(_forget, {"before": micros(before - REMEMBERED)})
