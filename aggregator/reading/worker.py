"""The life of a reading worker: load the parsers, then read until the parent is gone.

Run as `python -m aggregator.reading.worker BYTES SECONDS` with a socket as standard
input, by `workers` and nobody else. It may take BYTES of address space, and the kernel
ends it some moments after a document took SECONDS, should the parent not have done so:
the alarm is not handled here, so it needs no interpreter that listens.
"""

import gc
import os
import resource
import signal
import socket
import sys
from contextlib import suppress

from aggregator.errors import ReadError
from aggregator.reading.conductor import read
from aggregator.reading.packing import Answer, Refused, packed, request_of
from aggregator.reading.request import ReadRequest
from aggregator.reading.wire import Gone, receive, send

_GRACE_SECONDS = 2.0


def main(parent: socket.socket, *, max_memory: int, seconds: float) -> None:
    """Answer each request, until hung up."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    run_anywhere()
    gc.freeze()
    send(parent, packed(Answer()))
    while True:
        request = request_of(receive(parent))
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE_SECONDS)
        answer = _answer(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(parent, answer)


def run_anywhere() -> None:
    """Use any core that our parent may use.

    The thread of it that started us may be bound to one, as those that poll are.
    """
    if hasattr(os, "sched_setaffinity"):
        with suppress(OSError):  # it ended just now, and so shall we
            os.sched_setaffinity(0, os.sched_getaffinity(os.getppid()))


def _answer(request: ReadRequest) -> bytes:
    try:
        return packed(Answer(reading=read(request)))
    except ReadError as error:
        refused = Refused(sentence=str(error), problem=error.problem)
        return packed(Answer(refused=refused))
    except MemoryError:
        return packed(Answer(exhausted=True))


if __name__ == "__main__":
    try:
        main(
            socket.socket(fileno=0),
            max_memory=int(sys.argv[1]),
            seconds=float(sys.argv[2]),
        )
    except Gone:
        sys.exit(0)
