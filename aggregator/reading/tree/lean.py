"""Cut out of a document what feedparser need not see, because the tree reads it anyway.

In: a document as feedparser would get it. Out: the same without the bulk of its entries
(bodies, links, authors, pictures), or None where it must see all: the document is not
well-formed, or text stands beside the elements.

feedparser reads element after element, each in some 40 us, and stays the authority on
what an entry is, its title, categories, dates and rights. What it says of the elements
cut out here is replaced by the second look in every case (`entries.refined`), so nothing
is lost; a test compares both ways over every feed collected.
"""

from lxml import etree
from lxml.etree import _Element

from aggregator.reading.tree.guarded import root_of
from aggregator.reading.tree.names import ITEM_TAGS, name

# Only names whose namespace is known for certain. `media:group` stays: it may hold a
# title, and feedparser takes that where an entry has none of its own. The title in an
# `image` or `textInput` is that of the picture or the field.
READ_FROM_THE_TREE = frozenset(
    {
        *("app:control", "author", "comments", "content", "content:encoded"),
        *("dc:creator", "description", "enclosure", "guid", "id", "image"),
        *("itunes:author", "itunes:image", "itunes:subtitle", "itunes:summary", "link"),
        *("media:content", "media:credit", "media:description", "media:thumbnail"),
        *("source", "summary", "textinput"),
    }
)
_TYPES = frozenset({"html", "plain", "text", "xhtml"})  # words of Atom
# Inside of these a title or a category may stand, which feedparser takes for the entry's.
_MAY_SAY_MORE = frozenset({"media:content", "media:thumbnail"})


def lean(document: bytes) -> bytes | None:
    """Return the document without what the tree reads, None to have it read whole."""
    root = root_of(document, recover=False, remarks=True)
    if root is None:
        return None
    for item in root.iter(*ITEM_TAGS):
        if not _lighten(item):
            return None
        _name_no_odd_types(item)
    return etree.tostring(root, encoding="utf-8")


def _name_no_odd_types(item: _Element) -> None:
    """Let what is of no type (`type=""`) be text.

    feedparser takes it for base64: of a headline without Latin letters nothing is left.
    """
    for child in item:
        kind = child.get("type")
        if kind is not None and "/" not in kind and kind.strip().lower() not in _TYPES:
            del child.attrib["type"]


def _lighten(item: _Element) -> bool:
    """Remove what the tree reads from an item; False if text would go with it.

    So goes what holds elements in a vocabulary that nobody here reads: they are about
    another thing, as those of Activity Streams are about an `activity:object`, and
    feedparser takes its categories, rights, dates and title for the entry's.
    """
    for child in list(item):
        known = name(child)
        if known not in READ_FROM_THE_TREE and (known or not len(child)):
            continue
        if known in _MAY_SAY_MORE and len(child):
            continue
        if child.tail and not child.tail.isspace():
            return False
        item.remove(child)
    return True
