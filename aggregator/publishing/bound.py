"""A month as the files are made of it: its body, its gzip form and their index, in parts.

In: a head and what was collated, or a month that stands and a tombstone for it. Out:
parts of no more than 256 KB each. The body comes first: the gzip form ends with its
checksum, and the index names those of both.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from typing import Protocol

from msgspec import Struct, field

from aggregator.deflate import Deflating, crc32, deflated, gzip_end
from aggregator.publishing.collating import Collation
from aggregator.publishing.formats import Head
from aggregator.publishing.gzipped import HEADER, LAST_BLOCK
from aggregator.publishing.index import Preface, written
from aggregator.publishing.ranges import Fresh, Standing

_OWN_ID = re.compile(rb"<entry(?: [^>]*)?><id>([^<]*)</id>")
# As a rule in the first; an address may have 8 KB.
_ID_ENDS_WITHIN = (300, 20_000)


class Parts(Protocol):
    """What the files of a month are made of."""

    @property
    def size(self) -> int:
        """Return the length of the body."""

    def body(self) -> Iterator[bytes]:
        """Yield the parts of the body."""

    def gzip(self) -> Iterator[bytes]:
        """Yield the parts of its gzip form."""

    def index(self) -> Iterator[bytes]:
        """Yield the parts of the index."""

    @property
    def passed(self) -> "Sum":
        """Return the sum of the body that passed last."""


class Sum(Struct):
    """The length and the CRC-32 of what has passed."""

    size: int = 0
    crc: int = 0

    def of(self, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Pass parts through, counting anew."""
        self.size = self.crc = 0
        for part in parts:
            self.size += len(part)
            self.crc = crc32(part, self.crc)
            yield part

    def trailer(self) -> bytes:
        """Return how the gzip form of what passed ends."""
        return gzip_end(self.crc, self.size)


class Bound(Struct, frozen=True, kw_only=True):
    """A month that was put together: a head, entries, and what the index says of them.

    `rest` is the length of the last run if no entry ends it, `lines` are the index's.
    """

    head: Head
    entries: Collation
    rest: int
    basis: str
    languages: tuple[str | None, ...]
    lines: Fresh
    _body: Sum = field(default_factory=Sum)
    _gzip: Sum = field(default_factory=Sum)

    @property
    def size(self) -> int:
        """Return the length of the body."""
        return len(self.head.before) + self.entries.body.size + len(self.head.after)

    @property
    def passed(self) -> Sum:
        """Return the sum of the body that passed last."""
        return self._body

    def body(self) -> Iterator[bytes]:
        """Yield the parts of the body."""
        entries = self.entries.body.chunks()
        yield from self._body.of(chain([self.head.before], entries, [self.head.after]))
        self.entries.require_unchanged()

    def gzip(self) -> Iterator[bytes]:
        """Yield the parts of the gzip form of the body that passed last."""
        before = (HEADER, deflated(self.head.before))
        after = (deflated(self.head.after), LAST_BLOCK, self._body.trailer())
        yield from self._gzip.of(chain(before, self.entries.packed.chunks(), after))
        self.entries.require_unchanged()

    def index(self) -> Iterator[bytes]:
        """Yield the parts of the index of what passed last."""
        start = len(self.head.before)
        preface = Preface(
            basis=self.basis,
            body=(self._body.size, self._body.crc),
            gzip=(self._gzip.size, self._gzip.crc),
            start=start,
            end=start + self.entries.body.size,
            packed_start=len(HEADER) + len(deflated(self.head.before)),
            rest=self.rest,
            languages=self.languages,
        )
        return written(preface, self.lines.chunks(0, self.lines.size))


class Repacked:
    """A month of bytes that stand somewhere, compressed anew: `parts` yields them."""

    def __init__(self, parts: Callable[[], Iterator[bytes]], size: int) -> None:
        self._parts = parts
        self.size = size
        self.passed = Sum()

    def body(self) -> Iterator[bytes]:
        """Yield the parts of the body."""
        yield from self.passed.of(self._parts())

    def gzip(self) -> Iterator[bytes]:
        """Yield the parts of the gzip form."""
        raw = Deflating()
        yield HEADER
        for part in self.body():
            yield raw.next(part)
        yield raw.end()
        yield LAST_BLOCK
        yield self.passed.trailer()

    def index(self) -> Iterator[bytes]:
        """Yield nothing: what stands now has no index, and is made anew if need be."""
        return iter(())


def copied(body: Standing | Fresh) -> Repacked:
    """Return a month as it stands."""
    return Repacked(lambda: body.chunks(0, body.size), body.size)


def struck(old: Standing, entries: Iterable[tuple[int, int, bytes]]) -> Repacked:
    """Return a month that stands, with something else in the place of entries.

    They are (first, last, instead): ranges in the order of the month, and what comes
    there, which may be nothing.
    """
    # What stays up to a place, and what comes there then.
    kept: list[tuple[int, int, bytes]] = []
    end = 0
    for first, last, instead in entries:
        kept.append((end, first, instead))
        end = last
    kept.append((end, old.size, b""))

    def parts() -> Iterator[bytes]:
        for first, last, instead in kept:
            yield from old.chunks(first, last)
            yield instead
        old.require_unchanged()

    return Repacked(parts, sum(last - first + len(new) for first, last, new in kept))


def entry_ranges(body: Standing) -> Iterator[tuple[int, int]]:
    """Yield the ranges of all entries; what is within one is escaped."""
    for end in body.found(b"</entry>"):
        yield _opened_before(body, end), end + len(b"</entry>")


def entries_of(
    body: Standing, ids: Collection[bytes]
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the ranges of the entries with some ids, and the id; as it is escaped.

    What is within an entry is escaped, so that its end tag is the first that follows. Its
    own id is the first in it: that of its source comes later.
    """
    for at in body.found(b"<entry"):
        own = _own_id(body, at)
        if own in ids:
            end = next(body.found(b"</entry>", at))
            yield at, end + len(b"</entry>"), own


def _own_id(body: Standing, at: int) -> bytes:
    """Return the id of the entry that begins at a place, empty if it has none."""
    for reach in _ID_ENDS_WITHIN:
        if own := _OWN_ID.match(body.read(at, min(at + reach, body.size))):
            return own[1]
    return b""


def _opened_before(body: Standing, at: int) -> int:
    """Return where the last entry before a place begins; 0 if there is none."""
    reach = 4096
    while True:
        first = max(0, at - reach)
        opened = body.read(first, at)
        begins = max(opened.rfind(b"<entry>"), opened.rfind(b"<entry "))
        if begins >= 0 or not first:
            return first + max(0, begins)
        reach *= 4
