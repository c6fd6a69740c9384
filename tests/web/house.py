"""A small house with pages: a real store, published files, and a server on loopback.

house = House(tmp_path, publications=(...), sources=(...))
house.take(article(1), article(2))     # recorded as a poll would
house.publish()                        # files below house.config.output
with served(house) as site:            # a real uvicorn on a free port
    site.get("/feeds/wire.atom")
"""

import asyncio
import http.client
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from urllib.parse import urlsplit
from weakref import finalize

import uvicorn
from builders import NOON, publication
from msgspec.structs import replace

from aggregator.config import masked
from aggregator.model import (
    Config,
    Outcome,
    PollResult,
    Source,
    SourceState,
)
from aggregator.publishing import Publisher, report
from aggregator.store import open_store
from aggregator.web import application
from tests import emptystore

AGENCY = Source(
    id="agency", url="https://agency.example/feed.xml", title="Example Agency"
)


class NoHubs:
    """Nobody is subscribed to anything."""

    def seal(self, *_):
        return None

    def confirm(self, *_):
        return False


class House:
    """A Newsroom as the app makes one, without polls, rules and clock."""

    def __init__(self, folder, *, publications=None, sources=(AGENCY,), **config):
        self.config = Config(
            folder=folder,
            base_url=config.pop("base_url", "https://wire.example"),
            output=folder / "public",
            publications=publications or (publication(),),
            sources=tuple(sources),
            **config,
        )
        self.store = open_store(emptystore.at(folder))
        # Newer Pythons tell of each connection that nobody closed.
        finalize(self, self.store.close)
        self.at = NOON
        self.troubles = []
        self.states = {}
        self.due = {}
        self.at_work = None
        self.errors = {}
        self.failures = {}
        self.problems = {}
        self.sites = {}  # what feeds say, by source
        self.others = {}  # who else carried an article, by its id
        self.desk = None
        self.hubs = NoHubs()
        self._publisher = Publisher(self.config.output, base_url=self.config.base_url)

    def take(self, *articles):
        for source_id in dict.fromkeys(a.source_id for a in articles):
            mine = tuple(a for a in articles if a.source_id == source_id)
            state = SourceState(
                source_id=source_id,
                url=f"https://{source_id}.example/feed.xml",
                fetch_url=f"https://{source_id}.example/feed.xml",
                host=f"{source_id}.example",
                shard=1,
                next_poll_at=self.at + timedelta(hours=1),
                last_success_at=self.at,
            )
            if self.store.state(source_id) is None:
                self.store.put_states(
                    [state],
                    configured=[*self.store.configured(), source_id],
                )
            outcome = Outcome(kind="updated", new=len(mine))
            self.store.record(
                [
                    PollResult(
                        source_id=source_id,
                        at=self.at,
                        outcome=outcome,
                        state=state,
                        new=mine,
                    )
                ]
            )
        return self

    def publish(self):
        for each in self.config.publications:
            reports = self.reports(each, limit=each.limit)
            self.store.put_publication_status(
                self._publisher.publish(each, reports, now=self.at)
            )
        return self

    def reconfigure(self, **changes):
        self.config = replace(self.config, **changes)

    # what the web room asks

    def now(self):
        return self.at

    def reports(self, publication, *, limit, before=None):
        articles = self.store.latest(
            publication.select, now=self.at, limit=limit, before=before
        )
        shown = (self.report(article, publication) for article in articles)
        return [report for report in shown if report]

    def report(self, article, publication):
        sources = {source.id: source for source in self.config.sources}
        rights = sources[article.source_id].rights
        also = self.others.get(article.id, ())
        return report(article, publication, rights, now=self.at, also=also)

    def standings(self):
        counts = self.store.counts()
        return [
            {
                "id": source.id,
                "title": source.title or source.id,
                "site": source.site or self.sites.get(source.id),
                "url": masked(source.url),
                "state": self.states.get(source.id, "ok"),
                "outcome": "updated",
                "articles": counts.get(source.id, 0),
                "last_success": self.at,
                "last_polled": self.at,
                "failures": self.failures.get(source.id, 0),
                "problem": self.problems.get(source.id),
                "error": self.errors.get(source.id),
                "next_poll_at": self.due.get(
                    source.id, self.at + timedelta(minutes=30)
                ),
                "because": "interval 30m",
            }
            for source in self.config.sources
        ]

    def service(self):
        return self.at_work

    def alerts(self):
        return self.desk.alarms if self.desk else []

    def unready(self):
        return self.troubles


class Answer:
    """What came back: status, headers by lower-case name, bytes."""

    def __init__(self, response, *, body):
        self.status = response.status
        self.headers = {k.lower(): v for k, v in response.getheaders()}
        self.body = body

    @property
    def text(self):
        return self.body.decode()

    @property
    def type(self):
        return self.headers["content-type"].partition(";")[0]


class Site:
    """A running server, as a client sees it."""

    def __init__(self, port):
        self.port = port
        self.base = f"http://127.0.0.1:{port}"

    def ask(self, method, path, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            response = connection.getresponse()
            return Answer(response, body=response.read())
        finally:
            connection.close()

    def get(self, path, **headers):
        """GET with headers given as `if_none_match='"x"'`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, named)

    def head(self, path, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("HEAD", path, named)


class Server(uvicorn.Server):
    """A uvicorn that ends as soon as it is told to: hundreds of tests start one.

    It would look ten times a second whether it is to end, and then wait for 0.1 s.
    """

    def __init__(self, config):
        super().__init__(config)
        self.serving = threading.Event()

    async def main_loop(self):
        self._loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        self.serving.set()
        ticks = 0
        while not await self.on_tick(ticks):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 0.1)
            ticks += 1

    def stop(self):
        self.should_exit = True
        self._loop.call_soon_threadsafe(self._told.set)

    async def shutdown(self, sockets=None):  # noqa: ARG002 - uvicorn hands it over
        """Let open answers end, for two seconds at most."""
        for listener in self.servers:
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                while state.connections or state.tasks:  # noqa: ASYNC110 - sets
                    await asyncio.sleep(0.001)
        for task in state.tasks:
            task.cancel()


@contextmanager
def served(house):
    """Serve a house on a free port of loopback until the block ends."""
    server = Server(
        uvicorn.Config(
            application(house, house.desk),
            host="127.0.0.1",
            port=0,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            lifespan="off",
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert server.serving.wait(20)
    try:
        yield Site(server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.stop()
        thread.join(10)


def path_of(url):
    """The path and query of an address, as a request names it."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
