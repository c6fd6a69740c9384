"""A Wire and its service, ticked by hand; what publishers answer is said by the test.

with agency(tmp_path, "a", "b") as desk:
    desk.says("a", FetchError(...))    # or bytes; a plain feed unless said otherwise
    desk.tick()                        # polls what is due, and waits for the answers
    desk.is_due("a")                   # an interval passes
"""

import os
import threading
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

from msgspec.structs import replace

from aggregator.app.clock import utc_now
from aggregator.app.service import Service
from aggregator.app.wire import Wire
from aggregator.errors import StoreAway
from aggregator.model import (
    Config,
    Fetched,
    HostLimits,
    Publication,
    Source,
    Validators,
)
from tests import emptystore

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
PATIENCE = 30  # seconds


def source(source_id, **said):
    said.setdefault("url", f"https://{source_id}.example/feed")
    return Source(id=source_id, **said)


def feed(*names):
    items = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>Report {name}</title>"
        f"<description>Words of {name}.</description></item>"
        for name in names
    )
    head = "<title>T</title><link>https://agency.example/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Publishers:
    """A fetching room: answers what was said, and notes who was asked.

    Nobody answers unless `talking` is set.
    """

    def __init__(self):
        self.asked = []
        self.addresses = []
        self.said = {}
        self.talking = threading.Event()
        self.talking.set()

    def fetch(self, request, *, now):  # noqa: ARG002 - the room's signature
        self.asked.append(request.source_id)
        self.addresses.append(request.url)
        assert self.talking.wait(PATIENCE)
        answer = self.said.get(request.source_id, feed("1"))
        if isinstance(answer, Exception):
            raise answer
        return Fetched(
            url=request.url,
            body=answer,
            content_type="application/rss+xml",
            validators=Validators(etag=b'"1"'),
        )


class Agency:
    """See above."""

    def __init__(self, config, clock=utc_now):
        self.config = config
        self.clock = clock
        self.publishers = Publishers()
        self.start()

    def start(self):
        self.wire = Wire(self.config, clock=self.clock)
        self.wire.__dict__["fetcher"] = self.publishers
        self.service = Service(self.wire, lambda: self.config)

    def stop(self):
        self.publishers.talking.set()
        self.service.polling.stop(timedelta(seconds=PATIENCE))
        self.service._press.stop(PATIENCE)
        self.wire.close()

    @property
    def asked(self):
        return self.publishers.asked

    def says(self, source_id, answer):
        self.publishers.said[source_id] = answer

    def tick(self):
        self.service.tick()
        self.settles()

    def settles(self):
        assert self.service._engine.drain(timeout=PATIENCE)

    def waits_for(self, source_id):
        """Wait until a source was asked."""
        until = monotonic() + PATIENCE
        while source_id not in self.asked:
            assert monotonic() < until
            os.sched_yield()

    def begins(self, source_id):
        """Poll what is due while publishers are silent, until this one was asked."""
        self.publishers.talking.clear()
        self.service.tick()
        self.waits_for(source_id)

    def edits(self, **changes):
        """Change the config; the next tick adopts it."""
        self.config = replace(self.config, **changes)
        self.service.reload()

    def state(self, source_id):
        return self.wire.store.state(source_id)

    def is_due(self, *source_ids):
        """Let the intervals of sources be over that were polled before."""
        now = utc_now()
        rows = [
            replace(
                self.state(id_),
                next_poll_at=now - SECOND,
                last_polled_at=now - self.wire.sources[id_].interval - SECOND,
            )
            for id_ in source_ids
        ]
        self.wire.store.put_states(rows, configured=self.wire.sources)
        return rows


@contextmanager
def agency(folder, *names, sources=(), **settings):
    """Open an agency with sources of these names, and others; none was polled yet."""
    for name in ("mediawire.yaml", "sources.yaml", "publications.yaml"):
        (folder / name).write_text("")
    config = Config(
        folder=folder,
        store=settings.pop("store", None) or emptystore.at(folder),
        output=folder / "public",
        default_host=settings.pop(
            "default_host", HostLimits(per_host=16, spacing=timedelta(0))
        ),
        sources=(*(source(name) for name in names), *sources),
        publications=(Publication(id="wire", title="Wire"),),
        **settings,
    )
    desk = Agency(config)
    try:
        yield desk
    finally:
        desk.stop()


def away(times, real):
    """Return a method of the store that is away so many times, before it is itself."""
    left = times

    def method(*arguments, **named):
        nonlocal left
        if left:
            left -= 1
            raise StoreAway("sqlite:///wire.db: the connection failed")
        return real(*arguments, **named)

    return method
