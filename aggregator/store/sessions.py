"""A session of our own on a PostgreSQL server: what it locks is locked while it lasts.

In: the store's URL, and who we are, for the others. Out: a connection that nothing else
uses. Ended are session and locks by us, by the server, or with our process; so whoever
relies on them asks again and again whether the session still lives.
"""

import os
import select
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import blake2b
from threading import RLock
from typing import Any

from sqlalchemy import URL, Connection, text
from sqlalchemy.exc import SQLAlchemyError

from aggregator.errors import StoreError, StoreHeld
from aggregator.store.connecting import connect, shown, telling

# Names of locks: who works with a store has the first, alone. Workers have the second
# together, and a command that polls once has it alone: they would take its sources.
HELD = "mediawire"
POLLING = "mediawire polling"

_APPLICATION_NAME = 63  # bytes that PostgreSQL keeps of it

_try = text("SELECT pg_try_advisory_lock(:number)")
_try_shared = text("SELECT pg_try_advisory_lock_shared(:number)")
_UNLOCK_ALL = b"SELECT pg_advisory_unlock_all()"
_PATIENCE = 0.5  # seconds, with a server that is to free what we leave anyway
_holder = text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
    "WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND (classid::bigint << 32) | objid::bigint = :number "
    "AND pg_locks.database = "
    "(SELECT oid FROM pg_database WHERE datname = current_database())"
)


def signature(purpose: str, now: datetime) -> str:
    """Return who we are, for those who wait: the command, the process, since when."""
    since = f"{now:%Y-%m-%d %H:%M} UTC"
    return f"{purpose} (pid {os.getpid()} on {socket.gethostname()} since {since})"


class Session:
    """A session that signs itself with `holder`, opened when it is first used.

    `at_opening` is done first in each that is opened; if it raises, nothing is open.
    Threads use it one after the other: two that opened it at once left the first one's
    locks to nobody.
    """

    def __init__(
        self,
        url: URL,
        holder: str,
        at_opening: Callable[[Connection], None] = lambda _: None,
    ) -> None:
        name = holder.encode()[:_APPLICATION_NAME].decode("utf-8", "ignore")
        self._url = url
        self._engine = connect(
            url.update_query_dict({"application_name": name}), "work"
        )
        self._at_opening = at_opening
        self._connection: Connection | None = None
        self._turn = RLock()

    @contextmanager
    def used(self) -> Iterator[Connection]:
        """Give the connection, opened if it is not. Whatever fails ends the session.

        A session that the server ended is never usable again: kept, it would fail each
        later use, too. Raises StoreError.
        """
        with self._turn, telling(shown(self._url)):
            try:
                if self._connection is None:
                    opened = self._engine.connect()
                    self._connection = opened.execution_options(
                        isolation_level="AUTOCOMMIT"
                    )
                    self._at_opening(self._connection)
                yield self._connection
            except (StoreHeld, SQLAlchemyError):
                self.end()
                raise

    def lives(self) -> bool:
        """Whether it was opened and lasts."""
        if self._connection is None:
            return False
        with suppress(StoreError), self.used() as connection:
            connection.scalar(text("SELECT 1"))
        return self._connection is not None

    def leave(self) -> None:
        """Free what it locked, then end it: a server notices an end some moments later.

        One that answers nothing is not waited for: who stops has 10 seconds for all. Nor
        does a thread wait for it any longer, which ends the session then.
        """
        if not self._turn.acquire(timeout=_PATIENCE):
            if connection := self._connection:
                _cut(connection)
            return
        try:
            if self._connection is not None:
                _unlock_all(self._connection)
            self.end()
        finally:
            self._turn.release()

    def end(self) -> None:
        """End it, and with it what it locked; the next use opens another one."""
        with self._turn:
            connection, self._connection = self._connection, None
            with suppress(StoreError), telling(shown(self._url)):
                if connection is not None:
                    connection.invalidate()
                    connection.close()
            self._engine.dispose()


def _unlock_all(connection: Connection) -> None:
    """Free all that a session locked, unless the server cannot be asked or is silent.

    Told to the driver itself: a statement of SQLAlchemy's is waited for without end
    where the server's process hangs and its kernel goes on answering.
    """
    with suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error):
        driver: Any = connection.connection.driver_connection
        driver.pgconn.send_query(_UNLOCK_ALL)
        driver.pgconn.flush()
        answer = select.poll()
        answer.register(driver.pgconn.socket, select.POLLIN)
        answer.poll(_PATIENCE * 1000)


def _cut(connection: Connection) -> None:
    """Let who waits for an answer of the server find that there is no server any more."""
    with suppress(SQLAlchemyError, connection.dialect.loaded_dbapi.Error, OSError):
        driver: Any = connection.connection.driver_connection
        with socket.socket(fileno=os.dup(driver.pgconn.socket)) as line:
            line.shutdown(socket.SHUT_RDWR)


def lock_number(connection: Connection, name: str, size: int = 8) -> int:
    """Return the number of a lock by its name, one for each schema: `size` bytes."""
    schema = connection.scalar(text("SELECT current_schema()"))
    key = blake2b(f"{name} {schema}".encode(), digest_size=size).digest()
    return int.from_bytes(key, signed=True)


def lock(connection: Connection, name: str, url: URL, *, shared: bool = False) -> None:
    """Lock what has this name for as long as the session lasts, alone or with others.

    Raises StoreHeld, at once, with the name of who has it.
    """
    number = {"number": lock_number(connection, name)}
    if connection.scalar(_try_shared if shared else _try, number):
        return
    holder = connection.scalar(_holder, number)
    raise StoreHeld(f"{shown(url)}: held by {holder or 'another process'}")
