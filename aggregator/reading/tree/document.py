"""The tree of a document, and its items aligned with feedparser's entries by order."""

from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from aggregator.reading.tree.names import name

_ITEMS = ("{*}item", "{*}entry", "{*}Item", "{*}Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A document as lxml sees it. `items` is None where it sees other entries.

    `based` tells whether `xml:base` occurs at all: most feeds never climb for it.
    """

    root: _Element
    items: tuple[_Element, ...] | None
    based: bool


def tree(document: bytes, *, entries: int) -> Tree | None:
    """Return the tree of an XML document, None if there is none worth a second look.

    `entries` is how many feedparser found. If lxml counts otherwise (the document is
    broken in a way the two repair differently), the items are of no use. A document that
    declares entities of its own gets no second look at all: nothing here expands them.
    """
    if b"<!ENTITY" in document:
        return None
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError:
        return None
    if root is None:
        return None
    items = tuple(
        item for item in root.iter(*_ITEMS) if name(item) in {"item", "entry"}
    )
    return Tree(
        root=root,
        items=items if len(items) == entries else None,
        based=b"xml:base" in document,
    )
