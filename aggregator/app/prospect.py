"""Look at an address that an operator thinks of adding: which feed is behind it?

In: an address of a feed or of a site, and the config. Out: a Prospect, what the feed
holds now, or one error that says what was tried. Nothing is written. Every request goes
through the one guarded Fetcher, and requests to one host are `spacing` apart.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from threading import Event
from typing import Any
from urllib.parse import urljoin

from msgspec import Struct
from msgspec.structs import replace

from aggregator.app.clock import Clock, utc_now
from aggregator.config import masked
from aggregator.config.addresses import feed_address
from aggregator.discretion import discreet
from aggregator.errors import FetchError, MediaWireError, ReadError
from aggregator.fetching import Fetcher
from aggregator.model import Article, Config, Fetched, FetchRequest, Reading, Source
from aggregator.reading import ReadRequest, Workers
from aggregator.text.urls import canonical, host_of

# How many of a page's feeds are tried before we believe that it has none.
MOST_TRIED = 5
HEADLINES = 5

Before = Callable[[str], None]


class Prospect(Struct, frozen=True, kw_only=True):
    """A feed that was found: `url` is where, `others` are further feeds of the page.

    `reading` is what it holds by the `answer` that was asked for `at` a time.
    """

    url: str
    answer: Fetched
    at: datetime
    reading: Reading
    others: tuple[str, ...] = ()

    @property
    def title(self) -> str | None:
        """What the feed calls itself."""
        return self.reading.feed.title if self.reading.feed else None

    @property
    def articles(self) -> tuple[Article, ...]:
        """The reports it holds now, in its order."""
        return tuple(article for _, article in self.reading.items if article)


def prospect(
    config: Config, url: str, *, clock: Clock = utc_now, before: Before = lambda _: None
) -> Prospect:
    """Return the feed at an address, or the one that the page there leads to.

    `before` hears of each address that is about to be asked, and raises where it must
    be left alone. Raises FetchError or ReadError if there is neither a feed nor a page
    with one.
    """
    with _Scout.sent_out(config, clock, before) as scout:
        try:
            return _at(url, scout)
        except (FetchError, ReadError) as error:
            error.args = (discreet(str(error), Source(id=masked(url), url=url)),)
            raise


def address_of(text: str, config: Config) -> str:
    """Return the address to ask; a bare `site.example` is one of https.

    ValueError with a sentence for a person if it is none, or the id of a source (with a
    dot in it, it is taken for a host all the same).
    """
    source = config.source(text)
    if source and "." not in text:
        raise ValueError(
            f"{text} is the id of a source, and an address is wanted here; "
            f"that of {text} is {masked(source.url)}"
        )
    bare = ":" not in text.partition("/")[0]
    return feed_address(f"https://{text}" if bare else text, config.folder)


def known_as(config: Config, url: str) -> str | None:
    """Return the id of the source that polls this address already, if one does."""
    same = canonical(url)
    return next((s.id for s in config.sources if canonical(s.url) == same), None)


def described(config: Config, found: Prospect) -> dict[str, Any]:
    """Return what `source test` and the console show of a prospect, nothing secret."""
    feed = found.reading.feed
    return {
        "url": masked(found.url),
        "title": found.title,
        "site": feed.site if feed else None,
        "format": (feed.version or None) if feed else None,
        "language": feed.language if feed else None,
        "known_as": known_as(config, found.url),
        "entries": len(found.articles),
        "headlines": [
            {"title": each.title, "url": each.url, "published": each.published}
            for each in found.articles[:HEADLINES]
        ],
        "notes": list(found.reading.notes),
        "others": [masked(other) for other in found.others],
    }


def _at(url: str, scout: "_Scout") -> Prospect:
    page = scout.fetch(url)
    try:
        return scout.found(url, page)
    except ReadError as error:
        if error.problem != "html-page":
            raise
        return _behind(page, scout)


def _behind(page: Fetched, scout: "_Scout") -> Prospect:
    """Return the first feed that a page leads to and that can be read."""
    from aggregator.reading.discovery import COMMON_PATHS, feed_links, likely_feeds

    named = [link.url for link in feed_links(page.body, url=page.url)]
    paths, which = named, "the feeds it names"
    if not named:
        common = [urljoin(page.url, path) for path in COMMON_PATHS]
        likely = likely_feeds(page.body, url=page.url)
        paths = list(dict.fromkeys([*likely, *common]))
        looked = "what looks like one" if likely else "the usual addresses"
        which = f"{looked}; it names no feed"
    tried = []
    for url in paths[:MOST_TRIED]:
        try:
            found = scout.found(url, scout.fetch(url))
        except (FetchError, ReadError) as error:
            tried.append(f"  {error}")
            continue
        others = tuple(other for other in named if other != url)
        return replace(found, others=others)
    raise ReadError(
        "\n".join([f"{masked(page.url)} is a web page; tried {which}:", *tried]),
        problem="html-page",
    )


class _Scout:
    """Fetches and reads one document after the other, politely."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        before: Before,
        fetcher: Fetcher,
        workers: Workers,
    ) -> None:
        self._config = config
        self._clock = clock
        self._before = before
        self._fetcher = fetcher
        self._workers = workers
        self._asked: set[str] = set()
        self._asked_at = clock()

    @classmethod
    @contextmanager
    def sent_out(
        cls, config: Config, clock: Clock, before: Before
    ) -> Iterator["_Scout"]:
        """Open the rooms that are needed, and close them afterwards."""
        with (
            closing(Fetcher(config.fetch, contact=config.contact)) as fetcher,
            closing(Workers(config.reading)) as workers,
        ):
            yield cls(config, clock, before, fetcher, workers)

    def fetch(self, url: str) -> Fetched:
        """Return a document, after the pause that its host is owed."""
        self._before(url)
        host = host_of(url) or ""
        if host in self._asked:
            Event().wait(self._config.host_limits(host).spacing.total_seconds())
        self._asked.add(host)
        self._asked_at = self._clock()
        answer = self._fetcher.fetch(
            FetchRequest(source_id=masked(url), url=url), now=self._asked_at
        )
        if not isinstance(answer, Fetched):
            raise MediaWireError(f"{masked(url)}: answered 304 to a first request")
        return answer

    def found(self, url: str, document: Fetched) -> Prospect:
        """Return the feed that was fetched last; raises ReadError if it is none."""
        return Prospect(
            url=document.moved_to or url,
            answer=document,
            at=self._asked_at,
            reading=self._read(document),
        )

    def _read(self, document: Fetched) -> Reading:
        """Return what a document holds, read in a process that may be killed."""
        return self._workers.read(
            ReadRequest(
                source=Source(id=masked(document.url), url=document.url),
                url=document.url,
                body=document.body,
                content_type=document.content_type,
                now=self._clock(),
                max_bytes=self._config.fetch.max_body,
            )
        )
