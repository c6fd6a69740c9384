"""Sources as JSON: who is credited, under which rights, and how they are doing.

As much of their state as the pages tell: what went wrong at a poll, and addresses that
may hold a secret, are the operator's and are not here.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from aggregator.epoch import timestamp
from aggregator.model import Selection, Source
from aggregator.reading.address import public
from aggregator.web.api.description import NAME, Asked, Parameter
from aggregator.web.api.listing import Page, by_name
from aggregator.web.api.problems import ProblemError
from aggregator.web.lines import view
from aggregator.web.links import Links
from aggregator.web.metadata import address
from aggregator.web.rendering import links_of, newsroom_of, standings_of

ID = Parameter(
    name="id",
    text="The id of the source in our config.",
    place="path",
    required=True,
    schema=NAME,
)


def sources(request: Request, asked: Asked) -> Page:
    """Return the configured sources."""
    standings = {row["id"]: row for row in standings_of(request).rows()}
    links = links_of(request)
    configured = {each.id: each for each in newsroom_of(request).config.sources}
    return by_name(
        configured, asked, lambda each: _configured(each, standings.get(each.id), links)
    )


def source(request: Request, asked: Asked) -> dict[str, Any]:
    """Return one source: configured, or known by the reports that stayed."""
    newsroom, links = newsroom_of(request), links_of(request)
    wanted = asked["id"]
    if configured := newsroom.config.source(wanted):
        return _configured(configured, standings_of(request).row(wanted), links)
    articles = newsroom.store.latest(
        Selection(sources=(wanted,)), now=newsroom.now(), limit=1
    )
    for found in articles:
        if view(newsroom, found):
            return _removed(wanted, found.attribution.title, links)
    raise ProblemError(404, "We read no such source.")


def _configured(
    source: Source, standing: Mapping[str, Any] | None, links: Links
) -> dict[str, Any]:
    """Return a configured source; one that came with the last edit has no standing yet."""
    rights, known = source.rights, standing or {}
    last = known.get("last_success")
    return _removed(source.id, known.get("title", source.title or source.id), links) | {
        "state": known.get("state", "new"),
        "articles": known.get("articles", 0),
        "last_success": timestamp(last) if last else None,
        "feed_url": address(public(source.url)),
        "home_page_url": address(known.get("site", source.site)),
        "language": source.language,
        "tags": list(source.tags),
        "rights": {
            "holder": rights.holder,
            "notice": rights.notice,
            "license": address(rights.license),
            "index": rights.index,
        },
    }


def _removed(id_: str, title: str, links: Links) -> dict[str, Any]:
    return {
        "id": id_,
        "title": title,
        "page_url": links.whole(f"/sources/{id_}"),
        "state": None,
        "articles": None,
        "last_success": None,
        "feed_url": None,
        "home_page_url": None,
        "language": None,
        "tags": [],
        "rights": None,
    }
