"""Addresses under an `xml:base` of their own, made absolute where they stand.

An entry, its texts and the feed have one base each, which `texts.base` finds. Any other
element may name one, too: a link, a paragraph within XHTML, the source of an aggregated
entry. What reads those later knows nothing of it, so their addresses are resolved in the
tree. Identifiers are text and stay as they are.

Source: XML Base (2nd edition) section 4; RFC 4287 section 2.
"""

from lxml.etree import _Element

from aggregator.reading.tree.names import BASE, name
from aggregator.reading.tree.texts import base
from aggregator.text import urls

_ADDRESSES = ("cite", "href", "poster", "src", "uri", "url")
_KNOWN = frozenset({"channel", "entry", "feed", "item", "rdf:rdf", "rss"})
_TEXTS = frozenset(
    {"body", "content", "content:encoded", "description", "summary", "xhtml:body"}
)


def settle(root: _Element, url: str) -> None:
    """Resolve what stands under the bases that nobody else looks for; changes the tree.

    `url` is the document's address.
    """
    under: dict[_Element | None, str] = {}
    for element in root.iter("*"):
        parent = element.getparent()
        own = under.get(parent)
        if (step := element.get(BASE)) is not None and name(element) not in _KNOWN:
            own = (urls.resolve(own, step) or own) if own else base(element, url)
        if own is None:
            continue
        _resolve(element, own)
        if name(element) not in _TEXTS or parent is None or name(parent) not in _KNOWN:
            under[element] = own


def _resolve(element: _Element, own: str) -> None:
    for attribute in _ADDRESSES:
        written = element.get(attribute)
        if written and (found := urls.resolve(own, written)):
            element.set(attribute, found)
