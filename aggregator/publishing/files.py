"""Swap files in, whole or not at all, below one folder and nowhere else.

In: names and bytes. Out: files that a reader finds complete at any moment, before and
after a crash at any step. A new file is written beside the old one, flushed to disk and
renamed over it; then the folder is flushed. Links are never followed: a folder that is
one is refused, a file that is one is replaced.
"""

import errno
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple, Self

from msgspec import Struct

from aggregator.errors import PublishError
from aggregator.events import log
from aggregator.model import Publication

# Called with the name of each step as it is passed: `temp-written`, `before-rename`,
# `after-rename`, `folder-synced`. Drills end the process at one of them.
Step = Callable[[str], None]

FOLDER = "feeds"
GZIP = ".gz"
HALF_WRITTEN = ".new"
# What is wrong with a place: another moment does not help, as it does with a full disk.
_MISPLACED = frozenset(
    {
        *(errno.EEXIST, errno.ENOTDIR, errno.ENOENT, errno.ELOOP, errno.ENAMETOOLONG),
        *(errno.EACCES, errno.EPERM, errno.EROFS),
    }
)
# So many parts one call writes (`IOV_MAX` of Linux and macOS).
_AT_ONCE = 1024


def pass_by(_step: str) -> None:
    """Do nothing at a step."""


def require_plain(name: str) -> None:
    """Raise PublishError for a name that is hidden or leads to another folder."""
    if name.startswith(".") or set(name) & {"/", "\0"}:
        message = f"{name!r} is no name for a published file"
        raise PublishError(message)


@contextmanager
def folder(path: Path) -> Iterator[int]:
    """Open a folder, made if absent, and give its descriptor; refuse a link.

    Raises PublishError where no folder can ever be, OSError where none can be now.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            path.mkdir()
    except OSError as error:
        if error.errno in _MISPLACED:
            raise PublishError(_misplaced(error)) from error
        raise
    try:
        opened = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except NotADirectoryError as error:
        message = f"{path} is a link or a file where our folder should be; remove it"
        raise PublishError(message) from error
    try:
        yield opened
    finally:
        os.close(opened)


def _misplaced(error: OSError) -> str:
    why = "is a file" if error.errno == errno.EEXIST else str(error.strerror).lower()
    return (
        f"`output` cannot be written: {error.filename}: {why}; set it in "
        "mediawire.yaml to a folder in which this user may make files"
    )


def holds(path: Path, body: bytes) -> bool:
    """Whether exactly these bytes stand at a path, and not by way of a link."""
    return not path.is_symlink() and path.is_file() and path.read_bytes() == body


def standing(output: Path, publication: Publication) -> str:
    """Return what changes with any file of a publication, empty if one is missing.

    Goes by their seals: to read six files of 100 entries and digest them takes 1.6 ms,
    and most rounds of polls bring nothing.
    """
    digest = blake2b(digest_size=16)
    for path in publication.paths.values():
        for gz in ("", GZIP):
            try:
                found = (output / f"{path}{gz}").lstat()
            except OSError:
                return ""
            if not S_ISREG(found.st_mode):
                return ""
            digest.update(repr(_seal(found)).encode())
    return digest.hexdigest()


def touched(output: Path) -> tuple[int, int] | None:
    """Return what changes when a name in our folder comes, goes or is replaced.

    By whomever, and for the price of one look. None if there is no folder.
    """
    try:
        found = (output / FOLDER).lstat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns


def content(name: str, within: int) -> bytes | None:
    """Return a file's bytes, None if there is none or it is a link."""
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=within)
    except OSError:
        return None
    with os.fdopen(opened, "rb") as file:
        return file.read()


class Seal(NamedTuple):
    """What changes whenever a file is written or replaced, whoever does it."""

    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @property
    def modified(self) -> datetime:
        """Return when the file's bytes last changed, in UTC, as it says of itself."""
        return datetime.fromtimestamp(self.modified_ns / 1_000_000_000, UTC)


def seal(name: str, within: int) -> Seal | None:
    """Return the seal of a file, None if there is none."""
    try:
        return _seal(os.stat(name, dir_fd=within, follow_symlinks=False))
    except FileNotFoundError:
        return None


def changed_at(name: str, within: int) -> datetime | None:
    """Return when a file last changed, in UTC, None if there is none."""
    found = seal(name, within)
    return found and found.modified


def later(at: datetime, before: datetime | None) -> datetime:
    """Return a time that HTTP tells from the one before: of another second, and later.

    Or a reader who compares `Last-Modified` alone, which has seconds (RFC 9110 section
    8.8.2), would never hear of the second of two changes within one.
    """
    if before is None:
        return at
    return max(at, before.replace(microsecond=0) + timedelta(seconds=1))


def swap(
    name: str,
    forms: Mapping[str, Iterable[bytes]],
    within: int,
    *,
    at: datetime,
    step: Step,
) -> None:
    """Put the forms of one file in place, as `Swap` does; raises OSError."""
    with Swap(within, step=step) as alone:
        alone.add(name, forms, at=at)
        for error in alone.settle().values():
            raise error


class _Beside(Struct, frozen=True):
    """A new file beside the one that it is to replace, still open."""

    name: str
    descriptor: int

    @property
    def half_written(self) -> str:
        return _half_written(self.name)


class Swap:
    """New files beside the old ones, put in their places together.

    All are written before the first is flushed, and flushed before the first takes its
    place. So the disk's journal has less to do (six files: 1.2 ms of CPU instead of
    1.5), and a file and its gzip form differ for no longer than it takes to rename one.
    What hinders one of them hinders no other.
    """

    def __init__(self, within: int, *, step: Step) -> None:
        self.sealed: dict[str, Seal] = {}
        self._within = within
        self._step = step
        self._beside: dict[str, list[_Beside]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for beside in chain.from_iterable(self._beside.values()):
            os.close(beside.descriptor)

    def add(
        self, name: str, forms: Mapping[str, Iterable[bytes]], *, at: datetime
    ) -> None:
        """Write the forms of a file beside those that stand, with a time of change.

        `forms` are the parts of each by its ending, in the order in which they are to
        take their places. Raises OSError, and leaves nothing beside.
        """
        written = self._beside[name] = []
        try:
            for ending, parts in forms.items():
                beside = self._opened(name + ending)
                written.append(beside)
                _write(beside.descriptor, parts)
                self._step("temp-written")
                os.utime(beside.descriptor, (at.timestamp(), at.timestamp()))
        except OSError:
            self._drop(name)
            raise

    def settle(self) -> dict[str, OSError]:
        """Put all in place, and return what hindered it, by name.

        In `sealed` is the seal of every file that took its place.
        """
        hindered: dict[str, OSError] = {}
        for act in (self._flush, self._rename):
            for name, forms in list(self._beside.items()):
                try:
                    for beside in forms:
                        act(beside)
                except OSError as error:
                    hindered[name] = error
                    self._drop(name)
        if self._beside:
            try:
                os.fsync(self._within)
            except OSError as error:
                hindered |= dict.fromkeys(self._beside, error)
            self._step("folder-synced")
        return hindered

    def _opened(self, name: str) -> _Beside:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
        opened = os.open(_half_written(name), flags, 0o644, dir_fd=self._within)
        return _Beside(name, opened)

    def _flush(self, beside: _Beside) -> None:
        os.fsync(beside.descriptor)

    def _rename(self, beside: _Beside) -> None:
        self._step("before-rename")
        here = self._within
        os.rename(beside.half_written, beside.name, src_dir_fd=here, dst_dir_fd=here)
        self.sealed[beside.name] = _seal(os.fstat(beside.descriptor))
        self._step("after-rename")

    def _drop(self, name: str) -> None:
        """Close and remove what stands beside a file."""
        for beside in self._beside.pop(name):
            os.close(beside.descriptor)
            with suppress(OSError):
                os.unlink(beside.half_written, dir_fd=self._within)


def _half_written(name: str) -> str:
    return f".{name}.{os.getpid()}{HALF_WRITTEN}"


def _seal(found: os.stat_result) -> Seal:
    return Seal(found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _write(descriptor: int, parts: Iterable[bytes]) -> None:
    """Write parts one after the other, without joining them first.

    What is made only when it is asked for is written part by part.
    """
    if not isinstance(parts, Sequence):
        for part in parts:
            _write(descriptor, [part])
        return
    for first in range(0, len(parts), _AT_ONCE):
        some = parts[first : first + _AT_ONCE]
        written = os.writev(descriptor, some)
        rest = b"".join(some)[written:] if written < sum(map(len, some)) else b""
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def clear(within: int, *, keep: Collection[str], endings: Collection[str]) -> list[str]:
    """Remove files with these endings but for some, and all that was half-written.

    Returns the names removed. What cannot be (somebody made a folder `old.rss`) stays,
    and hinders nothing that comes after.
    """
    removed = []
    for name in sorted(os.listdir(within)):
        if name in keep or not name.endswith((*endings, HALF_WRITTEN)):
            continue
        try:
            os.unlink(name, dir_fd=within)
        except OSError as error:
            reason = error.strerror or str(error)
            log.once("warning", "not removed", file=name, reason=reason)
        else:
            removed.append(name)
    return removed
