"""The table `search`: the folded words of every article, and what finds them.

In: articles as they are recorded, changed or retitled; a reader's query. Out: ids of
shown articles, the newest listed first. Words are folded by `text.folding`, as is the
query, so that both databases find the same. PostgreSQL indexes by itself what stands in
`words`; SQLite has the FTS5 table `search_index` beside it. What is deleted or changed
there leaves it by triggers (see the migrations), what is new comes into it here: FTS5
collects the words of a transaction, but a trigger made it write them away after each
row (43 us an article, and so 13). A deleted article takes its row along.

`number` is the place of an article in the order of all outputs: milliseconds of
`listed_at`, then a count. FTS5 walks it downwards and stops after a page: a word that
half of 100,000 articles hold is found as quickly as one that three do.

Measured, on SQLite: a report of 200 words costs 25 µs more to record; words and index
take twice the room of the text. Among 100,000 reports a page of 20 is found in 1 to 2 ms,
in 15 if most hits are unwanted.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from html import unescape
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Dialect,
    ForeignKey,
    Integer,
    Table,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    true,
    update,
)
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from aggregator.epoch import micros
from aggregator.model import Article
from aggregator.store.articles import articles, rows_of
from aggregator.store.bodies import bodies, texts_in, texts_of
from aggregator.store.columns import Name, chunks, execute_each, metadata
from aggregator.store.isolating import LeaveOut, raised
from aggregator.text.folding import Term, folded, terms, words

# Within a sentence an element parts no words; every other one does.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|em|font|i|mark|s|small|span|strong|sub|sup|u|wbr)\b[^>]*>"
)
_TAG = re.compile(r"<[^>]*>")
_PER_MILLISECOND = 21  # bits of `number` to count with, 41 are for milliseconds
_LONGEST_WORD = 500  # PostgreSQL refuses words of more than 2,046 bytes
_END = 2**63 - 1


class _Words(TypeDecorator[str]):
    """Folded text; for PostgreSQL as words with their positions."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column's type."""
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        from sqlalchemy.dialects.postgresql import TSVECTOR

        return dialect.type_descriptor(TSVECTOR())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str:
        """Return what is sent: text cut by us, so that no parser cuts it otherwise."""
        text = value or ""
        if dialect.name != "postgresql":
            return text
        return " ".join(
            f"'{word[:_LONGEST_WORD]}':{place}"
            for place, word in enumerate(words(text), start=1)
        )


search = Table(
    "search",
    metadata,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=False,
    ),
    Column(
        "article_id",
        Name,
        ForeignKey("articles.article_id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("words", _Words, nullable=False),  # its index: see the migrations
)
_fts = table("search_index", column("rowid", Integer), column("words", Text))

_first = bindparam("first", type_=BigInteger)
_free = (
    select(func.coalesce(func.max(search.c.number) + literal_column("1"), _first))
    .where(search.c.number >= _first, search.c.number < bindparam("above"))
    .scalar_subquery()
)
_insert = insert(search).values(
    number=_free, article_id=bindparam("article_id"), words=bindparam("words")
)
_number_of = select(search.c.number).where(
    search.c.article_id == bindparam("article_id")
)
_index = insert(_fts).values(
    rowid=_number_of.scalar_subquery(), words=bindparam("words")
)
_forget = delete(search).where(
    search.c.article_id.in_(bindparam("which", type_=Name, expanding=True))
)
_change = (
    update(search)
    .where(search.c.article_id == bindparam("which"))
    .values(words=bindparam("words"))
)
_found = (
    select(search.c.article_id)
    .join(articles, articles.c.article_id == search.c.article_id)
    .where(search.c.number < bindparam("below"), articles.c.shown == true())
    .limit(bindparam("rows", type_=Integer))
)
_asked: ColumnElement[str] = bindparam("asked", type_=Text)
_by_database = {
    "sqlite": _found.join(_fts, _fts.c.rowid == search.c.number)
    .where(
        literal_column("search_index").op("MATCH")(_asked),
        _fts.c.rowid < bindparam("below"),
    )
    .order_by(_fts.c.rowid.desc()),
    "postgresql": _found.where(
        search.c.words.op("@@")(_asked.op("::")(literal_column("tsquery")))
    ).order_by(search.c.number.desc()),
}
_all = (
    select(
        articles.c.article_id,
        articles.c.title,
        articles.c.source_title,
        articles.c.listed_at,
        bodies.c.source_type,
        bodies.c.summary,
        bodies.c.changes,
        bodies.c.texts,
    )
    .join(bodies, bodies.c.article_id == articles.c.article_id)
    .order_by(articles.c.listed_at)
)


def index(connection: Connection, new: Iterable[Article]) -> None:
    """Let new articles be found; none of them may be there already."""
    listed = sorted(new, key=lambda article: article.listed_at)
    _add(connection, [_row(each, micros(each.listed_at)) for each in listed])


def index_again(
    connection: Connection,
    article_ids: Sequence[str],
    *,
    leave_out: LeaveOut = raised,
) -> None:
    """Let stored articles be found by what they say now.

    What cannot be read is given to `leave_out`, and found as before.
    """
    rows = rows_of(connection, article_ids, leave_out=leave_out)
    texts = texts_of(connection, rows, leave_out=leave_out)
    changes = [
        {"which": id_, "words": _words(row.title, row.source_title, said["body"])}
        for id_, row in rows.items()
        if (said := texts.get(id_))
    ]
    execute_each(connection, _change, changes)


def number_again(connection: Connection, article_ids: Sequence[str]) -> None:
    """Let articles be found where they are listed now; the first listed stands first."""
    for some in chunks(article_ids):
        rows = rows_of(connection, some)
        texts = texts_of(connection, rows)
        said = [
            {
                "article_id": id_,
                "words": _words(row.title, row.source_title, texts[id_]["body"]),
                **_slots(row.listed_at),
            }
            for id_ in some
            if (row := rows.get(id_))
        ]
        connection.execute(_forget, {"which": some})
        _add(connection, said)


def headlines(connection: Connection, article_ids: Collection[str]) -> dict[str, str]:
    """Return the folded headlines of stored articles."""
    rows = rows_of(connection, article_ids)
    return {id_: folded(row.title) for id_, row in rows.items()}


def index_everything(connection: Connection) -> None:
    """Index a store that has no index yet, or whose words were folded otherwise."""
    connection.execute(search.delete())
    for rows in connection.execute(_all).partitions(500):
        _add(
            connection,
            [
                {
                    "article_id": row.article_id,
                    "words": _words(row.title, row.source_title, texts_in(row)["body"]),
                    **_slots(row.listed_at),
                }
                for row in rows
            ],
        )


def found(
    connection: Connection,
    query: str,
    *,
    limit: int,
    before: tuple[datetime, str] | None,
) -> list[str]:
    """Return the ids of shown articles that a query finds, newest listed first.

    A query that asks for nothing (empty, or only what is unwanted) finds nothing.
    """
    asked = terms(query)
    if all(term.unwanted for term in asked):
        return []
    dialect = connection.dialect.name
    return list(
        connection.scalars(
            _by_database[dialect],
            {
                "asked": _EXPRESSIONS[dialect](asked),
                "below": _below(connection, before),
                "rows": limit,
            },
        )
    )


def _below(connection: Connection, before: tuple[datetime, str] | None) -> int:
    """Return the number of a place, of which the article may be gone by now.

    A place before 1970 or after 2109, where none has a number, is the nearest.
    """
    if before is None:
        return _END
    number: int | None = connection.scalar(_number_of, {"article_id": before[1]})
    if number is not None:
        return number
    return min(max(_slots(micros(before[0]))["first"], 0), _END)


def _add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    execute_each(connection, _insert, rows)
    if connection.dialect.name == "sqlite":
        said = [{"article_id": r["article_id"], "words": r["words"]} for r in rows]
        execute_each(connection, _index, said)


def _row(article: Article, listed_at: int) -> dict[str, Any]:
    said = _words(article.title, article.source_title, article.body)
    return {"article_id": article.id, "words": said, **_slots(listed_at)}


def _slots(listed_at: int) -> dict[str, int]:
    """Return the first number of a millisecond, and the first above it."""
    millisecond = listed_at // 1_000
    return {
        "first": millisecond << _PER_MILLISECOND,
        "above": (millisecond + 1) << _PER_MILLISECOND,
    }


def _words(title: str, source_title: str, body: str) -> str:
    """Return what an article is found by: both headlines and its text, folded."""
    text = _TAG.sub(" ", _INLINE.sub("", body))
    both = title if title == source_title else f"{title}\n{source_title}"
    return folded(f"{both}\n{unescape(text)}")


def _fts5(asked: Sequence[Term]) -> str:
    """Return a query in FTS5's language; words are letters and digits, so quotes hold."""
    wanted, unwanted = (
        [
            f'"{" ".join(term.words)}"{" *" if term.prefix else ""}'
            for term in asked
            if term.unwanted is is_unwanted
        ]
        for is_unwanted in (False, True)
    )
    positive = f"({' AND '.join(wanted)})"
    return " NOT ".join([positive, *unwanted])


def _tsquery(asked: Sequence[Term]) -> str:
    """Return a query in PostgreSQL's language."""
    return " & ".join(
        f"{'!' if term.unwanted else ''}({_phrase(term)})" for term in asked
    )


def _phrase(term: Term) -> str:
    quoted = " <-> ".join(f"'{word[:_LONGEST_WORD]}'" for word in term.words)
    return f"{quoted}:*" if term.prefix else quoted


_EXPRESSIONS = {"sqlite": _fts5, "postgresql": _tsquery}
