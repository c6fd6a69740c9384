"""Processes that read documents and may be killed: at a deadline, or out of memory.

In: a ReadRequest. Out: a Reading, or ReadError; `too-complex` where the process had to
go. A thread cannot be killed, and a document of 60 KB can keep the parsers busy for
minutes or fill the machine's memory, so nothing from outside is parsed in our own
process. (Whose items are all as they were needs no parser, and no process: `passage`.)

A process is started when the first document comes (never by a fork of ours: it is a
fresh interpreter, without our sockets, locks and threads), reads documents one after the
other over a socket pair, and is replaced after 2,000 of them. It ends when that socket
does: with its parent, also if the parent was killed. Should it be busy then, its own
alarm ends it: the kernel delivers that whatever the interpreter is doing. Ctrl-C in a
terminal does not reach it; ending it is the parent's decision.

A further process is started when a document has waited for three times as long as the
last one took to start, 2 s at most, since it came and the first one was ready: a start
takes as much CPU as 60 documents with two new entries, and all that a round of 1,000
sources brings at once is read by one process meanwhile.

One process is kept for documents of usual size, where there are several: twelve that
are made to be slow (10 MiB, killed after 10 s each) kept all others waiting for a minute.

The deadline is wall time and counts while a document is being read, not while it waits
for a free process nor while the process starts.

Own and not pebble: pebble's pool adds 1.7 ms to a document where this adds 0.25 ms (47 KB
with 50 known items, one process, one run after the other); it starts processes
through multiprocessing, which either forks our threads and sockets or imports the
caller's `__main__`; and it has no memory limit, which would need `worker` all the same.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic
from typing import Final
from weakref import finalize

from msgspec import DecodeError

from aggregator.errors import ReadError
from aggregator.model import Reading, ReadingLimits
from aggregator.reading.packing import answer_of, packed
from aggregator.reading.passage import unread
from aggregator.reading.request import ReadRequest
from aggregator.reading.wire import Gone, receive, send

DOCUMENTS_PER_PROCESS: Final = 2_000  # feedparser keeps some memory of each
LARGE: Final = 1_048_576  # bytes; no feed of those collected is larger
_START_SECONDS: Final = 60.0  # to load the parsers, on a machine that has other work
_CLOSE_SECONDS: Final = 2.0
# Starts, and seconds, that a document waits before it gets a further process.
_PATIENCE: Final = 3.0
_MOST_PATIENCE: Final = 2.0
_STOPPING: Final = "the service is stopping"
_MIB: Final = 1_048_576
# Where interpreter and libraries are found, language and zone, and how memory is got.
_NEEDED: Final = re.compile(
    r"(PATH|HOME|TMPDIR|TZ|TZDIR|LANG|LANGUAGE|SYSTEMROOT|VIRTUAL_ENV)\Z"
    r"|PYTHON|LC_|LD_|DYLD_|MALLOC_|GLIBC_|COV_|COVERAGE_",
)


class Workers:
    """At most `limits.workers` processes, shared by any number of threads.

    They end with `close`, or when nobody holds this any more: after an edit of the
    config the last poll that began before it is the last to read with the old limits.
    """

    def __init__(self, limits: ReadingLimits) -> None:
        self._limits = limits
        self._free = threading.BoundedSemaphore(limits.workers)
        self._large = threading.BoundedSemaphore(max(1, limits.workers - 1))
        self._lock = threading.Lock()
        self._returned = threading.Condition(self._lock)
        self._idle: list[_Process] = []
        self._all: set[_Process] = set()
        self._closed = False
        # When the first of them was ready, and how long the last one took to be.
        self._ready: float | None = None
        self._start_seconds = 0.0
        finalize(self, _end, self._all).atexit = False

    def read(self, request: ReadRequest) -> Reading:
        """Return what a document holds, waiting for a free process if need be.

        Raises:
            ReadError: it is not readable, or `too-complex`: the process was killed at
                its deadline or ran out of memory.
        """
        if (reading := unread(request)) is not None:
            return reading
        came = monotonic()
        lane = self._large if len(request.body) > LARGE else contextlib.nullcontext()
        with lane, self._free:
            answer = self._answer(request, came)
        if isinstance(answer, ReadError):
            raise answer
        if isinstance(answer, Reading):
            return answer
        raise self._too_complex(request, answer)

    def close(self) -> None:
        """End all processes, also those that are reading: their readers get ReadError."""
        with self._lock:
            self._closed = True
            processes = set(self._all)
            self._idle.clear()
            self._returned.notify_all()
        _end(processes)

    def _answer(self, request: ReadRequest, came: float) -> object:
        """Return a process's answer, or the exception that stands for its end."""
        try:
            process = self._take(came)
        except (Gone, OSError) as error:
            why = f"no reading process starts ({error!r})"
            return self._not_read(request, _STOPPING if self._closed else why)
        answer: object = None
        sound = False
        try:
            answer = process.ask(request)
            sound = isinstance(answer, Reading | ReadError)
        except (TimeoutError, Gone) as error:
            answer = error
        except DecodeError as error:
            answer = self._not_read(request, f"its reader said nonsense ({error})")
        finally:
            self._put_back(process, sound=sound)
        if self._closed and isinstance(answer, Gone):
            return self._not_read(request, _STOPPING)
        return answer

    def _take(self, came: float) -> "_Process":
        """Return an idle process; or a new one, where none runs or it took too long."""
        with self._lock:
            while not self._idle and self._all and not self._closed:
                left = self._patience_left(came)
                if left <= 0:
                    break
                self._returned.wait(left)
            while self._idle:
                process = self._idle.pop()
                if process.is_alive():
                    return process
                self._all.discard(process)
                process.kill()
            if self._closed:
                raise Gone(_STOPPING)
            process = _Process(self._limits)
            self._all.add(process)
        try:
            process.start()
        except BaseException:
            self._put_back(process, sound=False)
            raise
        with self._lock:
            now = monotonic()
            self._ready = self._ready or now
            self._start_seconds = now - process.began
            self._returned.notify_all()
        return process

    def _patience_left(self, came: float) -> float:
        """Return for how many seconds a document that came then waits for a process.

        While the first one starts, another would not be there any sooner, unless that
        one hangs.
        """
        if self._ready is None:
            return came + _MOST_PATIENCE - monotonic()
        patience = min(_PATIENCE * self._start_seconds, _MOST_PATIENCE)
        return max(came, self._ready) + patience - monotonic()

    def _put_back(self, process: "_Process", *, sound: bool) -> None:
        """Keep a process for the next document, or end it for good."""
        with self._lock:
            sound = sound and not self._closed
            if sound and process.documents < DOCUMENTS_PER_PROCESS:
                self._idle.append(process)
                self._returned.notify()
                return
            self._all.discard(process)
            self._returned.notify()
        process.kill()

    def _not_read(self, request: ReadRequest, why: str) -> ReadError:
        return ReadError(f"{request.source.id}: not read: {why}", problem="unreadable")

    def _too_complex(self, request: ReadRequest, end: object) -> ReadError:
        if isinstance(end, TimeoutError):
            limit = f"more than {self._limits.timeout.total_seconds():g} s"
        elif isinstance(end, MemoryError):
            limit = f"more than {self._limits.max_memory // _MIB} MiB of memory"
        else:
            limit = "the life of the process that read it"
        size = f"{len(request.body):,} bytes"
        return ReadError(
            f"{request.source.id}: too complex: {size} took {limit}",
            problem="too-complex",
        )


class _Process:
    """One interpreter, from the parent's side."""

    def __init__(self, limits: ReadingLimits) -> None:
        self.documents = 0
        self.began = monotonic()
        self._seconds = limits.timeout.total_seconds()
        self._socket, theirs = socket.socketpair()
        arguments = (str(limits.max_memory), str(self._seconds))
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                (sys.executable, "-P", "-m", "aggregator.reading.worker", *arguments),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env=_environment(),
            )

    def start(self) -> None:
        """Wait until the process has loaded the parsers.

        Raises:
            Gone: it does not start; standard error says why.
        """
        try:
            receive(self._socket, deadline=monotonic() + _START_SECONDS)
        except TimeoutError as error:
            raise Gone(f"not ready after {_START_SECONDS:g} s") from error

    def ask(self, request: ReadRequest) -> object:
        """Return the answer, as a Reading, ReadError or MemoryError.

        Raises:
            TimeoutError: there is none at the deadline.
            Gone: the process ended.
        """
        self.documents += 1
        deadline = monotonic() + self._seconds
        send(self._socket, packed(request), deadline=deadline)
        answer = answer_of(receive(self._socket, deadline=deadline))
        if answer.refused:
            return ReadError(answer.refused.sentence, problem=answer.refused.problem)
        return MemoryError() if answer.exhausted else answer.reading

    def is_alive(self) -> bool:
        """Whether the process still runs (something else may have killed it)."""
        return self._process.poll() is None

    def hang_up(self) -> None:
        """Close the connection, which the process takes as its end."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        """Give the process a moment to end by itself, then kill it."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_CLOSE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process at once and leave nothing of it."""
        self._process.kill()
        self._process.wait()
        self._socket.close()


def _end(processes: "set[_Process]") -> None:
    """End processes, at once if they are idle."""
    for process in processes:
        process.hang_up()
    for process in processes:
        process.end()


def _environment() -> dict[str, str]:
    """Return the environment of a worker: what an interpreter needs of ours.

    The rest stays here: `env:NAME` may name any variable, and a worker reads what
    strangers wrote. The folder of this package comes first on its path, so that it runs
    this code.
    """
    kept = {name: value for name, value in os.environ.items() if _NEEDED.match(name)}
    paths = (str(Path(__file__).parents[2]), kept.get("PYTHONPATH", ""))
    warnings = {"PYTHONWARNINGS": "ignore"}
    return kept | warnings | {"PYTHONPATH": os.pathsep.join(filter(None, paths))}
