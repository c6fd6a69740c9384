"""What a running command does when it is told to stop, or to read its config again.

In: what stops it and what reloads it. Out: handlers of TERM, Ctrl-C and HUP.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from time import sleep
from types import FrameType

from aggregator.events import log

# Seconds from a stop until a service is ended as it stands. Polls and pages get ten, and
# what they brought is written then; our systemd unit kills after thirty. A database
# server that froze is waited for without end: its kernel answers for it, so no time limit
# of a connection runs out, and one lock that its thread holds keeps the rest.
LAST = 25.0


def on_signals(
    stop: Callable[[], None],
    reload: Callable[[], None] | None = None,
    *,
    within: float = LAST,
) -> None:
    """Let TERM and Ctrl-C stop, HUP reload; a second Ctrl-C ends the process at once.

    A process that has not ended `within` so many seconds of a stop is ended, with 0:
    what it holds is as after kill -9, from which every start goes on.

    What a signal asks for is done in a thread: a handler interrupts the main thread
    anywhere, also between taking a lock and waiting on it, and would then wait for a
    lock that its own thread holds. SimpleQueue.put is made for that (it is reentrant).
    """
    asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
    told: SimpleQueue[None] = SimpleQueue()
    is_stopping = False

    def on_stop(number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        if is_stopping and number == signal.SIGINT:
            os._exit(130)
        is_stopping = True
        told.put(None)
        asked.put(stop)

    def act() -> None:
        while True:
            asked.get()()

    def end() -> None:
        told.get()
        sleep(within)
        log.warning("stop cut short", waited_s=within, now="a start does what is left")
        with suppress(OSError, ValueError):  # whoever read it is gone
            sys.stdout.flush()
        os._exit(0)

    for name, work in (("signals", act), ("last resort", end)):
        threading.Thread(target=work, daemon=True, name=name).start()
    signal.signal(signal.SIGTERM, on_stop)
    signal.signal(signal.SIGINT, on_stop)
    if reload:
        signal.signal(signal.SIGHUP, lambda _number, _frame: asked.put(reload))
