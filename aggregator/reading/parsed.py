"""Feed and Entry: what a source said, as parsed and not yet believed.

Both parsers (`parse` for XML by feedparser, `jsonfeed` for JSON) end here, and
`normalise` begins here. Strings are as sent, apart from XML or JSON unescaping: nothing
is resolved, cleaned or trusted yet.

They never leave the room, and each is made once for every article there will be: so they
are not frozen, which would make them three times as dear. Nobody changes one that
somebody else holds.
"""

from typing import Literal

from msgspec import Struct

from aggregator.model import Deletion, Hints

TextType = Literal["text/plain", "text/html", "application/xhtml+xml"]


DRAFT = frozenset({"yes", "true"})  # what an element of that name says of one


class Text(Struct, kw_only=True):
    """A text construct (RFC 4287 section 3.1): value, how to read it, base, language.

    `base` is absolute and set only where the document names one (`xml:base`).
    `repaired` tells that `value` had been encoded twice and was put right.
    """

    value: str
    type: TextType = "text/plain"
    base: str | None = None
    language: str | None = None
    repaired: bool = False


class Link(Struct, kw_only=True):
    """An `atom:link`, an enclosure or a `media:content`.

    `length` (of the file) and `duration` (of playing it) as sent.
    """

    href: str
    rel: str = "alternate"
    type: str | None = None
    length: str | None = None
    title: str | None = None
    language: str | None = None
    duration: str | None = None


class Picture(Struct, kw_only=True):
    """A picture named by media:content, media:thumbnail, itunes:image or JSON image."""

    url: str
    type: str | None = None
    width: str | None = None
    height: str | None = None
    alt: str | None = None
    credit: str | None = None


class Category(Struct, kw_only=True):
    """A category as sent: term, RSS `domain` or Atom `scheme`, Atom `label`."""

    term: str
    scheme: str | None = None
    label: str | None = None


class Origin(Struct, kw_only=True):
    """The `source` an aggregate names for one entry; `base` as in `Text`."""

    title: str | None = None
    feed_url: str | None = None
    site_url: str | None = None
    id: str | None = None
    rights: str | None = None
    author: str | None = None
    base: str | None = None


class Entry(Struct, kw_only=True):
    """One item or entry. `guid` is the raw text of guid or id, never resolved.

    `contents` is what the entry itself is, `summary` what it is about. `retold` is
    `itunes:summary` beside one of them, which it repeats in other words or the same.
    `duration` is how long the one plays that the entry is about, as sent. A `draft` is
    not for the public yet.
    """

    guid: str | None = None
    guid_is_permalink: bool = False
    link: str | None = None
    links: tuple[Link, ...] = ()
    title: Text | None = None
    summary: Text | None = None
    contents: tuple[Text, ...] = ()
    retold: Text | None = None
    authors: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    published: str | None = None
    updated: str | None = None
    pictures: tuple[Picture, ...] = ()
    origin: Origin | None = None
    rights: str | None = None
    license: str | None = None
    language: str | None = None
    base: str | None = None
    duration: str | None = None
    draft: bool = False
    raw: bytes = b""


class Feed(Struct, kw_only=True):
    """A whole document: what it says of itself, and its entries in document order.

    `version` names the dialect (`rss20`, `atom10`, `json11`, ...), empty if none.
    `moved_to` is where it says that it is now, `finished` that nothing more will come.
    """

    version: str = ""
    title: Text | None = None
    site: str | None = None
    links: tuple[Link, ...] = ()
    feed_id: str | None = None
    author: str | None = None
    rights: str | None = None
    license: str | None = None
    language: str | None = None
    image: str | None = None
    base: str | None = None
    hints: Hints = Hints()
    moved_to: str | None = None
    finished: bool = False
    entries: tuple[Entry, ...] = ()
    deletions: tuple[Deletion, ...] = ()
    notes: tuple[str, ...] = ()
