"""Hold a store: one process at a time polls and publishes from it.

In: the store's URL, what for, and the time. Out: a lock that lasts as long as the
process, or StoreHeld with the name of who has it. Nothing is waited for, and nothing is
left behind: the lock is the kernel's (`flock` on a file beside the database) or the
PostgreSQL server's (an advisory lock of a session of our own), so kill -9 releases it.
"""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import URL, Connection, text

from aggregator.errors import StoreError, StoreHeld
from aggregator.store.connecting import connect, file_of, parsed_url, shown, telling

_APPLICATION_NAME = 63  # bytes that PostgreSQL keeps of it

# A child that is forked while we hold the lock would share it, and keep it after our
# death: it closes these descriptors first thing.
_held: set[int] = set()


@contextmanager
def hold(store_url: str, purpose: str, *, now: datetime) -> Iterator[None]:
    """Hold a store while the body runs; `purpose` is the command, for the others.

    Raises StoreHeld, at once, if another process holds it; StoreError if the place
    cannot be reached or written.
    """
    url = parsed_url(store_url)
    since = f"{now:%Y-%m-%d %H:%M} UTC"
    holder = f"{purpose} (pid {os.getpid()} on {socket.gethostname()} since {since})"
    path = file_of(url)
    lock = _file_lock(path, holder) if path else _session_lock(url, holder)
    with lock:
        yield


@contextmanager
def _file_lock(database: Path, holder: str) -> Iterator[None]:
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}") from error
    _held.add(descriptor)
    try:
        _lock(descriptor, path, holder)
        yield
    finally:
        _held.discard(descriptor)
        os.close(descriptor)


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


@contextmanager
def _session_lock(url: URL, holder: str) -> Iterator[None]:
    name = holder.encode()[:_APPLICATION_NAME].decode("utf-8", "ignore")
    engine = connect(url.update_query_dict({"application_name": name}), "work")
    try:
        with telling(shown(url)):
            session = engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        with session:
            with telling(shown(url)):
                _lock_session(session, url)
            yield
    finally:
        engine.dispose()


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
