"""What we offer: publications, the rules behind them, and what a reader receives."""

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field

from aggregator.model.article import Article
from aggregator.model.source import BodyMode, Rights


class RuleSpec(Struct, frozen=True, kw_only=True):
    """An editorial rule as written: `kind` names the plug-in, the rest is its own."""

    id: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)


class Selection(Struct, frozen=True, kw_only=True):
    """Which articles: any value within a key, all keys together; empty means all.

    `languages` match by prefix (`en` takes `en-GB`). `max_age` counts back from now on
    `listed_at`.
    """

    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    max_age: timedelta | None = None


class Publication(Struct, frozen=True, kw_only=True):
    """A combined feed we offer. `limit` bounds the live document, in entries.

    `credit` is the wording before the name in the credit block, `image` the address of
    the picture it is known by.
    """

    id: str
    title: str
    description: str = ""
    disclaimer: str = ""
    language: str | None = None
    select: Selection = Selection()
    rules: tuple[str, ...] = ()
    limit: int = 100
    body: BodyMode = "full"
    formats: tuple[str, ...] = ("rss", "atom", "json")
    credit: str = "Source"
    image: str | None = None

    @property
    def paths(self) -> dict[str, str]:
        """Return where its documents stand below output and base URL, by format."""
        return {name: f"feeds/{self.id}.{name}" for name in self.formats}

    @property
    def archive(self) -> str:
        """Return the path of the folder of its months."""
        return f"feeds/{self.id}/archive"


class Also(Struct, frozen=True, kw_only=True):
    """Another source that carried the same article: who, where, and its feed."""

    source_id: str
    title: str
    url: str | None
    feed_url: str


class Report(Struct, frozen=True, kw_only=True):
    """An article as one publication may show it: after rules, within rights.

    `content` is HTML ending in the credit block. `excerpt` is plain text ending in the
    plain credit; `lead` the same without it, cut to at most 15 words, with an ellipsis
    only if cut. `original` is the source's headline where ours differs, else None.
    `article` is never read for its body once a Report exists: what is not in the
    Report is not ours to show. `rights` are those it was made under; `also` the other
    sources it stands for.
    """

    article: Article
    title: str
    original: str | None
    content: str
    excerpt: str
    lead: str
    body: BodyMode
    rights: Rights = field(default_factory=Rights)
    also: tuple[Also, ...] = ()


class Representation(Struct, frozen=True, kw_only=True):
    """The bytes of a publication in one format, at `path` below output and base URL."""

    path: str
    media_type: str
    body: bytes


class PublicationStatus(Struct, frozen=True, kw_only=True):
    """How the last attempt to publish one path went.

    `refused` is why the new document was not fit, None if all is well. `written_at` is
    when the file last changed; `left_out` are (article id, reason) of single entries.
    The path of an archive is only told while its months cannot be written.
    """

    path: str
    checked_at: datetime
    written_at: datetime | None
    entries: int
    refused: str | None = None
    left_out: tuple[tuple[str, str], ...] = ()
