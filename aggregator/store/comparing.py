"""What articles are compared with, to find near-duplicates: the sketches of others.

In: a time, and bands of what is new. Out: of which articles it is to be found out what
they are like, and the sketches of those that they may be like. `twins` keeps both, and
what was found out.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    false,
    func,
    or_,
    select,
    union,
    union_all,
)

from aggregator.epoch import micros
from aggregator.store.articles import articles
from aggregator.store.columns import Bytes
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


# Where in a sketch it begins, and its bytes.
Band = tuple[int, bytes]


class Sketched(NamedTuple):
    """What near-duplicates are recognised by."""

    article_id: str
    source_id: str
    source_title: str
    listed_at: int
    sketch: bytes


def sketched(
    connection: Connection, since: datetime, sharing: Collection[Band] | None = None
) -> list[Sketched]:
    """Return what is known of articles listed since a time, the first listed first.

    And before them, of those that had to do with what is to be decided anew. Of all
    these only such as have one of some bands in common, if these are given: at most
    16,000, for each is a value to bind.
    """
    asked = [_relatives, _sketched]
    if sharing is not None:
        asked = [query.where(_shares(sharing)) for query in asked]
    bounds = {"since": micros(since)}
    rows = chain.from_iterable(connection.execute(query, bounds) for query in asked)
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


def _shares(bands: Collection[Band]) -> ColumnElement[bool]:
    """Return the condition that a sketch holds one of these bands in its place."""
    by_place = defaultdict[tuple[int, int], list[bytes]](list)
    for first, band in sorted(bands):
        by_place[first, len(band)].append(band)
    return or_(
        false(),
        *(
            func.substr(sketches.c.sketch, first + 1, width, type_=Bytes).in_(some)
            for (first, width), some in by_place.items()
        ),
    )
