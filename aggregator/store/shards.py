"""Share the schedule among processes: each shard is worked by one of them at a time.

In: a PostgreSQL store's URL, shards that have something due (see `text.urls`). Out:
which of them are ours, until they are let go. A host is always in the same shard, so it
gets no more requests at a time, and no closer together, than from one process. SQLite
has no use for this: there one process polls.

Shards are advisory locks of one session, so kill -9 frees them. If the server ends that
session all are lost at once; whoever works them asks about that first. Not for several
threads at a time.

Source: PostgreSQL documentation, 13.3.5, "Advisory Locks".
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from sqlalchemy import URL, Connection, text

from aggregator.store.connecting import file_of, parsed_url
from aggregator.store.sessions import POLLING, Session, lock, lock_number, signature

_SHARDS = "mediawire shards"

_claim = text(
    "SELECT shard FROM unnest(CAST(:shards AS integer[])) AS shard "
    "WHERE pg_try_advisory_lock(:lock, shard)"
)
_let_go = text(
    "SELECT count(pg_advisory_unlock(:lock, shard)) "
    "FROM unnest(CAST(:shards AS integer[])) AS shard"
)
_time = text("SELECT clock_timestamp()")


class Shards:
    """The shards of one process; `held` are those it has now.

    With `joins` it is a worker, which no command that polls once goes beside.
    """

    def __init__(self, url: URL, holder: str, *, joins: bool) -> None:
        self._url = url
        self._joins = joins
        self._session = Session(url, holder, self._begin)
        self._lock = 0
        self._were_lost = False
        self.held: set[int] = set()

    def time(self) -> datetime:
        """Return what the server's clock says; raises StoreError."""
        with self._session.used() as connection:
            time: datetime = connection.scalars(_time).one()
        return time.astimezone(UTC)

    def are_lost(self) -> bool:
        """Whether the server took all that was held; told once."""
        if not self._session.lives():
            self._lose()
        told, self._were_lost = self._were_lost, False
        return told

    def claim(self, wanted: Sequence[int], most: int) -> bool:
        """Try to have up to `most` more of these, in their order; tell if any came.

        Raises StoreHeld if another process polls once and alone, StoreError if the
        server cannot be asked.
        """
        rest = [shard for shard in wanted if shard not in self.held]
        claimed: set[int] = set()
        with self._session.used() as connection:
            while rest and len(claimed) < most:
                some, rest = rest[: most - len(claimed)], rest[most - len(claimed) :]
                asked = {"lock": self._lock, "shards": some}
                claimed.update(connection.scalars(_claim, asked))
        self.held |= claimed
        return bool(claimed)

    def let_go(self, shards: Collection[int]) -> None:
        """Leave these to others; raises StoreError."""
        self.held -= set(shards)
        with self._session.used() as connection:
            connection.scalar(_let_go, {"lock": self._lock, "shards": list(shards)})

    def close(self) -> None:
        """Leave all of them to others."""
        self.held = set()
        self._session.leave()

    def _lose(self) -> None:
        self._were_lost |= bool(self.held)
        self.held = set()

    def _begin(self, connection: Connection) -> None:
        self._lose()
        self._lock = lock_number(connection, _SHARDS, size=4)
        if self._joins:
            lock(connection, POLLING, self._url, shared=True)


def open_shards(
    store_url: str, purpose: str, *, now: datetime, joins: bool = False
) -> Shards | None:
    """Return what a process shares of a store, None if it is not made to be shared."""
    url = parsed_url(store_url)
    return None if file_of(url) else Shards(url, signature(purpose, now), joins=joins)
