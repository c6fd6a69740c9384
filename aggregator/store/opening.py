"""Open a store: find it, create it, bring it up to date, or refuse it with a reason.

In: the store's URL. Out: a Store whose schema is the one this program speaks.
Never does it start empty where something is: a file that is no database, is damaged or
cut short, belongs to another program or was written by a newer Media Wire is refused
and left as it is. A new SQLite file is made under another name and appears finished.

SQLite databases are migrated when they are opened for work; PostgreSQL ones only when
they are empty, because other hosts may still run the older program: `migrate` does it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from stat import S_ISDIR
from tempfile import TemporaryDirectory

from sqlalchemy import URL, Connection, func, inspect, select

from aggregator.errors import SchemaMismatch, StoreError
from aggregator.store import migrations
from aggregator.store.connecting import (
    Mode,
    connect,
    file_of,
    parsed_url,
    shown,
    telling,
)
from aggregator.store.files import sync_folder
from aggregator.store.store import Store

# Of an advisory lock: two programs started at once do not both create the tables.
_MIGRATING = 0x4D57_0001


def open_store(url: str, *, create: bool = True, read_only: bool = False) -> Store:
    """Return the store at a URL.

    With `create`, a missing SQLite file or an empty PostgreSQL database becomes a
    store, folders included, and an older SQLite store is migrated. `read_only` does
    neither and refuses every write. Raises StoreError, or SchemaMismatch if what is
    there speaks another schema.
    """
    parsed = parsed_url(url)
    with telling(shown(parsed)):
        _make_ready(parsed, may_change=create and not read_only)
        return Store(connect(parsed, "read" if read_only else "work"), parsed)


def migrate(url: str) -> str:
    """Bring a store to the schema of this program, or create it; returns the version.

    Raises StoreError; a store that is newer or not ours is a SchemaMismatch.
    """
    parsed = parsed_url(url)
    with telling(shown(parsed)):
        _find(parsed, may_create=True)
        _upgrade(parsed, named=parsed)
        return migrations.HEAD


def schema_version(url: str) -> str | None:
    """Return the version of a store's schema; None: there is no store yet."""
    parsed = parsed_url(url)
    path = file_of(parsed)
    if path and not _found(parsed, path):
        return None
    with telling(shown(parsed)):
        _find(parsed, may_create=False)
        return _version_at(parsed)


def _make_ready(url: URL, *, may_change: bool) -> None:
    """Leave a database at the URL that speaks our schema, or raise."""
    _find(url, may_create=may_change)
    version = _version_at(url)
    if version == migrations.HEAD:
        return
    teachable = version is None or url.get_backend_name() == "sqlite"
    if not (may_change and teachable):
        raise SchemaMismatch(
            f"{shown(url)}: its schema is {version or 'missing'}, this program needs "
            f"{migrations.HEAD}; run `mediawire db migrate`"
        )
    _upgrade(url, named=url)


def _find(url: URL, *, may_create: bool) -> None:
    """Make sure that an SQLite URL leads to a file that is finished."""
    path = file_of(url)
    if path is None:
        return
    found = _found(url, path)
    if found is None:
        if not may_create:
            raise StoreError(f"{shown(url)}: there is no database yet")
        _create(url, path)
    elif S_ISDIR(found.st_mode):
        raise StoreError(f"{shown(url)}: this is a folder, not a database file")
    elif found.st_size == 0:
        raise SchemaMismatch(
            f"{shown(url)}: the file is empty, so something cut it short; restore the "
            f"last backup, or remove the file to start anew"
        )


def _found(url: URL, path: Path) -> os.stat_result | None:
    """Return what is at a path, None if nothing; StoreError if that cannot be seen."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise StoreError(
            f"{shown(url)}: it cannot be looked at: {why}; check the owner of file and "
            f"folder"
        ) from error


def _create(url: URL, path: Path) -> None:
    """Make a database in a folder of its own, and give it its name when it is finished."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            unfinished = Path(folder) / path.name
            _upgrade(url.set(database=str(unfinished)), named=url)
            with suppress(FileExistsError):  # another process was faster
                os.link(unfinished, path)
        sync_folder(path.parent)
    except OSError as error:
        why = error.strerror or error
        raise StoreError(f"{shown(url)}: cannot be created: {why}") from error


def _upgrade(url: URL, *, named: URL) -> None:
    """Run all pending migrations in one transaction: the old schema, or the new one."""
    with _connected(url, "migrate") as connection, connection.begin():
        if url.get_backend_name() == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        _version(connection, named)  # refuse once more, now that nobody can change it
        migrations.upgrade(connection)


def _version_at(url: URL) -> str | None:
    with _connected(url, "read") as connection:
        return _version(connection, url)


@contextmanager
def _connected(url: URL, mode: Mode) -> Iterator[Connection]:
    """Connect once, for one purpose."""
    engine = connect(url, mode)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _version(connection: Connection, url: URL) -> str | None:
    """Return the schema version, None for a database without any tables.

    Raises SchemaMismatch if the tables are not ours or the version is unknown.
    """
    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    if migrations.VERSION_TABLE not in tables:
        raise SchemaMismatch(
            f"{shown(url)}: this database belongs to another program; give Media Wire "
            f"one of its own"
        )
    version = connection.scalar(migrations.recorded)
    if version not in migrations.VERSIONS:
        raise SchemaMismatch(
            f"{shown(url)}: its schema is {version}, newer than {migrations.HEAD} which "
            f"this program speaks; use the newer Media Wire"
        )
    return str(version)
