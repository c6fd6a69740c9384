"""Publications as JSON: what we offer, where it is, and when it last changed."""

from typing import Any

from starlette.requests import Request

from aggregator.epoch import timestamp
from aggregator.model import Publication, PublicationStatus
from aggregator.web.api.description import NAME, Asked, Parameter
from aggregator.web.api.listing import Page, by_name
from aggregator.web.api.problems import ProblemError
from aggregator.web.feeds import media_type
from aggregator.web.links import Links
from aggregator.web.rendering import links_of, newsroom_of

ID = Parameter(
    name="id",
    text="The id of the publication, as in its address.",
    place="path",
    required=True,
    schema=NAME,
)


def publications(request: Request, asked: Asked) -> Page:
    """Return what we offer."""
    statuses, links = _statuses(request), links_of(request)
    offered = {each.id: each for each in newsroom_of(request).config.publications}
    return by_name(offered, asked, lambda each: _shown(each, statuses, links))


def publication(request: Request, asked: Asked) -> dict[str, Any]:
    """Return one publication."""
    offered = newsroom_of(request).config.publication(asked["id"])
    if offered is None:
        raise ProblemError(404, "We offer no such publication.")
    return _shown(offered, _statuses(request), links_of(request))


def _statuses(request: Request) -> dict[str, PublicationStatus]:
    found = newsroom_of(request).store.publication_status()
    return {status.path: status for status in found}


def _shown(
    said: Publication, statuses: dict[str, PublicationStatus], links: Links
) -> dict[str, Any]:
    return {
        "id": said.id,
        "title": said.title,
        "description": said.description,
        "disclaimer": said.disclaimer,
        "language": said.language,
        "image": said.image,
        "page_url": links.whole(f"/feeds/{said.id}"),
        "feeds": [
            _feed(name, path, statuses, links) for name, path in said.paths.items()
        ],
    }


def _feed(
    name: str, path: str, statuses: dict[str, PublicationStatus], links: Links
) -> dict[str, Any]:
    known = statuses.get(path)
    written = known.written_at if known else None
    return {
        "format": name,
        "url": links.whole(f"/{path}"),
        "media_type": media_type(name).partition(";")[0],
        "entries": known.entries if known else 0,
        "written_at": timestamp(written) if written else None,
    }
