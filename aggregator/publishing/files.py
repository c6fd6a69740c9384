"""Swap files in, whole or not at all, below one folder and nowhere else.

In: names and bytes. Out: files that a reader finds complete at any moment, before and
after a crash at any step. A new file is written beside the old one, flushed to disk and
renamed over it; then the folder is flushed. Links are never followed: a folder that is
one is refused, a file that is one is replaced.
"""

import os
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import Publication

# Called with the name of each step as it is passed: `temp-written`, `before-rename`,
# `after-rename`, `folder-synced`. Drills end the process at one of them.
Step = Callable[[str], None]

FOLDER = "feeds"
GZIP = ".gz"
HALF_WRITTEN = ".new"


def pass_by(_step: str) -> None:
    """Do nothing at a step."""


def require_plain(name: str) -> None:
    """Raise PublishError for a name that is hidden or leads to another folder."""
    if name.startswith(".") or set(name) & {"/", "\0"}:
        message = f"{name!r} is no name for a published file"
        raise PublishError(message)


@contextmanager
def folder(path: Path) -> Iterator[int]:
    """Open a folder, made if absent, and give its descriptor; refuse a link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        path.mkdir()
    try:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except NotADirectoryError as error:
        message = f"{path} is a link or a file where our folder should be; remove it"
        raise PublishError(message) from error
    try:
        yield opened
    finally:
        os.close(opened)


def holds(path: Path, body: bytes) -> bool:
    """Whether exactly these bytes stand at a path, and not by way of a link."""
    return not path.is_symlink() and path.is_file() and path.read_bytes() == body


def standing(output: Path, publication: Publication) -> str:
    """Return a digest of all files of a publication, empty if one is missing."""
    digest = blake2b(digest_size=16)
    for name in publication.formats:
        for gz in ("", GZIP):
            path = output / FOLDER / f"{publication.id}.{name}{gz}"
            if path.is_symlink() or not path.is_file():
                return ""
            digest.update(path.read_bytes())
    return digest.hexdigest()


def content(name: str, within: int) -> bytes | None:
    """Return a file's bytes, None if there is none or it is a link."""
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=within)
    except OSError:
        return None
    with os.fdopen(opened, "rb") as file:
        return file.read()


def changed_at(name: str, within: int) -> datetime | None:
    """Return when a file last changed, in UTC, None if there is none."""
    try:
        found = os.stat(name, dir_fd=within, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(found.st_mtime, UTC)


def swap_pair(
    name: str, body: bytes, gzip: bytes, within: int, *, at: datetime, step: Step
) -> None:
    """Put a file and its gzip form in place, each only if its bytes differ.

    Both get the same time of change: `at`, or that of the old file if that is later,
    for a Last-Modified must never go back. Raises OSError (a full disk, say); what
    cannot be replaced stays as it was.
    """
    before = changed_at(name, within)
    time = max(at, before) if before else at
    if content(name, within) != body:
        swap(name + GZIP, gzip, within, at=time, step=step)
        swap(name, body, within, at=time, step=step)
    elif content(name + GZIP, within) != gzip:
        swap(name + GZIP, gzip, within, at=before or at, step=step)
    else:
        return
    os.fsync(within)
    step("folder-synced")


def swap(name: str, body: bytes, within: int, *, at: datetime, step: Step) -> None:
    """Put one file in place of the one that stands there, as of a given time."""
    beside = f".{name}.{os.getpid()}{HALF_WRITTEN}"
    try:
        write(beside, body, within, at=at, step=step)
        step("before-rename")
        os.rename(beside, name, src_dir_fd=within, dst_dir_fd=within)
    except OSError:
        with suppress(OSError):
            os.unlink(beside, dir_fd=within)
        raise
    step("after-rename")


def write(name: str, body: bytes, within: int, *, at: datetime, step: Step) -> None:
    """Write a new file, flushed to disk, with a given time of change."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    opened = os.open(name, flags, 0o644, dir_fd=within)
    with os.fdopen(opened, "wb") as file:
        file.write(body)
        file.flush()
        step("temp-written")
        os.utime(file.fileno(), (at.timestamp(), at.timestamp()))
        os.fsync(file.fileno())


def clear(within: int, *, keep: Collection[str], endings: Collection[str]) -> list[str]:
    """Remove files with these endings but for some, and all that was half-written."""
    removed = [
        name
        for name in sorted(os.listdir(within))
        if name not in keep and name.endswith((*endings, HALF_WRITTEN))
    ]
    for name in removed:
        os.unlink(name, dir_fd=within)
    return removed
