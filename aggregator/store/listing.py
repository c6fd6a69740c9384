"""The table `listing`, and the newest articles of any selection.

`listing` has a row for each shown article under each desk tag and each language it can
be selected by, and under each publication that takes it of those whose rules leave
articles out, in the order of all outputs; all articles, and those of a source, are
listed by indexes of `articles` itself. So every list is a walk down one index, or
several walks merged in step, and stops after as many rows as were asked for. Nothing
is ever sorted: with one million articles, a tag joined and sorted took 9 ms, a walk
0.1 ms.

A selection with several keys walks the first of sources, tags, languages, and looks
each article up under the other keys. What a publication takes was selected before.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Integer,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    insert,
    select,
    true,
    tuple_,
    union_all,
)

from aggregator.epoch import micros
from aggregator.model import Article, Selection
from aggregator.store.articles import articles, rows_of
from aggregator.store.columns import (
    AnyRow,
    Moment,
    Name,
    chunks,
    execute_each,
    metadata,
)
from aggregator.store.rows import column_of_texts

listing = Table(
    "listing",
    metadata,
    Column("scope", Name, primary_key=True),
    Column("listed_at", Moment, primary_key=True, autoincrement=False),
    Column("article_id", Name, primary_key=True),
    sqlite_with_rowid=False,
)

_insert = insert(listing)
_delete = delete(listing).where(
    listing.c.scope == bindparam("old_scope"),
    listing.c.listed_at == bindparam("old_listed_at"),
    listing.c.article_id == bindparam("old_article_id"),
)

# SQLite takes 500 arms in a UNION, but compiles a merge of n arms n deep.
_ARMS = 32
_EVER = -(2**62)
TOP = (2**62, "")

Entry = tuple[str, int, str]  # (scope, listed_at, article id): a row of `listing`
_ENTRY = ("scope", "listed_at", "article_id")
_OLD_ENTRY = tuple(f"old_{name}" for name in _ENTRY)


class _Shape(NamedTuple):
    """What decides the text of a query: which index, how many walks, which filters."""

    walk: str
    arms: int
    tags: int
    languages: int


def list_articles(connection: Connection, new: Iterable[Article]) -> None:
    """List new articles under their tags and languages, if they are shown at all."""
    rows = [
        {"scope": scope, "listed_at": listed_at, "article_id": each.id}
        for each in new
        if each.dropped is None and each.withdrawn is None
        for listed_at in (micros(each.listed_at),)
        for scope in _scopes(each.desk_tags, each.language, each.taken_by)
    ]
    execute_each(connection, _insert, rows)


def listed(connection: Connection, article_ids: Iterable[str]) -> set[Entry]:
    """Return the entries that stored articles have (or ought to have) in `listing`."""
    rows = rows_of(connection, set(article_ids)).values()
    return {entry for row in rows if row.shown for entry in entries_of(row)}


def relist(
    connection: Connection, before: set[Entry], article_ids: Iterable[str]
) -> None:
    """Bring `listing` up to date after articles changed; `before` is what it had."""
    after = listed(connection, article_ids)
    gone = [dict(zip(_OLD_ENTRY, entry, strict=True)) for entry in before - after]
    execute_each(connection, _delete, gone)
    come = [dict(zip(_ENTRY, entry, strict=True)) for entry in after - before]
    execute_each(connection, _insert, come)


def latest(
    connection: Connection,
    selection: Selection,
    *,
    now: datetime,
    limit: int,
    before: tuple[datetime, str] | None,
    taken_by: str | None = None,
) -> list[str]:
    """Return the ids of the newest shown articles of a selection, newest listed first.

    `before` is the place (listed_at, id) of the last article already seen; `taken_by`
    the publication whose selection it is, if its rules leave articles out: only what
    stands under it is looked at.
    """
    below = (micros(before[0]), before[1]) if before else TOP
    since = now - selection.max_age if selection.max_age else None
    if taken_by is not None:
        selection = Selection()  # it was selected when it was listed there
    bounds = {
        "listed_at": below[0],
        "article_id": below[1],
        "since": micros(since) if since else _EVER,
        # An article can stand under each of several tags: once is enough.
        "rows": limit * max(1, len(selection.tags), len(selection.languages)),
    }
    places = dict.fromkeys(_merged(connection, selection, bounds, taken_by))
    return [article_id for _, article_id in islice(places, limit)]


def _merged(
    connection: Connection,
    selection: Selection,
    bounds: dict[str, Any],
    taken_by: str | None,
) -> list[tuple[int, str]]:
    """Return the places (listed_at, id) that every walk found, newest listed first.

    One statement walks up to 32 lists at once; only a selection of more needs several,
    and only then is there something left to merge.
    """
    walk, walked = _walked(selection, taken_by)
    tags = _tag_scopes(selection) if walk != "tags" else []
    languages = _language_scopes(selection) if walk != "languages" else []
    filters = {f"tag_{n}": scope for n, scope in enumerate(tags)}
    filters |= {f"language_{n}": scope for n, scope in enumerate(languages)}
    places: list[tuple[int, str]] = []
    for some in chunks(walked, _ARMS):
        shape = _Shape(walk, len(some), len(tags), len(languages))
        arms = {f"arm_{n}": value for n, value in enumerate(some)}
        found = connection.execute(_query(shape), bounds | filters | arms)
        places += [(row[0], row[1]) for row in found]
    return sorted(places, reverse=True)


def _walked(selection: Selection, taken_by: str | None) -> tuple[str, Sequence[str]]:
    """Return which index to walk, and under which values."""
    if taken_by is not None:
        return "taken", [f"taken:{taken_by}"]
    if selection.sources:
        return "sources", list(dict.fromkeys(selection.sources))
    if selection.tags:
        return "tags", _tag_scopes(selection)
    if selection.languages:
        return "languages", _language_scopes(selection)
    return "all", [""]


def _tag_scopes(selection: Selection) -> list[str]:
    return [f"tag:{tag}" for tag in dict.fromkeys(selection.tags)]


def _language_scopes(selection: Selection) -> list[str]:
    languages = (language.lower() for language in selection.languages)
    return [f"lang:{language}" for language in dict.fromkeys(languages)]


@lru_cache(maxsize=1024)
def _query(shape: _Shape) -> Select[Any] | CompoundSelect[Any]:
    """Return the query of a shape; its values are bound when it runs."""
    arms = [_arm(shape, f"arm_{n}") for n in range(shape.arms)]
    rows = bindparam("rows", type_=Integer)
    if len(arms) == 1:
        return arms[0].limit(rows)
    # Each arm keeps its order inside: that is what PostgreSQL needs to merge them in
    # step, and what SQLite takes out again before it does the same.
    merged = union_all(*(select(arm.subquery()) for arm in arms))
    return merged.order_by(*_newest_first(merged.selected_columns)).limit(rows)


def _newest_first(columns: Any) -> Sequence[ColumnElement[Any]]:  # noqa: ANN401 - any collection of columns
    return columns.listed_at.desc(), columns.article_id.desc()


def _arm(shape: _Shape, value: str) -> Select[Any]:
    """Return one walk down one index."""
    table = listing if shape.walk in {"taken", "tags", "languages"} else articles
    place = (table.c.listed_at, table.c.article_id)
    walk = select(*place).where(
        tuple_(*place) < tuple_(bindparam("listed_at"), bindparam("article_id")),
        table.c.listed_at >= bindparam("since"),
        *_standing_under("tag", shape.tags, table),
        *_standing_under("language", shape.languages, table),
    )
    walk = walk.order_by(*_newest_first(table.c))
    if table is listing:
        return walk.where(listing.c.scope == bindparam(value))
    shown = walk.where(articles.c.shown == true())
    if shape.walk == "all":
        return shown
    return shown.where(articles.c.source_id == bindparam(value))


def _standing_under(
    kind: str, scopes: int, walked: Table
) -> Iterator[ColumnElement[bool]]:
    """Yield the filter that an article also stands under one of so many scopes."""
    if scopes:
        also = listing.alias(f"{kind}_listing")
        yield exists().where(
            also.c.scope.in_([bindparam(f"{kind}_{n}") for n in range(scopes)]),
            also.c.listed_at == walked.c.listed_at,
            also.c.article_id == walked.c.article_id,
        )


def entries_of(row: AnyRow) -> Iterator[Entry]:
    """Yield the entries of a stored article, shown or not."""
    tags, taken_by = column_of_texts(row, "desk_tags"), column_of_texts(row, "taken_by")
    for scope in _scopes(tags, row.language, taken_by):
        yield scope, row.listed_at, row.article_id


@lru_cache(maxsize=4096)  # all articles of a source have the same
def _scopes(
    tags: tuple[str, ...], language: str | None, taken_by: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the scopes of an article: its tags, its language by every prefix, its takers."""
    parts = language.lower().split("-") if language else []
    return (
        *(f"tag:{tag}" for tag in dict.fromkeys(tags)),
        *(f"lang:{'-'.join(parts[:n])}" for n in range(1, len(parts) + 1)),
        *(f"taken:{publication_id}" for publication_id in taken_by),
    )
