"""The published files in memory: read once, looked at again when they change on disk.

In: a path below the output folder. Out: the document that stands there now, plain and
compressed, always of one piece. Bounded in bytes; only paths of configured
publications are ever asked for, so no address grows it.
"""

import os
from collections import OrderedDict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from aggregator.deflate import crc32, gzip_end
from aggregator.web.answers import Document, tag_of

ROOM = 64 * 1024 * 1024  # bytes
GZIP = ".gz"

Stamp = tuple[int, int, int, int]


class _Kept(Struct, frozen=True, kw_only=True):
    """A document, and the state of the two files when it was read."""

    stamps: tuple[Stamp | None, Stamp | None]
    document: Document

    @property
    def size(self) -> int:
        return len(self.document.body) + len(self.document.gzip or b"")


class Published:
    """Reads published files for one event loop; not for several threads at once."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()

    @property
    def held(self) -> int:
        """Return how many bytes are in memory."""
        return sum(each.size for each in self._kept.values())

    def document(self, path: Path, media_type: str) -> Document | None:
        """Return the document at a path, None if nothing was published there yet.

        Costs two looks at the file system while nothing changes.
        """
        name = str(path)
        key = (name, media_type)
        stamps = (_stamp(name), _stamp(name + GZIP))
        kept = self._kept.get(key)
        if kept is None or kept.stamps != stamps:
            kept = _read(name, media_type)
            if kept is None:
                return None
            self._keep(key, kept)
        else:
            self._kept.move_to_end(key)
        return kept.document

    def _keep(self, key: tuple[str, str], kept: _Kept) -> None:
        # In the last place, or it might be the one that has to make room.
        self._kept.pop(key, None)
        self._kept[key] = kept
        while self.held > self._room and len(self._kept) > 1:
            self._kept.popitem(last=False)


def _read(name: str, media_type: str) -> _Kept | None:
    found = _contents(name)
    if found is None:
        return None
    body, stamp = found
    packed = _contents(name + GZIP)
    gzip = packed[0] if packed and _unpacks_to(packed[0], body) else None
    document = Document(
        body=body,
        gzip=gzip,
        media_type=media_type,
        tag=tag_of(body),
        modified=datetime.fromtimestamp(stamp[2] // 1_000_000_000, UTC),
    )
    return _Kept(stamps=(stamp, packed[1] if packed else None), document=document)


# By names: to make a Path of another is 5 of the 15 µs that a 304 takes of us.
def _contents(name: str) -> tuple[bytes, Stamp] | None:
    """Return a file's bytes and its state, both of the same open file."""
    with suppress(OSError), open(name, "rb") as file:  # noqa: PTH123 - by name
        return file.read(), _state(os.fstat(file.fileno()))
    return None


def _stamp(name: str) -> Stamp | None:
    try:
        return _state(os.stat(name))  # noqa: PTH116 - by name
    except OSError:
        return None


def _state(found: os.stat_result) -> Stamp:
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _unpacks_to(gzip: bytes, body: bytes) -> bool:
    """Whether compressed bytes are of this body: by length and CRC.

    Between the two renames of a publish the files belong to different documents; a
    time of change can be the same for both.
    """
    return gzip.endswith(gzip_end(crc32(body), len(body)))
