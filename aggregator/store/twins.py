"""The tables `joins`, `splits` and `sketches`: the same article from several sources.

Articles of several sources that have an id or a canonical link in common are found by
their names in `refs`; what near-duplicates are was found out when they came (`joins`:
this article is like that one, by so many thousandths), from `sketches` of their texts.
`splits` are articles that the desk lets stand alone, whatever they are like.

What an article with other words is like is decided anew: its joins hold no more
(likeness 0), and its sketch is listed before all others, where it is found whatever its
age. The joins stay until then: they tell what else to compare it with.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    select,
    update,
)

from aggregator.epoch import micros
from aggregator.model import Article
from aggregator.store.articles import articles, existing
from aggregator.store.columns import (
    MANY,
    Bytes,
    Moment,
    Name,
    chunks,
    digest,
    execute_each,
    insert_unless_there,
    metadata,
    upsert,
)
from aggregator.store.keys import refs
from aggregator.store.readable import bare, say_left_out
from aggregator.text import urls


def _own() -> Column[str]:
    """Return the key of a table that says something of single articles."""
    of_article = ForeignKey("articles.article_id", ondelete="CASCADE")
    return Column("article_id", Name, of_article, primary_key=True)


joins = Table(
    "joins",
    metadata,
    _own(),
    Column("like_id", Name, nullable=False),
    Column("likeness", Integer, nullable=False),
    Index(None, "like_id"),
)
splits = Table("splits", metadata, _own())
sketches = Table(
    "sketches",
    metadata,
    _own(),
    Column("listed_at", Moment, nullable=False),
    Column("sketch", Bytes, nullable=False),
    Index(None, "listed_at"),
)

# When a sketch is listed that is to be made anew.
ANEW = -(2**62)

_ids = bindparam("which", type_=Name, expanding=True)
_carriers = select(refs.c.article_id).where(
    refs.c.digest.in_(bindparam("which", expanding=True))
)
_like = select(joins).where(joins.c.article_id.in_(_ids) | joins.c.like_id.in_(_ids))
_alone = select(splits.c.article_id).where(splits.c.article_id.in_(_ids))
_any_join = select(joins.c.article_id).limit(1)
_any_split = select(splits.c.article_id).limit(1)
_join = upsert(joins)
_split = insert_unless_there(splits)
_unsplit = delete(splits).where(splits.c.article_id == bindparam("which"))
_unjoin = delete(joins).where(joins.c.article_id.in_(_ids))
_sketch = upsert(sketches)
_liking = select(joins.c.article_id).where(joins.c.like_id.in_(_ids))
_hold_no_more = (
    update(joins)
    .where(joins.c.article_id.in_(_ids) | joins.c.like_id.in_(_ids))
    .values(likeness=0)
)
_decide_anew = (
    update(sketches).where(sketches.c.article_id.in_(_ids)).values(listed_at=ANEW)
)
# Nobody changes them while we write what was found out about their words.
_revisions = (
    select(articles.c.article_id, articles.c.revision)
    .where(articles.c.article_id.in_(_ids))
    .order_by(articles.c.article_id)
    .with_for_update(read=True)
)
_comparable = select(sketches.c.article_id).where(
    sketches.c.article_id.in_(_ids), sketches.c.listed_at > ANEW
)


class Join(NamedTuple):
    """`article_id` says nearly what `like_id` says, by `likeness` of 0 to 1.

    A likeness of 0 is no join any more, or not yet again.
    """

    article_id: str
    like_id: str
    likeness: float


class Twins(NamedTuple):
    """Shown articles, without bodies, that have to do with each other, and how.

    `joins` are also those through articles that are not shown. `split` are the ids of
    those that stand alone.
    """

    articles: tuple[Article, ...]
    joins: tuple[Join, ...]
    split: frozenset[str]

    def tied(self) -> set[str]:
        """Return the ids of those that are like another, or have a name with it."""
        first, found = dict[str, str](), {i for join in self.joins for i in join[:2]}
        for each in self.articles:
            for name in _names(each):
                if (other := first.setdefault(name, each.id)) != each.id:
                    found |= {other, each.id}
        return found


def twins(connection: Connection, start: Iterable[Article]) -> Twins:
    """Return these articles and all that carry a name of one, or are like one.

    Goes on with what it found until nothing is new, also through what is not shown any
    more: those that were like it stay one. What cannot be read is nobody's twin.
    """
    found = {each.id: each for each in start}
    looked, related, new = set[str](), dict[str, Join](), set(found)
    while new:
        looked |= new
        near = _joins_of(connection, sorted(new))
        related |= {join.article_id: join for join in near}
        named = [found[id_] for id_ in new if id_ in found]
        ids = {id_ for join in near for id_ in join[:2]} | _carrying(connection, named)
        new = ids - looked
        found |= bare(connection, new, leave_out=say_left_out, shown=True)
    split = _split_of(connection, sorted(found))
    return Twins(tuple(found.values()), tuple(related.values()), split)


def split(connection: Connection, article_id: str) -> bool:
    """Let an article stand alone; False if there is no such article."""
    if not existing(connection, {article_id}):
        return False
    execute_each(connection, _split, [{"article_id": article_id}])
    return True


def unsplit(connection: Connection, article_id: str) -> None:
    """Let an article be a twin again."""
    connection.execute(_unsplit, {"which": article_id})


def decide_anew(connection: Connection, reworded: Sequence[str]) -> None:
    """Forget what articles are like that have other words now, and who is like them.

    Both are to be found out again; what the desk split stays split.
    """
    for some in chunks(reworded):
        liking = connection.scalars(_liking, {"which": some})
        again = sorted({*some, *liking})
        connection.execute(_hold_no_more, {"which": some})
        for part in chunks(again):
            connection.execute(_decide_anew, {"which": part})


def put_decided(
    connection: Connection,
    made: Sequence[tuple[Article, bytes]],
    found: Sequence[Join],
) -> None:
    """Write the sketches of articles, and the joins of those that are like another.

    What has other words by now than it was sketched from stays undecided, and so does
    what was found to be like it.
    """
    likes = {join.like_id for join in found}
    revisions = _revisions_of(connection, likes | {each.id for each, _ in made})
    fresh = {each.id for each, _ in made if revisions.get(each.id) == each.revision}
    comparable = fresh | _comparable_of(connection, sorted(likes - fresh))
    fresh -= {join.article_id for join in found if join.like_id not in comparable}
    rows = [
        {"article_id": a.id, "listed_at": micros(a.listed_at), "sketch": sketch}
        for a, sketch in made
        if a.id in fresh
    ]
    execute_each(connection, _sketch, rows)
    for some in chunks(sorted(fresh)):
        connection.execute(_unjoin, {"which": some})
    joined = [
        {
            "article_id": join.article_id,
            "like_id": join.like_id,
            "likeness": round(join.likeness * 1000),
        }
        for join in found
        if join.article_id in fresh
    ]
    execute_each(connection, _join, joined)


def _revisions_of(connection: Connection, article_ids: set[str]) -> dict[str, int]:
    return {
        row.article_id: row.revision
        for some in chunks(sorted(article_ids))
        for row in connection.execute(_revisions, {"which": some})
    }


def _comparable_of(connection: Connection, article_ids: Sequence[str]) -> set[str]:
    """Return which of these have a sketch of the words that they have now."""
    return {
        id_
        for some in chunks(article_ids)
        for id_ in connection.scalars(_comparable, {"which": some})
    }


def _joins_of(connection: Connection, article_ids: Sequence[str]) -> list[Join]:
    if _are_none(connection, _any_join, article_ids):
        return []
    return [
        Join(row.article_id, row.like_id, row.likeness / 1000)
        for some in chunks(article_ids)
        for row in connection.execute(_like, {"which": some})
    ]


def _split_of(connection: Connection, article_ids: Sequence[str]) -> frozenset[str]:
    if _are_none(connection, _any_split, article_ids):
        return frozenset()
    return frozenset(
        id_
        for some in chunks(article_ids)
        for id_ in connection.scalars(_alone, {"which": some})
    )


def _are_none(
    connection: Connection, query: Select[tuple[str]], asked: Sequence[str]
) -> bool:
    """Whether a table is empty, as most are, where it would be asked for many."""
    return len(asked) > MANY and connection.scalar(query) is None


def _names(article: Article) -> Iterator[str]:
    """Yield the names by which an article is known to be another one's twin."""
    yield article.published_id
    if article.url:
        yield urls.canonical_by(article.keys, article.url)


def _carrying(connection: Connection, named: Collection[Article]) -> set[str]:
    """Return the ids of all articles that an id or address of these leads to."""
    names = {name for each in named for name in _names(each)}
    return {
        id_
        for some in chunks(sorted(map(digest, names)))
        for id_ in connection.scalars(_carriers, {"which": some})
    }
