"""Know who is being asked, and let be due again who was asked in vain.

In: rows of sources as they were when they were found due. Out: the store says of them
that they are asked, before they are: whoever is killed meanwhile must not ask again at
once. It says again what it said before where nothing came of that: as soon as it can
be written, so `give_back` is tried with each tick. Safe to use from several threads.
"""

import threading
from collections.abc import Iterable, Sequence

from aggregator.app.wire import Wire
from aggregator.errors import StoreError
from aggregator.model import SourceState


class Asked:
    """Sources that are asked. `before` are their rows as they were before that."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.before: dict[str, SourceState] = {}
        self._in_vain: dict[str, SourceState] = {}
        # So that who is asked anew is not given back by another thread after that.
        self._writing = threading.Lock()
        # So that the end gives back also whom another thread lets go at that moment.
        self._moving = threading.Lock()

    def note(self, states: Sequence[SourceState]) -> None:
        """Note in the store that these are about to be asked; raises StoreError."""
        self.before |= {state.source_id: state for state in states}
        with self._writing:
            try:
                self._wire.schedule.ask(states)
            except StoreError:
                # Perhaps it was written, and only the answer got lost.
                self.let_go(states)
                raise
            for state in states:
                self._in_vain.pop(state.source_id, None)

    def answered(self, source_ids: Iterable[str]) -> None:
        """Forget these: their rows say what came of it."""
        for source_id in source_ids:
            self.before.pop(source_id, None)

    def let_go(self, states: Iterable[SourceState]) -> None:
        """Expect no answer of these: their rows are to be as they are given here.

        Whoever is not asked any more has a row that may be another by now: it stays.
        """
        with self._moving:
            for state in states:
                if self.before.pop(state.source_id, None):
                    self._in_vain[state.source_id] = state

    def give_back(self) -> None:
        """Let be due again what was let go; raises StoreError, then it still is to be."""
        with self._writing:
            # A copy: other threads let go at any time.
            if in_vain := self._in_vain.copy():
                self._wire.schedule.unask(in_vain.values())
                for source_id in in_vain:
                    self._in_vain.pop(source_id, None)

    def end(self) -> None:
        """Let be due again all that was not answered until now."""
        self.let_go(self.before.copy().values())
        self.give_back()
