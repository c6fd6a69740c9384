"""What is read of a config folder: which files, in which order, and how much of each."""

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
    except (FileNotFoundError, NotADirectoryError):
        found = []
    return [
        *(folder / name for name in (SERVICE, PUBLICATIONS, SOURCES)),
        *(path for path in found if path.name.endswith(".yaml")),
        *(path for path in found if path.name.endswith(".opml")),
    ]


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
