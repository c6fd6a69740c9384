"""What articles are compared with, to find near-duplicates: the sketches of others.

In: a time. Out: which articles it is to be found out of what they are like, and the
sketches of those that they may be like. `twins` keeps both, and what was found out.
"""

from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, union, union_all

from aggregator.epoch import micros
from aggregator.store.articles import articles
from aggregator.store.twins import ANEW, joins, sketches

_made = select(
    sketches.c.article_id,
    sketches.c.sketch,
    articles.c.source_id,
    articles.c.source_title,
    articles.c.listed_at,
).join(articles, articles.c.article_id == sketches.c.article_id)
_sketched = _made.where(sketches.c.listed_at >= bindparam("since")).order_by(
    sketches.c.listed_at, sketches.c.article_id
)
_anew = select(sketches.c.article_id).where(sketches.c.listed_at == ANEW)
_relatives = _made.where(
    sketches.c.article_id.in_(
        union(
            select(joins.c.like_id).where(joins.c.article_id.in_(_anew)),
            select(joins.c.article_id).where(joins.c.like_id.in_(_anew)),
        )
    ),
    sketches.c.listed_at > ANEW,
    sketches.c.listed_at < bindparam("since"),
)
_undecided = union_all(
    select(articles.c.listed_at, articles.c.article_id)
    .join(sketches, sketches.c.article_id == articles.c.article_id, isouter=True)
    .where(articles.c.listed_at >= bindparam("since"), sketches.c.article_id.is_(None)),
    select(articles.c.listed_at, articles.c.article_id)
    .join(sketches, sketches.c.article_id == articles.c.article_id)
    .where(sketches.c.listed_at == ANEW),
)


class Sketched(NamedTuple):
    """What near-duplicates are recognised by."""

    article_id: str
    source_id: str
    source_title: str
    listed_at: int
    sketch: bytes


def sketched(connection: Connection, since: datetime) -> list[Sketched]:
    """Return what is known of articles listed since a time, the first listed first.

    And before them, of those that had to do with what is to be decided anew.
    """
    bounds = {"since": micros(since)}
    rows = chain(
        connection.execute(_relatives, bounds), connection.execute(_sketched, bounds)
    )
    return [
        Sketched(r.article_id, r.source_id, r.source_title, r.listed_at, r.sketch)
        for r in rows
    ]


def undecided(connection: Connection, since: datetime) -> list[str]:
    """Return the ids of articles of which it is to be found out what they are like.

    Those listed since a time that were never looked at, and all that have other words
    since; the first listed first.
    """
    places = connection.execute(_undecided, {"since": micros(since)})
    return [id_ for _, id_ in sorted(map(tuple, places))]
