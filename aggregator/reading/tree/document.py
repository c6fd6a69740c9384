"""The tree of a document, and its items aligned with feedparser's entries by order."""

from dataclasses import dataclass

from lxml.etree import _Element

from aggregator.reading.tree.guarded import root_of
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
    broken in a way the two repair differently), the items are of no use.
    """
    root = root_of(document, recover=True, remarks=False)
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
