"""A desk that publishes over three months, and whose config is edited in between."""

from datetime import UTC, datetime, timedelta

from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, Source
from tests import emptystore
from tests.builders import article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 20, 9, tzinfo=UTC)
AP = Source(id="ap", url="https://ap.example/feed")
BBC = Source(id="bbc", url="https://bbc.example/feed")
BASE = "http://127.0.0.1:8080"
WIRE = Publication(id="wire", title="Wire", limit=1)


class Desk:
    """A wire whose config is edited, over January, February and March."""

    def __init__(self, folder):
        self.folder, self.wire, self.number = folder, None, 0
        self.now = MARCH

    def has(self, *sources, publication=WIRE, base_url=BASE):
        """Go on with this config, as after a start."""
        self.close()
        config = Config(
            folder=self.folder,
            store=emptystore.at(self.folder),
            output=self.folder / "public",
            base_url=base_url,
            sources=sources,
            publications=(publication,),
        )
        self.wire = Wire(config, clock=lambda: self.now)
        self.wire.enlist()

    def hears(self, source, at, body=None, **credit):
        """Take in a report that says whose and when it is."""
        self.number += 1
        new = article(
            self.number,
            title=f"{source.id} in {at:%B}",
            body=body or f"<p>The words of {source.id} in {at:%B}.</p>",
            attribution=attribution(source_id=source.id, feed_url=source.url, **credit),
            **dict.fromkeys(("published", "updated", "first_seen", "listed_at"), at),
        )
        came = polled(source.id, at, new=(new,), state=state_of(source.id))
        self.wire.store.record([came])

    def publishes(self):
        """Return what each month says after publishing, as text."""
        self.wire.publish()
        folder = self.folder / "public/feeds/wire/archive"
        return {path.stem: path.read_text() for path in folder.glob("*.atom")}

    def close(self):
        if self.wire:
            self.wire.close()


def desk_of_three_months(folder):
    """Return a desk with two sources and a report of each in each of three months."""
    desk = Desk(folder)
    desk.has(AP, BBC)
    for days in (60, 30, 0):
        desk.hears(AP, MARCH - days * DAY)
        desk.hears(BBC, MARCH - days * DAY - DAY / 24)
    return desk


def said(months, source):
    """Return in which months the words of a source stand."""
    return {name for name, text in months.items() if f"words of {source.id}" in text}


ALL = {"2026-01", "2026-02", "2026-03"}
