"""RSS 2.0, as the RSS Advisory Board's profile would have it, written by feedgen.

The body is in `content:encoded`, the excerpt with its credit in `description`; `source`
names the feed a report came from. Authors stand in `dc:creator`, since `author` may
hold nothing but an e-mail address.
"""

from datetime import datetime
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from aggregator import __version__
from aggregator.model import Report
from aggregator.publishing.credit import public
from aggregator.publishing.formats import Head, Masthead
from aggregator.publishing.formats._feedgen import (
    Element,
    alone,
    cut,
    media,
    titled,
    with_more,
)
from aggregator.publishing.margin import Margin
from aggregator.publishing.mark import Mark, read_xml
from aggregator.publishing.particulars import (
    authors,
    files,
    language,
    moment,
    origin,
    sections,
)

media_type = "application/rss+xml"

TAIL = b"</channel></rss>"


def head(masthead: Masthead, *, language: str | None, updated: datetime | None) -> Head:
    """Return the channel without items."""
    channel = titled(masthead, media_type, language, updated)
    channel.generator(f"Media Wire {__version__}")
    return cut(channel.rss_str(), TAIL)


def beside(head: Head, margin: Margin) -> Head:
    """Return the head as it is: RSS has no word for what was, only for what is."""
    del margin
    return head


def entry(report: Report, masthead: Masthead) -> bytes:
    """Return a report as an item."""
    return alone(item(report, masthead), FeedGenerator.rss_str, TAIL)


def item(report: Report, masthead: Masthead) -> FeedEntry:
    """Return a report as feedgen holds it."""
    article = report.article
    source = origin(report, masthead)
    written = FeedEntry()
    written.title(report.title)
    written.guid(article.published_id, permalink=article.published_id == article.url)
    if article.url:
        written.link(href=article.url)
    # Readers take a description for HTML, so the text has to be escaped as such.
    written.description(escape(report.excerpt, quote=False), isSummary=True)
    written.content(report.content, type="html")
    written.published(moment(article.published))
    written.source(url=source.feed_url, title=source.name)
    written.category(
        [
            {
                "term": tag.label or tag.term,
                **({"scheme": tag.scheme} if tag.scheme else {}),
            }
            for tag in sections(report, masthead)
        ]
    )
    for file in files(report)[:1]:
        written.enclosure(file.url, file.length, file.type)
    return with_more(written, more(report))


def more(report: Report) -> list[Element]:
    """Return what RSS itself has no element for."""
    article = report.article
    elements = [Element("dc:creator", name) for name in authors(report)]
    elements.append(Element("dcterms:modified", moment(article.updated).isoformat()))
    if report.original:
        elements.append(Element("dcterms:alternative", report.original))
    if article.attribution.rights:
        elements.append(Element("dc:rights", article.attribution.rights))
    if public(article.attribution.license):
        elements.append(Element("creativeCommons:license", article.attribution.license))
    if spoken := language(article.language):
        elements.append(Element("dc:language", spoken))
    elements += [
        Element("atom:link", None, {"href": url, "rel": "related", "title": also.title})
        for also in report.also
        if (url := public(also.url))
    ]
    return elements + media(report)


def read(document: bytes) -> list[Mark]:
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
