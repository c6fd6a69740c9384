"""Find the feeds that a web page names as its own.

In: a page's bytes and its address. Out: the links it has marked as feeds, in its order.
A pure function; whether there is a feed behind a link is for `read` to say.

Source: HTML Living Standard, section 4.6.7.1 (`alternate`); RSS autodiscovery, 2006.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree
from msgspec import Struct

from aggregator.text.urls import resolve

_FEED_TYPES: Final = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
# Feeds are named in the head of a page; this is more than any head.
_SEARCHED: Final = 1 << 20
# Where common programs put a feed that their pages do not name.
COMMON_PATHS: Final = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml")


class FeedLink(Struct, frozen=True, kw_only=True):
    """A link to a feed: its absolute address, and what the page calls it."""

    url: str
    title: str = ""


def feed_links(page: bytes, *, url: str) -> tuple[FeedLink, ...]:
    """Return the feeds that a page names, each address once, comments last.

    Blogs offer the comments on a page as a feed beside the articles, sometimes before.
    """
    links = {link.url: link for link in _links(page, url)}
    return tuple(sorted(links.values(), key=_is_about_comments))


def _links(page: bytes, url: str) -> Iterator[FeedLink]:
    head = page[:_SEARCHED].strip()
    root = etree.HTML(head) if head else None
    if root is None:
        return
    bases = [resolve(url, base.get("href", "")) for base in root.iter("base")]
    base = next(filter(None, bases), url)
    for link in root.iter("link"):
        rels = link.get("rel", "").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        is_feed = "alternate" in rels and kind in _FEED_TYPES
        if "stylesheet" not in rels and (is_feed or "feed" in rels):
            address = resolve(base, link.get("href", ""))
            if address:
                yield FeedLink(url=address, title=link.get("title", "").strip())


def _is_about_comments(link: FeedLink) -> bool:
    return "comment" in f"{link.url} {link.title}".lower()
