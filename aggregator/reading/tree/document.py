"""The tree of a document, and its items aligned with feedparser's entries by order."""

from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element
from msgspec import Struct

from aggregator.reading.tree.guarded import root_of
from aggregator.reading.tree.names import ITEM_TAGS, Named, name, named


class Item(NamedTuple):
    """An item's element, and its children with their names, which are asked for twice."""

    element: _Element
    children: Named


class Tree(Struct, frozen=True, kw_only=True):
    """A document as lxml sees it. `items` is None where it sees other entries.

    `based` tells whether `xml:base` occurs at all: most feeds never climb for it.
    """

    root: _Element
    items: tuple[Item, ...] | None
    based: bool


def tree(document: bytes, *, entries: int) -> Tree | None:
    """Return the tree of an XML document, None if there is none worth a second look.

    `entries` is how many feedparser found. If lxml counts otherwise (the document is
    broken in a way the two repair differently), the items are of no use.
    """
    root = root_of(document, recover=True, remarks=False)
    if root is None:
        return None
    items = _items(root)
    return Tree(
        root=root,
        items=items if len(items) == entries else None,
        based=b"xml:base" in document,
    )


def strict(document: bytes) -> Tree | None:
    """Return the tree of a well-formed document, None if it is none."""
    root = root_of(document, recover=False, remarks=False)
    if root is None:
        return None
    return Tree(root=root, items=_items(root), based=b"xml:base" in document)


def head_of(tree: Tree) -> bytes:
    """Return the document without its items, which leave the tree for good."""
    for item in tree.items or ():
        parent = item.element.getparent()
        if parent is not None:
            parent.remove(item.element)
    return etree.tostring(tree.root, encoding="utf-8")


def _items(root: _Element) -> tuple[Item, ...]:
    return tuple(
        Item(element=element, children=named(element))
        for element in root.iter(*ITEM_TAGS)
        if name(element) in {"item", "entry"}
    )
