"""Transactions on an open store: many read at once, one writes.

A transaction that fails leaves nothing behind and raises StoreError with a sentence.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, Engine

from aggregator.store.connecting import file_of, shown, telling
from aggregator.store.files import file_at

# Begins one, to read or to write.
Transaction = Callable[[], AbstractContextManager[Connection]]


class Transactions:
    """An open database. Use it as a context manager, or call `close`."""

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._reader = engine
        if engine.dialect.name == "postgresql":
            # What several statements read is of one moment, as in SQLite.
            self._reader = engine.execution_options(isolation_level="REPEATABLE READ")
        self._place = shown(url)
        self._path = file_of(url)
        self._file = self._path and file_at(self._path)
        self._turn = threading.Lock()
        self._writes = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close all connections; a store that is closed opens again when asked."""
        self._engine.dispose()

    def is_displaced(self) -> bool:
        """Whether the database file that was opened is not what stands there now."""
        return self._path is not None and file_at(self._path) != self._file

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with telling(self._place), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with telling(self._place), self._turn, self._writer.begin() as connection:
            self._writes = True
            try:
                yield connection
            finally:
                self._writes = False
