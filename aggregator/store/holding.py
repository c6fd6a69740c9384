"""Hold a store: one process at a time polls and publishes from it.

In: the store's URL, what for, and the time. Out: a lock that lasts as long as the
process, or StoreHeld with the name of who has it. Nothing is waited for, and nothing is
left behind: the lock is the kernel's (`flock` on a file beside the database) or the
PostgreSQL server's (an advisory lock of a session of our own), so kill -9 releases it.

A lock can be lost while its holder lives: a server restarts, somebody tidies up the
folder or puts a backup in place. So a holder asks again and again whether it still is.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL

from aggregator.errors import StoreError, StoreHeld, StoreLost
from aggregator.store.connecting import file_of, parsed_url
from aggregator.store.files import file_at
from aggregator.store.sessions import HELD, POLLING, Session, lock, signature

# Raises StoreHeld or StoreLost if we do not hold the store any more, StoreError if that
# cannot be found out now.
StillHeld = Callable[[], None]

# A child that is forked while we hold the lock would share it, and keep it after our
# death: it closes these descriptors first thing.
_held: set[int] = set()


@contextmanager
def hold(
    store_url: str, purpose: str, *, now: datetime, alone: bool = False
) -> Iterator[StillHeld]:
    """Hold a store while the body runs; `purpose` is the command, for the others.

    Workers may poll beside its holder, but not if that is to be `alone`. Gives a
    function that makes sure of it while the work goes on. Raises StoreHeld, at once, if
    another process holds the store; StoreError if the place cannot be reached or
    written.
    """
    url = parsed_url(store_url)
    holder = signature(purpose, now)
    path = file_of(url)
    # The same database by another name is the same database.
    held = (
        _FileLock(path.resolve(), holder)
        if path
        else _SessionLock(url, holder, alone=alone)
    )
    try:
        held.take()
        yield held.check
    finally:
        held.release()


class _FileLock:
    """A lock on a file beside the database."""

    def __init__(self, database: Path, holder: str) -> None:
        self._database = database
        self._path = database.with_name(f"{database.name}.lock")
        self._holder = holder
        self._descriptor: int | None = None
        self._file: tuple[int, int] | None = None

    def take(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o644)
        except OSError as error:
            raise _unlockable(self._path, error) from error
        self._descriptor = descriptor
        _held.add(descriptor)
        try:
            _lock(descriptor, self._path, self._holder)
        except StoreHeld:
            # Kept, it would look like a lock that we have, to each later `check`.
            self.release()
            raise
        except OSError as error:
            self.release()
            raise _unlockable(self._path, error) from error

    def check(self) -> None:
        """Take the lock again if its file is gone; see that the database is the same.

        Without a descriptor an earlier try failed: a folder stood in the file's place.
        """
        descriptor = self._descriptor
        try:
            is_gone = descriptor is None or file_at(self._path) != _file_of(descriptor)
            found = file_at(self._database)
        except OSError as error:
            raise _unlockable(self._path, error) from error
        if is_gone:
            self.release()
            self.take()
        self._file = self._file or found
        if found != self._file:
            raise StoreLost(
                f"{self._database}: the database was removed or replaced while it was "
                f"in use; start again to work with what is there now"
            )

    def release(self) -> None:
        if self._descriptor is not None:
            _held.discard(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = None


def _unlockable(path: Path, error: OSError) -> StoreError:
    why = (error.strerror or "no reason given").lower()
    what_now = (
        "run this as the user that owns the store, and let it write to"
        if isinstance(error, PermissionError)
        else "see what is wrong with"
    )
    return StoreError(f"{path}: cannot be locked: {why}; {what_now} {path.parent}")


def _file_of(descriptor: int) -> tuple[int, int]:
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


def _lock(descriptor: int, path: Path, holder: str) -> None:
    """Take the lock and sign it, or raise with the signature of its holder."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        name = os.pread(descriptor, 1_000, 0).decode("utf-8", "replace").strip()
        raise StoreHeld(f"{path}: held by {name or 'another process'}") from error
    # A full disk must not keep the service from running: the lock holds unsigned too.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder}\n".encode(), 0)


def _close_in_child() -> None:
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_child)


class _SessionLock:
    """An advisory lock of a session of our own."""

    def __init__(self, url: URL, holder: str, *, alone: bool) -> None:
        self._url = url
        self._session = Session(url, holder)
        self._names = (HELD, POLLING) if alone else (HELD,)

    def take(self) -> None:
        with self._session.used() as connection:
            for name in self._names:
                lock(connection, name, self._url)

    def check(self) -> None:
        """Take the lock again if the server ended our session, and our lock with it."""
        if not self._session.lives():
            self.take()

    def release(self) -> None:
        self._session.leave()
