"""Tell of an id that one source took back and another carries on that it changed then.

In: what is taken back, or what is new. Out: `updated` of all that stands under the same
published id, no earlier than the tombstone of it. By an earlier one, readers that keep
the latest of two entries would keep the words that were taken back; and who took the
tombstone in would hold that to be the last word on what came later.

Source: RFC 4287 §4.1.1 (several entries of one id), §4.2.15 (`updated`); RFC 6721 §3.
"""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, select, update

from aggregator.epoch import micros
from aggregator.model import Article, Withdrawn
from aggregator.store import keys, seals
from aggregator.store.articles import articles, note_changed, rows_of
from aggregator.store.columns import execute_each

_SEAL = "seal_face"
_any_gone = select(articles.c.article_id).where(articles.c.withdrawn.is_not(None))
_change = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values({name: bindparam(name) for name in ("updated", _SEAL)})
)


def pass_on(connection: Connection, taken_back: Mapping[str, Withdrawn]) -> None:
    """Let those carry the ids of articles on that have them, too: changed by that."""
    gone = rows_of(connection, taken_back)
    at = {row.published_id: micros(taken_back[id_].at) for id_, row in gone.items()}
    carriers = keys.carriers(connection, sorted(at))
    heirs = {
        id_: row
        for id_, row in rows_of(connection, carriers).items()
        if row.updated < at.get(row.published_id, row.updated)
    }
    changed = []
    for id_, row in heirs.items():
        said = {**row._mapping, "updated": at[row.published_id]}  # noqa: SLF001 - the public name of it
        seal = seals.seals(id_, said, [_SEAL])
        changed.append({"which": id_, "updated": said["updated"], **seal})
    execute_each(connection, _change, changed)
    note_changed(connection, heirs)


def succeeding(connection: Connection, new: Sequence[Article]) -> list[Article]:
    """Return new articles: changed when they came, if their id was taken back before."""
    if connection.scalar(_any_gone.limit(1)) is None:
        return list(new)
    gone = keys.taken_back(connection, sorted({each.published_id for each in new}))
    return [
        replace(each, updated=max(each.updated, each.first_seen))
        if each.published_id in gone
        else each
        for each in new
    ]
