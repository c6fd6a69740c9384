"""What feedparser would say of a plain head, read from its elements.

In: the tree of a well-formed document. Out: dialect, title, rights and picture, for
which feedparser is the authority, or None where its answer would take more than these
few rules to foresee. Then feedparser reads the head itself.

A head is plain if it belongs to RSS 0.9x, 1.0 or 2.0, or Atom 1.0, has one title and a
link, and holds besides only elements of which feedparser says nothing that we use. Of
457 feeds collected whose entries are plain, 415 have one. A test compares both readers
over every feed.
"""

import re

from lxml.etree import _Element

from aggregator.reading.parsed import Feed
from aggregator.reading.tree import links
from aggregator.reading.tree.head import head
from aggregator.reading.tree.names import LANG, children, name
from aggregator.reading.tree.strict import (
    headline,
    is_worded,
    put_aside,
    value,
)

_ATOM = "http://www.w3.org/2005/Atom"
_ATOM_FEED = f"{{{_ATOM}}}feed"
_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
_RSS_VERSIONS = {
    "0.91": "rss091u",
    "0.92": "rss092",
    "0.93": "rss093",
    "0.94": "rss094",
}
# Namespaces by which feedparser takes a document for one of these, whatever its root.
_RDF_VERSIONS = {
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    "http://purl.org/rss/1.0/": "rss10",
}
_DIALECTS = frozenset({*_RDF_VERSIONS, _ATOM.lower()})

_ITEMS = frozenset({"item", "entry"})
_SAY_NOTHING = frozenset(
    {
        *("link", "description", "subtitle", "tagline", "language"),
        *("lastbuilddate", "pubdate", "updated", "published", "modified", "generator"),
        *("docs", "ttl", "managingeditor", "webmaster", "cloud", "category", "id"),
        *("icon", "rating", "site", "convertlinebreaks", "author", "contributor"),
        *("skiphours", "skipdays", "sy:updateperiod", "sy:updatefrequency"),
        *("sy:updatebase", "dc:creator", "dc:language", "dc:date", "dc:publisher"),
        *("dc:subject", "cc:license", "creativecommons:license", "itunes:author"),
        *("itunes:block", "itunes:category", "itunes:explicit", "itunes:keywords"),
        *("itunes:complete", "itunes:new-feed-url", "itunes:owner"),
        *("itunes:subtitle", "itunes:summary", "itunes:type"),
        *("at:deleted-entry", "media:copyright", "media:thumbnail", "items"),
        *("admin:generatoragent", "admin:errorreportsto"),
    }
)
_RIGHTS = frozenset({"rights", "copyright", "dc:rights"})
_WITHIN = frozenset(
    {
        *("name", "email", "uri", "url", "hour", "day", "itunes:name", "itunes:email"),
        *("itunes:category", "at:comment", "rdf:seq", "rdf:li"),
    }
)
_ONCE = frozenset({"title", "image", "itunes:image", "logo", "textinput"})
_IMAGE_PARTS = frozenset({"url", "title", "link", "description", "width", "height"})
_INPUT_PARTS = frozenset({"title", "description", "name", "link"})
_UNKNOWN = frozenset({""})
_BESIDE_THE_CHANNEL = {"image": _IMAGE_PARTS, "textinput": _INPUT_PARTS}
# An address that no resolver changes.
_SETTLED = re.compile(
    r"https?://[A-Za-z0-9.-]+(?::[0-9]+)?"
    r"(?:/[A-Za-z0-9_~%.,:@*()+=!&/-]*)?(?:\?[A-Za-z0-9_~%.,:@*()+=!&/-]+)?"
)


def said(root: _Element) -> Feed | None:
    """Return dialect, title, rights and picture, None if the head is not plain.

    A title has the type that its element declares.
    """
    version = _version(root)
    element = head(root)
    if version is None or any(map(element.get, ("lastmod", "href", "lang"))):
        return None
    plain = _Head()
    for child in element:
        word = name(child)
        if word not in _ITEMS and not plain.take(child, word):
            return None
    if root.tag == _RDF and not all(map(_says_nothing, root)):
        return None
    title = headline(plain.title) if plain.title is not None else None
    if title is None or links.own(element, children(element)) is None:
        return None
    return Feed(
        version=version,
        title=title,
        rights=plain.rights or None,
        image=plain.image or plain.logo,
    )


class _Head:
    """What a plain head has said so far."""

    def __init__(self) -> None:
        self.title: _Element | None = None
        self.rights = ""
        self.image: str | None = None
        self.logo: str | None = None
        self._heard: set[str] = set()

    def take(self, child: _Element, word: str) -> bool:
        """Take what a child says; False if that takes feedparser."""
        if word in _ONCE:
            if word in self._heard:
                return False
            self._heard.add(word)
            return self._noted(child, word)
        if word in _RIGHTS:
            self.rights = value(child)
            return is_worded(child)
        if word in _SAY_NOTHING:
            return all(name(inner) in _WITHIN for inner in child.iterdescendants())
        return put_aside(child, word, _UNKNOWN)

    def _noted(self, child: _Element, word: str) -> bool:
        """Take what may be said once: of two pictures, the last one counts."""
        if word == "textinput":
            return _holds(child, _INPUT_PARTS)
        if word == "image":
            return self._picture(child)
        if word == "title":
            self.title = child
            usual = True
        elif word == "logo":  # of one with attributes, feedparser loses the words
            self.logo = value(child)
            usual = not child.attrib and _is_settled(self.logo)
        else:
            self.image = child.get("href", "")
            usual = len(child.attrib) == 1 and _is_settled(self.image)
        return usual and not len(child)

    def _picture(self, image: _Element) -> bool:
        addresses = [part for part in image if name(part) == "url"]
        if not addresses:  # the channel of RSS 1.0 names one that stands beside it
            return not len(image) and not value(image)
        self.image = value(addresses[0])
        once = len(addresses) == 1
        return once and _holds(image, _IMAGE_PARTS) and _is_settled(self.image)


def _holds(element: _Element, parts: frozenset[str]) -> bool:
    """Tell whether an element holds nothing but these parts, and they only words."""
    return all(name(part) in parts and not len(part) for part in element)


def _is_settled(address: str) -> bool:
    return _SETTLED.fullmatch(address) is not None


def _says_nothing(child: _Element) -> bool:
    """Tell whether feedparser takes nothing from beside the channel of RSS 1.0."""
    parts = _BESIDE_THE_CHANNEL.get(name(child))
    return name(child) in {"channel", "item"} or (
        parts is not None and _holds(child, parts)
    )


def _version(root: _Element) -> str | None:
    """Return feedparser's name of the dialect, None where others come into question."""
    if root.get("lang"):
        return None
    if root.tag == _ATOM_FEED:
        return "atom10" if root.nsmap.get(None) == _ATOM else None
    declared = {uri.lower() for uri in root.nsmap.values()} & _DIALECTS
    if root.tag == _RDF:
        spoken = root.nsmap.get(None, "")
        channels = [n for n, child in enumerate(root) if name(child) == "channel"]
        fit = declared == {spoken} and channels == [0]
        return _RDF_VERSIONS.get(spoken) if fit else None
    bare = len(root) == 1 and name(root[0]) == "channel" and root[0].tag == "channel"
    if root.tag != "rss" or not bare or root.get(LANG):
        return None
    if declared & _RDF_VERSIONS.keys():
        return None
    version = root.get("version", "")
    usual = "rss20" if version.startswith("2.") else "rss"
    return _RSS_VERSIONS.get(version, usual)
