"""Fill templates: the one place where text becomes a page.

Every value is escaped. Two are markup already and marked as such where they are made:
the body of a report, which reading cleaned, and JSON-LD, which holds no markup at all.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.text.phrases import phrases
from aggregator.web.answers import answer, document
from aggregator.web.assets import Assets
from aggregator.web.language import direction
from aggregator.web.links import Links, Place, place_of
from aggregator.web.newsroom import Newsroom
from aggregator.web.standings import Standings

MEDIA_TYPE = "text/html; charset=utf-8"
# Ages are told to the minute; what is newer than that can wait as long.
KEPT = {"cache-control": "public, max-age=60"}


def newsroom_of(request: Request) -> Newsroom:
    """Return the house behind a request."""
    newsroom: Newsroom = request.app.state.newsroom
    return newsroom


def standings_of(request: Request) -> Standings:
    """Return how the sources are doing."""
    standings: Standings = request.app.state.standings
    return standings


def links_of(request: Request) -> Links:
    """Return the addresses of the site."""
    return Links(base_url=newsroom_of(request).config.base_url)


def id_of(request: Request) -> str:
    """Return the id that an address names; 404 for one that nothing can have.

    No text in a database holds a NUL, and PostgreSQL breaks on a question that does.
    """
    id_: str = request.path_params["id"]
    if "\0" in id_:
        raise HTTPException(404)
    return id_


def before_of(request: Request) -> Place | None:
    """Return the place that a list goes on below, None for its beginning; or 404."""
    wanted = request.query_params.get("before")
    before = place_of(wanted) if wanted else None
    if wanted and not before:
        raise no_such_page()
    return before


def no_such_page() -> HTTPException:
    """Return what to raise for a part of a list that does not exist."""
    return HTTPException(404, detail="The list has no page at this address.")


def page(
    request: Request,
    template: str,
    *,
    language: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] = KEPT,
    **said: Any,  # noqa: ANN401 - what a template prints
) -> Response:
    """Return a page: `said` in a template, in a language if we speak it."""
    assets: Assets = request.app.state.assets
    links, words = links_of(request), phrases(language)
    config = newsroom_of(request).config
    html = filled(
        template,
        site=config.title,
        links=links,
        css=links.to(assets.path("wire.css")),
        icon=links.to(assets.path("icon.svg")),
        publications=config.publications,
        words=words,
        dir=direction(words.language, ""),
        **said,
    )
    shown = document(html.encode("utf-8", "replace"), MEDIA_TYPE)
    return answer(request.headers, shown, headers=headers, status=status)


def filled(template: str, **said: Any) -> str:  # noqa: ANN401 - what a template prints
    """Return what is no page, from a template that prints no more than it is given."""
    return _templates().get_template(template).render(**said)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("aggregator.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["direction"] = direction
    return templates
