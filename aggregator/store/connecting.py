"""Connect to SQLite or PostgreSQL, and say in a sentence what went wrong with it.

In: a store URL. Out: an Engine whose transactions behave alike on both: one process
writes at a time, and who waits too long for that hears so.

SQLite: WAL with synchronous=FULL (3.7 ms a commit here, against 0.26 ms with NORMAL,
which may lose the last commits with the power; at one commit for many polls the
difference is nothing). A writer says BEGIN IMMEDIATE: a transaction that reads first
and then writes fails at once with SQLITE_BUSY_SNAPSHOT, without the busy timeout, if
another one wrote in between.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.pool import ConnectionPoolEntry

from aggregator.errors import StoreAway, StoreDamaged, StoreError
from aggregator.store.isolating import undecodable

# How long a statement waits for another process's write transaction.
BUSY_TIMEOUT_MS = 5_000
# Fetching threads and web threads take turns: no more than one of them runs Python at a
# time, and nobody asks for a connection while holding one. Each has two files open, and
# SQLite keeps one of them until the last connection is closed: with room for 128, their
# number grew all day, whenever more met than ever before.
_CONNECTIONS = 5
# Each connection keeps pages of its own, up to 2 MB by default: 150 sources, polled each
# hour, made 48 MB of 21 within two hours. A page that is not kept is one read away in
# the kernel's memory.
_PAGES_KIB = 512
# While one writes, and one does at a time: a page that is changed again after it had to
# leave is written twice. 600 articles in one commit take 20 % less of SQLite's CPU.
_WRITERS_PAGES_KIB = 8_192

# `work` is the service's own; `read` never writes; `migrate` may rebuild tables.
Mode = Literal["work", "read", "migrate"]

_PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    "synchronous = FULL",
    "journal_size_limit = 67108864",
    f"cache_size = -{_PAGES_KIB}",
)
_PRAGMAS_OF: dict[Mode, tuple[str, ...]] = {
    "work": ("foreign_keys = ON", "journal_mode = WAL"),
    "read": ("query_only = ON",),
    # Rebuilding a table that others refer to must not delete their rows.
    "migrate": ("foreign_keys = OFF",),
}
# Every list is a walk down an index and every other question a lookup by key. The
# planner cannot know that an article's tags and its language go together, takes two
# of a thousand for one of a million, and would rather hash and sort whole tables.
_SETTINGS = (
    "jit = off",
    "max_parallel_workers_per_gather = 0",
    "random_page_cost = 1.1",
    "enable_hashjoin = off",
    "enable_mergejoin = off",
    "enable_sort = off",
    # By default a server takes two hours to notice that a machine lost its power, and
    # keeps the locks of its sessions for so long.
    "tcp_keepalives_idle = 15",
    "tcp_keepalives_interval = 5",
    "tcp_keepalives_count = 3",
    "lock_timeout = '30s'",
)
# Two that write at once would give two reports the same place in the search index.
_ONE_WRITER = (
    "SELECT pg_advisory_xact_lock"
    "(hashtextextended('mediawire writing ' || current_schema(), 0))"
)
# How long a PostgreSQL server that is gone without a word (a host that froze, a proxy
# that forgot us) is waited for: libpq would wait for minutes, or without end, and the
# tick with it. A statement may take longer: the server's kernel answers meanwhile.
# A URL may say otherwise: `?connect_timeout=30`.
#
# Source: PostgreSQL documentation, libpq, "Parameter Key Words".
_PATIENCE = {
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "15",  # seconds
    "keepalives_interval": "5",  # seconds
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",  # milliseconds; where the system has it
}
# What is the store's own trouble, whoever writes what: it may be over at the next try.
_DISK_FULL = "the disk is full; nothing was written, free some space"
_SQLITE_TROUBLES = {
    "SQLITE_FULL": _DISK_FULL,
    # No room for the 32 KB beside the file by which processes share it. While one works
    # they are there, and `status` and `serve` open on a disk with 0 bytes left. Else who
    # only reads is refused, too: `immutable` would read nonsense once somebody writes,
    # and to lock all others out would keep the service from starting.
    "SQLITE_IOERR_SHMSIZE": _DISK_FULL,
    "SQLITE_BUSY": "another process keeps it locked; nothing was written",
    "SQLITE_LOCKED": "another process keeps it locked; nothing was written",
    "SQLITE_READONLY": "it may not be written: check the owner of file and folder",
    "SQLITE_CANTOPEN": "it cannot be opened: check the folder and its permissions",
    # It says the same where it finds no folder for the temporary files of a migration.
    "SQLITE_IOERR": "the disk fails to read or write, or /tmp (TMPDIR) cannot be written to",
}
# What no later try will find otherwise; other rows may still be read and written.
_SQLITE_DAMAGES = {
    "SQLITE_NOTADB": "this is not an SQLite database; it was left untouched",
    "SQLITE_CORRUPT": "the file is damaged: restore the last backup",
}
_POSTGRESQL_TROUBLES = {  # by SQLSTATE, or its first two digits
    "55P03": "another process keeps it locked; nothing was written",
    "53100": "the server's disk is full; nothing was written, free some space",
    "53200": "the server is out of memory, or of locks (max_locks_per_transaction)",
    "53300": "the server has no free connection",
    "57": "the server is shutting down or was told to stop us",
    "40": "another writer was in the way; nothing was written",
    "28": "the server refuses this user or password",
    "3D": "there is no such database",
}


def parsed_url(url: str) -> URL:
    """Return the store's URL; raises StoreError for what we cannot speak to."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(
            "the store's address is no URL: write sqlite:///path/to/file.db or "
            "postgresql+psycopg://user@host/database"
        ) from error
    dialect = parsed.get_backend_name()
    if dialect == "sqlite":
        if not parsed.database or parsed.database.startswith(":"):
            raise StoreError(
                f"{shown(parsed)}: a store needs a file: sqlite:///path.db"
            )
        return parsed
    if dialect == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"{shown(parsed)}: stores are sqlite or postgresql+psycopg")


def shown(url: URL) -> str:
    """Return a URL as it may be printed: no password, no query."""
    return url.set(query={}).render_as_string(hide_password=True)


def file_of(url: URL) -> Path | None:
    """Return the database file of an SQLite URL, None for PostgreSQL."""
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def file_of_store(store: str) -> Path | None:
    """Return the database file of a store as in the config, None for PostgreSQL."""
    return file_of(parsed_url(store))


def connect(url: URL, mode: Mode) -> Engine:
    """Return an engine; nothing is opened before its first connection.

    Raises StoreError if the driver of the database is not installed.
    """
    try:
        engine = _sqlite if url.get_backend_name() == "sqlite" else _postgresql
        return engine(url, mode)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"{shown(url)}: PostgreSQL needs a driver; in the folder of this "
            "program's source run: pip install '.[postgres]'"
        ) from error


def _sqlite(url: URL, mode: Mode) -> Engine:
    # The one that was used last is used next: its pages are the freshest, and those that
    # a burst once needed keep none of what came later.
    engine = create_engine(
        url,
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_use_lifo=True,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own guessing at transactions is off: SQLAlchemy says BEGIN.
        connection.isolation_level = None
        for pragma in (*_PRAGMAS, *_PRAGMAS_OF[mode]):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", mode == "migrate")
        # Said to the driver itself: as a statement of SQLAlchemy's it takes 14 us.
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - see the URL
        if writes:
            connection.info["wrote"] = True
            driver.execute(f"PRAGMA cache_size = -{_WRITERS_PAGES_KIB}")
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "checkin")
    def let_go(
        connection: sqlite3.Connection | None, record: ConnectionPoolEntry
    ) -> None:
        if record.info.pop("wrote", False) and connection:
            with suppress(sqlite3.Error):  # of a file that is gone: it costs memory
                connection.execute(f"PRAGMA cache_size = -{_PAGES_KIB}")

    return engine


def _postgresql(url: URL, mode: Mode) -> Engine:
    engine = create_engine(
        url.set(query={**_PATIENCE, **url.query}),
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,  # a server that was restarted costs one round trip, no poll
        execution_options={"postgresql_readonly": mode == "read"},
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _record: object) -> None:
        connection.cursor().execute(f"SET {'; SET '.join(_SETTINGS)}")
        connection.commit()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("writes", False):
            connection.exec_driver_sql(_ONE_WRITER)

    return engine


@contextmanager
def telling(place: str) -> Iterator[None]:
    """Turn everything a database can raise into a StoreError with a sentence.

    It is a StoreAway where the database is in trouble, and not what was asked of it.
    """
    try:
        yield
    except (DBAPIError, NoConnectionFree, sqlite3.Error) as error:
        if trouble := _trouble(error):
            raise StoreAway(f"{place}: {trouble}") from error
        cause = error.orig if isinstance(error, DBAPIError) else error
        damage = _SQLITE_DAMAGES.get(_sqlite_family(cause))
        if column := undecodable(cause):
            damage = f"a text in a column `{column}` is no UTF-8; {StoreDamaged.remedy}"
        raise StoreError(f"{place}: {damage or _first_line(cause)}") from error
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{place}: a text holds half a surrogate pair and cannot be written"
        ) from error


def _trouble(error: DBAPIError | NoConnectionFree | sqlite3.Error) -> str | None:
    """Return what keeps the database from working, None if it is what was asked."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        whole = _SQLITE_TROUBLES.get(getattr(cause, "sqlite_errorname", ""))
        return whole or _SQLITE_TROUBLES.get(_sqlite_family(cause))
    state = getattr(cause, "sqlstate", None) or ""
    if not state or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return f"the connection failed: {_first_line(cause)}"
    return _POSTGRESQL_TROUBLES.get(state) or _POSTGRESQL_TROUBLES.get(state[:2])


def _sqlite_family(cause: BaseException | None) -> str:
    return "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])


def _first_line(cause: BaseException | None) -> str:
    return str(cause).strip().partition("\n")[0]
