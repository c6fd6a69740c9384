"""One deadline over a whole fetch, obeyed by every socket beneath it.

In: how long a fetch may take in all. Out: sockets whose every read, write and handshake
waits no longer than what is left, so that a dripping body, slow header lines, endless
`100 Continue` and a silent TLS server all end at the same moment. A timeout of requests
bounds each single read and nothing in sum: with `timeout=2` all four of them were still
running after 8 s.

The layers between us and a socket (requests, urllib3, http.client, ssl) have no place
for such a value, so it travels in a context variable: a thread has at most one exchange
running, and pooled connections belong to whichever exchange uses them now.
"""

import select
import socket
import ssl
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import Struct, field

from aggregator.model import Unreached

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Deadline:
    """The moment a fetch ends, on the monotonic clock."""

    __slots__ = ("_ends",)

    def __init__(self, allowed: timedelta) -> None:
        self._ends = monotonic() + allowed.total_seconds()

    def left(self) -> float:
        """Return the seconds that are left; TimeoutError when there are none."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline of this fetch has passed")
        return left

    def rest(self) -> float:
        """Return the seconds that are left, none or less where it has passed."""
        return self._ends - monotonic()

    def allows(self, wait: timedelta) -> bool:
        """Whether as much is left after a wait as it takes."""
        return 2 * wait.total_seconds() < self.rest()


class Exchange(Struct, kw_only=True):
    """One request and its answer, as the layers below requests must know them.

    `path` is the request target to send exactly as it stands here. `reused` becomes
    True when the request went out on a kept-alive connection. `head` fills with the lines
    of the answer's header section as they come. `unreached` is why no connection was made.
    """

    deadline: Deadline
    path: str
    reused: bool = False
    head: list[bytes] = field(default_factory=list)
    unreached: Unreached | None = None


running: ContextVar[Exchange | None] = ContextVar("running", default=None)


def _hurry(sock: socket.socket) -> None:
    """Let the next call on a socket wait no longer than its exchange may still take."""
    exchange = running.get()
    if exchange is not None:
        sock.settimeout(exchange.deadline.left())


def _await(sock: socket.socket, event: int) -> None:
    """Wait until a socket can go on, no longer than its exchange may still take."""
    exchange = running.get()
    left = None if exchange is None else exchange.deadline.left() * 1000
    waiting = select.poll()
    waiting.register(sock, event)
    if not waiting.poll(left):
        raise TimeoutError("the deadline of this fetch has passed")


class TimedSocket(socket.socket):
    """A socket that obeys the deadline of the running exchange.

    It waits by itself instead of being given a timeout before each call: for that Python
    makes two system calls more, each of which lets another thread take over (a kept-alive
    304 among 16 threads: 14 changes of threads before, a third of its CPU).
    """

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0
    ) -> int:
        """Receive into a buffer before the deadline, or raise TimeoutError."""
        self._wait_not()
        while True:
            _await(self, select.POLLIN)
            with suppress(BlockingIOError):
                return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Send everything before the deadline, or raise TimeoutError."""
        self._wait_not()
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[super().send(rest, flags) :]
            except BlockingIOError:
                _await(self, select.POLLOUT)

    def _wait_not(self) -> None:
        """Let no call wait in the kernel. Not done when dialled: TLS wants to wait."""
        if self.gettimeout() != 0:
            self.settimeout(0)


class TimedTLSSocket(ssl.SSLSocket):
    """The same over TLS, handshake included (`SSLContext.sslsocket_class`)."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - ssl's
        """Shake hands before the deadline, or raise TimeoutError."""
        _hurry(self)
        super().do_handshake(block)

    def recv_into(
        self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0
    ) -> int:
        """Receive into a buffer before the deadline, or raise TimeoutError."""
        _hurry(self)
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        """Send (also a part of `sendall`) before the deadline, or raise TimeoutError."""
        _hurry(self)
        return super().send(data, flags)
