"""All addresses of the service, wired to what answers them.

In: a Newsroom. Out: an ASGI app that holds nothing but caches. What touches the store
runs in threads; published feeds are answered by the event loop itself, from memory.
"""

from urllib.parse import quote, unquote, urlencode, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from aggregator import websub
from aggregator.errors import StoreError
from aggregator.events import log
from aggregator.web import callbacks, console, health, search, sources
from aggregator.web.answers import answer
from aggregator.web.api import api
from aggregator.web.api.description import ROOT
from aggregator.web.article import article
from aggregator.web.assets import Assets
from aggregator.web.console import Desk
from aggregator.web.feeds import Feeds, archived, feed, with_feeds
from aggregator.web.front import about, front
from aggregator.web.newsroom import Newsroom
from aggregator.web.protection import protected
from aggregator.web.rendering import links_of, newsroom_of, page
from aggregator.web.standings import Standings

_FOR_A_YEAR = {"cache-control": "public, max-age=31536000, immutable"}
_ROUTES = [
    Route("/", front),
    Route("/about", about),
    Route("/feeds/{name}", feed),
    Route("/feeds/{name}/archive/{month}", archived),
    Route("/articles/{id}", article),
    Route("/sources", sources.moved),
    Route("/sources/", sources.listing),
    Route("/sources/{id}", sources.source),
    Route("/sources.opml", sources.read_opml),
    Route("/feeds.opml", sources.offered_opml),
    Route("/search", search.search),
    Route("/opensearch.xml", search.described),
    Route("/-/healthy", health.healthy),
    Route("/healthz", health.healthy),
    Route("/-/ready", health.ready),
    Route("/readyz", health.ready),
    Route("/metrics", health.metrics),
    callbacks.ROUTE,
]

# Pages that readers type the address of, or have from somebody who did.
_TYPED = ("/about", "/search", "/feeds/{name}", "/articles/{id}", "/sources/{id}")
# What these are asked for; whatever else stands in an address goes nowhere from here.
_READ = {"q", "lang", "before"}

# What all addresses begin with: a folder may have one of these names, too.
_OURS = {route.path.split("/")[1] for route in (*_ROUTES, *console.ROUTES)}
_OURS |= {"api", "static"}


def application(newsroom: Newsroom, desk: Desk) -> ASGIApp:
    """Return the ASGI app of a newsroom; make it anew for another newsroom only."""
    app = Starlette(
        routes=[
            *_ROUTES,
            *console.ROUTES,
            Route("/static/{name}", static),
            Route(ROOT, to_the_api),
            *(Route(f"{path}/", without_slash) for path in _TYPED),
        ],
        exception_handlers={
            HTTPException: refused,
            StoreError: unavailable,
            Exception: broken,
        },
    )
    app.router.redirect_slashes = False  # it would believe the Host header
    app.state.newsroom = newsroom
    app.state.desk = desk
    app.state.access = console.Access()
    app.state.assets = Assets()
    app.state.standings = Standings(newsroom)
    pages = with_api(app, api(app.state))
    return protected(below_base(with_feeds(pages, Feeds(newsroom)), newsroom))


async def static(request: Request) -> Response:
    """Return one of our own files, to be kept for a year."""
    assets: Assets = request.app.state.assets
    shown = assets.at(f"/static/{request.path_params['name']}")
    if shown is None:
        raise HTTPException(404)
    return answer(request.headers, shown, headers=_FOR_A_YEAR)


def to_the_api(request: Request) -> Response:
    """Lead from `/api/v1` to `/api/v1/`."""
    return RedirectResponse(links_of(request).to(f"{ROOT}/"), status_code=308)


def without_slash(request: Request) -> Response:
    """Lead from `/about/` to `/about`, and so for each page; what is asked for is kept.

    Documents (`/feeds/wire.atom/`) are no pages: programs follow their links as they are.
    """
    publications = newsroom_of(request).config.publications
    name = request.path_params.get("name")
    if name and name not in [each.id for each in publications]:
        raise HTTPException(404)
    path = quote(request.scope["path"].removesuffix("/"))
    said = [pair for pair in request.query_params.multi_items() if pair[0] in _READ]
    asked = f"?{urlencode(said)}" if said else ""
    return RedirectResponse(links_of(request).to(path) + asked, status_code=308)


def with_api(app: ASGIApp, below: ASGIApp) -> ASGIApp:
    """Return the app with another one for all that is below `/api/v1/`.

    A Mount would leave it paths that hold a line break.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(f"{ROOT}/"):
            await below(
                {**scope, "path": scope["path"].removeprefix(ROOT)}, receive, send
            )
        else:
            await app(scope, receive, send)

    return serve


def below_base(app: ASGIApp, newsroom: Newsroom) -> ASGIApp:
    """Return the app as seen from the path of the public address, and from the root.

    Some proxies that give us a folder take its name away before they ask, some do not;
    and a folder may be called as one of our own is (`https://press.example/feeds`).
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        home = unquote(urlsplit(newsroom.config.base_url).path.rstrip("/"))
        if home and scope["type"] == "http" and _is_below(scope["path"], home):
            scope = {**scope, "path": scope["path"].removeprefix(home) or "/"}
        await app(scope, receive, send)

    return serve


def _is_below(path: str, home: str) -> bool:
    """Whether an address of ours follows the name of the folder."""
    if not f"{path}/".startswith(f"{home}/"):
        return False
    first = path.removeprefix(home).split("/")[1:2]
    return not first or first[0] in _OURS


def refused(request: Request, error: Exception) -> Response:
    """Return a page that says what is not there, and what is."""
    if not isinstance(error, HTTPException):
        raise error
    return page(
        request,
        "refused.html",
        status=error.status_code,
        headers={"cache-control": "no-cache", **(error.headers or {})},
        reason=error.detail,
        missing=error.status_code == 404,  # noqa: PLR2004 - HTTP's word
    )


def unavailable(request: Request, error: Exception) -> Response:
    """Return 503 while the store cannot be read, and tell the operator why."""
    # The rest of a callback's address is a secret.
    path = request.url.path
    shown = websub.ROOT if path.startswith(websub.ROOT) else path
    log.error("page not served", path=shown, reason=str(error))
    return refused(
        request,
        HTTPException(
            503,
            detail="Our archive cannot be read at the moment.",
            headers={"retry-after": "30"},
        ),
    )


def broken(request: Request, _error: Exception) -> Response:
    """Return 500 for a fault of ours; Starlette passes the error on to the log."""
    return refused(request, HTTPException(500, detail="Something broke on our side."))
