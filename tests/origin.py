"""A publisher's web server on loopback that says exactly what a test wrote for it.

    with Origin() as origin:
        origin.answers("/feed", b"<rss/>", headers=[("ETag", '"1"')])
        origin.answers("/feed", status=304)            # the second time, and from then on
        ... fetch origin.url("/feed") ...
        assert origin.heard[1].header("if-none-match") == b'"1"'

Answers of one path are given in turn, the last one for ever; a path without any is a 404.
A request with a query gets the answers of exactly that, or else those of the bare path.
`answers` builds a well-formed response. `sends` writes bytes as they are, well-formed or
not. Either may be a list of steps: bytes are written, numbers are seconds to wait, and an
endless generator goes on until the client leaves or the origin stops. `silence` accepts
and says nothing.

Everything received is kept: `heard` are the requests in order, byte for byte, and
`connections` counts accepted connections, also those that never said anything. TLS:
`Origin(tls=context)`; the handshake is made in the connection's own thread.

Stopping is quick whatever hangs: every wait ends with the origin.
"""

import socket
import ssl
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event, Lock, Thread
from typing import Self

Steps = Iterable[bytes | float]

_NO_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Heard:
    """One request as it came in: its raw head, blank line included."""

    raw: bytes

    @property
    def line(self) -> bytes:
        """The request line, for example b"GET /feed HTTP/1.1"."""
        return self.raw.partition(b"\r\n")[0]

    @property
    def path(self) -> str:
        """The request target, query included."""
        return self.line.split(b" ")[1].decode("latin-1")

    def header(self, name: str) -> bytes | None:
        """Return the raw value of a header, or None if it was not sent."""
        for line in self.raw.split(b"\r\n")[1:]:
            key, colon, value = line.partition(b":")
            if colon and key.decode("latin-1").lower() == name.lower():
                return value.strip(b" \t")
        return None


@dataclass(frozen=True, slots=True)
class _Script:
    steps: Steps
    keep_alive: bool


class Origin:
    """The server; a context manager. Listens as soon as it is made."""

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.heard: list[Heard] = []
        self.connections = 0
        self._host = host
        self._tls = tls
        self._scripts: dict[str, list[_Script]] = defaultdict(list)
        self._lock = Lock()
        self._stopping = Event()
        self._greeting: bytes | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[Thread] = []
        self._listener = socket.create_server((host, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self._acceptor = Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def url(self, path: str = "/feed", *, host: str | None = None) -> str:
        """Return the address of a path here, under another host name if one is given."""
        scheme = "https" if self._tls else "http"
        return f"{scheme}://{host or self._host}:{self.port}{path}"

    def answers(
        self,
        path: str,
        body: bytes = b"",
        *,
        status: int = 200,
        headers: Sequence[tuple[str, str | bytes]] = (),
    ) -> None:
        """Script a well-formed answer; its connection stays open afterwards."""
        head = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode())]
        for name, value in headers:
            raw = value.encode() if isinstance(value, str) else value
            head.append(name.encode() + b": " + raw)
        if status not in _NO_BODY:
            head.append(b"Content-Length: %d" % len(body))
        self._add(path, [b"\r\n".join([*head, b"", body])], keep_alive=True)

    def sends(self, path: str, *steps: bytes | float, keep_alive: bool = False) -> None:
        """Script bytes to write and seconds to wait, as they are."""
        self._add(path, steps, keep_alive=keep_alive)

    def streams(self, path: str, steps: Steps) -> None:
        """Script a generator, endless perhaps, for one request; then the end."""
        self._add(path, steps, keep_alive=False)

    def greets(self, greeting: bytes) -> None:
        """Say this from now on to whoever connects, without listening, and no more."""
        self._greeting = greeting

    def forgets(self, path: str) -> None:
        """Drop what a path would still answer; what is scripted next counts at once."""
        self._scripts.pop(path, None)

    def silence(self) -> None:
        """Accept from now on, and never say a word (nor shake hands over TLS)."""
        self.greets(b"")

    def stop(self) -> None:
        """Stop listening, end every connection, wait for the threads; twice is fine."""
        self._stopping.set()
        # Closing a listener does not wake accept(); a shutdown does.
        _hang_up(self._listener)
        self._listener.close()
        self._acceptor.join()
        with self._lock:
            for sock in self._open:
                _hang_up(sock)
        for thread in self._threads:
            thread.join()

    def _add(self, path: str, steps: Steps, *, keep_alive: bool) -> None:
        self._scripts[path].append(_Script(steps, keep_alive))

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            thread = Thread(target=self._serve, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        if self._tls and self._greeting is None:
            sock = self._tls.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(sock)
        # The client left, or the handshake failed: the test looks for it elsewhere.
        with suppress(OSError):
            if self._greeting is None:
                self._talk(sock)
            else:
                sock.sendall(self._greeting)
                self._stopping.wait()
        with self._lock:
            self._open.discard(sock)
        sock.close()

    def _talk(self, sock: socket.socket) -> None:
        while not self._stopping.is_set() and (head := _read_head(sock)):
            with self._lock:
                heard = Heard(head)
                self.heard.append(heard)
                script = self._next(heard.path)
            for step in script.steps:
                if isinstance(step, bytes):
                    sock.sendall(step)
                elif self._stopping.wait(step):
                    return
            if not script.keep_alive:
                return

    def _next(self, path: str) -> _Script:
        waiting = self._scripts.get(path) or self._scripts.get(path.partition("?")[0])
        if not waiting:
            return _Script([_NOT_FOUND], keep_alive=True)
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def _read_head(sock: socket.socket) -> bytes:
    """Return a request up to its blank line; b"" when the client has nothing more."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        chunk = sock.recv(65536)
        if not chunk:
            return b""
        head += chunk
    return head


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):  # already gone
        sock.shutdown(socket.SHUT_RDWR)
