"""The page that finds reports by their words.

In: `q` as a reader typed it, `before` for what is older, `lang` for the words of the
page itself. Out: the page; whatever is typed, it is never an error. Words are found as
`mediawire search` finds them, and marked in what may be shown of a report, nowhere else.
"""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from aggregator.model import Article, Report
from aggregator.text import markup
from aggregator.text.folding import spans, terms
from aggregator.web.answers import answer, document
from aggregator.web.finding import Seen, page_of
from aggregator.web.language import count, shared
from aggregator.web.lines import Line, line, view
from aggregator.web.links import Links, Place, place
from aggregator.web.rendering import before_of, filled, links_of, newsroom_of, page

REPORTS = 20  # on a page
LONGEST = 500  # characters of a query that count
BEFORE, AFTER = 60, 180  # characters of a passage around its first hit
READ = 20_000  # characters of a body that passages are taken from
SHORT_NAME, LONG_NAME = 16, 48  # characters that OpenSearch 1.1 has room for

_CREDIT = re.compile('<p class="mediawire-(?:also|credit)">')
_FOR_A_DAY = {"cache-control": "public, max-age=86400"}

Pieces = list[tuple[str, bool]]  # text, and whether it is what was searched for


class Hit(Struct, frozen=True, kw_only=True):
    """A report that was found: its line, and where the words stand in it."""

    line: Line
    title: Pieces
    passage: Pieces


def search(request: Request) -> Response:
    """Return the page of what holds the words; 404 for a place that is none."""
    newsroom, links = newsroom_of(request), links_of(request)
    said = request.query_params
    query = markup.printable(said.get("q", "")[:LONGEST]).strip()
    publications = newsroom.config.publications
    language = said.get("lang") or shared(each.language for each in publications)
    before = before_of(request)

    def look(limit: int, below: Place | None) -> Iterator[tuple[Article, Seen | None]]:
        for each in newsroom.store.search(query, limit=limit, before=below):
            yield each, view(newsroom, each)

    shown, last = page_of(look, limit=REPORTS, before=before)
    now = newsroom.now()
    return page(
        request,
        "search.html",
        language=language,
        asked=query,
        sought=any(not term.unwanted for term in terms(query)),
        hits=[
            hit(report, query, line(report, links, now, language))
            for _, report in shown
        ],
        count=counted(len(shown), language, more=last is not None),
        newest=before is None,
        first=_address(links, query, language),
        older=_address(links, query, language, last) if last else None,
    )


def counted(number: int, language: str | None, *, more: bool) -> str:
    """Return how many reports were found, as far as they were looked for: `20+`."""
    return f"{count(number, language)}{'+' if more else ''}"


def hit(report: Report, query: str, shown: Line) -> Hit:
    """Return a report with its headline and the passage that holds the words."""
    return Hit(
        line=shown,
        title=pieces(report.title, spans(report.title, query)),
        passage=passage(_text(report), query) or [(report.lead, False)],
    )


def passage(text: str, query: str) -> Pieces:
    """Return what stands around the first hit in a text; nothing if there is none."""
    found = spans(text, query)
    if not found:
        return []
    start = _cut(text, found[0][0] - BEFORE)
    end = _cut(text, found[0][0] + AFTER)
    within = [(a - start, b - start) for a, b in found if b <= end]
    is_cut = end < len(text)
    said = text[start:end].rstrip(markup.GIVING_WAY if is_cut else None)
    return [
        *([("… ", False)] if start else []),
        *pieces(said, within),
        *([("…", False)] if is_cut else []),
    ]


def pieces(text: str, found: list[tuple[int, int]]) -> Pieces:
    """Return a text parted at the ends of what was found in it."""
    parts, at = [], 0
    for start, end in found:
        parts += [(text[at:start], False), (text[start:end], True)]
        at = end
    parts.append((text[at:], False))
    return [part for part in parts if part[0]]


def described(request: Request) -> Response:
    """Return how browsers may offer this search (OpenSearch 1.1)."""
    links, site = links_of(request), newsroom_of(request).config.title
    xml = filled(
        "opensearch.xml",
        site=site,
        short=markup.cap(site, SHORT_NAME),
        long=markup.cap(site, LONG_NAME),
        address=links.whole("/search?q={searchTerms}"),
    )
    media_type = "application/opensearchdescription+xml; charset=utf-8"
    return answer(
        request.headers, document(xml.encode(), media_type), headers=_FOR_A_DAY
    )


def _text(report: Report) -> str:
    """Return what a report shows as text, without what stands under it."""
    body = _CREDIT.split(report.content, maxsplit=1)[0]
    return markup.visible_text(body[: _cut_markup(body)])


def _cut_markup(body: str) -> int:
    """Return where a long body may be cut: at a tag, so that none is cut in two."""
    return len(body) if len(body) <= READ else body.rfind("<", 0, READ)


def _cut(text: str, near: int) -> int:
    """Return a place near another one where no word is cut, if there is any."""
    if near <= 0 or near >= len(text):
        return min(max(near, 0), len(text))
    blank = text.find(" ", near, near + 30)
    return blank + 1 if blank >= 0 else near


def _address(
    links: Links, query: str, language: str | None, after: Article | None = None
) -> str:
    said = {"q": query, "lang": language, "before": place(after) if after else None}
    query = urlencode({name: value for name, value in said.items() if value})
    return links.to(f"/search?{query}")
