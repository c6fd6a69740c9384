"""What is read of a config folder: which files, in which order, and how much of each."""

from pathlib import Path
from typing import Final

SERVICE: Final = "mediawire.yaml"
SOURCES: Final = "sources.yaml"
PUBLICATIONS: Final = "publications.yaml"
MORE_SOURCES: Final = "sources.d"
MAX_BYTES: Final = 20 * 1024 * 1024  # of a file


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
