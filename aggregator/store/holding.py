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
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError, StoreHeld, StoreLost
from aggregator.store.connecting import connect, file_of, parsed_url, shown, telling
from aggregator.store.files import file_at

# Raises StoreHeld or StoreLost if we do not hold the store any more, StoreError if that
# cannot be found out now.
StillHeld = Callable[[], None]

_APPLICATION_NAME = 63  # bytes that PostgreSQL keeps of it

# A child that is forked while we hold the lock would share it, and keep it after our
# death: it closes these descriptors first thing.
_held: set[int] = set()


@contextmanager
def hold(store_url: str, purpose: str, *, now: datetime) -> Iterator[StillHeld]:
    """Hold a store while the body runs; `purpose` is the command, for the others.

    Gives a function that makes sure of it while the work goes on. Raises StoreHeld, at
    once, if another process holds the store; StoreError if the place cannot be reached
    or written.
    """
    url = parsed_url(store_url)
    since = f"{now:%Y-%m-%d %H:%M} UTC"
    holder = f"{purpose} (pid {os.getpid()} on {socket.gethostname()} since {since})"
    path = file_of(url)
    # The same database by another name is the same database.
    lock = _FileLock(path.resolve(), holder) if path else _SessionLock(url, holder)
    try:
        lock.take()
        yield lock.check
    finally:
        lock.release()


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
            why = (error.strerror or "no reason given").lower()
            what_now = (
                "run this as the user that owns the store, and let it write to"
                if isinstance(error, PermissionError)
                else "see what is wrong with"
            )
            raise StoreError(
                f"{self._path}: cannot be locked: {why}; {what_now} {self._path.parent}"
            ) from error
        self._descriptor = descriptor
        _held.add(descriptor)
        try:
            _lock(descriptor, self._path, self._holder)
        except (StoreHeld, OSError):
            # Kept, it would look like a lock that we have, to each later `check`.
            self.release()
            raise

    def check(self) -> None:
        """Take the lock again if its file is gone; see that the database is the same.

        Without a descriptor an earlier try failed: a folder stood in the file's place.
        """
        descriptor = self._descriptor
        if descriptor is None or file_at(self._path) != _file_of(descriptor):
            self.release()
            self.take()
        found = file_at(self._database)
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

    def __init__(self, url: URL, holder: str) -> None:
        name = holder.encode()[:_APPLICATION_NAME].decode("utf-8", "ignore")
        self._url = url
        self._engine = connect(
            url.update_query_dict({"application_name": name}), "work"
        )
        self._session: Connection | None = None

    def take(self) -> None:
        with telling(shown(self._url)):
            session = self._engine.connect()
            self._session = session.execution_options(isolation_level="AUTOCOMMIT")
            try:
                _lock_session(self._session, self._url)
            except (StoreHeld, SQLAlchemyError):
                # A session that the server ended is never usable again: kept, it would
                # fail each later `check` too.
                self.release()
                raise

    def check(self) -> None:
        """Take the lock again if the server ended our session, and our lock with it."""
        try:
            with telling(shown(self._url)):
                if self._session is not None:
                    self._session.scalar(text("SELECT 1"))
                    return
        except StoreError:
            self.release()
        self.take()

    def release(self) -> None:
        session, self._session = self._session, None
        with suppress(StoreError), telling(shown(self._url)):
            if session is not None:
                session.invalidate()
                session.close()
        self._engine.dispose()


def _lock_session(session: Connection, url: URL) -> None:
    """Take the lock for as long as the session lasts, or raise with its holder's name."""
    schema = session.scalar(text("SELECT current_schema()"))
    key = blake2b(f"mediawire {schema}".encode(), digest_size=8).digest()
    number = int.from_bytes(key, signed=True)
    if session.scalar(text("SELECT pg_try_advisory_lock(:number)"), {"number": number}):
        return
    name = session.scalar(
        text(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
            "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
            "AND (classid::bigint << 32) | objid::bigint = :number "
            "AND pg_locks.database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        ),
        {"number": number},
    )
    raise StoreHeld(f"{shown(url)}: held by {name or 'another process'}")
