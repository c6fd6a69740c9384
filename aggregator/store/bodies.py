"""The tables `bodies` and `revisions`: the words of an article, now and before.

An article's raw item, the body as sent and the body as published say the same thing
three times, so they are compressed as one stream: the second and third cost a few
bytes. A revision is the row an article had before its source changed it.
"""

import struct
import zlib
from collections.abc import Collection, Sequence
from typing import Any

from msgspec.structs import replace
from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)

from aggregator.deflate import zlib_form
from aggregator.epoch import moment
from aggregator.errors import StoreDamaged
from aggregator.model import Article
from aggregator.store import seals
from aggregator.store.articles import articles, told
from aggregator.store.columns import (
    AnyRow,
    Bytes,
    Moment,
    Name,
    chunks,
    execute_each,
    insert_unless_there,
    metadata,
    packed_texts,
)
from aggregator.store.isolating import LeaveOut, isolated, raised
from aggregator.store.rows import BROKEN, article, texts_alike

_LENGTHS = struct.Struct(">II")  # of raw and source_body; the rest is the body

_OF_ARTICLE = "articles.article_id"

bodies = Table(
    "bodies",
    metadata,
    Column(
        "article_id",
        Name,
        ForeignKey(_OF_ARTICLE, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("source_type", Text, nullable=False),
    Column("summary", Text),
    Column("changes", Text),
    Column("texts", Bytes, nullable=False),
    *(Column(name, Bytes) for name in seals.OF_BODIES),
)

revisions = Table(
    "revisions",
    metadata,
    Column(
        "article_id",
        Name,
        ForeignKey(_OF_ARTICLE, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("updated", Moment, nullable=False),
    Column("url", Text),
    Column("source_title", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("rules", Text),
    Column("text_sha256", Text, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("summary", Text),
    Column("changes", Text),
    Column("texts", Bytes, nullable=False),
    *(Column(name, Bytes) for name in seals.OF_REVISIONS),
)

_insert = insert(bodies)
_change = (
    update(bodies)
    .where(bodies.c.article_id == bindparam("which"))
    .values({c.name: bindparam(c.name) for c in bodies.c if not c.primary_key})
)
_some = select(bodies).where(
    bodies.c.article_id.in_(bindparam("which", expanding=True))
)
_whole = (
    select(
        *told, bodies.c.source_type, bodies.c.summary, bodies.c.changes, bodies.c.texts
    )
    .join(bodies, bodies.c.article_id == articles.c.article_id)
    .where(articles.c.article_id.in_(bindparam("which", type_=Name, expanding=True)))
)
_before = (
    select(
        *(
            articles.c[column.name]
            if column.name in articles.c
            else bodies.c[column.name]
            for column in revisions.c
        )
    )
    .join(bodies, bodies.c.article_id == articles.c.article_id)
    .where(
        articles.c.article_id == bindparam("which"),
        articles.c.revision < bindparam("new_revision"),
    )
)
_keep = insert_unless_there(revisions, _before)
_revisions = (
    select(revisions)
    .where(revisions.c.article_id == bindparam("which"))
    .order_by(revisions.c.revision)
)


def insert_bodies(connection: Connection, new: Sequence[Article]) -> None:
    """Insert the words of new articles."""
    rows = [_row(each) | {"article_id": each.id} for each in new]
    execute_each(connection, _insert, rows)


def change_bodies(connection: Connection, changed: Sequence[Article]) -> None:
    """Replace the words of changed articles."""
    rows = [_row(each) | {"which": each.id} for each in changed]
    execute_each(connection, _change, rows)


def keep_revisions(connection: Connection, changed: Sequence[Article]) -> None:
    """Copy the stored rows of these articles where the new ones count as a revision.

    Must run before the rows are changed. It copies inside the database, and copying
    the same revision again changes nothing.
    """
    rows = [{"which": each.id, "new_revision": each.revision} for each in changed]
    execute_each(connection, _keep, rows)


def texts_of(
    connection: Connection,
    article_ids: Collection[str],
    *,
    leave_out: LeaveOut = raised,
) -> dict[str, dict[str, Any]]:
    """Return the fields of `Article` that lie in `bodies`, by article id.

    What cannot be read is given to `leave_out`.
    """
    texts = {}
    for some in chunks(sorted(article_ids)):
        for row in isolated(connection, _some, {"which": some}, leave_out=leave_out):
            try:
                texts[row.article_id] = texts_in(row)
            except StoreDamaged as damaged:
                leave_out(damaged)
    return texts


def whole(
    connection: Connection,
    article_ids: Collection[str],
    *,
    leave_out: LeaveOut = raised,
) -> dict[str, Article]:
    """Return stored articles with their bodies, by id; unknown ids are left out.

    What cannot be read is given to `leave_out`.
    """
    found = {}
    for some in chunks(sorted(article_ids)):
        for row in isolated(connection, _whole, {"which": some}, leave_out=leave_out):
            try:
                found[row[0]] = article(row[:-4], **_texts(row[0], *row[-4:]))
            except StoreDamaged as damaged:
                leave_out(damaged)
    return found


def revisions_of(connection: Connection, now: Article) -> list[Article]:
    """Return what an article was before, oldest first: `now` in its earlier words."""
    return [
        replace(
            now,
            revision=row.revision,
            updated=moment(row.updated),
            url=row.url,
            source_title=row.source_title,
            title=row.title,
            rules=texts_alike(row.rules),
            text_sha256=row.text_sha256,
            **texts_in(row),
        )
        for row in connection.execute(_revisions, {"which": now.id})
    ]


def _row(article: Article) -> dict[str, Any]:
    source_body = article.source_body.encode()
    lengths = _LENGTHS.pack(len(article.raw), len(source_body))
    texts = b"".join((lengths, article.raw, source_body, article.body.encode()))
    row = {
        "source_type": article.source_type,
        "summary": article.summary,
        "changes": packed_texts(article.changes),
        "texts": zlib_form(texts),
    }
    return row | seals.seals(article.id, row, seals.OF_BODIES)


def texts_in(row: AnyRow) -> dict[str, Any]:
    """Return the fields of `Article` that a row of words holds; raises StoreDamaged."""
    return _texts(row.article_id, row.source_type, row.summary, row.changes, row.texts)


def _texts(
    article_id: str,
    source_type: str,
    summary: str | None,
    changes: str | None,
    packed_words: bytes,
) -> dict[str, Any]:
    name = "texts"
    try:
        texts = zlib.decompress(packed_words)
        raw_length, source_length = _LENGTHS.unpack_from(texts)
        raw_end = _LENGTHS.size + raw_length
        source_end = raw_end + source_length
        source_body = texts[raw_end:source_end].decode()
        body = texts[source_end:].decode()
        name = "changes"
        return {
            "source_type": source_type,
            "summary": summary,
            "changes": texts_alike(changes),
            "raw": texts[_LENGTHS.size : raw_end],
            "source_body": source_body,
            "body": body,
        }
    except (*BROKEN, zlib.error, struct.error) as error:
        raise StoreDamaged(article_id, name) from error
