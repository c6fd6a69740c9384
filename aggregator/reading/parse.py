"""Read an XML feed: feedparser says what the entries are, a second look what they held.

In: one document as UTF-8 bytes and the address it came from. Out: a `parsed.Feed` with
the entries in document order. Raises ReadError where there is no feed. No network, no
files: feedparser is given bytes, never a string (it opens those).

This is the only importer of feedparser. It runs without its HTML sanitiser and without
its address resolver (they cost two thirds of its time and are no security boundary;
`text.markup` does both) and on our own SAX driver, which is first in its list, so that
libxml2's driver, which opens files named in a DOCTYPE, is never looked for.

feedparser is primary for: which entries there are, dialect, titles, categories, dates,
rights and the feed's picture. The tree (`reading.tree`) is primary for the rest, in
entries as listed in `tree.entries`, and costs a quarter of feedparser's time (measured:
1.18 to 1.26 times feedparser alone over 492 real feeds). So of a well-formed document
feedparser gets to see only what it is primary for (`tree.lean`), which takes half as
long; and where its word on the entries can be foreseen (`tree.strict`), the head alone, or
nothing where its word on that can be foreseen, too (`tree.strict_head`).
Where the two count different numbers of entries, feedparser's values stand alone;
then a bare guid is as feedparser rewrote it.
"""

import io
import re
from collections.abc import Sequence
from functools import cache
from types import ModuleType
from typing import Any
from xml.sax import SAXException

from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.reading import address, said
from aggregator.reading.parsed import Entry, Feed
from aggregator.reading.tree import (
    bases,
    head,
    links,
    people,
    strict,
    strict_head,
    texts,
)
from aggregator.reading.tree import document as tree_document
from aggregator.reading.tree import entries as tree_entries
from aggregator.reading.tree.lean import lean
from aggregator.reading.tree.names import children

_STRAY = re.compile(
    rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|(<!--.*?(?:-->|\Z))|&(?!(?:#[0-9]+|#[xX][0-9a-fA-F]+|\w+);)",
    re.DOTALL,
)
_TEXT_INPUT = re.compile(
    rb"<textinput\b(?:(?!</?textinput\b).)*+</textinput\s*>", re.IGNORECASE | re.DOTALL
)

# What feedparser is known to raise on hostile documents instead of setting `bozo`.
_CRASHES = (
    ValueError,  # UnicodeError is one
    LookupError,
    TypeError,
    AttributeError,
    OverflowError,
    RecursionError,
    AssertionError,
    re.error,
)


def feed(document: bytes, *, url: str) -> Feed:
    """Return what an XML feed says.

    `document` is UTF-8, whatever its declaration claims. `url` is where it was found;
    only its public form is used.

    Raises:
        ReadError: `not-a-feed` if neither a dialect nor an entry is recognised,
            `unreadable` if feedparser breaks on it.
    """
    found = address.public(url)
    return (
        _from_the_tree(document, found)
        or _quickly(document, found)
        or _thoroughly(document, found)
    )


def _from_the_tree(document: bytes, found: str) -> Feed | None:
    """Return what a feed of plain entries says, None where feedparser must see them.

    Of such a feed it reads the head alone, and not even that if the head is plain.
    """
    tree = tree_document.strict(document)
    plain = strict.entries(tree) if tree else None
    if tree is None or not plain:
        return None
    _settle(tree, found)
    entries = _second_look(plain, tree, url=found, loose=False)
    read = strict_head.said(tree.root) or _head_alone(tree, found)
    if read is None:
        return None
    return said.untyped(replace(_head(read, tree, url=found), entries=entries))


def _head_alone(tree: tree_document.Tree, found: str) -> Feed | None:
    """Return what feedparser says of a document without its items, which leave it."""
    try:
        result = _feedparser(tree_document.head_of(tree), found)
    except ReadError:
        return None
    if _is_loose(result) or result["entries"] or not result["version"]:
        return None
    return said.feed(result)


def _quickly(document: bytes, found: str) -> Feed | None:
    """Return what a well-formed feed says, None where both looks must see all of it."""
    bare = lean(document)
    if bare is None:
        return None
    try:
        result = _feedparser(bare, found)
    except ReadError:
        return None
    if _is_loose(result) or not (result["version"] and result["entries"]):
        return None
    read = said.feed(result)
    tree = tree_document.tree(document, entries=len(read.entries))
    if tree is None or tree.items is None:
        return None
    return _refined(read, tree, url=found, loose=False)


def _thoroughly(document: bytes, found: str) -> Feed:
    try:
        result = _feedparser(document, found)
    except ReadError:
        # Among much else, a link in a `textInput` in an item breaks it.
        without = _TEXT_INPUT.sub(b"", document)
        if without == document:
            raise
        document, result = without, _feedparser(without, found)
    if _is_loose(result) and (mended := _mended(document)) != document:
        document, result = mended, _feedparser(mended, found)
    if not result["version"] and not result["entries"]:
        raise ReadError("the document is no feed", problem="not-a-feed")
    read = said.feed(result)
    loose = _is_loose(result)
    if loose:
        reason = result["bozo_exception"].getMessage()
        note = f"not well-formed XML ({reason}): read as well as it goes"
        read = replace(read, notes=(note,))
    tree = tree_document.tree(document, entries=len(read.entries))
    return _refined(read, tree, url=found, loose=loose) if tree else read


def _feedparser(document: bytes, url: str) -> dict[str, Any]:
    headers = {
        "content-location": url,
        "content-type": "application/xml; charset=utf-8",
    }
    try:
        result: dict[str, Any] = _loaded().parse(
            io.BytesIO(document),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers=headers,
        )
    except _CRASHES as error:
        raise ReadError(
            f"the document breaks the parser ({type(error).__name__})",
            problem="unreadable",
        ) from error
    return result


@cache
def _loaded() -> ModuleType:
    """Return feedparser with our driver, loaded when a document first needs it.

    It takes half of a reading process's start, and plain feeds are read without it.
    Left alone it takes a managing editor for an author (see `tree.people`).
    """
    import feedparser
    import feedparser.api
    from feedparser.namespaces._base import Namespace

    for when in ("start", "end"):
        delattr(Namespace, f"_{when}_managingeditor")
    feedparser.api.PREFERRED_XML_PARSERS[:] = ["aggregator.reading.buffered"]
    module: ModuleType = feedparser
    return module


def _is_loose(result: dict[str, Any]) -> bool:
    """Tell whether feedparser had to fall back on its loose parser."""
    return isinstance(result.get("bozo_exception"), SAXException)


def _mended(document: bytes) -> bytes:
    """Return the document with every `&` that begins no reference escaped.

    The commonest fault of all, in addresses mostly. The loose parser makes
    `?a=1&b;=2` of `?a=1&b=2`, in ids too, and lxml loses the parameter. Comments that
    hold `--`, which XML forbids, are left out.
    """
    return _STRAY.sub(_sound, document)


def _sound(found: re.Match[bytes]) -> bytes:
    """Return what stands for a section, a comment or a stray `&`."""
    section, comment = found.groups()
    if comment:
        return comment if comment.find(b"--", 4) in {-1, len(comment) - 3} else b""
    return section or b"&amp;"


def _refined(read: Feed, tree: tree_document.Tree, *, url: str, loose: bool) -> Feed:
    """Return the feed with what the second look found."""
    _settle(tree, url)
    read = _head(read, tree, url=url)
    if tree.items is None:
        note = "two parsers disagree on the entries; the details of one are missing"
        return replace(read, notes=(*read.notes, note))
    return replace(read, entries=_second_look(read.entries, tree, url=url, loose=loose))


def _settle(tree: tree_document.Tree, url: str) -> None:
    if tree.based:
        bases.settle(tree.root, url)


def _head(read: Feed, tree: tree_document.Tree, *, url: str) -> Feed:
    element = head.head(tree.root)
    groups = children(element)
    names = people.authors(groups)
    own_links = links.links(groups)
    feed_id = next((texts.characters(one) for one in groups.get("id", ())), None)
    # For want of a link feedparser takes the id, at which nothing need be found
    # (RFC 4287, section 4.2.6).
    site = read.site if read.site != feed_id else None
    return replace(
        read,
        site=links.own(element, groups) or site,
        links=own_links,
        feed_id=feed_id,
        author=names[0] if names else None,
        license=head.licence(groups, own_links),
        language=head.language(element, groups) or read.language,
        base=texts.base(element, url) if tree.based else None,
        hints=head.hints(groups),
        moved_to=head.moved_to(groups),
        finished=head.is_finished(groups),
        deletions=head.deletions(groups),
    )


def _second_look(
    said: Sequence[Entry], tree: tree_document.Tree, *, url: str, loose: bool
) -> tuple[Entry, ...]:
    base_url = url if tree.based else None
    return tuple(
        tree_entries.refined(entry, item, url=base_url, loose=loose)
        for entry, item in zip(said, tree.items or (), strict=True)
    )
