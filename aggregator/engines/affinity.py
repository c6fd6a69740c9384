"""Let the threads that poll take turns on one core.

Python lets one thread run at a time, and each that waits for a server gives its turn
away. Spread over cores, a turn that is handed on wakes another core, which finds its
caches cold; the kernel moved threads 1,000 times in a sweep of 1,000 sources. On one core
(of two, the origin beside it; six rounds of both taking turns) an unchanged sweep takes
0.85 of the CPU and 0.88 of the time, one with new TLS connections 0.88 and 0.92, one with
10 % changed 0.93 and 0.93. The price: what C libraries do beside the interpreter (TLS,
inflating) has one core, too. The others are there for reading processes, the web server,
and everything else on the machine.

The core is that on which whoever hands over polls runs at that time, where the kernel put
it for having the least to do. It is chosen anew when it is used again after some seconds:
what else is on it by then may be bound to it, too.

Source: CPython issue 7946, "Convoy effect with I/O bound threads and New GIL".
"""

import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from math import inf

AGAIN = 10.0  # seconds before another core may be chosen


class Affinity:
    """Which core some threads of this process share; any, where none can be chosen."""

    def __init__(self, again: float = AGAIN) -> None:
        self._again = again
        self._chosen_at = -inf
        self._core: int | None = None
        self._bound = threading.local()

    def choose(self, now: float) -> None:
        """Choose the core of the calling thread, which must not follow, at a time."""
        if now - self._chosen_at >= self._again:
            self._chosen_at = now
            self._core = current() if threads_take_turns() else None

    def follow(self) -> None:
        """Bind the calling thread to the core that was chosen last."""
        core = self._core
        if core is not None and getattr(self._bound, "core", None) != core:
            self._bound.core = core
            # It may have been taken from us meanwhile.
            with suppress(OSError):
                os.sched_setaffinity(0, {core})


def threads_take_turns() -> bool:
    """Whether this interpreter lets one thread run at a time (PEP 703: not all do)."""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def current() -> int | None:
    """Return the number of the core that the calling thread runs on, None: not known."""
    core = _getcpu()()
    return core if core >= 0 else None


@cache
def _getcpu() -> Callable[[], int]:
    """Return what tells it: `sched_getcpu` of Linux's C libraries, glibc and musl."""
    import ctypes

    if not hasattr(os, "sched_setaffinity"):
        return lambda: -1
    return getattr(ctypes.CDLL(None), "sched_getcpu", lambda: -1)
