"""The table `documents`: what the last readable document of a source held.

One compact row for each source: 26 bytes an item (16 of digest, 10 of article id), so
that the 100 items of a feed are one read of 2.6 kB and no rows to compare. With them
stands where they all were, in some 90 bytes.
"""

import struct
from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Table,
    bindparam,
    select,
)

from aggregator.errors import StoreError
from aggregator.model import Document, Passage
from aggregator.store.columns import Bytes, Name, execute_each, metadata, upsert

_DIGEST = 16
_ITEM = 26
_ID_DIGITS = 20
# Of a passage: its size, that of its first item, its digest; then how it begins.
_PASSAGE = struct.Struct(">II16s")

documents = Table(
    "documents",
    metadata,
    Column("source_id", Name, ForeignKey("sources.source_id"), primary_key=True),
    Column("context", Bytes, nullable=False),
    Column("items", Bytes, nullable=False),
    Column("passage", Bytes),
)

_put = upsert(documents)
_one = select(documents).where(documents.c.source_id == bindparam("which"))


def put_documents(connection: Connection, read: Mapping[str, Document]) -> None:
    """Replace what is remembered of these sources' documents, by source id."""
    rows: list[dict[str, Any]] = [
        {
            "source_id": id_,
            "context": document.context,
            "items": _items(document, id_),
            "passage": _passage_bytes(document.passage),
        }
        for id_, document in sorted(read.items())
    ]
    execute_each(connection, _put, rows)


def document(connection: Connection, source_id: str) -> Document | None:
    """Return what the source's last document held, None if none was ever read."""
    row = connection.execute(_one, {"which": source_id}).first()
    if row is None:
        return None
    packed: bytes = row._mapping["items"]  # noqa: SLF001 - the public name; `items` is a method
    return Document(
        context=row.context,
        items=tuple(
            (packed[at : at + _DIGEST], packed[at + _DIGEST : at + _ITEM].hex())
            for at in range(0, len(packed), _ITEM)
        ),
        passage=_passage(row.passage),
    )


def _passage_bytes(passage: Passage | None) -> bytes | None:
    if passage is None:
        return None
    return _PASSAGE.pack(passage.size, passage.first, passage.digest) + passage.begin


def _passage(packed: bytes | None) -> Passage | None:
    if packed is None:
        return None
    size, first, digest = _PASSAGE.unpack_from(packed)
    return Passage(begin=packed[_PASSAGE.size :], size=size, first=first, digest=digest)


def _items(document: Document, source_id: str) -> bytes:
    for item_digest, article_id in document.items:
        if len(item_digest) != _DIGEST or len(article_id) != _ID_DIGITS:
            raise StoreError(
                f"{source_id}: an item of its document has a digest of "
                f"{len(item_digest)} bytes and the article id {article_id!r}; "
                f"16 bytes and 20 hex digits are kept"
            )
    return b"".join(
        item_digest + bytes.fromhex(article_id)
        for item_digest, article_id in document.items
    )
