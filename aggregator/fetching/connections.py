# ruff: noqa: ANN401 - arguments of urllib3 and http.client are passed on unread
"""The connections under requests: dialled through the guard, sent and read exactly.

In: a pool's wish for a connection. Out: one that goes only where the guard allows, sends
the request target byte for byte, and hands over the header lines as they came.

Why not urllib3's own: it dials any address, rewrites `%7e` to `%7E` and `%zz` to `%25zz`
in the target, and takes a header section that was cut off for a complete one, with half
an ETag in it. And it is made for more than one plain GET: retries, proxies, time limits
of its own, and header lines read as an e-mail are half of the CPU of a kept-alive 304.
"""

import http.client
import io
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from time import monotonic
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

from aggregator.fetching.deadline import Deadline, Exchange, running
from aggregator.fetching.dialling import unreached
from aggregator.fetching.framing import BODILESS, announces_body, framing, length
from aggregator.fetching.tls import Sessions

Dial = Callable[[str, int, Deadline], socket.socket]

# 100 lines of 64 KB each are what http.client allows; a feed's head is under 4 KB.
_MAX_HEAD = 256 * 1024
# Seconds. Most servers keep an idle connection for 5 to 75. Where it was forgotten on the
# way without a word (some networks do that after 4 minutes), a request on it is lost.
_LONGEST_IDLE = 90.0

_HEAD_END = b"\r\n\r\n"
_NOT_MODIFIED = b"HTTP/1.1 304 "
# A 304 that closes, or announces a body, which it has not: what comes is no answer.
_CLOSES = re.compile(
    rb"\r\n(?:connection:[^\r]*close|transfer-encoding:|content-length:[ \t]*[^ \t0\r])",
    re.IGNORECASE,
)
_ONE_REQUEST = re.compile(
    rb"GET [\x21-\x7e]+ HTTP/1\.1\r\n(?:[^:\s\x00-\x1f]+: [^\r\n\x00]*\r\n)+"
)


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
        # Whether the 304 that was read is the last answer on its connection.
        self.is_last = False

    def begin(self) -> None:
        """Note the lines that follow as the exchange's head, instead of earlier ones."""
        self._head = _exchange().head = []

    def end(self) -> None:
        """Note no more lines: what follows is the body."""
        self._head = None

    def not_modified(self) -> bool:
        """Read a plain 304 if exactly that has come, in one piece; else read nothing.

        Nine of ten answers are such, and nothing is to be done with them but to split
        their lines: a fifth of the CPU of an unchanged poll was making a response of it.
        """
        come = self.peek()
        end = come.find(_HEAD_END)
        is_plain = (
            come.startswith(_NOT_MODIFIED)
            and end == len(come) - len(_HEAD_END)
            and come.count(b"\n") == come.count(b"\r\n")
        )
        if is_plain:
            _exchange().head = self.read(len(come)).split(b"\r\n")
            self.is_last = bool(_CLOSES.search(come))
        return is_plain

    def makefile(self, _: str) -> "_HeadReader":
        """Stand for the socket of which http.client makes a file."""
        return self

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


class NoBody:
    """A 304 of which all was read: no body follows it (RFC 9110 section 15.4.5)."""

    status = HTTPStatus.NOT_MODIFIED

    def drain_conn(self) -> None:
        """Do nothing: the connection is in its pool already."""

    close = drain_conn


class _Response(http.client.HTTPResponse):
    """http.client's answer, with every informational answer before it skipped."""

    def __init__(self, lines: _HeadReader) -> None:
        super().__init__(lines, method="GET")  # type: ignore[arg-type] # makes a file of it
        self._lines = lines

    def begin(self) -> None:
        """Read the head and find out where the body ends, as http.client does.

        Its own way makes an e-mail of the header lines, for 70 µs of CPU. Whoever wants
        to know more of them than framing has the exchange's head.
        Source: RFC 9112 section 6.3.
        """
        version, self.status, reason = self._read_status()
        self.code, self.reason = self.status, reason.strip()
        if not version.startswith(("HTTP/0.9", "HTTP/1.")):
            raise http.client.UnknownProtocol(version)
        self.version = (
            11 if version.startswith("HTTP/1.") and version != "HTTP/1.0" else 10
        )
        said = framing(http.client._read_headers(self.fp))  # type: ignore[attr-defined] # noqa: SLF001
        self._lines.end()
        self.headers = self.msg = said  # type: ignore[assignment] # who asks, only asks
        has_body = self.status not in BODILESS
        is_chunked = said.get("transfer-encoding", "").lower() == "chunked"
        self.chunked = has_body and is_chunked
        if self.chunked:
            self.chunk_left = None
        self.will_close = self._check_close()  # type: ignore[attr-defined] # not in typeshed
        self.length = length(said, self.status)
        if self.length is None and not self.chunked:
            self.will_close = True
        if not has_body and announces_body(said):
            # Should it come all the same, it is no answer to the next question.
            self.will_close = True

    def _read_status(self) -> tuple[str, int, str]:
        """Skip 100 Continue, 103 Early Hints and the like (RFC 9110 section 15.2)."""
        while True:
            self._lines.begin()
            version, status, reason = super()._read_status()  # type: ignore[misc] # not in typeshed
            if status == HTTPStatus.SWITCHING_PROTOCOLS or status >= HTTPStatus.OK:
                return version, status, reason
            http.client._read_headers(self.fp)  # type: ignore[attr-defined] # noqa: SLF001


class Connection(HTTPConnection):
    """Dials through the guard, and sends the target of the exchange as it stands."""

    response_class = _Response

    def __init__(self, *args: Any, dial: Dial, **options: Any) -> None:
        super().__init__(*args, **options)
        self._dial = dial
        self._has_answered = False
        self._used = 0.0
        self._lines: _HeadReader | None = None

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again, as far as anybody can tell."""
        return monotonic() - self._used < _LONGEST_IDLE and super().is_connected

    def _new_conn(self) -> socket.socket:
        exchange = _exchange()
        try:
            return self._dial(self._dns_host, self.port, exchange.deadline)
        except OSError as error:
            exchange.unreached = unreached(error)
            raise

    def exchange(self, lines: Mapping[str, str | bytes]) -> HTTPResponse | NoBody:
        """Send the request of the running exchange with these header lines.

        Returns its answer with the body, if any, still to be read.
        """
        exchange = _exchange()
        exchange.reused = self._has_answered
        self._used = monotonic()
        if self.sock is None:
            self.connect()
        # A server may answer and close before it has read everything.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.sock.sendall(self._request(exchange.path, lines))
        reader = self._lines or _HeadReader(self.sock.makefile("rb").detach())
        self._lines = reader
        if reader.not_modified():
            self._answered()
            if reader.is_last:
                self.close()
            return NoBody()
        # It takes the reader with it to its end.
        self._lines, answer = None, _Response(reader)
        try:
            answer.begin()
        except BaseException:
            answer.close()
            raise
        self._answered()
        if answer.will_close:
            self.close()
        return HTTPResponse(
            body=answer,
            headers=answer.headers,  # type: ignore[arg-type] # _Framing
            status=answer.status,
            version=answer.version,
            reason=answer.reason,
            preload_content=False,
            decode_content=False,
            original_response=answer,
            request_method="GET",
        )

    def _answered(self) -> None:
        """Take note that the server has answered on this connection."""
        self._has_answered = True

    def _request(self, path: str, lines: Mapping[str, str | bytes]) -> bytes:
        """Return the bytes of a request; ValueError if a line would be two."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        place = host if self.port == self.default_port else f"{host}:{self.port}"
        head = [f"GET {path} HTTP/1.1\r\nHost: {place}\r\n".encode("ascii")]
        for name, value in lines.items():
            said = value.encode("latin-1") if isinstance(value, str) else value
            head.append(b"%s: %s\r\n" % (name.encode("ascii"), said))
        request = b"".join(head)
        if not _ONE_REQUEST.fullmatch(request):
            raise ValueError("a header line of the request is malformed")
        return request + b"\r\n"

    def close(self) -> None:
        """Hang up; the next exchange dials anew."""
        self._has_answered = False
        if self._lines:
            self._lines.close()
            self._lines = None
        super().close()


class TLSConnection(Connection, HTTPSConnection):
    """The same with TLS on top; SNI and certificate name stay the host's.

    urllib3's own `connect` gives the shared context its settings again each time.
    """

    def __init__(
        self,
        *args: Any,
        sessions: Sessions,
        ssl_context: ssl.SSLContext,
        **options: Any,
    ) -> None:
        super().__init__(*args, ssl_context=ssl_context, **options)
        self._context = ssl_context
        self._sessions = sessions
        self._server = (ssl_context, self.host, self.port)

    def connect(self) -> None:
        """Dial, and shake hands; what breaks is raised as it came.

        A server that does not take a session up has to show its certificate (RFC 8446
        section 2.2). One that ends the connection instead is asked again, without.
        """
        session = self._sessions.of(self._server)
        dialled = self._new_conn()
        try:
            self.sock = self._secured(dialled, session)
        except ssl.SSLCertVerificationError:
            raise
        except (ssl.SSLError, ConnectionError):
            if session is None:
                raise
            self._sessions.renounce(self._server)
            self.sock = self._secured(self._new_conn(), None)

    def _secured(
        self, dialled: socket.socket, session: ssl.SSLSession | None
    ) -> ssl.SSLSocket:
        name = self.host.partition("%")[0].rstrip(".")
        try:
            return self._context.wrap_socket(
                dialled, server_hostname=name, session=session
            )
        except BaseException:
            dialled.close()
            raise

    def _answered(self) -> None:
        if not self._has_answered:
            self._sessions.keep(self._server, cast("ssl.SSLSocket", self.sock))
        super()._answered()
