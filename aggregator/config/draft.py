"""Try a change of the config folder out before anybody sees it.

In: the folder, and what one file of it is to say. Out: a folder for a moment, in which
that file says so and everything else is the same (by links), so that it can be loaded.
Nothing in the folder itself is touched.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def draft(folder: Path, file: str, text: str) -> Iterator[Path]:
    """Yield a folder that says what `folder` would if `file` held the text."""
    with TemporaryDirectory(prefix="mediawire-draft-") as name:
        drafted = Path(name)
        changed = drafted / file
        _link_all(folder, drafted, but=changed)
        changed.parent.mkdir(exist_ok=True)
        changed.write_text(text, encoding="utf-8")
        yield drafted


def _link_all(folder: Path, drafted: Path, *, but: Path) -> None:
    """Link to what is in a folder, going down to the one file that is not linked."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        link = drafted / entry.name
        if link == but:
            continue
        if link == but.parent:
            link.mkdir()
            _link_all(entry, link, but=but)
        else:
            link.symlink_to(entry.resolve())
