# ruff: noqa: ANN401 - arguments of urllib3 and http.client are passed on unread
"""The connections under requests: dialled through the guard, sent and read exactly.

In: a pool's wish for a connection. Out: one that goes only where the guard allows, sends
the request target byte for byte, and hands over the header lines as they came.

Why not urllib3's own: it dials any address, rewrites `%7e` to `%7E` and `%zz` to `%25zz`
in the target, and takes a header section that was cut off for a complete one, with half
an ETag in it.
"""

import http.client
import io
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.response import HTTPResponse

from aggregator.fetching.deadline import Deadline, Exchange, running
from aggregator.fetching.dialling import Dialler, unreached

Dial = Callable[[str, int, Deadline], socket.socket]

# 100 lines of 64 KB each are what http.client allows; a feed's head is under 4 KB.
_MAX_HEAD = 256 * 1024
_IDLE_PER_HOST = 4


def pools(dialler: Dialler, *, hosts: int) -> PoolManager:
    """Return connection pools that dial through `dialler` and remember `hosts` hosts."""
    manager = PoolManager(num_pools=hosts, maxsize=_IDLE_PER_HOST)
    manager.pool_classes_by_scheme = {
        "http": partial(_Pool, dial=dialler.dial),  # type: ignore[dict-item] # called like
        "https": partial(_TLSPool, dial=dialler.dial),  # type: ignore[dict-item] # a class
    }
    return manager


def _exchange() -> Exchange:
    exchange = running.get()
    if exchange is None:
        raise RuntimeError("a connection was used outside of an exchange")
    return exchange


class _HeadReader(io.BufferedReader):
    """Reads an answer; notes its header lines, and notices when they are cut off."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__(raw)
        self._head: list[bytes] | None = None
        self._size = 0

    def begin(self) -> None:
        """Note the lines that follow as the exchange's head, instead of earlier ones."""
        self._head = _exchange().head = []

    def end(self) -> None:
        """Note no more lines: what follows is the body."""
        self._head = None

    def readline(self, size: int | None = -1, /) -> bytes:
        """Return a line; ConnectionResetError where the head ends in mid-air.

        No line at all is http.client's business: it says RemoteDisconnected.
        """
        line = super().readline(size)
        if self._head is None or not (line or self._head):
            return line
        if not line.endswith(b"\n") and len(line) != size:
            raise ConnectionResetError("the connection ended inside the headers")
        self._size += len(line)
        if self._size > _MAX_HEAD:
            raise http.client.HTTPException("the headers are too large")
        self._head.append(line)
        return line


class _Response(http.client.HTTPResponse):
    """http.client's answer, with every informational answer before it skipped."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = self._lines = _HeadReader(self.fp.detach())

    def begin(self) -> None:
        super().begin()
        self._lines.end()

    def _read_status(self) -> tuple[str, int, str]:
        """Skip 103 Early Hints and the like, as begin() skips 100 (RFC 9110, 15.2)."""
        while True:
            self._lines.begin()
            version, status, reason = super()._read_status()  # type: ignore[misc] # not in typeshed
            if not http.HTTPStatus.SWITCHING_PROTOCOLS < status < http.HTTPStatus.OK:
                return version, status, reason
            http.client._read_headers(self.fp)  # type: ignore[attr-defined] # noqa: SLF001 - as begin() does for 100


class _Connection(HTTPConnection):
    """Dials through the guard, and sends the target of the exchange as it stands."""

    response_class = _Response

    def __init__(self, *args: Any, dial: Dial, **options: Any) -> None:
        super().__init__(*args, **options)
        self._dial = dial
        self._has_answered = False

    def _new_conn(self) -> socket.socket:
        exchange = _exchange()
        try:
            return self._dial(self._dns_host, self.port, exchange.deadline)
        except OSError as error:
            exchange.unreached = unreached(error)
            raise

    def request(self, *args: Any, **options: Any) -> None:
        _exchange().reused = self._has_answered
        super().request(*args, **options)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as in urllib3
        response = super().getresponse()
        self._has_answered = True
        return response

    def close(self) -> None:
        self._has_answered = False
        super().close()

    def putrequest(self, method: str, url: str, *args: Any, **options: Any) -> None:  # noqa: ARG002 - urllib3 re-encoded it
        super().putrequest(method, _exchange().path, *args, **options)


class _TLSConnection(_Connection, HTTPSConnection):
    """The same with TLS on top; SNI and certificate name stay the host's."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connect without a warning: who switched verification off knows, status shows it."""
        if conn.is_closed:
            conn.connect()
