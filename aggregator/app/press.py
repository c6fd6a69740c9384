"""Publish soon after something changed, and rest in between.

A press that was rung prints once, however often it was rung meanwhile. After printing
it rests four times as long as it worked, at least a fifth of a second: publishing never
takes more than a fifth of a core, and a reader waits no longer than need be. Work is
the thread's own CPU: a process that was stopped for a quarter of an hour while it
printed, or waited so long for a disk, would otherwise rest for the hour after that.

What failed is tried again by itself: a disk that was full for a moment, a document that
was refused. Where polls bring nothing, nobody else would ring for a good while. After
each such try in vain it waits twice as long, up to `LONGEST`.

What can wait (months of 30,000 reports are files of 90 MB) is done after the rest, if it
was not rung again by then, and takes no more than a fifth of the time either.
"""

import threading
from collections.abc import Callable, Iterable
from time import monotonic, thread_time

from aggregator.errors import MediaWireError
from aggregator.events import log
from aggregator.model import PublicationStatus

REST = 0.2  # seconds, the shortest
AGAIN = 10.0  # seconds until what failed is tried again, the first time
LONGEST = 600.0  # seconds: by then somebody rings anyway

# Returns how documents fared, None for all well.
Publish = Callable[[], Iterable[PublicationStatus] | None]


class Press:
    """A thread that publishes when rung; a daemon."""

    def __init__(
        self,
        publish: Publish,
        then: Callable[[], object] = lambda: None,
    ) -> None:
        self._publish = publish
        self._then = then
        self._is_well = True
        self._is_left = False
        self._rung = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._print, daemon=True, name="press")
        self._thread.start()

    def ring(self) -> None:
        """Ask for the publications to be brought up to date."""
        self._rung.set()

    @property
    def is_dead(self) -> bool:
        """Whether its thread ended although nobody stopped it."""
        return not self._stopped.is_set() and not self._thread.is_alive()

    def stop(self, timeout: float) -> None:
        """Print what was rung for, then stop; wait for that at most `timeout` s.

        What takes longer is left: all that it works with is about to be closed.
        """
        self._stopped.set()
        self._rung.set()
        self._thread.join(timeout)
        if self._thread.is_alive():
            self._is_left = True
            log.warning("publishing left", waited_s=timeout, now="a start publishes")

    def _print(self) -> None:
        busy_until = monotonic()
        again: float | None = None
        is_last = False
        while not (is_last or self._is_left):
            is_rung = self._rung.wait(again)
            self._rung.clear()
            is_last = self._stopped.is_set()
            self._is_well = False
            self._stopped.wait(max(REST, 4 * self._tried(self._publish_all)))
            again = None if self._is_well else _later(again, is_rung=is_rung)
            is_quiet = not self._stopped.is_set() and not self._rung.is_set()
            if is_quiet and monotonic() >= busy_until:
                took = self._tried(self._then)
                busy_until = monotonic() + 4 * took

    def _publish_all(self) -> None:
        fared = self._publish() or ()
        self._is_well = not any(status.refused for status in fared)

    def _tried(self, work: Callable[[], object]) -> float:
        """Return how many seconds of work something was, whatever came of it."""
        began = thread_time()
        try:
            work()
        except (MediaWireError, OSError) as error:
            log.error("not published", reason=str(error))  # noqa: TRY400 - a sentence
        except Exception:
            if not self._is_left:
                log.exception("press broke")
        return thread_time() - began


def _later(again: float | None, *, is_rung: bool) -> float:
    """Return how long to wait after a try in vain, which was our own if not rung for."""
    if again is None:
        return AGAIN
    return again if is_rung else min(2 * again, LONGEST)
