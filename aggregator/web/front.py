"""The first page, and the page about this service."""

from itertools import islice

from starlette.requests import Request
from starlette.responses import Response

from aggregator.text.phrases import phrases
from aggregator.web.language import shared
from aggregator.web.lines import lines
from aggregator.web.rendering import links_of, newsroom_of, page

HEADLINES = 8  # of each section
# Further sections are named only: each one shown costs a question to the store.
SECTIONS = 8


def front(request: Request) -> Response:
    """Return the first page: every section, with the newest headlines of the first.

    It is in the language of all sections, if they have one.
    """
    newsroom, links = newsroom_of(request), links_of(request)
    now = newsroom.now()
    publications = newsroom.config.publications
    sections = [
        (
            publication,
            lines(
                newsroom.reports(publication, limit=HEADLINES),
                links,
                now,
                publication.language,
            ),
            phrases(publication.language),
        )
        for publication in islice(publications, SECTIONS)
    ]
    return page(
        request,
        "front.html",
        language=shared(each.language for each in publications),
        sections=sections,
        further=publications[SECTIONS:],
    )


def about(request: Request) -> Response:
    """Return the page that says what we do with other people's words."""
    contact = newsroom_of(request).config.contact
    mail = "@" in contact and ":" not in contact
    href = f"mailto:{contact}" if mail else contact
    return page(request, "about.html", contact=contact, contact_href=href)
