"""Serve publications: each format as it was published, and the one an Accept prefers.

In: `/feeds/{name}`, or a month of its archive. Out: the published bytes, the section
page where a browser asks for the publication itself, 503 where nothing is published yet;
for OPTIONS, what may be asked.
What is served here is what stands in the output folder, so any other web server could
take over. It is most of what is asked, so it is answered before anything is routed.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator.model import Config, Publication
from aggregator.publishing import formats
from aggregator.web.answers import answer
from aggregator.web.links import Links
from aggregator.web.negotiation import HTML, listed, representation
from aggregator.web.newsroom import Newsroom
from aggregator.web.protection import FEED_POLICY
from aggregator.web.published import Published
from aggregator.web.rendering import newsroom_of
from aggregator.web.section import section
from aggregator.web.sharing import SHARED, preflight

# A publish follows a poll within seconds, and readers ask every few minutes at best.
RETRY_AFTER = 30  # seconds

_MONTH = re.compile("[0-9]{4}-[0-9]{2}\\.atom")
_HEADERS = {
    "cache-control": "public, max-age=300",
    "content-security-policy": FEED_POLICY,
    **SHARED,
    # A feed is for readers; what its sources let search engines have is on the pages.
    "x-robots-tag": "noindex",
    "vary": "Accept-Encoding",
}


class Offer(Struct, frozen=True, kw_only=True):
    """A published file, and what is said of it at one address."""

    file: Path
    media_type: str
    headers: Mapping[str, str]


class Feeds:
    """What stands published, by the paths of its addresses; for one event loop."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._published = Published()
        self._follow(newsroom.config)

    def answer(self, path: str, asked: Headers) -> Response | None:
        """Return the answer with a published document, None if none is meant or there.

        `asked` are the headers of the request.
        """
        self._keep_up()
        offer = self._offered(path, asked)
        if offer is None:
            return None
        shown = self._published.document(offer.file, offer.media_type)
        if shown is None:
            return None
        return answer(asked, shown, headers=offer.headers, now=self._newsroom.now())

    def are_at(self, path: str) -> bool:
        """Whether a feed is published at a path, now or in time."""
        self._keep_up()
        known = path in self._named or path in self._formats
        return known or self._month(path) is not None

    def _keep_up(self) -> None:
        config = self._newsroom.config
        if config is not self._config:
            self._follow(config)

    def _follow(self, config: Config) -> None:
        """Offer what a config says, whatever it was before."""
        self._config = config
        self._named = {
            f"/feeds/{each.id}.{name}": _offer(config, f"{each.id}.{name}", name)
            for each in config.publications
            for name in each.formats
        }
        self._formats = {
            f"/feeds/{each.id}": _ordered(each) for each in config.publications
        }

    def _offered(self, path: str, asked: Headers) -> Offer | None:
        if path in self._named:
            return self._named[path]
        if path in self._formats:
            return self._preferred(path, listed(asked, "accept"))
        return self._month(path)

    def _preferred(self, path: str, accept: str | None) -> Offer | None:
        """Return the format of a publication that an Accept prefers; None for a page."""
        wanted = representation(accept, self._formats[path])
        if wanted == HTML:
            return None
        at = Links(base_url=self._config.base_url).to(f"{path}.{wanted}")
        said = {"vary": "Accept, Accept-Encoding", "content-location": at}
        named = self._named[f"{path}.{wanted}"]
        return replace(named, headers=_HEADERS | said)

    def _month(self, path: str) -> Offer | None:
        """Return a month of a publication (RFC 5005)."""
        place, _, month = path.rpartition("/archive/")
        if place not in self._formats or not _MONTH.fullmatch(month):
            return None
        return _offer(self._config, path.removeprefix("/feeds/"), "atom")


def _offer(config: Config, file: str, name: str) -> Offer:
    path = config.output / "feeds" / file
    return Offer(file=path, media_type=media_type(name), headers=_HEADERS)


def with_feeds(app: ASGIApp, feeds: Feeds) -> ASGIApp:
    """Return the app with what is published in front of it."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        shown = None
        method = scope["method"] if scope["type"] == "http" else None
        if method in {"GET", "HEAD"}:
            shown = feeds.answer(scope["path"], Headers(scope=scope))
        elif method == "OPTIONS" and feeds.are_at(scope["path"]):
            shown = preflight()
        await (shown or app)(scope, receive, send)

    return serve


async def feed(request: Request) -> Response:
    """Answer for a publication that is not there as a document: a page, 503 or 404."""
    name = request.path_params["name"]
    offered = {each.id: each for each in newsroom_of(request).config.publications}
    stem, _, ending = name.rpartition(".")
    if stem in offered and ending in offered[stem].formats:
        raise _unpublished(offered[stem])
    if name not in offered:
        raise HTTPException(404)
    accept = listed(request.headers, "accept")
    if representation(accept, _ordered(offered[name])) != HTML:
        raise _unpublished(offered[name])
    return await run_in_threadpool(section, request, offered[name])


async def archived(_request: Request) -> Response:
    """Answer for a month that is not there."""
    raise HTTPException(404)


def _unpublished(publication: Publication) -> HTTPException:
    return HTTPException(
        503,
        detail=f"{publication.title} is about to be published for the first time.",
        headers={"retry-after": str(RETRY_AFTER), **SHARED},
    )


def media_type(name: str) -> str:
    """Return a format's media type with its charset, where it may have one.

    JSON has none: it is UTF-8 always (RFC 8259 section 11).
    """
    plain = formats.named(name).media_type
    return f"{plain}; charset=utf-8" if plain.endswith("xml") else plain


def _ordered(publication: Publication) -> tuple[str, ...]:
    """Return the formats of a publication, Atom first: it says most."""
    return tuple(sorted(publication.formats, key=lambda name: name != "atom"))
