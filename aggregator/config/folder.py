"""What is read of a config folder: which files, in which order, and how much of each."""

import errno
import os
import select
import stat
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final

SERVICE: Final = "mediawire.yaml"
SOURCES: Final = "sources.yaml"
PUBLICATIONS: Final = "publications.yaml"
MORE_SOURCES: Final = "sources.d"
MAX_BYTES: Final = 20 * 1024 * 1024  # of a file
DIGEST_BYTES: Final = 16
PATIENCE: Final = 5.0  # seconds, with who writes into a pipe


def paths(folder: Path) -> list[Path]:
    """Return what is read of a folder: three files, more sources, lists of sources.

    Hidden files are an editor's or a system's own: `.#desk.yaml` is a link to nowhere
    that stands there for as long as somebody edits desk.yaml with Emacs. Raises OSError
    where it cannot be known what is there (`glob` would find nothing, and all sources
    of `sources.d` would be taken out).
    """
    more = folder / MORE_SOURCES
    try:
        found = sorted(path for path in more.iterdir() if path.name[0] != ".")
    except FileNotFoundError as error:
        _refuse_a_loose_link(more, error)
        found = []
    except NotADirectoryError:
        found = []
    return [
        *(folder / name for name in (SERVICE, PUBLICATIONS, SOURCES)),
        *(path for path in found if path.name.endswith(".yaml")),
        *(path for path in found if path.name.endswith(".opml")),
    ]


def content_of(path: Path, *, patience: float = 0) -> bytes:
    """Return the bytes of a file: MAX_BYTES and one more where it holds more than that.

    Raises OSError, also for a pipe into which nobody writes for `patience` seconds or
    from which nothing comes, and for all else that is no plain file: /dev/zero has no
    end. Only what is not there at all is a FileNotFoundError.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISFIFO(mode) and patience:
                return _piped(file.fileno(), patience)
            if not stat.S_ISREG(mode):
                raise OSError(errno.EINVAL, "it is not a plain file", str(path))
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        _refuse_a_loose_link(path, error)
        raise


def _refuse_a_loose_link(path: Path, error: FileNotFoundError) -> None:
    """Raise OSError for a link to nothing: what it led to is away, and may be all sources."""
    if path.is_symlink():
        message = "it is a link to something that is not there"
        raise OSError(errno.ENOLINK, message, str(path)) from error


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _piped(descriptor: int, patience: float) -> bytes:
    ready, content = select.poll(), b""
    ready.register(descriptor, select.POLLIN)
    while len(content) <= MAX_BYTES:
        if not ready.poll(patience * 1000):
            raise OSError(errno.ETIMEDOUT, "it is a pipe, and nobody writes into it")
        if not (part := os.read(descriptor, 65536)):
            break
        content += part
    if not content:  # read before: `<(pass show wire)` holds a secret once
        raise OSError(errno.ENODATA, "it is a pipe, and nothing comes out of it")
    return content


def digest(parts: Iterable[bytes]) -> bytes:
    """Return DIGEST_BYTES that stand for these parts in this order."""
    found = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.digest()


def digest_of(contents: Iterable[tuple[Path, bytes]]) -> bytes:
    """Return what stands for files and their contents, in whatever order they come."""
    found = sorted((bytes(path), content) for path, content in contents)
    return digest(part for each in found for part in each)
