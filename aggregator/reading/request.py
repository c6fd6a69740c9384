"""The question a poll puts to the reading room. Cheap to import: no parser behind it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model import FetchLimits, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What to read. `url` is where the document was found in the end.

    `known` maps digests of items to the articles they became, as stored with the last
    document of this source, and `context` is the digest stored beside them; both None
    or empty where nothing is known. `max_bytes` bounds a document that unpacks.
    """

    source: Source
    url: str
    body: bytes = field(repr=False)
    content_type: str | None = None
    known: Mapping[bytes, str] | None = field(default=None, repr=False)
    context: bytes | None = None
    now: datetime
    max_bytes: int = FetchLimits().max_body
