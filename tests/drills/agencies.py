"""Feeds on loopback that gain and correct entries whenever asked, and keep the books.

    with Agencies(50, seed=1) as agencies:
        ... poll agencies.addresses() ...
        agencies.served["s07"]          # headlines by guid, as last served, whole

Whatever was in a document that went out to its last byte counts as served. A document
lists the newest `WINDOW` entries; its ETag is the number of entries and corrections, so
validators can be compared with what is stored. `still()` ends all gains.
"""

import random
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

WINDOW = 40
FIRST = 5

ITEM = """<item><guid isPermaLink="false">{source}-{number}</guid>
<title>{title}</title><link>http://{source}.example/{number}</link>
<description>Words of {title}, as the agency has them.</description></item>"""
FEED = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Agency {source}</title>
<link>http://{source}.example/</link><description>News</description>
{items}</channel></rss>"""


class Agency:
    """One feed: its headlines by number, and how often it corrected one."""

    def __init__(self, name, dice):
        self.name = name
        self.dice = dice
        self.headlines = [f"Report {n} of {name}" for n in range(FIRST)]
        self.corrections = 0

    def go_on(self):
        """Gain up to two entries, correct one now and then, or rest."""
        self.gain(self.dice.randrange(3))
        if self.dice.random() < 0.2:
            # Among the newest: what leaves the document meanwhile cannot be corrected.
            newest = max(0, len(self.headlines) - WINDOW // 2)
            self.correct(self.dice.randrange(newest, len(self.headlines)))

    def gain(self, entries):
        for number in range(len(self.headlines), len(self.headlines) + entries):
            self.headlines.append(f"Report {number} of {self.name}")

    def correct(self, which):
        self.corrections += 1
        self.headlines[which] = (
            f"Report {which} of {self.name}, corrected {self.corrections}"
        )

    @property
    def etag(self):
        return f'"{len(self.headlines)}.{self.corrections}"'

    def document(self):
        newest = list(enumerate(self.headlines))[: -WINDOW - 1 : -1]
        items = (
            ITEM.format(source=self.name, number=n, title=title) for n, title in newest
        )
        return FEED.format(source=self.name, items="\n".join(items)).encode()

    def books(self):
        return {f"{self.name}-{n}": title for n, title in enumerate(self.headlines)}


class Agencies:
    """A web server with one feed for each agency."""

    def __init__(self, number, *, seed):
        self.names = [f"s{n:02}" for n in range(number)]
        self.served = {name: {} for name in self.names}
        self.requests = 0
        self._gaining = True
        self._lock = Lock()
        self.agencies = {
            name: Agency(name, random.Random(f"{seed} {name}")) for name in self.names
        }
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._desk())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def addresses(self):
        port = self._server.server_address[1]
        return {name: f"http://127.0.0.1:{port}/{name}" for name in self.names}

    def still(self):
        self._gaining = False

    def answer(self, name, validator):
        """Return (ETag, body or None for not modified, what it shows)."""
        with self._lock:
            self.requests += 1
            agency = self.agencies[name]
            if self._gaining:
                agency.go_on()
            if validator == agency.etag:
                return agency.etag, None, agency.books()
            return agency.etag, agency.document(), agency.books()

    def note(self, name, books):
        """Note what went out; a slower answer must not undo a later one's."""
        with self._lock:
            if len(books) >= len(self.served[name]):
                self.served[name] = books

    def _desk(self):
        agencies = self

        class Desk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                name = self.path.strip("/")
                etag, body, books = agencies.answer(
                    name, self.headers.get("If-None-Match")
                )
                # Whoever asked may be dead by now.
                with suppress(OSError):
                    self.send_response(200 if body else 304)
                    self.send_header("ETag", etag)
                    if body:
                        self.send_header("Content-Type", "application/rss+xml")
                        self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body or b"")
                    agencies.note(name, books)

            def handle_one_request(self):
                with suppress(OSError):
                    super().handle_one_request()
                    return
                self.close_connection = True

            def log_message(self, *_):
                pass

        return Desk
