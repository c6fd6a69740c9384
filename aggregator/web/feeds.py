"""Serve publications: each format as it was published, and the one an Accept prefers.

In: `/feeds/{name}`, or a month of its archive. Out: the published bytes, the section page where a browser asks for
the publication itself, 503 where nothing is published yet. What is served here is what
stands in the output folder, so any other web server could take over.
"""

import re

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.model import Publication
from aggregator.publishing import formats
from aggregator.web.answers import answer
from aggregator.web.negotiation import HTML, representation
from aggregator.web.protection import FEED_POLICY
from aggregator.web.published import Published
from aggregator.web.rendering import links_of, newsroom_of
from aggregator.web.section import section

# A publish follows a poll within seconds, and readers ask every few minutes at best.
RETRY_AFTER = 30  # seconds

_MONTH = re.compile("[0-9]{4}-[0-9]{2}\\.atom")
_HEADERS = {
    "cache-control": "public, max-age=300",
    "content-security-policy": FEED_POLICY,
    # Anyone may read a feed, a page in another site's script too.
    "access-control-allow-origin": "*",
    # A feed is for readers; what its sources let search engines have is on the pages.
    "x-robots-tag": "noindex",
    "vary": "Accept-Encoding",
}


async def feed(request: Request) -> Response:
    """Answer for one publication, in the format that is named or asked for."""
    name = request.path_params["name"]
    offered = {each.id: each for each in newsroom_of(request).config.publications}
    stem, _, ending = name.rpartition(".")
    if stem in offered and ending in offered[stem].formats:
        return published(request, offered[stem], ending, _HEADERS)
    if name not in offered:
        raise HTTPException(404)
    wanted = representation(request.headers.get("accept"), _ordered(offered[name]))
    if wanted == HTML:
        return await run_in_threadpool(section, request, offered[name])
    return published(
        request,
        offered[name],
        wanted,
        _HEADERS
        | {
            "vary": "Accept, Accept-Encoding",
            "content-location": links_of(request).to(f"/feeds/{name}.{wanted}"),
        },
    )


async def archived(request: Request) -> Response:
    """Answer with a month of a publication (RFC 5005), 404 if there is none."""
    name, month = request.path_params["name"], request.path_params["month"]
    config = newsroom_of(request).config
    if name not in {each.id for each in config.publications}:
        raise HTTPException(404)
    if not _MONTH.fullmatch(month):
        raise HTTPException(404)
    path = config.output / "feeds" / name / "archive" / month
    kept: Published = request.app.state.published
    shown = kept.document(path, media_type("atom"))
    if shown is None:
        raise HTTPException(404)
    return answer(request, shown, headers=_HEADERS)


def published(
    request: Request, publication: Publication, name: str, headers: dict[str, str]
) -> Response:
    """Return a publication in one format as it stands in the output folder."""
    kept: Published = request.app.state.published
    path = newsroom_of(request).config.output / "feeds" / f"{publication.id}.{name}"
    shown = kept.document(path, media_type(name))
    if shown is None:
        raise HTTPException(
            503,
            detail=f"{publication.title} is about to be published for the first time.",
            headers={"retry-after": str(RETRY_AFTER)},
        )
    return answer(request, shown, headers=headers)


def media_type(name: str) -> str:
    """Return a format's media type with its charset, where it may have one.

    JSON has none: it is UTF-8 always (RFC 8259 section 11).
    """
    plain = formats.named(name).media_type
    return f"{plain}; charset=utf-8" if plain.endswith("xml") else plain


def _ordered(publication: Publication) -> tuple[str, ...]:
    """Return the formats of a publication, Atom first: it says most."""
    return tuple(sorted(publication.formats, key=lambda name: name != "atom"))
