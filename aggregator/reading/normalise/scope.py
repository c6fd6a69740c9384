"""What all entries of one document share when they are normalised."""

from datetime import datetime

from msgspec import Struct

from aggregator.model import Attribution, FeedInfo, Source
from aggregator.reading.normalise.caps import Caps


class Scope(Struct, frozen=True, kw_only=True):
    """The document around an entry, already believed.

    `url` is the public address of the document. `by_document` tells that relative
    addresses are relative to it (Atom and JSON); in RSS, which has no rule, they are
    relative to the site. `self_url` is where the feed says it lives. `credit` is the
    attribution of an entry that is the feed's own, `language` that of one that names none.
    """

    source: Source
    feed: FeedInfo
    url: str
    by_document: bool
    self_url: str | None
    credit: Attribution
    now: datetime
    language: str | None
    caps: Caps

    @property
    def link_base(self) -> str:
        """Return what an entry's own link is relative to, where nothing says so."""
        return self.url if self.by_document else self.feed.site or self.url
