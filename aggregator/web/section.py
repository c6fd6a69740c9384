"""The page of a publication: what is new, and by pages everything that was.

In: a publication, and `before`: the place below which the list starts. Out: the page.
"""

from starlette.requests import Request
from starlette.responses import Response

from aggregator.model import Publication
from aggregator.web.lines import lines
from aggregator.web.rendering import KEPT, before_of, links_of, newsroom_of, page

REPORTS = 30  # on a page


def section(request: Request, publication: Publication) -> Response:
    """Return the page of a publication; 404 for a place that is none."""
    newsroom, links = newsroom_of(request), links_of(request)
    before = before_of(request)
    reports = newsroom.reports(publication, limit=REPORTS + 1, before=before)
    shown = reports[:REPORTS]
    language = publication.language
    return page(
        request,
        "section.html",
        language=language,
        headers={**KEPT, "vary": "Accept, Accept-Encoding"},
        publication=publication,
        lines=lines(shown, links, newsroom.now(), language),
        newest=before is None,
        older=links.section(publication, shown[-1].article)
        if len(reports) > REPORTS
        else None,
    )
