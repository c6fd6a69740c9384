"""Atom 1.0 (RFC 4287), as feedgen writes it.

Every entry carries its own author, rights and a full `source`, so that nothing is
inherited from our feed; links keep their rel, type and length.
"""

from datetime import datetime
from functools import lru_cache
from html import escape

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from msgspec.structs import replace

from aggregator.model import Attribution, Report, Tag
from aggregator.publishing.credit import showable
from aggregator.publishing.essentials import Essentials, read_xml
from aggregator.publishing.formats import EMPTY_UPDATED, Head, Masthead
from aggregator.publishing.formats._feedgen import (
    alone,
    cut,
    parted,
    titled,
    with_more,
)
from aggregator.publishing.formats._media import media
from aggregator.publishing.formats._writing import (
    Declined,
    Element,
    element,
    encoded,
    escaped,
    require,
    written,
)
from aggregator.publishing.margin import Margin, atom_margin
from aggregator.publishing.particulars import (
    authors,
    files,
    language,
    origin_by,
    origin_rights,
    related,
    sections,
    ways,
    whole_seconds,
)
from aggregator.text.urls import is_published_iri

media_type = "application/atom+xml"

TAIL = b"</feed>"
UNTIMED = "-"


def head(masthead: Masthead, *, language: str | None, updated: datetime | None) -> Head:
    """Return the feed without entries."""
    if updated is None:
        feed = titled(masthead, media_type, language, updated)
        # A feed without entries must have an author; there is nobody to inherit it.
        feed.author(name=masthead.title)
        return cut(feed.atom_str(), TAIL)
    before, after = undated(masthead, language)
    date = whole_seconds(updated).isoformat().encode()
    return Head(before=before + date + after, after=TAIL)


# A publication's own words seldom change, and feedgen takes 0.1 ms to write them.
@lru_cache(maxsize=256)
def undated(masthead: Masthead, language: str | None) -> tuple[bytes, bytes]:
    """Return what stands before and after the date in a feed without entries."""
    feed = titled(masthead, media_type, language, EMPTY_UPDATED)
    return parted(feed.atom_str(), TAIL, b"updated")


def beside(head: Head, margin: Margin) -> Head:
    """Return the head with links to older entries, and tombstones."""
    return replace(head, before=head.before + atom_margin(margin))


def entry(report: Report, masthead: Masthead) -> bytes:
    """Return a report as an entry."""
    try:
        return encoded(directly(report, masthead))
    except Declined:
        return alone(feed_entry(report, masthead), FeedGenerator.atom_str, TAIL)


def directly(report: Report, masthead: Masthead) -> str:
    """Return a report as feedgen writes it, in feedgen's order; raises Declined."""
    article = report.article
    require(article.published_id, report.title, report.content, report.excerpt)
    names = "".join(
        [
            f"<author><name>{escaped(name)}</name></author>"
            for name in authors(report)
            if name
        ]
    )
    categories = "".join([in_category(tag) for tag in sections(report, masthead)])
    updated = whole_seconds(article.updated).isoformat()
    of_source, of_source_after = around_updated(article.attribution, masthead.base_url)
    spoken = language(article.language)
    opened = f'<entry xml:lang="{spoken}">' if spoken else "<entry>"
    # A summary is escaped twice: see `feed_entry`.
    summary = escaped(escape(report.excerpt, quote=False))
    rights = article.attribution.rights
    return (
        f"{opened}<id>{escaped(article.published_id)}</id>"
        f"<title>{escaped(report.title)}</title>"
        f"<updated>{updated}</updated>"
        f'{names}<content type="html">{escaped(report.content)}</content>'
        f'<summary type="html">{summary}</summary>{categories}'
        f"<published>{whole_seconds(article.published).isoformat()}</published>"
        f"{element('rights', rights) if rights else ''}"
        f"{written(links(report))}{of_source}{updated}{of_source_after}"
        f"{written(extras(report))}</entry>"
    )


def feed_entry(report: Report, masthead: Masthead) -> FeedEntry:
    """Return a report as feedgen holds it."""
    article = report.article
    held = FeedEntry()
    held.id(article.published_id)
    held.title(report.title)
    held.updated(whole_seconds(article.updated))
    held.published(whole_seconds(article.published))
    held.author([{"name": name} for name in authors(report)])
    # Escaped, so that text which looks like markup is neither run nor complained of.
    held.summary(escape(report.excerpt, quote=False), type="html")
    held.content(report.content, type="html")
    held.category([category(tag) for tag in sections(report, masthead)])
    if article.attribution.rights:
        held.rights(article.attribution.rights)
    return with_more(held, more(report, masthead), language(article.language))


def category(tag: Tag) -> dict[str, str | int | None]:
    """Return what a category says, in the order in which feedgen writes it."""
    said: dict[str, str | int | None] = {"term": tag.term}
    if is_iri(tag.scheme):
        said["scheme"] = tag.scheme
    if tag.label:
        said["label"] = tag.label
    return said


@lru_cache(maxsize=1024)
def is_iri(scheme: str | None) -> bool:
    """Whether a category's scheme may stand in Atom, which wants an IRI there."""
    return scheme is not None and is_published_iri(scheme)


# A source says much the same of its entries, and each is written in several documents.
@lru_cache(maxsize=4096)
def in_category(tag: Tag) -> str:
    """Return a category, written."""
    return element("category", None, category(tag))


def more(report: Report, masthead: Masthead) -> list[Element]:
    """Return what feedgen has no word for, or would write without its attributes."""
    article = report.article
    updated = whole_seconds(article.updated).isoformat()
    of_source = source(article.attribution, masthead.base_url, updated)
    return [*links(report), of_source, *extras(report)]


def links(report: Report) -> list[Element]:
    """Return all links of an entry, and its files."""
    article = report.article
    elements = []
    if article.url:
        elements.append(link(article.url, "alternate"))
    elements += [link(url, "via") for url in ways(report)]
    elements += [link(url, "related", title=name) for url, name in related(report)]
    if showable(article.attribution.license):
        elements.append(link(article.attribution.license, "license"))
    elements += [
        link(
            file.url, "enclosure", type=file.type, length=file.length, title=file.title
        )
        for file in files(report)
    ]
    return elements


def extras(report: Report) -> list[Element]:
    """Return the original headline, and the files as Media RSS has them."""
    if not report.original:
        return media(report)
    return [Element("dcterms:alternative", report.original), *media(report)]


def link(href: str | None, rel: str, **attributes: str | int | None) -> Element:
    """Return a link with all it says."""
    return Element("link", None, {"href": href, "rel": rel, **attributes})


def source(attribution: Attribution, base_url: str, updated: str) -> Element:
    """Return the head of the feed a report came from (RFC 4287, 4.2.11)."""
    found = origin_by(attribution, base_url)
    children = [
        Element("id", found.id),
        Element("title", found.name),
        Element("updated", updated),
        link(found.feed_url, "self"),
    ]
    if found.home_url:
        children.append(link(found.home_url, "alternate"))
    if attribution.author:
        children.append(
            Element("author", None, {}, [Element("name", attribution.author)])
        )
    if rights := origin_rights(attribution):
        children.append(Element("rights", rights))
    return Element("source", None, {}, children)


@lru_cache(maxsize=4096)
def around_updated(attribution: Attribution, base_url: str) -> tuple[str, str]:
    """Return what stands before and after the time in the head of a source's feed."""
    around = written([source(attribution, base_url, UNTIMED)])
    before, _, after = around.partition(f"<updated>{UNTIMED}</updated>")
    return f"{before}<updated>", f"</updated>{after}"


def read(document: bytes) -> list[Essentials]:
    """Return what a reader finds in the entries."""
    return read_xml(
        document,
        entry="feed/entry",
        texts={
            "id": "id",
            "title": "title",
            "source/title": "source",
            "content": "content",
        },
        link={"rel": "alternate"},
    )
