"""Who is credited, and how they are doing: pages about sources, and OPML.

In: the id of a source, and `before`: the place below which its reports start. Out: the
page. States are told in words for readers; addresses without what may be secret.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.model import Article, Selection
from aggregator.reading.address import public
from aggregator.web import opml
from aggregator.web.answers import answer, document
from aggregator.web.finding import Seen, page_of
from aggregator.web.lines import lines, time, view
from aggregator.web.links import Place
from aggregator.web.metadata import address
from aggregator.web.protection import FEED_POLICY
from aggregator.web.rendering import (
    before_of,
    id_of,
    links_of,
    newsroom_of,
    no_such_page,
    page,
    standings_of,
)

ARTICLES = 20  # on the page of a source
ROWS = 100  # on a page of the list of sources

STATES = {
    "new": "about to be read for the first time",
    "ok": "read regularly",
    "throttled": "asked us to wait",
    "paused": "not read at present, by decision of our desk",
    "held": "not read at present, until our desk has looked at it",
    "gone": "has ended",
}
# What a source does that fails; one that was reached and not understood, else.
FAILING = {
    **dict.fromkeys(
        ("dns", "refused", "timeout", "tls", "reset"), "cannot be reached at the moment"
    ),
    "html-page": "answers with a web page instead of its feed at the moment",
    "captcha": "lets no program read its feed at the moment",
    "not-a-feed": "answers with something else than its feed at the moment",
    "empty": "answers with nothing at the moment",
    "gone": "says that its feed has ended",
}
UNREAD = "cannot be read at the moment"
NO_LONGER = "no longer read; its reports stay"

_OPML = {
    "cache-control": "public, max-age=3600",
    "content-security-policy": FEED_POLICY,
    "vary": "Accept-Encoding",
}


def moved(request: Request) -> Response:
    """Lead from `/sources` to `/sources/`."""
    return RedirectResponse(links_of(request).to("/sources/"), status_code=308)


def listing(request: Request) -> Response:
    """Return the list of sources, a page of it from `after` on."""
    newsroom = newsroom_of(request)
    now = newsroom.now()
    after = request.query_params.get("after")
    standings = standings_of(request).rows()
    ids = [standing["id"] for standing in standings]
    if after and after not in ids:
        raise no_such_page()
    start = ids.index(after) + 1 if after else 0
    shown = standings[start : start + ROWS]
    return page(
        request,
        "sources.html",
        standings=shown,
        states={each["id"]: told(each) for each in shown},
        total=len(ids),
        times={
            each["id"]: time(each["last_success"], now, None)
            for each in shown
            if each["last_success"]
        },
        more=shown[-1]["id"] if start + ROWS < len(ids) else None,
    )


def source(request: Request) -> Response:
    """Return the page of one source: configured, or known by its reports."""
    newsroom, links = newsroom_of(request), links_of(request)
    id_, now = id_of(request), newsroom.now()
    before = before_of(request)
    configured = newsroom.config.source(id_)
    selection = Selection(sources=(id_,))
    newest = next(iter(newsroom.store.latest(selection, now=now, limit=1)), None)
    if configured is None and newest is None:
        raise HTTPException(404, detail="We read no such source.")

    def look(limit: int, below: Place | None) -> Iterator[tuple[Article, Seen | None]]:
        found = newsroom.store.latest(selection, now=now, limit=limit, before=below)
        for each in found:
            yield each, view(newsroom, each)

    shown, last = page_of(look, limit=ARTICLES, before=before)
    standing = standings_of(request).row(id_) or {}
    read = standing.get("last_success")
    said = newest.attribution if newest else None
    title = standing.get("title") or (said.title if said else id_)
    site = standing.get("site") or (said.site_url if said else None)
    return page(
        request,
        "source.html",
        id=id_,
        title=title,
        state=told(standing) if standing else NO_LONGER,
        read=time(read, now, None) if read else None,
        count=standing.get("articles"),
        rights=configured.rights if configured else None,
        site_url=address(site),
        feed_url=address(public(configured.url)) if configured else None,
        lines=lines([report for _, report in shown], links, now, None),
        newest=before is None,
        first=links.source(id_),
        older=links.source(id_, last) if last else None,
    )


def told(standing: Mapping[str, Any]) -> str:
    """Return how a source is doing, in words for readers."""
    state = standing["state"]
    if state == "failing":
        return FAILING.get(standing["problem"], UNREAD)
    return STATES[state]


def read_opml(request: Request) -> Response:
    """Return what we read."""
    config, standings = newsroom_of(request).config, standings_of(request).rows()
    shown = document(opml.sources(config, standings), opml.MEDIA_TYPE)
    return answer(request.headers, shown, headers=_OPML)


def offered_opml(request: Request) -> Response:
    """Return what we offer."""
    shown = document(opml.publications(newsroom_of(request).config), opml.MEDIA_TYPE)
    return answer(request.headers, shown, headers=_OPML)
