"""What we hold: articles, normalised, attributed and safe to publish."""

from datetime import datetime
from hashlib import blake2b
from typing import Final

from msgspec import Struct
from msgspec.structs import astuple


class Via(Struct, frozen=True, kw_only=True):
    """The first source of an entry that reached us through an aggregate.

    From RSS `<source url=FEED>` or Atom `atom:source` (RFC 4287 section 4.2.11).
    `rights` is its notice as `feed_rights` is that of the feed (see Attribution).
    """

    title: str
    feed_url: str | None = None
    site_url: str | None = None
    id: str | None = None
    rights: str | None = None


# Where the address of a source's feed begins if there is none to tell: nobody's (RFC 2606),
# and shown nowhere.
INVENTED: Final = "https://feed.invalid/"
# Before a key of an entry: that it stood on several of one document, and names none.
SHARED: Final = "shared:"


class Attribution(Struct, frozen=True, kw_only=True):
    """Whose words an article is: travels with it into every output.

    `title` is the name we credit. `author` is the feed's author (not the entry's), or
    that of the first source where there is one; `rights` the notice that holds for the
    article, as text: configured, else its own, else the feed's; `feed_rights` is the
    feed's where that is another one, empty where the feed has none, None if it is the
    same. `license` is an absolute URL. `feed_id` is the feed's own Atom id where it has
    one. `via` is the first source of an aggregated entry: it is credited first, our
    source as the way it came.
    """

    source_id: str
    title: str
    feed_url: str
    site_url: str | None = None
    feed_id: str | None = None
    author: str | None = None
    rights: str | None = None
    feed_rights: str | None = None
    license: str | None = None
    via: Via | None = None


class Tag(Struct, frozen=True, kw_only=True):
    """A section or keyword: term as sent; scheme (RSS `domain`) and label if given."""

    term: str
    scheme: str | None = None
    label: str | None = None


class Enclosure(Struct, frozen=True, kw_only=True):
    """A file that goes with an article: `length` in bytes, None if unknown.

    `credit` is whose it is, where it is a picture of which the source says so;
    `duration` how many seconds it plays, None if unknown.
    """

    url: str
    type: str | None = None
    length: int | None = None
    title: str | None = None
    credit: str | None = None
    duration: int | None = None


class Image(Struct, frozen=True, kw_only=True):
    """The picture of an article; `width` and `height` in CSS pixels if known."""

    url: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    alt: str | None = None
    credit: str | None = None


class Dropped(Struct, frozen=True, kw_only=True):
    """A rule kept an article out: which rule, and the reason a person can read."""

    rule: str
    reason: str


class Withdrawn(Struct, frozen=True, kw_only=True):
    """An article was taken back: when, why, and by whom (`source` or `desk`)."""

    at: datetime
    reason: str
    by: str


class Article(Struct, frozen=True, kw_only=True):
    """One report. All datetimes are aware and in UTC; text fields hold no markup.

    Names
        `id` is ours: 20 hex digits, stands in `/articles/{id}`, made from source id and
        entry key once and never again. `published_id` is the id in every output: the
        source's own where it is an IRI, else one stored `tag:` URI. It never changes.
        `keys` are the ways to recognise the entry, strongest first, each with its kind
        in front: `guid:…` (raw, as sent), `link:…` (canonical), `text:…` (digest of
        title and visible text). `keys[0]` is the entry key.
    Words
        `source_title` is the headline as the source sent it, as text; where it sent
        none, that is empty and `stand_in` is the one made of the first words. `title`
        is the headline we publish; `rules` the ids of the rules that changed it.
        `override` is a headline that the desk wrote for this article alone: it wins
        over all rules.
        `tags` are the source's categories; `desk_tags` the operator's own tags of the
        source, which selections go by. `taken_by` are the ids of those publications that
        take it of all whose rules leave articles out.
        `source_body` is the body as sent and `source_type` what the source said it is
        (`text/html`, `application/xhtml+xml` or `text/plain`); `body` is the cleaned
        HTML with absolute addresses and without credit block; its visible text is the
        source's. `summary` is the source's own summary as text where it has one beside
        the body. `text_sha256` is the hex digest of the visible text of `body`
        (`text.markup.visible_text`). `changes` names every transformation of the body.
    Times
        `dated` is when the source says it published, None if it does not or cannot be
        believed. `published` is `dated`, or else `first_seen`; never in the future.
        `updated` is the last change we pass on. `listed_at` orders all outputs and is
        unique enough to need no tie-break but `id`.
    Origin
        `raw` is the item as it stood in the document (bytes, UTF-8 after decoding).
    """

    id: str
    published_id: str
    source_id: str
    keys: tuple[str, ...]
    url: str | None
    source_title: str
    title: str
    rules: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    desk_tags: tuple[str, ...] = ()
    language: str | None = None
    source_body: str = ""
    source_type: str = "text/html"
    body: str = ""
    summary: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: Image | None = None
    attribution: Attribution
    dated: datetime | None = None
    published: datetime
    updated: datetime
    first_seen: datetime
    listed_at: datetime
    raw: bytes = b""
    text_sha256: str = ""
    changes: tuple[str, ...] = ()
    revision: int = 0
    dropped: Dropped | None = None
    withdrawn: Withdrawn | None = None
    override: str | None = None
    stand_in: str = ""
    taken_by: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """Return the headline as it was before our desk: what rules begin with."""
        return self.source_title or self.stand_in or self.title


def content_digest(article: Article) -> bytes:
    """Return 16 bytes that change when, and only when, the source changed something.

    Covers what the source sent and we pass on: headline, address, body, summary,
    authors, tags, enclosures, image. Our own decisions (title, rules, times) and the
    raw bytes (order of attributes, counters outside the text) do not count.
    """
    said = (
        article.source_title,
        article.url,
        article.source_body,
        article.summary,
        article.authors,
        tuple(map(astuple, article.tags)),
        tuple(map(_told, article.enclosures)),
        astuple(article.image) if article.image else None,
    )
    return blake2b(repr(said).encode("utf-8", "replace"), digest_size=16).digest()


def _told(file: Enclosure) -> tuple[object, ...]:
    """Return what is said of a file, as it was before files had credits or durations."""
    told = astuple(file)
    if file.duration:
        return told
    return told[:-1] if file.credit else told[:-2]


def own_credit(attribution: Attribution) -> tuple[Via | None, str | None, str | None]:
    """Return what an entry says of its own credit: first source, notice and licence.

    What it takes over from its feed is not of its own: if that changes, no article does.
    """
    own_notice = attribution.feed_rights is not None
    notice = attribution.rights if own_notice else None
    return attribution.via, notice, attribution.license


class Known(Struct, frozen=True, kw_only=True):
    """What identity needs to know of a stored article: its names, digests, times, credit."""

    id: str
    published_id: str
    keys: tuple[str, ...]
    url: str | None
    source_title: str
    text_sha256: str
    content_digest: bytes
    dated: datetime | None
    published: datetime
    updated: datetime
    first_seen: datetime
    listed_at: datetime
    revision: int
    withdrawn: bool
    attribution: Attribution
    override: str | None = None
