"""Run due polls in threads of this process, and hand on what came of them.

In: states of sources that are due (`submit`). Out: batches of results to `record`, in
one thread, so that one transaction holds what came in together.

A source that was submitted is not taken again before its result is recorded: while the
store cannot be written, results are kept and tried again, and nobody is asked twice.
Who is due is asked at each tick, which `ticker` gives.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from math import inf
from time import monotonic

from msgspec.structs import replace

from aggregator.engines import arenas
from aggregator.engines.affinity import Affinity
from aggregator.engines.batches import Batches, weight
from aggregator.engines.capacity import PATIENCE, Capacity
from aggregator.engines.manners import Manners
from aggregator.engines.ticker import TICK, Ticker
from aggregator.errors import StoreError
from aggregator.events import log
from aggregator.model import Elsewhere, HostLimits, PollResult, SourceState

RETRY = 5.0  # seconds before a batch that could not be recorded is tried again
SLICE = 0.5  # seconds that `drain` waits at a time, so that a signal is heard

Poll = Callable[[SourceState], PollResult | Elsewhere | None]
Record = Callable[[Sequence[PollResult]], None]


class LocalEngine:
    """Threads that poll, one that dispatches, one that records; all daemons.

    When `record` raises StoreError, a service insists until the store is back; a single
    round (`insist=False`) stops, and `broken` holds the error. When `poll` raises it,
    or returns None, the source is let go as if it had not been taken. When it returns
    Elsewhere, it is called again at that host's pace. `poll` must raise nothing else.
    """

    def __init__(
        self,
        poll: Poll,
        record: Record,
        *,
        limits: Callable[[str], HostLimits],
        workers: int,
        insist: bool = True,
    ) -> None:
        self._poll = poll
        self._record = record
        self._insist = insist
        self.broken: StoreError | None = None
        self._manners = Manners(limits)
        self._capacity = Capacity(workers)
        self._taken: set[str] = set()
        self._threads = 0
        self._cramped: str | None = None
        self._stopping = False
        # One lock, two who wait: the dispatcher, and who waits for all to be settled.
        lock = threading.RLock()
        self._changed = threading.Condition(lock)
        self._settled = threading.Condition(lock)
        self._rests_until = 0.0
        self._affinity = Affinity()
        # None tells the thread that takes it to end.
        self._ready: queue.SimpleQueue[SourceState | None] = queue.SimpleQueue()
        self._batches = Batches()
        self._ticker = Ticker()
        self._parts = [
            threading.Thread(target=work, daemon=True, name=name)
            for name, work in (
                ("dispatcher", self._dispatch),
                ("recorder", self._keep_records),
            )
        ]
        arenas.share()
        for part in self._parts:
            part.start()

    def dead(self) -> list[str]:
        """Return the names of parts that ended although nobody stopped us."""
        if self._stopping:
            return []
        ended = [part.name for part in self._parts if not part.is_alive()]
        return [*ended, *([] if self._ticker.lives() else ["scheduler"])]

    def powerless(self) -> str | None:
        """Return why there is not one thread to poll in, None if there is or need be."""
        return None if self._threads else self._cramped

    def remember(self, asked: Mapping[str, timedelta]) -> None:
        """Hear how long ago others asked hosts: their next poll comes that much later."""
        with self._changed:
            self._manners.remember(asked, monotonic())

    def submit(self, states: Iterable[SourceState]) -> int:
        """Take sources to poll; return how many were not taken already."""
        self._affinity.choose(monotonic())
        with self._changed:
            if self._stopping:
                return 0
            fresh = {s.source_id: s for s in states if s.source_id not in self._taken}
            self._taken.update(fresh)
            for state in fresh.values():
                self._manners.add(state)
            self._changed.notify()
        return len(fresh)

    def taken(self) -> frozenset[str]:
        """Return the ids of sources whose results are still to come."""
        with self._changed:
            return frozenset(self._taken)

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until everything taken is recorded; return whether that came true.

        After `abandon` it waits no longer: `stop` does, as long as it is told to.
        """
        with self._changed:
            until = None if timeout is None else monotonic() + timeout
            # In slices: a main thread that waits without end may not hear a signal.
            while (
                self._taken
                and not self._stopping
                and (until is None or monotonic() < until)
            ):
                self._settled.wait(SLICE if timeout is None else min(SLICE, timeout))
            return not self._taken

    def every(self, tick: Callable[[], None], period: timedelta = TICK) -> None:
        """Call `tick` each `period` from now on, never two at a time, never skipped."""
        self._ticker.every(tick, period)

    def retune(self, limits: Callable[[str], HostLimits], *, workers: int) -> None:
        """Use other manners from the next start on."""
        with self._changed:
            self._capacity.workers = workers
            self._manners.retune(limits)
            self._changed.notify()

    def stop(self, grace: timedelta) -> bool:
        """Start no poll any more, wait for the running ones, record what came.

        Returns whether all of them ended within `grace`; what did not is polled again
        after the next start, because nothing of it was recorded. The threads end, those
        that still poll as soon as they have done so.
        """
        self._batches.hurry()
        self._ticker.stop()
        self.abandon()
        with self._changed:
            with suppress(queue.Empty):
                while state := self._ready.get_nowait():
                    self._ended(state)
                    self._forget([state])
            for _ in range(self._threads):
                self._ready.put(None)
            ended = self._settled.wait_for(
                lambda: not self._taken, grace.total_seconds()
            )
        self._batches.end()
        return ended

    def abandon(self) -> None:
        """Start no poll any more; what runs goes on, and `drain` returns."""
        with self._changed:
            self._halt()

    def recall(self) -> list[SourceState]:
        """Return what waits for its turn, and is not polled now; what runs goes on."""
        with self._changed:
            waiting = self._manners.clear()
            self._forget(waiting)
        return waiting

    def _dispatch(self) -> None:
        """Hand waiting sources to the threads as soon as their hosts allow."""
        while True:
            self._affinity.follow()
            with self._changed:
                if self._stopping:
                    return
                now = monotonic()
                state = self._start(now)
                if state is None:
                    self._rest(now)
                elif self._threads < self._capacity.running and not self._enlarged():
                    self._put_back(state)
                    self._changed.wait(RETRY)
                else:
                    self._ready.put(state)

    def _rest(self, now: float) -> None:
        """Wait until another source may start, or something has changed."""
        is_full = self._capacity.is_full(now)
        until_free = self._capacity.until_lenient if is_full else self._manners.pause
        pause = until_free(now)
        self._rests_until = inf if pause is None else now + pause
        self._changed.wait(pause)
        self._rests_until = 0.0

    def _enlarged(self) -> bool:
        """Try to start one more thread; say once if the system gives us none now."""
        try:
            threading.Thread(target=self._work, daemon=True).start()
        except RuntimeError as error:
            if not self._cramped:
                log.error("no thread to poll in", reason=str(error), retry_s=RETRY)  # noqa: TRY400
            self._cramped = str(error)
            return False
        self._threads += 1
        self._cramped = None
        return True

    def _put_back(self, state: SourceState) -> None:
        """Let a source that was to begin wait for its turn again."""
        self._ended(state)
        self._manners.add(state)

    def _work(self) -> None:
        """Poll what is handed over, and after that what may start, until told to end.

        Handing each source over costs more than a poll that finds nothing new: a thread
        that takes the next one itself spares two changes of threads.
        """
        while state := self._ready.get():
            self._affinity.follow()
            following: SourceState | None = state
            while following:
                polled = following
                result = self._polled(polled)
                if isinstance(result, PollResult):
                    self._batches.put(result)
                with self._changed:
                    self._ended(polled)
                    if isinstance(result, PollResult):
                        self._capacity.hoard(weight([result]))
                    elif result and not self._stopping:
                        self._manners.add(replace(polled, host=result.host))
                    else:
                        self._forget([polled])
                    following = self._start(monotonic())
                    self._rouse(monotonic())

    def _polled(self, state: SourceState) -> PollResult | Elsewhere | None:
        """Return what a poll brought, None for nothing that could be recorded."""
        try:
            return self._poll(state)
        except StoreError as error:
            log.error("not polled", source_id=state.source_id, reason=str(error))  # noqa: TRY400
            if not self._insist:
                self._give_up(error)
            return None

    def _start(self, now: float) -> SourceState | None:
        """Return a source whose poll begins now, None if none may."""
        if self._stopping or self._capacity.is_full(now):
            return None
        state = self._manners.start(now)
        if state:
            self._capacity.begin(state.source_id, now)
        return state

    def _rouse(self, now: float) -> None:
        """Wake the dispatcher if a source may start before it wakes by itself.

        When no poll may begin, that is until a running one is overlooked, at the latest:
        it was woken for nothing 1,750 times in 2,000 polls.
        """
        pause = self._manners.pause(now)
        if pause is not None and self._capacity.is_full(now):
            pause = PATIENCE
        if pause is not None and now + pause < self._rests_until:
            self._changed.notify()

    def _ended(self, state: SourceState) -> None:
        self._capacity.end(state.source_id)
        self._manners.end(state.host)

    def _forget(self, done: Iterable[PollResult | SourceState]) -> None:
        self._taken.difference_update(each.source_id for each in done)
        if not self._taken:
            self._settled.notify_all()

    def _halt(self) -> None:
        self._stopping = True
        self._forget(self._manners.clear())
        self._changed.notify_all()
        self._settled.notify_all()

    def _keep_records(self) -> None:
        while batch := self._batches.gather():
            self._affinity.follow()
            while not self._recorded(batch):
                with self._changed:
                    self._settled.wait_for(lambda: self._stopping, RETRY)
            with self._changed:
                self._forget(batch)
                self._capacity.hoard(-weight(batch))
                self._changed.notify()

    def _recorded(self, batch: list[PollResult]) -> bool:
        """Try to record the batch; return whether there is nothing left to try."""
        try:
            self._record(batch)
        except StoreError as error:
            log.error("not recorded", reason=str(error), retry_s=RETRY)  # noqa: TRY400
            self.broken = error
            if not self._insist:
                self._give_up(error)
            return self._stopping
        except Exception as error:
            # Not the store's trouble, so trying again would not end it: what the batch
            # brought is let go, its sources are asked again when they are due.
            log.exception("record broke")
            self.broken = StoreError(f"a fault in Media Wire: {type(error).__name__}")
            return True
        if self._insist or not self._stopping:
            self.broken = None
        return True

    def _give_up(self, error: StoreError) -> None:
        """Begin nothing further because of an error, which stays."""
        with self._changed:
            self.broken = error
            self._halt()
