"""Delete what is older than the operator keeps.

An article that its source's last document still lists is never deleted, however old:
it would only come back as new. Nor is one that was withdrawn: it must be known again to
stay away. What cannot be read stays, too. Names go with their article, but by which keys
its source's entry was known is remembered for a year (`pruned`): served again, it is no
news.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.epoch import micros
from aggregator.errors import StoreDamaged
from aggregator.store.articles import articles, note_changed
from aggregator.store.columns import chunks
from aggregator.store.documents import document
from aggregator.store.keys import forget_keys, forget_refs
from aggregator.store.leaving import forget_left
from aggregator.store.listing import listed, relist
from aggregator.store.polls import forget_polls
from aggregator.store.pruned import forget_pruned, note_pruned
from aggregator.store.readable import say_left_out

_old = select(articles.c.article_id).where(
    articles.c.source_id == bindparam("source_id"),
    articles.c.listed_at < bindparam("before"),
    articles.c.withdrawn.is_(None),
)
_delete = delete(articles).where(
    articles.c.article_id.in_(bindparam("which", expanding=True))
)


def prune_source(connection: Connection, source_id: str, before: datetime) -> int:
    """Delete a source's articles listed before a time; returns how many."""
    last = document(connection, source_id)
    still_there = {article_id for _, article_id in last.items} if last else set()
    bounds = {"source_id": source_id, "before": micros(before)}
    doomed = set(connection.scalars(_old, bounds)) - still_there
    while doomed:
        try:
            _delete_articles(connection, source_id, sorted(doomed))
        except StoreDamaged as damaged:
            # What it is known by can only be told from a backup; it stays until then.
            say_left_out(damaged)
            doomed.discard(damaged.id)
        else:
            break
    return len(doomed)


def prune_rest(connection: Connection, before: datetime) -> None:
    """Delete what belongs to no article any more, and the log before a time."""
    forget_refs(connection)
    forget_pruned(connection, before)
    forget_left(connection, before)
    forget_polls(connection, before)


def _delete_articles(
    connection: Connection, source_id: str, article_ids: Sequence[str]
) -> None:
    before = listed(connection, article_ids)
    note_changed(connection, article_ids)
    note_pruned(connection, source_id, article_ids)
    forget_keys(connection, source_id, article_ids)
    for some in chunks(article_ids):
        connection.execute(_delete, {"which": some})  # bodies and revisions follow
    relist(connection, before, article_ids)
