"""What a running command does when it is told to stop, or to read its config again.

In: what stops it and what reloads it. Out: handlers of TERM, Ctrl-C and HUP.
"""

import os
import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType


def on_signals(
    stop: Callable[[], None], reload: Callable[[], None] | None = None
) -> None:
    """Let TERM and Ctrl-C stop, HUP reload; a second Ctrl-C ends the process at once.

    What a signal asks for is done in a thread: a handler interrupts the main thread
    anywhere, also between taking a lock and waiting on it, and would then wait for a
    lock that its own thread holds. SimpleQueue.put is made for that (it is reentrant).
    """
    asked: SimpleQueue[Callable[[], None]] = SimpleQueue()
    is_stopping = False

    def on_stop(number: int, _frame: FrameType | None) -> None:
        nonlocal is_stopping
        if is_stopping and number == signal.SIGINT:
            os._exit(130)
        is_stopping = True
        asked.put(stop)

    def act() -> None:
        while True:
            asked.get()()

    threading.Thread(target=act, daemon=True, name="signals").start()
    signal.signal(signal.SIGTERM, on_stop)
    signal.signal(signal.SIGINT, on_stop)
    if reload:
        signal.signal(signal.SIGHUP, lambda _number, _frame: asked.put(reload))
