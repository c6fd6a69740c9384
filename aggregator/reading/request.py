"""The question a poll puts to the reading room. Cheap to import: no parser behind it."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from aggregator.model import FetchLimits, Passage, Source


class ReadRequest(Struct, frozen=True, kw_only=True):
    """What to read. `url` is where the document was found in the end.

    `known` maps digests of items to the articles they became, as stored with the last
    document of this source, `context` is the digest stored beside them, and `passage`
    where they stood; None or empty where nothing is known. `max_bytes` bounds a document
    that unpacks.
    """

    source: Source
    url: str
    body: bytes
    content_type: str | None = None
    known: Mapping[bytes, str] | None = None
    context: bytes | None = None
    passage: Passage | None = None
    now: datetime
    max_bytes: int = FetchLimits().max_body
