"""An XML feed in parts: cut where that is safe, parsed whole where it is not.

In: a decoded document and the address it came from. Out: `Parts`. The entries of a
well-formed document are the same whether it was cut or parsed whole; a test compares
them one by one over every feed collected.

An item that is not well-formed is parsed alone: feedparser would send the whole document
to its lenient parser for it, which reads the good items worse and lets an unclosed tag
swallow those that follow.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from xml.parsers import expat

from msgspec import Struct, to_builtins
from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.reading.parsed import Entry, Feed
from aggregator.reading.parts import Extent, Parsed, Parts, RawPart
from aggregator.reading.split import (
    CUT_SHORT,
    Item,
    Split,
    Whole,
    digest,
    ends_within_an_item,
    split,
)

_Group = tuple[Sequence[int], Feed | ReadError]


class Miscounted(Exception):  # noqa: N818 - a fact, and caught next door
    """The parser found other entries than were cut out: read the document whole."""


def xml_parts(document: bytes, *, url: str) -> Parts:
    """Return the document in parts, without parsing it if it can be cut.

    Raises:
        ReadError: it cannot be cut, and parsing it whole failed.
    """
    parts = cut(document, url=url)
    if isinstance(parts, Whole):
        return whole(document, url=url, reason=parts.reason)
    return parts


def cut(document: bytes, *, url: str) -> "CutFeed | Whole":
    """Return the document in parts, or why it can't be cut; loads no parser."""
    pieces = split(document)
    return pieces if isinstance(pieces, Whole) else CutFeed(split=pieces, url=url)


def whole(document: bytes, *, url: str, reason: str) -> Parts:
    """Return the document in parts, parsed at once.

    Raises:
        ReadError: the document is not readable.
    """
    from aggregator.reading import parse

    feed = parse.feed(document, url=url)
    notes = (*feed.notes, f"read whole, as {reason}")
    entries = feed.entries
    if entries and ends_within_an_item(document):
        entries = entries[:-1]
        notes = (*notes, CUT_SHORT)
    return WholeFeed(
        feed=replace(feed, entries=entries, notes=()), url=url, notes=notes
    )


class CutFeed(Struct, frozen=True, kw_only=True, dict=True):
    """A feed whose items were found by their bytes; see `split`."""

    split: Split
    url: str

    @cached_property
    def context(self) -> bytes:
        """What an item inherits: the tags around it and the address of the document."""
        return digest(b"cut\n" + self.split.ancestors + b"\n" + self.url.encode())

    @property
    def parts(self) -> tuple[Item, ...]:
        """The items, in document order."""
        return self.split.items

    @property
    def extent(self) -> Extent | None:
        """Where the items stand, None if there are none."""
        items = self.split.items
        return Extent(items[0].start, items[0].end, items[-1].end) if items else None

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
        broken = self._broken(numbers)
        sound = [number for number in numbers if number not in broken]
        groups = [*self._together(sound), *(self._alone(n) for n in sorted(broken))]
        return _joined(groups, broken)

    def _broken(self, numbers: Sequence[int]) -> frozenset[int]:
        """Return the items that alone keep the document from being well-formed."""
        if _well_formed(self.split.keep(numbers)) or not _well_formed(self.split.head):
            return frozenset()
        return frozenset(n for n in numbers if not _well_formed(self.split.keep((n,))))

    def _together(self, numbers: Sequence[int]) -> Iterator[_Group]:
        """Yield the items parsed at once; on an error halves, and halves of these."""
        try:
            yield numbers, self._feed(numbers)
        except ReadError as error:
            half = len(numbers) // 2
            if half:
                yield from self._together(numbers[:half])
                yield from self._together(numbers[half:])
            else:
                yield numbers, error

    def _alone(self, number: int) -> _Group:
        try:
            return (number,), self._feed((number,))
        except (ReadError, Miscounted):
            error = ReadError("its XML is beyond repair", problem="unreadable")
            return (number,), error

    def _feed(self, numbers: Sequence[int]) -> Feed:
        from aggregator.reading import parse

        feed = parse.feed(self.split.keep(numbers), url=self.url)
        if len(feed.entries) != len(numbers):
            raise Miscounted
        for entry, number in zip(feed.entries, numbers, strict=True):
            entry.raw = self.split.raw(number)
        return feed


def _joined(groups: Sequence[_Group], broken: frozenset[int]) -> Parsed:
    """Return one feed of all groups; raises the first error if none has an entry."""
    read = [(numbers, feed) for numbers, feed in groups if isinstance(feed, Feed)]
    lost = [
        (numbers, error) for numbers, error in groups if isinstance(error, ReadError)
    ]
    entries = {
        number: entry
        for numbers, feed in read
        for number, entry in zip(numbers, feed.entries, strict=True)
    }
    if lost and not entries:
        raise lost[0][1]
    repaired = sorted(broken & entries.keys())
    notes = (
        *(
            note
            for numbers, feed in read
            if not broken & {*numbers}
            for note in feed.notes
        ),
        *(f"entry {n + 1} is not well-formed: read as it goes" for n in repaired),
        *(f"entry {n + 1} left out: {why}" for numbers, why in lost for n in numbers),
    )
    found = tuple(sorted(entries))
    feed = replace(read[0][1], entries=tuple(entries[n] for n in found), notes=notes)
    return Parsed(feed=feed, numbers=found)


class WholeFeed(Struct, frozen=True, kw_only=True, dict=True):
    """A feed that had to be parsed to find its items. Their bytes are what was read."""

    feed: Feed
    url: str
    notes: tuple[str, ...]

    @property
    def context(self) -> bytes:
        """The address of the document: the rest is in the entries already."""
        return digest(b"whole\n" + self.url.encode())

    @cached_property
    def parts(self) -> tuple[RawPart, ...]:
        """The entries, each as one line of JSON."""
        raws = [_written(entry) for entry in self.feed.entries]
        return tuple(RawPart(raw=raw, digest=digest(raw)) for raw in raws)

    @property
    def extent(self) -> None:
        """Nobody knows: it was not cut."""

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
    """Return an entry as JSON, which is the same as before links had durations."""
    said = {k: v for k, v in to_builtins(replace(entry, raw=b"")).items() if v}
    for link in said.get("links", ()):
        if link["duration"] is None:
            del link["duration"]
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
