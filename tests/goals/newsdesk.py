"""A whole Media Wire in this process, on a store of its own, under a clock of ours.

desk = Newsdesk(tmp_path, origin, "/a", "/b")    # sources a and b, at 127.0.0.1
desk.live(7 * DAY)                               # polls what is due, when it is due
desk.times("/a")                                 # when the server was asked for it
desk.restart()                                   # another process on the same store

What is polled goes through the real rooms: guard, sockets, reading processes, store and
publishing; `poll` also through the engine, while `live` has no patience for its threads.
Only the clock is ours, and nobody sleeps.
"""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from builders import publication
from msgspec.structs import replace

from aggregator.app.round import poll_round
from aggregator.app.standing import standings
from aggregator.app.wire import Wire
from aggregator.fetching import Fetcher, cadence
from aggregator.model import (
    Config,
    FetchLimits,
    HostLimits,
    ReadingLimits,
    Source,
)
from tests import emptystore

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)  # a Monday
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

LOOPBACK = FetchLimits(allow_private=("127.0.0.0/8",), timeout=timedelta(seconds=5))
UNHURRIED = ReadingLimits(timeout=timedelta(seconds=60), workers=1)
PUBLIC = {kind: f"feeds/wire.{kind}" for kind in ("rss", "atom", "json")}


def config_of(folder, sources, **settings):
    """Return a config that may dial loopback and is in no one's way."""
    return Config(
        folder=folder,
        contact="https://press.example/about",
        store=emptystore.at(folder),
        output=folder / "public",
        default_host=HostLimits(per_host=16, spacing=timedelta(0)),
        sources=tuple(sources),
        publications=(publication(limit=5000),),
        **{"fetch": LOOPBACK, "reading": UNHURRIED} | settings,
    )


class Lent:
    """Reading processes that a wire may use, but not close."""

    def __init__(self, workers):
        self.read = workers.read


def started(config, clock, *, resolver=None, readers=None):
    """Return a Wire as the service starts it, with a resolver or readers of ours."""
    wire = Wire(config, clock=clock)
    if readers:
        wire.workers = readers
    if resolver:
        wire.fetcher = Fetcher(config.fetch, contact=config.contact, resolver=resolver)
    wire.open_rooms()
    wire.enlist()
    wire.schedule.spread_backlog()
    return wire


def poll_due(wire):
    """Poll what is due, one after the other, as the service does."""
    due = wire.schedule.due(10_000)
    wire.schedule.ask(due)
    wire.record([wire.poll(state) for state in due])


class Newsdesk:
    """A Wire, its clock, and what a server heard of it. Close it when done."""

    def __init__(
        self,
        folder,
        origin,
        *paths,
        sources=(),
        resolver=None,
        readers=None,
        **settings,
    ):
        self.now = NOON
        self._given = {"resolver": resolver, "readers": readers}
        self.origin = origin
        self.heard = []
        named = [Source(id=path[1:], url=origin.url(path)) for path in paths]
        self.config = config_of(folder, [*named, *sources], **settings)
        self.open()

    def open(self):
        self.wire = started(self.config, lambda: self.now, **self._given)

    def close(self):
        self.wire.close()

    def restart(self, *, down=timedelta(0)):
        """Stop, and start again after some time."""
        self.close()
        self.now += down
        self.open()

    def poll(self, *, force=False):
        """One round of what is due now, or of everything; return its results by source."""
        states = self.wire.schedule.due(10_000)
        if force:
            states = [
                state
                for state in self.wire.schedule.states().values()
                if not cadence.may_force(
                    self.wire.sources[state.source_id], state, now=self.now
                )
            ]
        summary = poll_round(self.wire, states)
        self.listen()
        return {result.source_id: result for result in summary.results}

    def live(self, lasting):
        """Let the clock run from one due time to the next, and poll at each."""
        end = self.now + lasting
        while (due := self.wire.store.next_due()) is not None and due < end:
            self.now = max(self.now, due)
            poll_due(self.wire)
            self.listen()
        self.now = end

    def listen(self):
        """Note of the requests that were not noted yet that they came now."""
        fresh = self.origin.heard[len(self.heard) :]
        self.heard += [(self.now, heard) for heard in fresh]

    def adopt(self, **changes):
        """Edit the config while running."""
        self.config = replace(self.config, **changes)
        self.wire.adopt(self.config)

    def times(self, path):
        """Return when the server was asked for a path."""
        return [at for at, heard in self.heard if heard.path == path]

    def gaps(self, path):
        """Return the times between two requests for a path."""
        return [later - at for at, later in pairwise(self.times(path))]

    def status(self, source_id):
        """Return what `status --json` says of a source."""
        return next(row for row in standings(self.wire) if row["id"] == source_id)

    def articles(self):
        """Return all stored articles without bodies, by their headline at the source."""
        return {article.source_title: article for article in self.wire.store.articles()}

    def published(self):
        """Publish, and return the entries of the JSON document by their title."""
        self.wire.publish()
        items = json.loads(self.outputs()["json"])["items"]
        return {item["title"]: item for item in items}

    def outputs(self):
        """Return the published documents by format."""
        public = self.config.output
        return {kind: (public / path).read_bytes() for kind, path in PUBLIC.items()}


def conditional(heard):
    """Tell whether a request asked only for what changed."""
    names = ("if-none-match", "if-modified-since")
    return any(heard.header(name) is not None for name in names)


def rss(*numbers, head="", title="Report {}", body="<p>Report {}.</p>"):
    """Return a feed with these reports, newest first, plain unless said otherwise."""
    items = "".join(
        f"<item><guid isPermaLink='false'>n{number}</guid>"
        f"<title>{title.format(number)}</title>"
        f"<link>https://agency.example/{number}</link>"
        f"<description><![CDATA[{body.format(number)}]]></description></item>"
        for number in numbers
    )
    return (
        '<rss version="2.0"><channel><title>Agency</title>'
        f"<link>https://agency.example/</link>{head}{items}</channel></rss>"
    ).encode()
