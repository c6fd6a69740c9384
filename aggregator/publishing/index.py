"""The index of a month: what stands in its files, in lines of one length.

In: lines in the order of the month, newest first. Out: a file, and from it any line, by
its number or its place, without the file being held in memory. As JSON, the index of
30,000 entries made 60 MB of objects whenever ten more came; a page of lines has 44 KB.

The file is a head in JSON, the lines, and a digest of both. The head names the length
and the CRC-32 of the month's two files, all of them: an index that does not agree with
them by a byte, or with its own digest, is none. CRC-32 is what gzip trusts, too. What it
has to tell is a crash between two renames, a backup put back, a bad sector; whoever
wants to forge an entry would write it into the document itself. It takes 4 GB a second,
where BLAKE2 takes one.
"""

import json
import struct
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import asdict

from aggregator.publishing.ranges import Standing

VERSION = 3

# What became of an article: it is not shown, it is, or it cannot be published.
HIDDEN, SHOWN, UNFIT = 0, 1, 2
LONG_AGO, NO_LANGUAGE = -(1 << 63), (1 << 32) - 1
TOP = b"\xff" * 18  # above all places
# Lines that are read at once.
PAGE = 512

_MAGIC, _START = b"\nPIECES\n", struct.Struct(">8sI")
_DIGEST = 16
_LINE = struct.Struct(">18s16s16sB16sqIII")
_KEY = struct.Struct(">18s16s")
_PLACE = struct.Struct(">Q10s")


class Line(NamedTuple):
    """An article as it stands in an index.

    `place` orders articles, the newest has the greatest. `mark` is what the article was
    like when it was decided about, zeros if it has to be looked at again. `slip` is a
    digest of all that its entry depends on. Of what is shown, `name` is a digest of its
    published id, `latest` when it was published or changed last, in microseconds,
    `language` a number in the list of the preface, `length` that of its entry, and
    `packed` that of the deflated run that ends with it: 0 if none does.
    """

    place: bytes
    mark: bytes
    slip: bytes = bytes(16)
    kind: int = HIDDEN
    name: bytes = bytes(16)
    latest: int = LONG_AGO
    language: int = NO_LANGUAGE
    length: int = 0
    packed: int = 0

    def written(self) -> bytes:
        """Return the line as it stands in the file."""
        return _LINE.pack(*self)


class Page(NamedTuple):
    """Lines that follow each other, by what they say: see `Line`."""

    place: tuple[bytes, ...]
    mark: tuple[bytes, ...]
    slip: tuple[bytes, ...]
    kind: tuple[int, ...]
    name: tuple[bytes, ...]
    latest: tuple[int, ...]
    language: tuple[int, ...]
    length: tuple[int, ...]
    packed: tuple[int, ...]


class Stretch(NamedTuple):
    """Lines that follow each other, by number; `last` is the first that is not one."""

    first: int
    last: int


class Preface(Struct, frozen=True, kw_only=True):
    """What an index says of its files.

    `body` and `gzip` are (length, CRC-32) of both. In the plain one entries stand from
    `start` to `end`; in the other, runs begin at `packed_start`, and the last, if no line
    ends it, is `rest` bytes long. Marks hold on the same `basis`.
    """

    version: int = VERSION
    basis: str
    body: tuple[int, int]
    gzip: tuple[int, int]
    start: int
    end: int
    packed_start: int
    rest: int
    languages: tuple[str | None, ...]


class Index:
    """An index as it stands on disk; its lines are numbered from the newest."""

    def __init__(self, file: Standing) -> None:
        """Read what a file says of itself; raises ValueError if it is no index."""
        magic, length = _START.unpack(file.read(0, _START.size))
        self._file = file
        self._near = 0
        self._first = _START.size + length
        self._count, odd = divmod(file.size - self._first - _DIGEST, _LINE.size)
        if magic != _MAGIC or odd or self._count < 0 or not self._is_whole():
            raise ValueError("no index, or not whole")
        said = json.loads(file.read(_START.size, self._first))
        if said["version"] != VERSION:
            raise ValueError("another version")
        pairs = ("body", "gzip", "languages")
        self.preface = Preface(**said | {name: tuple(said[name]) for name in pairs})

    def _is_whole(self) -> bool:
        digest, end = blake2b(digest_size=_DIGEST), self._file.size - _DIGEST
        for chunk in self._file.chunks(0, end):
            digest.update(chunk)
        return digest.digest() == self._file.read(end, self._file.size)

    @property
    def whole(self) -> Stretch:
        """Return all lines."""
        return Stretch(0, self._count)

    def pages(self, stretch: Stretch) -> Iterator[bytes]:
        """Yield the lines of a stretch as they stand in the file, some at a time."""
        for first in range(stretch.first, stretch.last, PAGE):
            yield self._read(first, min(first + PAGE, stretch.last))

    def keys(self, first: int = 0) -> Iterator[bytes]:
        """Yield place and mark of every line, in one, from a number on."""
        for page in self.pages(Stretch(first, self._count)):
            for at in range(0, len(page), _LINE.size):
                yield page[at : at + _KEY.size]

    def find(self, place: bytes) -> int | None:
        """Return the number of the line with a place, None if there is none.

        Who asks for one asks for that below, as a rule: looked at first is where the
        last one was, or would be. What came since the month was written stands above all.
        """
        number = self.below(place)
        if number == self._count or self._place(number) != place:
            return None
        self._near += 1
        return number

    def below(self, place: bytes) -> int:
        """Return the number of the first line that is not above a place."""
        if not self._is_where(self._near, place):
            low, high = self.whole
            while low < high:
                middle = (low + high) // 2
                if self._place(middle) > place:
                    low = middle + 1
                else:
                    high = middle
            self._near = low
        return self._near

    def _is_where(self, number: int, place: bytes) -> bool:
        """Whether a line with a place would have this number."""
        if number and self._place(number - 1) <= place:
            return False
        return number == self._count or self._place(number) <= place

    def line(self, number: int) -> Line:
        """Return one line."""
        return Line._make(_LINE.unpack(self._read(number, number + 1)))

    def _place(self, number: int) -> bytes:
        start = self._first + number * _LINE.size
        return self._file.read(start, start + _PLACE.size)

    def _read(self, first: int, last: int) -> bytes:
        start, size = self._first, _LINE.size
        return self._file.read(start + first * size, start + last * size)


def unpacked(page: bytes) -> Page:
    """Return what lines say, as they stand in the file."""
    return Page._make(zip(*_LINE.iter_unpack(page), strict=True))


def with_packed(page: bytes, number: int, packed: int) -> bytes:
    """Return lines with another length of the run that one of them ends."""
    first, last = number * _LINE.size, (number + 1) * _LINE.size
    line = Line._make(_LINE.unpack(page[first:last]))
    return page[:first] + line._replace(packed=packed).written() + page[last:]


def opened(file: Standing | None) -> Index | None:
    """Return the index in a file, None if there is none that can be used."""
    try:
        return Index(file) if file else None
    except (ValueError, KeyError, TypeError, struct.error, OSError):
        return None


def written(preface: Preface, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the parts of an index; `lines` as they were written, any number at once."""
    said = json.dumps(asdict(preface), separators=(",", ":")).encode()
    digest = blake2b(digest_size=_DIGEST)
    for part in (_START.pack(_MAGIC, len(said)), said):
        digest.update(part)
        yield part
    for part in lines:
        digest.update(part)
        yield part
    yield digest.digest()


def place_of(listed_at: int, article_id: str) -> bytes:
    """Return what orders an article among all others; `listed_at` in microseconds."""
    # Whatever is before 1970 comes before what is after it.
    return _PLACE.pack(listed_at + (1 << 63), bytes.fromhex(article_id))


def place_below(place: bytes, listed_at: int, name: bytes) -> bytes:
    """Return the place of an entry whose article is not known, below another one.

    `listed_at` in microseconds is when it was listed at the latest.
    """
    above, _ = _PLACE.unpack(place)
    return _PLACE.pack(min(listed_at + (1 << 63), above - 1), name[:10])


def listed_at(place: bytes) -> int:
    """Return when what stands in a place is listed, in microseconds since 1970."""
    above, _ = _PLACE.unpack(place)
    return int(above) - (1 << 63)


def id_of(place: bytes) -> str:
    """Return the id of the article in a place."""
    return place[-10:].hex()


def digest_of(said: str) -> bytes:
    """Return 16 bytes that stand for a text."""
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
