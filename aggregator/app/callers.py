"""Bound what those who call on the web server can hold of this process.

In: how many connections there may be. Out: the protocol that uvicorn speaks, with bounds.
Polls, store and config live in the same process: whoever opens a thousand connections
and says nothing must not take the files that they need.
Nobody is turned away for that: of too many connections the one that has been silent
longest ends, so that who just came is answered however many others only wait.

Source: nginx calls the same `worker_connections`, and ends idle ones for new ones, too.
"""

import asyncio
import resource
from collections import OrderedDict

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST = 4096


def most_connections() -> int:
    """Return how many connections there may be: half of the files that may be open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST if files == resource.RLIM_INFINITY else min(files // 2, MOST)


def bounded(most: int) -> type[HttpToolsProtocol]:
    """Return a protocol whose connections are `most` together; for one server."""
    heard: OrderedDict[HttpToolsProtocol, None] = OrderedDict()

    class Bounded(HttpToolsProtocol):
        """One connection; `heard` has all of them, that of who spoke last at its end."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
            super().connection_made(transport)
            heard[self] = None
            if len(heard) > most:
                silent, _ = heard.popitem(last=False)
                silent.transport.abort()

        def connection_lost(self, exc: Exception | None) -> None:
            heard.pop(self, None)
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            if self in heard:
                heard.move_to_end(self)
            super().data_received(data)

    return Bounded
