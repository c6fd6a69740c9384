"""The tables `keys` and `refs`: the names under which an article is found.

`keys` are the ways a source's entry is recognised (`guid:…`, `link:…`, `text:…`); they
belong to one source. The first article to hold a key keeps it.
`refs` are the names by which anybody may ask for an article: its published id and its
address; one that an article once had still finds it.
Both hold digests: what was digested stands in the article's own row.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    select,
)

from aggregator.epoch import moment
from aggregator.errors import StoreDamaged
from aggregator.model import Article, Known
from aggregator.store.articles import articles
from aggregator.store.columns import (
    MANY,
    AnyRow,
    Bytes,
    Name,
    chunks,
    digest,
    execute_each,
    insert_unless_there,
    metadata,
    moment_or_none,
    unpacked,
)
from aggregator.store.rows import BROKEN, attribution_of
from aggregator.text import urls

_LINK = "link:"

keys = Table(
    "keys",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("digest", Bytes, primary_key=True),
    Column("article_id", Name, nullable=False),
    sqlite_with_rowid=False,
)

refs = Table(
    "refs",
    metadata,
    Column("digest", Bytes, primary_key=True),
    Column("article_id", Name, primary_key=True),
    sqlite_with_rowid=False,
)

_insert_keys = insert_unless_there(keys)
_insert_refs = insert_unless_there(refs)
_holders = select(keys.c.digest, keys.c.article_id).where(
    keys.c.source_id == bindparam("which"),
    keys.c.digest.in_(bindparam("digests", expanding=True)),
)
# A source's first document has many keys, and nothing is known of it: to see that takes
# 35 us, to ask for 90 keys 260.
_any = select(keys.c.article_id).where(keys.c.source_id == bindparam("which")).limit(1)
_recognised = select(
    *(
        articles.c[name]
        for name in Known.__struct_fields__
        if name not in {"id", "withdrawn"}
    ),
    articles.c.article_id,
    articles.c.withdrawn.is_not(None).label("withdrawn"),
).where(articles.c.article_id.in_(bindparam("which", type_=Name, expanding=True)))
_named = (
    select(refs.c.article_id)
    .where(refs.c.digest.in_(bindparam("digests", expanding=True)))
    .distinct()
    .order_by(refs.c.article_id)
)
_of_names = (
    select()
    .select_from(articles)
    .join(refs, refs.c.article_id == articles.c.article_id)
    .where(refs.c.digest.in_(bindparam("digests", expanding=True)))
)
_carried = _of_names.add_columns(articles.c.published_id)
_taken_back = _carried.where(articles.c.withdrawn.is_not(None))
_carriers = _of_names.add_columns(articles.c.article_id).where(
    articles.c.withdrawn.is_(None)
)
_forget_keys = delete(keys).where(
    keys.c.source_id == bindparam("source_id"),
    keys.c.article_id.in_(bindparam("which", expanding=True)),
)
_forget_refs = delete(refs).where(
    ~exists().where(articles.c.article_id == refs.c.article_id)
)


def name_articles(connection: Connection, named: Sequence[Article]) -> None:
    """Register the keys and the outside names of new or changed articles."""
    holders = [(each.source_id, key, each.id) for each in named for key in each.keys]
    _hold(connection, holders)
    _refer(connection, [(ref, each.id) for each in named for ref in refs_of(each)])


def add_aliases(
    connection: Connection, aliases: Iterable[tuple[str, str, str]]
) -> None:
    """Register further keys of known articles: (source id, key, article id)."""
    holders = list(aliases)
    _hold(connection, holders)
    links = [(key, id_) for _, key, id_ in holders if key.startswith(_LINK)]
    _refer(connection, [(key.removeprefix(_LINK), id_) for key, id_ in links])


def known(
    connection: Connection, source_id: str, asked: Collection[str]
) -> dict[str, Known]:
    """Return the articles of a source that hold the asked keys, by key."""
    if len(asked) > MANY and not connection.scalar(_any, {"which": source_id}):
        return {}
    found = rows_by_key(connection, _holders, source_id, asked)
    holders = {key: row.article_id for key, row in found.items()}
    held = _recognised_by_id(connection, set(holders.values()))
    return {key: held[id_] for key, id_ in holders.items() if id_ in held}


def rows_by_key(
    connection: Connection,
    statement: Select[Any],
    source_id: str,
    asked: Collection[str],
) -> dict[str, AnyRow]:
    """Return the rows of a source that a statement finds by the digests of keys, by key.

    The statement binds `which`, the source, and `digests`, and gives each row's `digest`.
    """
    by_digest = {digest(key): key for key in asked}
    return {
        by_digest[row.digest]: row
        for some in chunks(list(by_digest))
        for row in connection.execute(statement, {"which": source_id, "digests": some})
    }


def named(connection: Connection, ref: str) -> list[str]:
    """Return the ids of articles whose published id or address is `ref`, or was."""
    digests = sorted({digest(ref), digest(urls.canonical(ref))})
    return list(connection.scalars(_named, {"digests": digests}))


def carried(connection: Connection, published_ids: Sequence[str]) -> set[str]:
    """Return which of these published ids stored articles have."""
    found = _found(connection, _carried, published_ids)
    return found.intersection(published_ids)


def taken_back(connection: Connection, published_ids: Sequence[str]) -> set[str]:
    """Return which of these published ids articles have that were withdrawn."""
    found = _found(connection, _taken_back, published_ids)
    return found.intersection(published_ids)


def carriers(connection: Connection, published_ids: Sequence[str]) -> set[str]:
    """Return the ids of articles by these names, or once by them, but withdrawn ones."""
    return _found(connection, _carriers, published_ids)


def forget_keys(
    connection: Connection, source_id: str, article_ids: Sequence[str]
) -> None:
    """Delete the keys of articles that are about to be deleted."""
    for some in chunks(article_ids):
        connection.execute(_forget_keys, {"source_id": source_id, "which": some})


def forget_refs(connection: Connection) -> None:
    """Delete the outside names of articles that are no longer stored."""
    connection.execute(_forget_refs)


def _found(
    connection: Connection, asked: Select[str], names: Sequence[str]
) -> set[str]:
    return {
        id_
        for some in chunks([digest(name) for name in names])
        for id_ in connection.scalars(asked, {"digests": some})
    }


def _hold(connection: Connection, holders: Sequence[tuple[str, str, str]]) -> None:
    rows = [
        {"source_id": source_id, "digest": digest(key), "article_id": article_id}
        for source_id, key, article_id in holders
    ]
    execute_each(connection, _insert_keys, rows)


def _refer(connection: Connection, named: Sequence[tuple[str, str]]) -> None:
    rows = [{"digest": digest(ref), "article_id": id_} for ref, id_ in named]
    execute_each(connection, _insert_refs, rows)


def refs_of(article: Article) -> Iterator[str]:
    """Yield the outside names of an article; links in their canonical form."""
    yield article.published_id
    if article.url and f"{_LINK}{article.url}" not in article.keys:
        yield urls.canonical(article.url)
    yield from (k.removeprefix(_LINK) for k in article.keys if k.startswith(_LINK))


def _recognised_by_id(
    connection: Connection, article_ids: Collection[str]
) -> dict[str, Known]:
    """Return what identity needs to know of articles, by id."""
    return {
        row.article_id: _known(row)
        for some in chunks(sorted(article_ids))
        for row in connection.execute(_recognised, {"which": some})
    }


def _known(row: AnyRow) -> Known:
    try:
        return _told(row)
    except BROKEN as error:
        raise StoreDamaged(row.article_id) from error


def _told(row: AnyRow) -> Known:
    return Known(
        id=row.article_id,
        published_id=row.published_id,
        keys=tuple(unpacked(row.keys)),
        url=row.url,
        source_title=row.source_title,
        text_sha256=row.text_sha256,
        content_digest=row.content_digest,
        dated=moment_or_none(row.dated),
        published=moment(row.published),
        updated=moment(row.updated),
        first_seen=moment(row.first_seen),
        listed_at=moment(row.listed_at),
        revision=row.revision,
        withdrawn=bool(row.withdrawn),
        attribution=attribution_of(row.attribution),
        override=row.override,
    )
