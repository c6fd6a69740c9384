"""The table `articles`: all of an article that a list of articles shows.

In: whole `Article`s. Out: rows, of which `rows` makes articles. Bodies lie in `bodies`,
so that listing, counting and recognising articles never reads them. `shown` is false
for dropped and withdrawn articles: they are kept, and stand in no output.
"""

from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from aggregator.epoch import micros
from aggregator.errors import StoreDamaged
from aggregator.model import Article, Withdrawn
from aggregator.store import seals
from aggregator.store.columns import (
    AnyRow,
    Bytes,
    Moment,
    Name,
    chunks,
    execute_each,
    metadata,
    packed,
    packed_texts,
)
from aggregator.store.hours import count_changes
from aggregator.store.isolating import LeaveOut, isolated, raised
from aggregator.store.rows import new_row, row_said, sealed, withdrawn_text

# An article that is listed when it is seen stands some microseconds before that time.
CAME_LATE = text("listed_at < first_seen - 1000000")

articles = Table(
    "articles",
    metadata,
    Column("article_id", Name, primary_key=True),
    Column("source_id", Name, ForeignKey("sources.source_id"), nullable=False),
    Column("published_id", Text, nullable=False),
    Column("keys", Text),
    Column("url", Text),
    Column("source_title", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rules", Text),
    Column("authors", Text),
    Column("tags", Text),
    Column("desk_tags", Text),
    Column("language", Text),
    Column("enclosures", Text),
    Column("image", Text),
    Column("attribution", Text, nullable=False),
    Column("dated", Moment),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("listed_at", Moment, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("content_digest", Bytes, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("dropped", Text),
    Column("withdrawn", Text),
    Column("shown", Boolean, nullable=False),
    Column("override", Text),
    Column("stand_in", Text),
    Column("taken_by", Text),
    *(Column(name, Bytes) for name in seals.OF_ARTICLES),
    Index(None, "listed_at", "article_id", "shown"),
    Index(None, "source_id", "listed_at", "article_id", "shown"),
    # Two more, of late and of withdrawn articles, are made by the migrations alone: an
    # Index that knows a word of PostgreSQL's loads its dialect at every start (22 ms of
    # CPU).
)

# What identity and the desk decided when an article came stays as it was: its names,
# its place, whether it was taken back and a headline of the desk are not in this list.
_CHANGEABLE = (
    "keys", "url", "source_title", "title", "rules", "authors", "tags", "language",
    "enclosures", "image", "attribution", "dated", "published", "updated",
    "text_sha256", "content_digest", "revision", "dropped",
    "stand_in", "taken_by", "seal_face", "seal_said", "seal_headline", "seal_dropped",
    "seal_stand_in", "seal_taken_by",
)  # fmt: skip
_CHANGEABLE_SEALS = [name for name in seals.OF_ARTICLES if name in _CHANGEABLE]

_still_shown = and_(
    articles.c.withdrawn.is_(None), bindparam("undropped", type_=Boolean)
)

_insert = insert(articles)
_change = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values({name: bindparam(name) for name in _CHANGEABLE} | {"shown": _still_shown})
)
_retitle = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values(
        title=bindparam("title"),
        rules=bindparam("rules"),
        dropped=bindparam("dropped"),
        taken_by=bindparam("taken_by"),
        shown=_still_shown,
        seal_headline=bindparam("seal_headline"),
        seal_dropped=bindparam("seal_dropped"),
        seal_taken_by=bindparam("seal_taken_by"),
    )
)
_withdraw = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"), articles.c.withdrawn.is_(None))
    .values(
        withdrawn=bindparam("withdrawn"),
        shown=False,
        seal_withdrawn=bindparam("seal_withdrawn"),
    )
)
_override = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values(override=bindparam("override"), seal_override=bindparam("seal_override"))
)
_tag = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values(desk_tags=bindparam("desk_tags"), seal_tags=bindparam("seal_tags"))
)
_some_ids = bindparam("which", type_=Name, expanding=True)
_times = select(articles.c.listed_at).where(articles.c.article_id.in_(_some_ids))
_places = select(articles.c.listed_at, articles.c.article_id).where(
    articles.c.article_id.in_(_some_ids)
)
_existing = select(articles.c.article_id).where(articles.c.article_id.in_(_some_ids))
# All that an Article is made of.
told = [column for column in articles.c if column.name not in seals.OF_ARTICLES]
_some = select(*told).where(articles.c.article_id.in_(_some_ids))

_below = tuple_(articles.c.listed_at, articles.c.article_id) < tuple_(
    bindparam("listed_at"), bindparam("article_id")
)
_newest_first = (articles.c.listed_at.desc(), articles.c.article_id.desc())
_page = select(articles).where(_below).order_by(*_newest_first).limit(bindparam("rows"))
_page_of_source = (
    select(articles)
    .where(articles.c.source_id == bindparam("source_id"), _below)
    .order_by(*_newest_first)
    .limit(bindparam("rows"))
)
_of_source = select(articles.c.article_id).where(
    articles.c.source_id == bindparam("which")
)
_count = select(func.count()).select_from(articles)
_counts = select(articles.c.source_id, func.count().label("number")).group_by(
    articles.c.source_id
)


def insert_articles(connection: Connection, new: Sequence[Article]) -> None:
    """Insert rows; none of the ids may exist."""
    execute_each(connection, _insert, [new_row(article) for article in new])
    count_changes(connection, [micros(article.listed_at) for article in new])


def change_articles(connection: Connection, changed: Sequence[Article]) -> None:
    """Update what a source may change. Names, place and withdrawal stay."""
    execute_each(connection, _change, [_changed_row(article) for article in changed])
    note_changed(connection, [article.id for article in changed])


def retitle_articles(connection: Connection, edited: Sequence[Article]) -> None:
    """Write what the rules now make of articles: headline, dropped or not, taken by whom."""
    rows = [
        sealed(
            each.id,
            {
                "title": each.title,
                "rules": packed_texts(each.rules),
                "dropped": packed(each.dropped),
                "taken_by": packed_texts(each.taken_by),
            },
            "seal_headline",
            "seal_dropped",
            "seal_taken_by",
        )
        | {"which": each.id, "undropped": each.dropped is None}
        for each in edited
    ]
    execute_each(connection, _retitle, rows)
    note_changed(connection, [each.id for each in edited])


def override_title(connection: Connection, article_id: str, title: str | None) -> bool:
    """Give an article a headline of the desk's own, or None; False if there is none."""
    row = sealed(article_id, {"override": title}, "seal_override")
    note_changed(connection, [article_id])
    return connection.execute(_override, row | {"which": article_id}).rowcount == 1


def withdraw_article(connection: Connection, article_id: str, why: Withdrawn) -> bool:
    """Take an article back; False if it does not exist or was taken back before."""
    row = sealed(article_id, {"withdrawn": withdrawn_text(why)}, "seal_withdrawn")
    note_changed(connection, [article_id])
    return connection.execute(_withdraw, row | {"which": article_id}).rowcount == 1


def tag_articles(
    connection: Connection, article_ids: Sequence[str], tags: tuple[str, ...]
) -> None:
    """Replace the desk's tags of articles."""
    rows = [
        sealed(id_, {"desk_tags": packed_texts(tags)}, "seal_tags") | {"which": id_}
        for id_ in article_ids
    ]
    execute_each(connection, _tag, rows)
    note_changed(connection, article_ids)


def note_changed(connection: Connection, article_ids: Collection[str]) -> None:
    """Count a change in the hours in which articles are listed now."""
    for some in chunks(sorted(article_ids)):
        count_changes(connection, connection.scalars(_times, {"which": some}))


def existing(connection: Connection, article_ids: Collection[str]) -> set[str]:
    """Return which of these ids are stored."""
    return set(
        chain.from_iterable(
            connection.scalars(_existing, {"which": some})
            for some in chunks(sorted(article_ids))
        )
    )


def ids_of_source(connection: Connection, source_id: str) -> list[str]:
    """Return the ids of all articles of a source."""
    return list(connection.scalars(_of_source, {"which": source_id}))


def rows_of(
    connection: Connection,
    article_ids: Collection[str],
    *,
    leave_out: LeaveOut = raised,
) -> dict[str, AnyRow]:
    """Return the stored rows of articles, by id; unknown ids are left out."""
    return {
        row[0]: row
        for some in chunks(sorted(article_ids))
        for row in isolated(connection, _some, {"which": some}, leave_out=leave_out)
    }


class Page(NamedTuple):
    """Some rows, newest listed first, and the place below which more may follow."""

    rows: list[AnyRow]
    below: tuple[int, str] | None


def page(
    connection: Connection,
    above: tuple[int, str],
    rows: int,
    source_id: str | None,
    *,
    leave_out: LeaveOut = raised,
) -> Page:
    """Return the next rows below a place (listed_at, id), newest listed first."""
    bounds = {"listed_at": above[0], "article_id": above[1], "rows": rows}
    if source_id is not None:
        bounds["source_id"] = source_id
    statement = _page if source_id is None else _page_of_source
    left: list[StoreDamaged] = []
    found = list(isolated(connection, statement, bounds, leave_out=left.append))
    for damaged in left:
        leave_out(damaged)
    if len(found) + len(left) < rows:
        return Page(found, None)
    places = [(row.listed_at, row.article_id) for row in found]
    left_at = {"which": [damaged.id for damaged in left]}
    places += map(tuple, connection.execute(_places, left_at) if left else ())
    return Page(found, min(places))


def count(connection: Connection) -> int:
    """Return how many articles are stored, whether shown or not."""
    return connection.scalar(_count) or 0


def counts(connection: Connection) -> dict[str, int]:
    """Return how many articles each source has; sources without any are left out."""
    return {row.source_id: row.number for row in connection.execute(_counts)}


def _changed_row(article: Article) -> dict[str, Any]:
    row = sealed(article.id, row_said(article), *_CHANGEABLE_SEALS)
    undropped = {"which": article.id, "undropped": article.dropped is None}
    return {name: row[name] for name in _CHANGEABLE} | undropped
