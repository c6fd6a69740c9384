"""When the sources of a config are polled: who is due, and what moves that.

In: a store, the sources of the config, the time. Out: rows of sources that are due, and
the rows changed: for a poll that begins, for what was in vain, for a clock that was
wrong. What changes rows reads them in the same transaction: a poll that is recorded
meanwhile must not be lost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from aggregator.app.clock import Clock
from aggregator.app.timekeeping import bring_back, is_witnessed
from aggregator.fetching import cadence
from aggregator.model import Config, Source, SourceState
from aggregator.store import Store


class Schedule:
    """The schedule of one config, which is the store's table of sources."""

    def __init__(self, store: Store, config: Config, clock: Clock) -> None:
        self.sources: Mapping[str, Source] = {each.id: each for each in config.sources}
        self._store = store
        self._clock = clock

    def states(self) -> dict[str, SourceState]:
        """Return the state of every configured source, in the order of the config."""
        return self.as_configured(self._store.states())

    def due(self, limit: int, *, exclude: Collection[str] = ()) -> list[SourceState]:
        """Return sources whose time has come, the longest due first, but for some.

        One that came due while we were away, and whose publisher wants to be left
        alone at this hour, is put off instead. One that the config of another process
        knows, or knows under another address, is left to that.
        """
        now = self._clock()
        due, early = [], []
        for state in self._store.due(now, limit, exclude=exclude):
            source = self.sources.get(state.source_id)
            if source is None or source.url != state.url:
                continue
            if cadence.put_off(source, state, now=now):
                early.append(source.id)
            else:
                due.append(state)
        if early:
            self._store.revise(partial(self._put_off, now=now), among=early)
        return due

    def spread_backlog(self) -> None:
        """Spread what came due while nobody polled, the longest due first."""
        now = self._clock()
        self._store.revise(lambda rows: cadence.spread(self._paired(rows), now=now))

    def bring_back(self, *, surely: bool = False) -> bool:
        """Let nothing stand in the future that a wrong clock put there.

        Returns whether the clock seems right; `surely` says that it is.
        """
        return bring_back(self._store, now=self._clock(), surely=surely)

    def believe_the_clock(self) -> bool:
        """Bring back what is ahead of a clock that most sources answer to."""
        states = self.states().values()
        return is_witnessed(states, now=self._clock()) and self.bring_back(surely=True)

    def rebase(self, by: timedelta) -> None:
        """Move every source's times along with a wall clock that jumped `by`."""
        now = self._clock()
        self._store.revise(
            lambda rows: [
                cadence.rebase(source, state, now=now, by=by)
                for source, state in self._paired(rows)
            ]
        )

    def asked_lately(self, within: timedelta) -> dict[str, timedelta]:
        """Return how long ago hosts were asked, of those that were within this time."""
        if not within:
            return {}
        now = self._clock()
        asked = self._store.asked_since(now - within)
        return {host: now - at for host, at in asked.items() if host and at <= now}

    def ask(self, states: Sequence[SourceState]) -> None:
        """Note in the store that these are about to be polled.

        A process that is killed before it has the answer has asked all the same: the
        next one must not ask again at once. `unask` those that were not polled after all.
        """
        now = self._clock()
        self._store.reschedule(
            [
                cadence.asked(self.sources[state.source_id], state, now=now)
                for state in states
                if state.last_polled_at
            ]
        )

    def unask(self, states: Iterable[SourceState]) -> None:
        """Let sources be due as they were before `ask`."""
        self._store.reschedule([state for state in states if state.last_polled_at])

    def hasten(self, source_id: str) -> bool:
        """Let a source be due now, as far as manners allow; return whether it is."""
        source, now = self.sources.get(source_id), self._clock()
        hastened: list[SourceState] = []

        def sooner(rows: Mapping[str, SourceState]) -> list[SourceState]:
            row = rows.get(source_id)
            if source and row and row.url == source.url:
                changed = cadence.hastened(source, row, now=now)
                hastened.extend([changed] if changed else ())
            return hastened

        self._store.revise(sooner, among=[source_id])
        return bool(hastened)

    def put_back(self, states: Iterable[SourceState]) -> None:
        """Undo failures that were recorded and say nothing of their sources."""
        before = {state.source_id: state for state in states}
        if before:
            self._store.revise(
                lambda rows: [
                    before[id_]
                    for id_, row in rows.items()
                    if row.url == before[id_].url and row.outcome == "failed"
                ],
                among=before,
            )

    def as_configured(
        self, stored: Mapping[str, SourceState]
    ) -> dict[str, SourceState]:
        """Return what the rows of the configured sources ought to be, by what is stored."""
        return cadence.configured(self.sources.values(), stored, now=self._clock())

    def _paired(
        self, stored: Mapping[str, SourceState]
    ) -> list[tuple[Source, SourceState]]:
        """Return the configured sources with their rows."""
        return [(s, stored[s.id]) for s in self.sources.values() if s.id in stored]

    def _put_off(
        self, stored: Mapping[str, SourceState], *, now: datetime
    ) -> list[SourceState]:
        put_off = (cadence.put_off(*pair, now=now) for pair in self._paired(stored))
        return [row for row in put_off if row]
