"""A service in this process, with hosts that are scripted and a clock that can be wrong."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event

from msgspec.structs import replace

from aggregator.app.service import Service
from aggregator.app.wire import Wire
from aggregator.errors import StoreAway
from aggregator.model import (
    Advice,
    Config,
    Fetched,
    Publication,
    Source,
    Validators,
)

WAIT = 10.0
ITEM = "<item><guid isPermaLink='false'>{0}</guid><title>Report {0}</title></item>"
FEED = (
    '<rss version="2.0"><channel><title>T</title><link>https://x.example/</link>'
    "<description>d</description>{}</channel></rss>"
)


def feed(*names):
    return FEED.format("".join(map(ITEM.format, names))).encode()


class Running:
    """A service that ticks when it is told to."""

    def __init__(self, folder, *source_ids):
        self.wrong_by = timedelta(0)
        self.names = ("1", "2", "3")
        self.heard = []
        self.asked = Event()
        self.answers = Event()
        self.answers.set()
        self.config = Config(
            folder=folder,
            store=f"sqlite:///{folder}/wire.db",
            output=folder / "public",
            sources=tuple(map(source, source_ids)),
            publications=(Publication(id="wire", title="Wire"),),
        )
        self.start()

    def start(self):
        self.wire = Wire(self.config, clock=self.clock)
        self.wire.__dict__["fetcher"] = self
        self.service = Service(self.wire, self.load)

    def stop(self):
        self.service._engine.stop(timedelta(seconds=WAIT))
        self.service._press.stop(WAIT)
        self.wire.close()

    def load(self):
        return self.config

    def clock(self):
        return datetime.now(UTC) + self.wrong_by

    def fetch(self, request, **_):
        self.heard.append(request.source_id)
        self.asked.set()
        assert self.answers.wait(WAIT)
        return Fetched(
            url=request.url,
            status=200,
            body=feed(*self.names),
            content_type="application/rss+xml",
            validators=Validators(),
            advice=Advice(),
        )

    def tick(self):
        """Tick, and wait until what was due is polled and recorded."""
        self.service.tick()
        assert self.service._engine.drain(WAIT)

    def poll_again(self):
        """Let every source be due by the clock that we follow now, and tick."""
        self.tick()
        self.wire.store.put_states(
            [
                replace(
                    state,
                    next_poll_at=self.clock(),
                    last_polled_at=self.clock() - timedelta(days=1),
                )
                for state in self.wire.store.states().values()
            ],
            configured=self.wire.sources,
        )
        self.tick()

    def seen(self):
        """Return when each report was seen, by its headline."""
        return {each.title: each.first_seen for each in self.wire.store.articles()}


def source(id_):
    return Source(id=id_, url=f"https://{id_}.example/feed")


@contextmanager
def running(folder, *source_ids):
    """Yield a service with these sources; end it."""
    made = Running(folder, *source_ids)
    try:
        yield made
    finally:
        made.stop()


def away(*_, **__):
    raise StoreAway("locked by another process")
