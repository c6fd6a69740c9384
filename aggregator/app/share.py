"""Know which of the due sources this process polls: all, or its share of them.

In: a Wire, the shards that are ours (`store.shards`), who is being polled. Out: due
sources that nobody else polls. A shard is claimed when something in it is due, and left
to others when its hosts have been quiet for as long as they want between two requests.
So hosts are where there is room for them, wherever a process came or went.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from aggregator.app.wire import Wire
from aggregator.engines.capacity import LENIENCE
from aggregator.errors import MediaWireError
from aggregator.model import SourceState

if TYPE_CHECKING:
    from aggregator.store import Shards


class Share:
    """The share of one process; all of it where there are no shards."""

    def __init__(self, wire: Wire, shards: "Shards | None") -> None:
        self._wire = wire
        self._shards = shards
        self._turn = Lock()
        # By source what is begun, by shard when it was first seen to be idle.
        self._begun: dict[str, SourceState] = {}
        self._idle: dict[int, float] = {}
        self._spacing: dict[int, float] = {}
        self._took_over = True

    def took_over(self) -> bool:
        """Whether hosts are ours since the last look that others may have asked."""
        with self._turn:
            took, self._took_over = self._took_over, False
            return took

    def is_lost(self) -> bool:
        """Whether what was ours may be another's now; told once."""
        with self._turn:
            if self._shards is None or not self._shards.are_lost():
                return False
            self._begun, self._idle, self._spacing = {}, {}, {}
            return True

    def due(self, limit: int, taken: Collection[str]) -> list[SourceState]:
        """Return due sources that are ours to poll, but for those that are taken."""
        due = self._wire.schedule.due(limit, exclude=taken)
        if self._shards is None:
            return due
        with self._turn:
            self._leave_idle(self._shards, taken)
            if self._claimed(self._shards, due):
                self._took_over = True
                # As they are now that nobody else polls them.
                due = self._wire.schedule.due(limit, exclude=taken)
            ours = [state for state in due if state.shard in self._shards.held]
            self._note(ours)
        return ours

    def require(self, state: SourceState) -> None:
        """Have the shard of a source; MediaWireError if another process has it."""
        if self._shards is None:
            return
        with self._turn:
            self._shards.claim([state.shard], 1)
            if state.shard not in self._shards.held:
                raise MediaWireError(
                    f"another process asks {state.host} just now; try again in a moment"
                )
            self._note([state])

    def ahead(self) -> timedelta:
        """Return how far our clock is ahead of the server's; raises StoreError.

        Where there are no shards it is ahead of none.
        """
        if self._shards is None:
            return timedelta(0)
        with self._turn:
            return self._wire.clock() - self._shards.time()

    def close(self) -> None:
        """Leave everything to others."""
        if self._shards is not None:
            with self._turn:
                self._shards.close()

    def _claimed(self, shards: "Shards", due: Sequence[SourceState]) -> bool:
        """Claim shards in which something is due, as many as the engine may poll in."""
        most = LENIENCE * self._wire.config.fetch.workers - len(shards.held)
        return shards.claim(list(dict.fromkeys(state.shard for state in due)), most)

    def _note(self, ours: Sequence[SourceState]) -> None:
        for state in ours:
            self._begun[state.source_id] = state
            spacing = self._wire.config.host_limits(state.host).spacing.total_seconds()
            self._spacing[state.shard] = max(spacing, self._spacing.get(state.shard, 0))
            self._idle.pop(state.shard, None)

    def _leave_idle(self, shards: "Shards", taken: Collection[str]) -> None:
        """Leave to others the shards whose hosts were quiet for long enough."""
        self._begun = {id_: row for id_, row in self._begun.items() if id_ in taken}
        now = monotonic()
        for shard in shards.held - {row.shard for row in self._begun.values()}:
            self._idle.setdefault(shard, now)
        quiet = [
            shard
            for shard, since in self._idle.items()
            if now - since >= self._spacing.get(shard, 0)
        ]
        if quiet:
            shards.let_go(quiet)
            for shard in quiet:
                del self._idle[shard]
                self._spacing.pop(shard, None)
