"""Serve the invented world on loopback, as publishers do: ETags, 304, a 301, a fault.

`/{agency}/feed` is the agency's feed; `/daily-lantern/old` moved there for good;
`/broken-compass/feed` answers with a page that is no feed.
"""

from datetime import datetime, timedelta
from hashlib import blake2b
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from aggregator.demo.stories import AGENCIES, Agency
from aggregator.demo.world import MEDIA_TYPES, document

NOT_A_FEED = b"<!doctype html><title>Lost</title><p>The compass is being repaired.</p>"


class Origin:
    """The invented publishers, listening on a free loopback port."""

    def __init__(self, since: datetime) -> None:
        self.since = since
        self.reports = {agency.id: len(agency.stories) for agency in AGENCIES}
        self.latest = since
        self._lock = Lock()
        self._server = _Server(self)
        Thread(target=self._server.serve_forever, daemon=True, name="demo").start()

    @property
    def address(self) -> str:
        """Return the base address, without a trailing slash."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def publish(self, agency: Agency, at: datetime) -> None:
        """Let an agency publish one more report."""
        with self._lock:
            self.reports[agency.id] += 1
            self.latest = at

    def answer(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body for a path."""
        if path == "/daily-lantern/old":
            return 301, {"Location": f"{self.address}/daily-lantern/feed"}, b""
        if path == "/broken-compass/feed":
            return 200, {"Content-Type": "text/html"}, NOT_A_FEED
        for agency in AGENCIES:
            if path == f"/{agency.id}/feed":
                return (
                    200,
                    {"Content-Type": MEDIA_TYPES[agency.dialect]},
                    self._feed(agency),
                )
        return 404, {"Content-Type": "text/plain"}, b"no such publisher"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def _feed(self, agency: Agency) -> bytes:
        with self._lock:
            return document(
                agency,
                reports=self.reports[agency.id],
                since=self.since - timedelta(minutes=5),
                latest=self.latest,
                home=f"{self.address}/{agency.id}",
            )


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, origin: Origin) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.origin = origin


class _Conversation(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, headers, body = self.server.origin.answer(self.path)
        etag = f'"{blake2b(body, digest_size=8).hexdigest()}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:  # noqa: PLR2004
            status, body = 304, b""
        self.send_response(status)
        for name, value in {**headers, "ETag": etag}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the terminal belongs to Media Wire."""
