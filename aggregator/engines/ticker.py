"""Call something every second, for years. The door to APScheduler.

In: what to call, and how often. Out: calls in one thread after the other, never two at a
time, never skipped, whatever the wall clock does.

APScheduler gives the tick and nothing else: its job queue drops work when it is late (200
jobs due at once with the defaults: 180 were lost), and it plans by the wall clock.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.base import BaseTrigger

TICK = timedelta(seconds=1)
LATE = 3  # ticks


class Ticker:
    """The standing jobs of an engine; its threads are daemons."""

    def __init__(self) -> None:
        self._scheduler: BackgroundScheduler | None = None
        self._stopped = threading.Event()
        # Not to plan a job anew that a stop takes away at that moment.
        self._planning = threading.Lock()

    def lives(self) -> bool:
        """Whether the scheduler's thread is there, if there has to be one.

        One that is about to begin is not alive yet, and has not ended.
        """
        thread = getattr(self._scheduler, "_thread", None)
        return thread is None or thread.ident is None or thread.is_alive()

    def every(self, tick: Callable[[], None], period: timedelta = TICK) -> None:
        """Call `tick` once a period from now on.

        APScheduler would rest for as long as the wall clock was put back (an hour:
        3,600 s without a tick). A tick that is late by the monotonic clock is planned
        anew.
        """
        trigger = _steady(period)
        if self._scheduler is None:
            from apscheduler.schedulers.background import BackgroundScheduler

            self._scheduler = BackgroundScheduler(timezone="UTC")
            self._scheduler.start()
        seconds = period.total_seconds()
        begun, running = monotonic(), threading.Lock()

        def ticking() -> None:
            nonlocal begun
            with running:
                begun = monotonic()
                tick()

        def keep_time() -> None:
            while not self._stopped.wait(seconds):
                is_late = monotonic() - begun > LATE * seconds
                with self._planning:
                    if is_late and not (running.locked() or self._stopped.is_set()):
                        job.reschedule(trigger)

        job = self._scheduler.add_job(
            ticking,
            trigger,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        threading.Thread(target=keep_time, daemon=True, name="keep_time").start()

    def stop(self) -> None:
        """Begin no further tick; one that runs goes on to its end."""
        with self._planning:
            if self._scheduler and not self._stopped.is_set():
                self._scheduler.shutdown(wait=False)
            self._stopped.set()


def _steady(period: timedelta) -> "BaseTrigger":
    """Return a trigger that fires a period after it did, whatever was missed.

    APScheduler's own counts every second that a clock skipped, one by one, before it
    coalesces them: 315 million after a jump of ten years, with memory for each.
    """
    from apscheduler.triggers.base import BaseTrigger

    class Steady(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
        def get_next_fire_time(
            self, previous: datetime | None, now: datetime
        ) -> datetime:
            return now + period if previous else now

    return Steady()
