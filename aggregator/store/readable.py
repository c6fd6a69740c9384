"""Read the articles of a list, and leave out what cannot be read.

In: what finds ids, and how many are wanted. Out: articles; of one that cannot be read
it is raised why, said in the log, or kept by who asked, and an older one takes its
place: one flipped bit is no reason to keep the others from readers.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from aggregator.errors import StoreDamaged
from aggregator.events import log
from aggregator.model import Article
from aggregator.store.articles import rows_of
from aggregator.store.bodies import whole
from aggregator.store.isolating import LeaveOut
from aggregator.store.marks import marks
from aggregator.store.rows import BROKEN, article

Place = tuple[datetime, str]  # (listed_at, article id): a list goes on below it


class Find(Protocol):
    """What finds the ids of a list."""

    def __call__(self, *, limit: int, before: Place | None) -> Sequence[str]:
        """Return the first ids below a place, in the order of the list."""


def say_left_out(damaged: StoreDamaged) -> None:
    """Leave an article out, and say so in the log: once, for every page asks again."""
    log.once("error", "left out", article_id=damaged.id, reason=str(damaged))


def articles_below(
    connection: Connection,
    find: Find,
    *,
    limit: int,
    before: Place | None,
    bodies: bool,
    leave_out: LeaveOut,
) -> list[Article]:
    """Return the articles that are found from below a place on.

    They are fewer than `limit` where there are no more.
    """
    read = whole if bodies else bare
    found: list[Article] = []
    while True:
        wanted = limit - len(found)
        ids = find(limit=wanted, before=before)
        page = read(connection, ids, leave_out=leave_out)
        found += [page[id_] for id_ in ids if id_ in page]
        if len(ids) < wanted or len(found) == limit:
            return found
        last = next(iter(marks(connection, ids[-1:])), None)
        try:
            if last is None:  # it was pruned just now
                return found
            before = last.listed_at, last.id
        except BROKEN:  # it says not even where it stands
            return found


def bare(
    connection: Connection,
    article_ids: Collection[str],
    *,
    leave_out: LeaveOut,
    shown: bool = False,
) -> dict[str, Article]:
    """Return articles without their bodies, by id; unknown ids are left out, too.

    With `shown`, only articles that stand in outputs are returned.
    """
    found = {}
    for id_, row in rows_of(connection, article_ids, leave_out=leave_out).items():
        try:
            if row.shown or not shown:
                found[id_] = article(row)
        except StoreDamaged as damaged:
            leave_out(damaged)
    return found
