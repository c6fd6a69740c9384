"""Ranges of files, put one after the other without being held in memory.

In: files that stand on disk, and bytes that are new. Out: what a new file is made of,
in chunks of at most 256 KB.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import SpooledTemporaryFile
from weakref import finalize

from aggregator.deflate import crc32

_CHUNK = 256 * 1024
# What is new is kept in memory up to here, then in a file without a name.
_IN_MEMORY = 1024 * 1024


class Standing:
    """A file that stands on disk, open for reading while anybody holds this.

    It is never written into: a new file takes its place, and this remains what it was.
    """

    def __init__(self, path: Path) -> None:
        """Open a file; raises OSError if it is a link, or is not there."""
        self._name = path.name
        self._opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        finalize(self, os.close, self._opened)
        self._before = os.fstat(self._opened)
        self.size = self._before.st_size

    def chunks(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of a range; raises OSError if it has fewer."""
        while first < last:
            found = os.pread(self._opened, min(_CHUNK, last - first), first)
            if not found:
                raise OSError(f"{self._name} is shorter than it was")
            first += len(found)
            yield found

    def read(self, first: int, last: int) -> bytes:
        """Return the bytes of a range; raises OSError if it has fewer."""
        return b"".join(self.chunks(first, last))

    def found(self, text: bytes, first: int = 0) -> Iterator[int]:
        """Yield where a text stands, from a place on."""
        before = b""
        for chunk in self.chunks(first, self.size):
            window, at = before + chunk, -1
            while (at := window.find(text, at + 1)) >= 0:
                yield first - len(before) + at
            first += len(chunk)
            before = window[max(0, len(window) - len(text) + 1) :]

    def holds(self, parts: Iterable[bytes]) -> bool:
        """Whether exactly these bytes stand in it."""
        at = 0
        for part in parts:
            if part != self.read(at, min(at + len(part), self.size)):
                return False
            at += len(part)
        return at == self.size

    def checksum(self) -> int:
        """Return the CRC-32 of all of it."""
        crc = 0
        for chunk in self.chunks(0, self.size):
            crc = crc32(chunk, crc)
        return crc

    def require_unchanged(self) -> None:
        """Raise OSError if somebody wrote into it since it was opened."""
        now, before = os.fstat(self._opened), self._before
        if (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
            raise OSError(f"{self._name} was changed while it was read")


class Fresh:
    """Bytes that are new, one piece after the other."""

    def __init__(self, folder: Path) -> None:
        """Keep what does not fit into memory in a folder, on the disk of its files."""
        self._file = SpooledTemporaryFile(_IN_MEMORY, dir=str(folder))  # noqa: SIM115 - see next
        finalize(self, _close, self._file)
        self.size = 0

    def add(self, piece: bytes) -> tuple[int, int]:
        """Put a piece at the end, and return its range."""
        self._file.seek(self.size)
        self._file.write(piece)
        first, self.size = self.size, self.size + len(piece)
        return first, self.size

    def chunks(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of a range, in chunks."""
        while first < last:
            self._file.seek(first)
            found = self._file.read(min(_CHUNK, last - first))
            first += len(found)
            yield found


def _close(file: "SpooledTemporaryFile[bytes]") -> None:
    """Let go of a file; what it still held back, a full disk may refuse."""
    with suppress(OSError):
        file.close()


class Ranges:
    """Ranges in the order in which they are to stand; what follows itself is one."""

    def __init__(self) -> None:
        self.size = 0
        self._ranges: list[tuple[Standing | Fresh, int, int]] = []

    def add(self, file: Standing | Fresh, first: int, last: int) -> None:
        """Put a range of a file at the end."""
        if first == last:
            return
        self.size += last - first
        if self._ranges:
            before, began, ended = self._ranges[-1]
            if before is file and ended == first:
                self._ranges[-1] = (file, began, last)
                return
        self._ranges.append((file, first, last))

    def is_one_of(self, file: Standing | Fresh) -> bool:
        """Whether all of it is one range of a file."""
        return len(self._ranges) == 1 and self._ranges[0][0] is file

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of all ranges, in chunks."""
        for file, first, last in self._ranges:
            yield from file.chunks(first, last)

    def clear(self) -> None:
        """Begin anew."""
        self.size = 0
        self._ranges.clear()


def opened(path: Path) -> Standing | None:
    """Return a file that stands, None if it is a link or is not there."""
    try:
        return Standing(path)
    except OSError:
        return None
