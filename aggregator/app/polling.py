"""Poll what is due, again and again, and record what came of it.

In: a Wire, ticks. Out: the store says of each source that was due what came of asking
it; who was asked in vain is due again. Failures that are our own network's are held
against nobody: one source after the other is asked then, until one answers.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Lock
from time import monotonic

from aggregator.app.asked import Asked
from aggregator.app.share import Share
from aggregator.app.tally import Tally
from aggregator.app.wire import Wire
from aggregator.engines.local import LocalEngine
from aggregator.errors import MediaWireError, StoreError
from aggregator.events import log
from aggregator.fetching.cadence import Judged, Network
from aggregator.model import Config, Elsewhere, PollResult, SourceState

# How many due sources are looked at in one tick; the rest is due in the next.
HORIZON = 2000


class Polling:
    """The engine of a process that goes on polling, and what it must keep in mind.

    `heard` is called with the results of polls once they are recorded.
    """

    def __init__(
        self,
        wire: Wire,
        share: Share,
        heard: Callable[[Sequence[PollResult]], None],
        *,
        record: Callable[[Sequence[PollResult]], list[PollResult]] | None = None,
    ) -> None:
        self.tally = Tally()
        self._wire = wire
        self._share = share
        self._heard = heard
        self._record_in = record or wire.record
        self._asked = Asked(wire)
        # Between finding out who may be asked and asking nobody else decides that.
        self._beginning = Lock()
        self._is_over = False
        self._recording = Lock()
        self._network = Network()
        # The batch that was judged last, and how.
        self._verdict: tuple[Sequence[PollResult], Judged] | None = None
        self._is_cut_off = False
        self.engine = LocalEngine(
            self._poll,
            self._record,
            limits=wire.config.host_limits,
            workers=wire.config.fetch.workers,
        )

    def look(self) -> None:
        """Begin what is due, having given back what was asked in vain."""
        self._asked.give_back()
        if self._network.came_back():
            self._is_cut_off = False
            log.info("network back")
            self._wire.schedule.spread_backlog()
        if self._share.is_lost():
            # Whoever has them now may have asked them already: their rows stay.
            recalled = self.engine.recall()
            self._asked.answered(state.source_id for state in recalled)
            log.warning("shards lost", sources_recalled=len(recalled))
        with self._beginning:
            if self._is_over:
                return
            # First who is taken: a poll that is recorded meanwhile is due no more.
            taken = self.engine.taken()
            due = self._share.due(HORIZON, taken)
            if self._share.took_over():
                spacing = self._wire.config.longest_spacing
                self.engine.remember(self._wire.schedule.asked_lately(spacing))
            self._begin(due)

    def poll_now(self, state: SourceState) -> None:
        """Poll a source out of turn, at its host's pace; MediaWireError if not now."""
        with self._beginning:
            if self._is_over:
                raise MediaWireError("nothing is polled any more: we are stopping")
            if state.source_id in self.engine.taken():
                raise MediaWireError(f"{state.source_id} is being polled just now")
            self._share.require(state)
            if not self._begin([state]):
                raise MediaWireError("nothing can be reached now: the network is down")

    def recall(self) -> None:
        """Let be due again what waits for its host; raises StoreError.

        Before another config is adopted: it may pause a source, or know it no more. Who
        waits where a redirect led was asked already, and goes on as who is asked now.
        """
        recalled = self.engine.recall()
        led = [state for state in recalled if self._wire.is_led(state)]
        self.engine.submit(led)
        self._asked.let_go(state for state in recalled if state not in led)
        self._asked.give_back()

    def retune(self, config: Config) -> None:
        """Go by the manners of another config from the next start on."""
        self.engine.retune(config.host_limits, workers=config.fetch.workers)

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Forget what runs, and let it be due again; nothing is recorded meanwhile.

        For a wall clock that jumped: what runs has its times from the clock before, and
        so has what is kept in mind of it.
        """
        with self._recording:
            self.engine.recall()
            self._asked.end()
            self._network, self._is_cut_off, self._verdict = Network(), False, None
            yield

    def stop(self, grace: timedelta) -> bool:
        """Begin nothing any more, record what comes, let be due again what does not.

        Returns whether all that ran came within `grace`.
        """
        self._is_over = True
        ended = self.engine.stop(grace)
        # Not while somebody is noted as asked, or that would stand there for good.
        with self._beginning:
            self.end_asking()
            self._share.close()
        return ended

    def end_asking(self) -> None:
        """Let the next start ask again what was not answered until now.

        What is recorded just now was answered.
        """
        try:
            with self._recording:
                self._asked.end()
        except MediaWireError as error:
            log.error("not given back", reason=str(error))  # noqa: TRY400 - a sentence

    def _begin(self, due: Sequence[SourceState]) -> bool:
        """Poll what is due, having noted that first; return whether anything is."""
        fresh = self._network.choice(due, at=monotonic())
        self._asked.note(fresh)
        return self.engine.submit(fresh) > 0

    def _poll(self, state: SourceState) -> PollResult | Elsewhere | None:
        """Poll a source, which is due again if nothing comes of that."""
        result = None
        try:
            result = self._wire.poll(state, leaves=True)
        finally:
            if result is None:
                self._asked.let_go([state])
        return result

    def _record(self, results: Sequence[PollResult]) -> None:
        with self._recording:
            counted, spared = self._judged(results)
            kept = self._record_in(counted)
            if spared:
                self._hold_back(spared)
            self._verdict = None
            self._asked.answered(result.source_id for result in counted)
        self.tally.count([*counted, *spared])
        self._heard(kept)

    def _judged(self, results: Sequence[PollResult]) -> Judged:
        """Return which results of a batch count.

        That is judged once, however often the batch must be tried to be recorded: the
        network would hear of each failure again.
        """
        if self._verdict is None or self._verdict[0] is not results:
            before = self._asked.before
            # Whoever is not known to be asked was asked before the clock jumped.
            timely = [each for each in results if each.source_id in before]
            if len(timely) < len(results):
                log.info("let go", polls=len(results) - len(timely), why="clock jumped")
            judged = self._network.judged(timely, before, at=monotonic())
            self._verdict = (results, judged)
        return self._verdict[1]

    def _hold_back(self, spared: Sequence[PollResult]) -> None:
        """Hold nothing against sources that nobody can reach, and let all others wait."""
        if not self._is_cut_off:
            self._is_cut_off = True
            log.warning("network down", reason=spared[0].outcome.error)
        self._wire.schedule.put_back(self._network.wronged())
        self._network.righted()
        waiting = self._network.waiting(spared, self._asked.before)
        self._asked.let_go([*self.engine.recall(), *waiting])
        with suppress(StoreError):  # or at the next good tick
            self._asked.give_back()
