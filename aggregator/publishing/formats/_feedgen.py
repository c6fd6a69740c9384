"""Our doorway to feedgen: a document's head, and single entries, as bytes.

feedgen writes everything it has a word for. What it has no word for, or writes wrongly
(links of Atom entries lose all but their address, `source` has no id), is added by one
extension through its public interface. Entries that `_writing` declines are written one
at a time and cut out of a document of their own; put into the head, they are byte for
byte what feedgen writes for the whole (a test holds us to that).
"""

from collections.abc import Callable
from datetime import datetime

from feedgen.entry import FeedEntry
from feedgen.ext.base import BaseEntryExtension, BaseExtension
from feedgen.feed import FeedGenerator
from lxml import etree

from aggregator import __version__
from aggregator.publishing.formats import EMPTY_UPDATED, Head, Masthead
from aggregator.publishing.formats._writing import Element
from aggregator.publishing.particulars import whole_seconds

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "creativeCommons": "http://backend.userland.com/creativeCommonsRssModule",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "media": "http://search.yahoo.com/mrss/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}


def clark(name: str) -> str:
    """Return a name such as `dc:rights` as lxml writes it."""
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if prefix else local


def put(element: Element, parent: etree._Element) -> None:
    """Append an element to another of lxml's."""
    made = etree.SubElement(parent, clark(element.name))
    made.text = element.text
    for name, value in element.attributes.items():
        if value is not None:
            made.set(clark(name), str(value))
    for child in element.children:
        put(child, made)


class WireExtension(BaseExtension):  # type: ignore[misc]  # feedgen has no types
    """Declares our namespaces at the root."""

    def extend_ns(self) -> dict[str, str]:
        """Return prefixes and namespaces; `xml` and `atom` are always known."""
        return {
            name: uri for name, uri in NAMESPACES.items() if name not in {"atom", "xml"}
        }


class WireEntryExtension(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no types
    """Adds to an entry the elements put into `more`, in their order."""

    def __init__(self) -> None:
        self.more: list[Element] = []
        self.language: str | None = None

    def extend_atom(self, entry: etree._Element) -> etree._Element:
        """Add our elements to an Atom entry."""
        if self.language:
            entry.set(clark("xml:lang"), self.language)
        return self.extend_rss(entry)

    def extend_rss(self, entry: etree._Element) -> etree._Element:
        """Add our elements to an RSS item."""
        for element in self.more:
            put(element, entry)
        return entry


def generator() -> FeedGenerator:
    """Return a feed with nothing in it but our extension and what feedgen insists on."""
    feed = FeedGenerator()
    feed.register_extension("wire", WireExtension, WireEntryExtension)
    feed.id("-")
    feed.title("-")
    feed.description("-")
    feed.link(href="-")
    feed.updated(EMPTY_UPDATED)
    return feed


def titled(
    masthead: Masthead, media_type: str, language: str | None, updated: datetime | None
) -> FeedGenerator:
    """Return a feed with all that its head says, and no entries.

    It holds no rights and (while there are entries) no author: entries without their
    own would inherit them, and we never claim another's words (RFC 4287, 4.2.1, 4.2.10).
    """
    feed = generator()
    feed.id(masthead.page_url)
    feed.title(masthead.title)
    feed.description(masthead.description)
    # RSS takes the last link as the channel's own, whatever its rel.
    feed.link(
        [
            {"href": masthead.feed_url, "rel": "self", "type": media_type},
            {"href": masthead.page_url, "rel": "alternate", "type": "text/html"},
        ],
        replace=True,
    )
    feed.generator("Media Wire", version=__version__, uri=f"{masthead.base_url}/about")
    if masthead.image:
        # Title and link of the picture are the channel's own (RSS 2.0); Atom's logo, too.
        feed.image(masthead.image, title=masthead.title, link=masthead.page_url)
    if language:
        feed.language(language)
    feed.updated(whole_seconds(updated) if updated else EMPTY_UPDATED)
    return feed


def with_more(
    entry: FeedEntry, more: list[Element], language: str | None = None
) -> FeedEntry:
    """Return an entry that carries our elements, and in Atom its language."""
    entry.register_extension("wire", WireEntryExtension)
    entry.wire.more = more
    entry.wire.language = language
    return entry


def cut(document: bytes, tail: bytes) -> Head:
    """Return a document without entries, open where they belong."""
    return Head(before=document.removesuffix(tail), after=tail)


def parted(document: bytes, tail: bytes, element: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and after the date in a document without entries.

    `element` holds the date. No text of strangers can look like its tag: in XML that
    begins with a bare `<`.
    """
    opened, closed = b"<%b>" % element, b"</%b>" % element
    before, _, dated = document.removesuffix(tail).partition(opened)
    _, _, after = dated.partition(closed)
    return before + opened, closed + after


def alone(
    entry: FeedEntry, write: Callable[[FeedGenerator], bytes], tail: bytes
) -> bytes:
    """Return one entry as it stands in a whole document, without that document."""
    feed = generator()
    start = len(write(feed)) - len(tail)
    feed.entry(entry)
    return write(feed)[start : -len(tail)]
