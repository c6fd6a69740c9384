"""Copy a store while it is being written to.

In: an engine and where to put the copy. Out: a file that is whole or not there.
SQLite copies its own pages in one read transaction, so writers go on meanwhile.
PostgreSQL has its own tool for this, and we say so.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import Engine

from aggregator.errors import StoreError
from aggregator.store.connecting import file_of
from aggregator.store.files import sync_folder


def back_up(engine: Engine, to: Path) -> None:
    """Write a copy of the database to a file that does not exist yet."""
    if engine.dialect.name != "sqlite":
        raise StoreError("PostgreSQL stores are backed up with pg_dump")
    if to.exists():
        raise StoreError(f"{to} exists already; a backup never replaces a file")
    unfinished = to.with_name(f".{to.name}.{os.getpid()}")
    try:
        _begin(unfinished, like=file_of(engine.url))
        _copy(engine, unfinished)
        _put(unfinished, to)
        sync_folder(to.parent)
    except OSError as error:
        raise StoreError(f"{to}: the backup failed: {error.strerror}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _begin(copy: Path, *, like: Path | None) -> None:
    """Make the file of a copy, which as many may read as may read the store."""
    os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if like:
        with suppress(PermissionError):  # where a disk knows no permissions
            copy.chmod(like.stat().st_mode & 0o777)


def _put(unfinished: Path, to: Path) -> None:
    """Give a finished copy its name, which nobody may have taken meanwhile."""
    try:
        os.link(unfinished, to)
    except FileExistsError:
        raise
    except OSError:  # FAT, exFAT and many a network share have no links
        os.close(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        unfinished.replace(to)


def _copy(engine: Engine, to: Path) -> None:
    with engine.connect() as connection, closing(sqlite3.connect(to)) as copy:
        source = connection.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise TypeError("an SQLite engine has SQLite connections")
        source.backup(copy)
        # One file without companions: it can be moved and opened anywhere.
        copy.execute("PRAGMA journal_mode = DELETE")
