"""RSS 2.0, as the RSS Advisory Board's profile would have it, as feedgen writes it.

The body is in `content:encoded`, the excerpt with its credit in `description`; `source`
names the feed a report came from. Authors stand in `dc:creator`, since `author` may
hold nothing but an e-mail address.
"""

from datetime import datetime
from functools import lru_cache
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from aggregator import __version__
from aggregator.model import Enclosure, Report, Tag
from aggregator.publishing.credit import showable
from aggregator.publishing.essentials import Essentials, read_xml
from aggregator.publishing.formats import EMPTY_UPDATED, Head, Masthead
from aggregator.publishing.formats._feedgen import alone, parted, titled, with_more
from aggregator.publishing.formats._media import media
from aggregator.publishing.formats._writing import (
    Declined,
    Element,
    element,
    encoded,
    escaped,
    quoted,
    require,
    rfc822,
    written,
)
from aggregator.publishing.margin import Margin
from aggregator.publishing.particulars import (
    authors,
    files,
    language,
    origin,
    related,
    sections,
    whole_seconds,
)

media_type = "application/rss+xml"

TAIL = b"</channel></rss>"


def head(masthead: Masthead, *, language: str | None, updated: datetime | None) -> Head:
    """Return the channel without items."""
    before, after = undated(masthead, language)
    date = rfc822(whole_seconds(updated or EMPTY_UPDATED)).encode()
    return Head(before=before + date + after, after=TAIL)


# A publication's own words seldom change, and feedgen takes 0.1 ms to write them.
@lru_cache(maxsize=256)
def undated(masthead: Masthead, language: str | None) -> tuple[bytes, bytes]:
    """Return what stands before and after the date in a channel without items."""
    channel = titled(masthead, media_type, language, EMPTY_UPDATED)
    channel.generator(f"Media Wire {__version__}")
    return parted(channel.rss_str(), TAIL, b"lastBuildDate")


def beside(head: Head, margin: Margin) -> Head:
    """Return the head as it is: RSS has no word for what was, only for what is."""
    del margin
    return head


def entry(report: Report, masthead: Masthead) -> bytes:
    """Return a report as an item."""
    try:
        return encoded(directly(report, masthead))
    except Declined:
        return alone(item(report, masthead), FeedGenerator.rss_str, TAIL)


def directly(report: Report, masthead: Masthead) -> str:
    """Return a report as feedgen writes it, in feedgen's order; raises Declined."""
    article, source = report.article, origin(report, masthead)
    id_, url = article.published_id, article.url
    require(id_, report.title, report.content, report.excerpt)
    categories = "".join([in_category(tag) for tag in sections(report, masthead)])
    enclosures = "".join(
        [element("enclosure", None, _enclosure(file)) for file in files(report)[:1]]
    )
    # A description is escaped twice: see `item`.
    described = escaped(escape(report.excerpt, quote=False))
    return (
        f"<item><title>{escaped(report.title)}</title>"
        f"{f'<link>{escaped(url)}</link>' if url else ''}"
        f"<description>{described}</description>"
        f"<content:encoded>{escaped(report.content)}</content:encoded>"
        f'<guid isPermaLink="{"true" if id_ == url else "false"}">{escaped(id_)}</guid>'
        f"{categories}{enclosures}"
        f"<pubDate>{rfc822(whole_seconds(article.published))}</pubDate>"
        f'<source url="{quoted(source.feed_url)}">{escaped(source.name)}</source>'
        f"{written(more(report))}</item>"
    )


# A source says much the same of its entries, and each is written in several documents.
@lru_cache(maxsize=4096)
def in_category(tag: Tag) -> str:
    """Return a category, written."""
    return element("category", tag.label or tag.term, {"domain": tag.scheme or None})


def item(report: Report, masthead: Masthead) -> FeedEntry:
    """Return a report as feedgen holds it."""
    article = report.article
    source = origin(report, masthead)
    held = FeedEntry()
    held.title(report.title)
    held.guid(article.published_id, permalink=article.published_id == article.url)
    if article.url:
        held.link(href=article.url)
    # Readers take a description for HTML, so the text has to be escaped as such.
    held.description(escape(report.excerpt, quote=False), isSummary=True)
    held.content(report.content, type="html")
    held.published(whole_seconds(article.published))
    held.source(url=source.feed_url, title=source.name)
    held.category(
        [
            {
                "term": tag.label or tag.term,
                **({"scheme": tag.scheme} if tag.scheme else {}),
            }
            for tag in sections(report, masthead)
        ]
    )
    for file in files(report)[:1]:
        held.enclosure(file.url, file.length, file.type)
    return with_more(held, more(report))


def _enclosure(file: Enclosure) -> dict[str, str | int | None]:
    return {"url": file.url, "length": str(file.length), "type": file.type}


def more(report: Report) -> list[Element]:
    """Return what RSS itself has no element for."""
    article = report.article
    elements = [Element("dc:creator", name) for name in authors(report)]
    elements.append(
        Element("dcterms:modified", whole_seconds(article.updated).isoformat())
    )
    if report.original:
        elements.append(Element("dcterms:alternative", report.original))
    if article.attribution.rights:
        elements.append(Element("dc:rights", article.attribution.rights))
    if showable(article.attribution.license):
        elements.append(Element("creativeCommons:license", article.attribution.license))
    if spoken := language(article.language):
        elements.append(Element("dc:language", spoken))
    elements += [
        Element("atom:link", None, {"href": url, "rel": "related", "title": name})
        for url, name in related(report)
    ]
    return elements + media(report)


def read(document: bytes) -> list[Essentials]:
    """Return what a reader finds in the items."""
    return read_xml(
        document,
        entry="rss/channel/item",
        texts={
            "guid": "id",
            "title": "title",
            "link": "link",
            "source": "source",
            "content:encoded": "content",
        },
    )
