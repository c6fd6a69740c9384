"""Who is credited, and how they are doing: pages about sources, and OPML.

States are told in words for readers; addresses without what may be secret.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.model import Selection
from aggregator.reading.address import public
from aggregator.web import opml
from aggregator.web.answers import answer, document
from aggregator.web.lines import lines, time, view
from aggregator.web.metadata import address
from aggregator.web.protection import FEED_POLICY
from aggregator.web.rendering import links_of, newsroom_of, page, standings_of

ARTICLES = 20  # on the page of a source
ROWS = 100  # on a page of the list of sources

STATES = {
    "new": "about to be read for the first time",
    "ok": "read regularly",
    "failing": "cannot be reached at the moment",
    "throttled": "asked us to wait",
    "paused": "not read at present, by decision of our desk",
    "held": "not read at present, until our desk has looked at it",
    "gone": "has ended",
}
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
        raise HTTPException(404, detail="The list has no page at this address.")
    start = ids.index(after) + 1 if after else 0
    shown = standings[start : start + ROWS]
    sites = {source.id: address(source.site) for source in newsroom.config.sources}
    return page(
        request,
        "sources.html",
        standings=shown,
        sites=sites,
        states=STATES,
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
    id_, now = request.path_params["id"], newsroom.now()
    configured = next((s for s in newsroom.config.sources if s.id == id_), None)
    selection = Selection(sources=(id_,))
    articles = newsroom.store.latest(selection, now=now, limit=ARTICLES)
    if configured is None and not articles:
        raise HTTPException(404, detail="We read no such source.")
    standing = standings_of(request).row(id_)
    seen = [found for article in articles if (found := view(newsroom, article))]
    last = standing["last_success"] if standing else None
    return page(
        request,
        "source.html",
        title=standing["title"] if standing else articles[0].attribution.title,
        state=STATES[standing["state"]] if standing else NO_LONGER,
        last=time(last, now, None) if last else None,
        count=standing["articles"] if standing else None,
        rights=configured.rights if configured else None,
        site_url=address(configured.site) if configured else None,
        feed_url=address(public(configured.url)) if configured else None,
        lines=lines([report for _, report in seen], links, now, None),
    )


def read_opml(request: Request) -> Response:
    """Return what we read."""
    shown = document(opml.sources(newsroom_of(request).config), opml.MEDIA_TYPE)
    return answer(request.headers, shown, headers=_OPML)


def offered_opml(request: Request) -> Response:
    """Return what we offer."""
    shown = document(opml.publications(newsroom_of(request).config), opml.MEDIA_TYPE)
    return answer(request.headers, shown, headers=_OPML)
