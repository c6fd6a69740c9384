"""An XML feed in parts: cut where that is safe, parsed whole where it is not.

In: a decoded document and the address it came from. Out: `Parts`. The entries of a
well-formed document are the same whether it was cut or parsed whole; a test compares
them one by one over every feed collected.

An item that is not well-formed is parsed alone: feedparser would send the whole document
to its lenient parser for it, which reads the good items worse and lets an unclosed tag
swallow those that follow.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from xml.parsers import expat

from aggregator.errors import ReadError
from aggregator.reading import parse
from aggregator.reading.parsed import Entry, Feed
from aggregator.reading.parts import Parsed, Part, Parts
from aggregator.reading.split import (
    CUT_SHORT,
    Split,
    Whole,
    digest,
    ends_within_an_item,
    split,
)


class Miscounted(Exception):  # noqa: N818 - a fact, and caught next door
    """The parser found other entries than were cut out: read the document whole."""


def xml_parts(document: bytes, *, url: str) -> Parts:
    """Return the document in parts, without parsing it if it can be cut.

    Raises:
        ReadError: it cannot be cut, and parsing it whole failed.
    """
    pieces = split(document)
    if isinstance(pieces, Whole):
        return whole(document, url=url, reason=pieces.reason)
    return CutFeed(split=pieces, url=url)


def whole(document: bytes, *, url: str, reason: str) -> Parts:
    """Return the document in parts, parsed at once.

    Raises:
        ReadError: the document is not readable.
    """
    feed = parse.feed(document, url=url)
    notes = (*feed.notes, f"read whole, as {reason}")
    entries = feed.entries
    if entries and ends_within_an_item(document):
        entries = entries[:-1]
        notes = (*notes, CUT_SHORT)
    return WholeFeed(
        feed=replace(feed, entries=entries, notes=()), url=url, notes=notes
    )


@dataclass(frozen=True, kw_only=True)
class CutFeed:
    """A feed whose items were found by their bytes; see `split`."""

    split: Split
    url: str

    @cached_property
    def context(self) -> bytes:
        """What an item inherits: the tags around it and the address of the document."""
        return digest(b"cut\n" + self.split.ancestors + b"\n" + self.url.encode())

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The items, in document order."""
        return tuple(
            Part(raw=self.split.raw(number), digest=item.digest)
            for number, item in enumerate(self.split.items)
        )

    @property
    def restless(self) -> bool:
        """Whether the feed takes entries back (RFC 6721), which stands in its head."""
        return b"deleted-entry" in self.split.head

    @property
    def notes(self) -> tuple[str, ...]:
        """What an operator should know of the document itself."""
        return (CUT_SHORT,) if self.split.cut_short else ()

    def parsed(self, numbers: Sequence[int]) -> Parsed:
        """Return the feed with the entries of these items.

        Raises:
            ReadError: the document is not readable.
            Miscounted: cutting does not work for this document.
        """
        alone = []
        together = list(numbers)
        if not _well_formed(self.split.keep(numbers)) and _well_formed(self.split.head):
            alone = [n for n in numbers if not _well_formed(self.split.keep((n,)))]
            together = [n for n in numbers if n not in set(alone)]
        feed = self._feed(together)
        entries = dict(zip(together, feed.entries, strict=True))
        notes = list(feed.notes)
        for number in alone:
            try:
                entries[number] = self._feed((number,)).entries[0]
            except (ReadError, Miscounted):
                notes.append(f"entry {number + 1} left out: its XML is beyond repair")
            else:
                notes.append(f"entry {number + 1} is not well-formed: read as it goes")
        found = tuple(number for number in numbers if number in entries)
        feed = replace(
            feed, entries=tuple(entries[n] for n in found), notes=tuple(notes)
        )
        return Parsed(feed=feed, numbers=found)

    def _feed(self, numbers: Sequence[int]) -> Feed:
        feed = parse.feed(self.split.keep(numbers), url=self.url)
        if len(feed.entries) != len(numbers):
            raise Miscounted
        return replace(
            feed,
            entries=tuple(
                replace(entry, raw=self.split.raw(number))
                for entry, number in zip(feed.entries, numbers, strict=True)
            ),
        )


@dataclass(frozen=True, kw_only=True)
class WholeFeed:
    """A feed that had to be parsed to find its items. Their bytes are what was read."""

    feed: Feed
    url: str
    notes: tuple[str, ...]

    @property
    def context(self) -> bytes:
        """The address of the document: the rest is in the entries already."""
        return digest(b"whole\n" + self.url.encode())

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The entries, each as one line of JSON."""
        raws = [_written(entry) for entry in self.feed.entries]
        return tuple(Part(raw=raw, digest=digest(raw)) for raw in raws)

    @property
    def restless(self) -> bool:
        """Whether the feed takes entries back (RFC 6721)."""
        return bool(self.feed.deletions)

    def parsed(self, numbers: Sequence[int]) -> Parsed:
        """Return the feed with these entries only; never raises."""
        entries = tuple(
            replace(self.feed.entries[n], raw=self.parts[n].raw) for n in numbers
        )
        return Parsed(feed=replace(self.feed, entries=entries), numbers=tuple(numbers))


def _written(entry: Entry) -> bytes:
    said = {k: v for k, v in asdict(entry).items() if v and k != "raw"}
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode(
        "utf-8", "replace"
    )


def _well_formed(document: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(document, True)  # noqa: FBT003 - the argument has no name
    except expat.ExpatError:
        return False
    return True
