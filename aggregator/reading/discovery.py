"""Find the feeds that a web page names as its own.

In: a page's bytes and its address. Out: the links it has marked as feeds, in its order,
or, for a page that marks none, those that look like one. Pure functions; whether there
is a feed behind a link is for `read` to say.

Source: HTML Living Standard, section 4.6.7.1 (`alternate`); RSS autodiscovery, 2006.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree
from msgspec import Struct

from aggregator.text.urls import host_of, registrable_host, resolve

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
# Feeds are named in the head of a page, or at its foot; few are longer.
_SEARCHED: Final = 1 << 20
# `rss.agency.example/world`, `/feeds/all.xml`, `?feed=rss2`; neither `/feedback` nor
# `/newsfeeder`.
_SPEAKS_OF_A_FEED: Final = re.compile(
    r"(?<![a-z])(?:rss|atom|rdf|feeds?)(?![a-z])", re.IGNORECASE
)
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


def likely_feeds(page: bytes, *, url: str) -> tuple[str, ...]:
    """Return links from a page to its own site whose address speaks of a feed.

    Each once, comments last. Links to other sites may lead to the feeds of others.
    """
    site = _site(url)
    found = (
        FeedLink(url=address.partition("#")[0], title=element.text or "")
        for address, element in _hyperlinks(page, url, "a", "area")
    )
    links = [
        link
        for link in found
        if _SPEAKS_OF_A_FEED.search(link.url) and _site(link.url) == site
    ]
    ordered = [link.url for link in sorted(links, key=_is_about_comments)]
    return tuple(address for address in dict.fromkeys(ordered) if address != url)


def _site(url: str) -> str:
    return registrable_host(host_of(url) or "")


def _links(page: bytes, url: str) -> Iterator[FeedLink]:
    for address, link in _hyperlinks(page, url, "link", "a", "area"):
        rels = link.get("rel", "").lower().split()
        kind = link.get("type", "").partition(";")[0].strip().lower()
        is_feed = "alternate" in rels and kind in _FEED_TYPES
        if "stylesheet" not in rels and (is_feed or "feed" in rels):
            yield FeedLink(url=address, title=link.get("title", "").strip())


def _hyperlinks(
    page: bytes, url: str, *names: str
) -> Iterator[tuple[str, etree._Element]]:
    """Yield the elements of these names that lead somewhere, with the address."""
    head = page[:_SEARCHED].strip()
    root = etree.HTML(head) if head else None
    if root is None:
        return
    bases = [resolve(url, base.get("href", "")) for base in root.iter("base")]
    base = next(filter(None, bases), url)
    for element in root.iter(*names):
        if address := resolve(base, element.get("href", "")):
            yield address, element


def _is_about_comments(link: FeedLink) -> bool:
    return "comment" in f"{link.url} {link.title}".lower()
