"""The table `articles`: all of an article that a list of articles shows.

In and out: whole `Article`s; their bodies lie in `bodies`, so that listing, counting
and recognising articles never reads them. `shown` is false for dropped and withdrawn
articles: they are kept, and stand in no output.
"""

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

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

from aggregator.errors import StoreError
from aggregator.model import (
    Article,
    Attribution,
    Dropped,
    Enclosure,
    Image,
    Tag,
    Via,
    Withdrawn,
    content_digest,
)
from aggregator.store import seals
from aggregator.store.columns import (
    AnyRow,
    Bytes,
    Moment,
    Name,
    chunks,
    execute_each,
    metadata,
    micros,
    micros_or_none,
    moment,
    moment_or_none,
    packed,
    unpacked,
)

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
    *(Column(name, Bytes) for name in seals.OF_ARTICLES),
    Index(None, "listed_at", "article_id", "shown"),
    Index(None, "source_id", "listed_at", "article_id", "shown"),
    # Two more, of late and of withdrawn articles, are made by the migrations alone: an
    # Index that knows a word of PostgreSQL's loads its dialect, and asyncio with it, at
    # every start (22 ms of CPU).
)

# What identity and the desk decided when an article came stays as it was: its names,
# its place, whether it was taken back and a headline of the desk are not in this list.
_CHANGEABLE = (
    "keys", "url", "source_title", "title", "rules", "authors", "tags", "language",
    "enclosures", "image", "attribution", "dated", "published", "updated",
    "text_sha256", "content_digest", "revision", "dropped",
    "seal_face", "seal_said", "seal_headline", "seal_dropped",
)  # fmt: skip

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
        shown=_still_shown,
        seal_headline=bindparam("seal_headline"),
        seal_dropped=bindparam("seal_dropped"),
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
_existing = select(articles.c.article_id).where(articles.c.article_id.in_(_some_ids))
_some = select(articles).where(articles.c.article_id.in_(_some_ids))

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
    execute_each(connection, _insert, [_new_row(article) for article in new])


def change_articles(connection: Connection, changed: Sequence[Article]) -> None:
    """Update what a source may change. Names, place and withdrawal stay."""
    rows = [
        {name: row[name] for name in _CHANGEABLE}
        | {"which": row["article_id"], "undropped": row["dropped"] is None}
        for row in map(_changed_row, changed)
    ]
    execute_each(connection, _change, rows)


def retitle_articles(
    connection: Connection,
    updates: Sequence[tuple[str, str, tuple[str, ...], Dropped | None]],
) -> None:
    """Write what the rules now say of articles: (id, title, rules, dropped)."""
    rows = [
        _sealed(
            article_id,
            {"title": title, "rules": packed(rules), "dropped": packed(dropped)},
            "seal_headline",
            "seal_dropped",
        )
        | {"which": article_id, "undropped": dropped is None}
        for article_id, title, rules, dropped in updates
    ]
    execute_each(connection, _retitle, rows)


def override_title(connection: Connection, article_id: str, title: str | None) -> bool:
    """Give an article a headline of the desk's own, or None; False if there is none."""
    row = _sealed(article_id, {"override": title}, "seal_override")
    return connection.execute(_override, row | {"which": article_id}).rowcount == 1


def withdraw_article(connection: Connection, article_id: str, why: Withdrawn) -> bool:
    """Take an article back; False if it does not exist or was taken back before."""
    row = _sealed(article_id, {"withdrawn": _withdrawn_text(why)}, "seal_withdrawn")
    return connection.execute(_withdraw, row | {"which": article_id}).rowcount == 1


def tag_articles(
    connection: Connection, article_ids: Sequence[str], tags: tuple[str, ...]
) -> None:
    """Replace the desk's tags of articles."""
    rows = [
        _sealed(id_, {"desk_tags": packed(tags)}, "seal_tags") | {"which": id_}
        for id_ in article_ids
    ]
    execute_each(connection, _tag, rows)


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


def rows_of(connection: Connection, article_ids: Collection[str]) -> dict[str, AnyRow]:
    """Return the stored rows of articles, by id; unknown ids are left out."""
    return {
        row.article_id: row
        for some in chunks(sorted(article_ids))
        for row in connection.execute(_some, {"which": some})
    }


def page(
    connection: Connection, above: tuple[int, str], rows: int, source_id: str | None
) -> Sequence[AnyRow]:
    """Return the next rows below a place (listed_at, id), newest listed first."""
    bounds = {"listed_at": above[0], "article_id": above[1], "rows": rows}
    if source_id is None:
        return connection.execute(_page, bounds).all()
    return connection.execute(_page_of_source, bounds | {"source_id": source_id}).all()


def count(connection: Connection) -> int:
    """Return how many articles are stored, whether shown or not."""
    return connection.scalar(_count) or 0


def counts(connection: Connection) -> dict[str, int]:
    """Return how many articles each source has; sources without any are left out."""
    return {row.source_id: row.number for row in connection.execute(_counts)}


def desk_tags_of(row: AnyRow) -> tuple[str, ...]:
    """Return the desk's tags of a stored row."""
    return tuple(unpacked(row.desk_tags))


def article(row: AnyRow, **texts: Any) -> Article:  # noqa: ANN401 - fields of Article
    """Return the article of a row; `texts` are its fields from `bodies`, if read."""
    return Article(
        id=row.article_id,
        published_id=row.published_id,
        source_id=row.source_id,
        keys=tuple(unpacked(row.keys)),
        url=row.url,
        source_title=row.source_title,
        title=row.title,
        rules=tuple(unpacked(row.rules)),
        authors=tuple(unpacked(row.authors)),
        tags=tuple(Tag(**tag) for tag in unpacked(row.tags)),
        desk_tags=desk_tags_of(row),
        language=row.language,
        enclosures=tuple(Enclosure(**each) for each in unpacked(row.enclosures)),
        image=Image(**unpacked(row.image)) if row.image else None,
        attribution=_attribution(row.attribution),
        dated=moment_or_none(row.dated),
        published=moment(row.published),
        updated=moment(row.updated),
        first_seen=moment(row.first_seen),
        listed_at=moment(row.listed_at),
        text_sha256=row.text_sha256,
        revision=row.revision,
        dropped=Dropped(**unpacked(row.dropped)) if row.dropped else None,
        withdrawn=_withdrawn(row.withdrawn) if row.withdrawn else None,
        override=row.override,
        **texts,
    )


def _new_row(article: Article) -> dict[str, Any]:
    withdrawn = article.withdrawn
    row = _row(article) | {
        "source_id": article.source_id,
        "published_id": article.published_id,
        "desk_tags": packed(article.desk_tags),
        "first_seen": micros(article.first_seen),
        "listed_at": micros(article.listed_at),
        "withdrawn": _withdrawn_text(withdrawn) if withdrawn else None,
        "shown": article.dropped is None and withdrawn is None,
        "override": article.override,
    }
    return _sealed(article.id, row, *seals.OF_ARTICLES)


def _changed_row(article: Article) -> dict[str, Any]:
    changeable = [name for name in seals.OF_ARTICLES if name in _CHANGEABLE]
    return _sealed(article.id, _row(article), *changeable)


def _row(article: Article) -> dict[str, Any]:
    row = {
        "article_id": article.id,
        "keys": packed(article.keys),
        "url": article.url,
        "source_title": article.source_title,
        "title": article.title,
        "rules": packed(article.rules),
        "authors": packed(article.authors),
        "tags": packed(article.tags),
        "language": article.language,
        "enclosures": packed(article.enclosures),
        "image": packed(article.image),
        "attribution": _attribution_text(article.attribution),
        "dated": micros_or_none(article.dated),
        "published": micros(article.published),
        "updated": micros(article.updated),
        "text_sha256": article.text_sha256,
        "content_digest": content_digest(article),
        "revision": article.revision,
        "dropped": packed(article.dropped),
    }
    # PostgreSQL refuses U+0000, SQLite takes it and loses what follows: refuse it here.
    for name, value in row.items():
        if type(value) is str and "\0" in value:
            raise StoreError(f"article {article.id}: U+0000 in its {name}")
    return row


def _sealed(article_id: str, row: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return what is about to be written with the seals of these names."""
    return row | seals.seals(article_id, row, names)


# The articles of a source carry the same few attributions over and over.
@lru_cache(maxsize=4096)
def _attribution_text(attribution: Attribution) -> str | None:
    return packed(attribution)


@lru_cache(maxsize=4096)
def _attribution(text: str) -> Attribution:
    said = json.loads(text)
    via = said.pop("via", None)
    return Attribution(**said, via=Via(**via) if via else None)


def _withdrawn_text(why: Withdrawn) -> str:
    return json.dumps([micros(why.at), why.reason, why.by], ensure_ascii=False)


def _withdrawn(text: str) -> Withdrawn:
    at, reason, by = json.loads(text)
    return Withdrawn(at=moment(at), reason=reason, by=by)
