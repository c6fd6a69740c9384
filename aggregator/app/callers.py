"""Bound what those who call on the web server can hold of this process.

In: how many connections there may be. Out: the protocol that uvicorn speaks, with bounds.
Polls, store and config live in the same process: whoever opens a thousand connections
and says nothing, or sends a header that never ends, must not take their files and memory.
Nobody is turned away for that: of too many connections the one that has been silent
longest ends, so that who just came is answered however many others only wait.

Source: RFC 6585 section 5 (431); nginx calls the same `worker_connections`, which also
ends idle connections for new ones.
"""

import asyncio
import resource
from collections import OrderedDict, deque

from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)

# Room for a condition of 100 KB (If-None-Match), which is answered too, and a long query.
LONGEST_HEAD = 256 * 1024  # bytes
MOST = 4096

Cycles = deque[RequestResponseCycle]

_TOO_LONG = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-length: 0\r\nconnection: close\r\n\r\n"
)


def most_connections() -> int:
    """Return how many connections there may be: half of the files that may be open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else min(files // 2, MOST)


def bounded(most: int) -> type[HttpToolsProtocol]:  # noqa: C901 - a class's methods
    """Return a protocol whose connections are `most` together; for one server."""
    heard: OrderedDict[HttpToolsProtocol, None] = OrderedDict()

    class Bounded(HttpToolsProtocol):
        """One connection; `heard` has all of them, that of who spoke last at its end."""

        _unread = 0  # bytes of a head so far; those of a body are the app's to count

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
            super().connection_made(transport)
            self._asked: Cycles = deque()
            heard[self] = None
            if len(heard) > most:
                silent, _ = heard.popitem(last=False)
                silent.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            heard.pop(self, None)
            _nobody_listens(self._asked)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self in heard:
                heard.move_to_end(self)
            if self._unread > LONGEST_HEAD:
                self.transport.write(_TOO_LONG)
                self.transport.close()
                return
            self._unread += len(data)
            super().data_received(data)

        def on_headers_complete(self) -> None:
            self._unread = 0
            super().on_headers_complete()
            _ask(self._asked, self.cycle)

        def on_body(self, body: bytes) -> None:
            self._unread = 0
            super().on_body(body)

        def on_message_complete(self) -> None:
            self._unread = 0
            super().on_message_complete()

        def shutdown(self) -> None:
            """End with the answers under way; wait for no question that is not whole."""
            super().shutdown()
            if not _can_be_answered(self._asked):
                self.transport.close()

    return Bounded


def _ask(cycles: Cycles, cycle: RequestResponseCycle | None) -> None:
    """Add a question to those that are not answered yet, in their order.

    Thousands may come in one go, so no one is looked at again for each of them.
    """
    while cycles and cycles[0].response_complete:
        cycles.popleft()
    if cycle:
        cycles.append(cycle)


def _can_be_answered(cycles: Cycles) -> bool:
    """Whether any question is whole, and not answered yet."""
    return any(not (each.response_complete or each.more_body) for each in cycles)


def _nobody_listens(cycles: Cycles) -> None:
    """Let what is still answered be for nobody.

    uvicorn tells the last one only: of several questions that came in one go, what
    answered an earlier one broke at a connection that was closed, which was logged.
    """
    for each in cycles:
        each.disconnected = True
