"""Reports as JSON: lists by filter or by words, and one of them whole.

What is shown of a report is what the publication that was named, or else the first that
takes it, may show: the Report that pages and feeds are written from. A list walks down
the order of all outputs and leaves out what may not be shown; where most of it may not,
a page is shorter than asked for, and still says where the next one begins.
"""

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from aggregator.editing import refusal
from aggregator.epoch import timestamp
from aggregator.model import Article, Enclosure, Image, Publication, Report, Selection
from aggregator.publishing import credit_line, credited_name
from aggregator.reading.address import public
from aggregator.web.api.description import NAME, Asked, Parameter
from aggregator.web.api.listing import (
    Page,
    cursor_after,
    place,
)
from aggregator.web.api.problems import ProblemError
from aggregator.web.finding import Look, Seen, page_of
from aggregator.web.lines import view
from aggregator.web.links import Links, Place
from aggregator.web.metadata import address
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import links_of, newsroom_of

ID = Parameter(
    name="id",
    text="Our id of the report, as in the address of its page.",
    place="path",
    required=True,
    schema={"type": "string", "pattern": "^[0-9a-f]{20}$"},
)
FILTERS = (
    Parameter(name="source", text="Only of the source with this id.", schema=NAME),
    Parameter(
        name="tag",
        text="Only of sources that our desk gave this tag.",
        schema={"type": "string", "pattern": "^[^\\u0000-\\u001f\\u007f]{1,100}$"},
    ),
    Parameter(
        name="publication",
        text="Only what the publication with this id shows, and as it shows it.",
        schema=NAME,
    ),
    Parameter(
        name="language",
        text="Only in this language: `en` takes `en-GB`, too.",
        schema={
            "type": "string",
            "pattern": "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}$",
        },
    ),
    Parameter(
        name="since",
        text="Only listed at this time or later.",
        schema={"type": "string", "format": "date-time"},
    ),
    Parameter(
        name="until",
        text="Only listed before this time.",
        schema={"type": "string", "format": "date-time"},
    ),
)
WORDS = Parameter(
    name="q",
    text=(
        "Words that headline or text hold, all of them, however they are written; "
        '`"side by side"`, `beginning*`, `-without`.'
    ),
    required=True,
    schema={"type": "string", "minLength": 1, "maxLength": 500},
)

Candidate = tuple[Article, Seen | None]


def articles(request: Request, asked: Asked) -> Page:
    """Return the newest reports that pass all filters."""
    newsroom = newsroom_of(request)
    wanted = _selection(newsroom, asked)
    publication = _publication(newsroom, asked)
    if publication:
        look = _shown_in(newsroom, publication, wanted)
    else:
        look = _stored(newsroom, wanted)
    return _page(look, asked, links_of(request))


def _shown_in(newsroom: Newsroom, publication: Publication, wanted: Selection) -> Look:
    def look(limit: int, before: Place | None) -> Iterator[Candidate]:
        for report in newsroom.reports(publication, limit=limit, before=before):
            refused = refusal(wanted, report.article, now=newsroom.now())
            yield report.article, None if refused else (publication, report)

    return look


def _stored(newsroom: Newsroom, wanted: Selection) -> Look:
    def look(limit: int, before: Place | None) -> Iterator[Candidate]:
        now = newsroom.now()
        for each in newsroom.store.latest(wanted, now=now, limit=limit, before=before):
            yield each, view(newsroom, each)

    return look


def search(request: Request, asked: Asked) -> Page:
    """Return the newest reports that hold the words and pass all filters."""
    newsroom = newsroom_of(request)
    wanted = _selection(newsroom, asked)
    publication = _publication(newsroom, asked)

    def see(article: Article) -> Seen | None:
        if refusal(wanted, article, now=newsroom.now()):
            return None
        return view(newsroom, article, publication)

    def look(limit: int, before: Place | None) -> Iterator[Candidate]:
        for each in newsroom.store.search(asked["q"], limit=limit, before=before):
            yield each, see(each)

    return _page(look, asked, links_of(request))


def article(request: Request, asked: Asked) -> dict[str, Any]:
    """Return one report as whole as it may be shown; 410 if it was taken back."""
    newsroom, links = newsroom_of(request), links_of(request)
    found = newsroom.store.article(asked["id"])
    if found is None:
        raise ProblemError(404, "There is no report with this id.")
    if found.withdrawn:
        raise ProblemError(
            410,
            "This report was taken back.",
            withdrawn_at=timestamp(found.withdrawn.at),
            withdrawn_by=found.withdrawn.by,
            reason=found.withdrawn.reason,
        )
    seen = view(newsroom, found)
    if seen is None:
        raise ProblemError(404, "Our desk does not show this report.")
    return whole(*seen, links)


def line(publication: Publication, report: Report, links: Links) -> dict[str, Any]:
    """Return a report as it stands in a list: who, what, when, and its first words."""
    said = report.article
    source = said.attribution
    return {
        "id": said.id,
        "published_id": said.published_id,
        "url": address(said.url),
        "page_url": links.whole(f"/articles/{said.id}"),
        "publication": publication.id,
        "title": report.title,
        "source_title": said.source_title,
        "summary": report.lead,
        "credit": credit_line(said, publication.credit, publication.language),
        "source": {
            "id": said.source_id,
            "title": credited_name(said, publication.language),
            "feed_url": address(public(source.feed_url)),
            "home_page_url": address(source.site_url),
        },
        "authors": list(said.authors),
        "tags": [tag.label or tag.term for tag in said.tags],
        "language": said.language,
        "published": timestamp(said.published),
        "updated": timestamp(said.updated),
        "listed_at": timestamp(said.listed_at),
    }


def whole(publication: Publication, report: Report, links: Links) -> dict[str, Any]:
    """Return a report with all that its publication shows of it."""
    said, rights = report.article, report.rights
    return line(publication, report, links) | {
        "content_html": report.content,
        "body": report.body,
        "text_sha256": said.text_sha256 or None,
        "image": _image(said.image),
        "attachments": [_file(e) for e in said.enclosures if address(e.url)],
        "also": [
            {"id": each.source_id, "title": each.title, "url": address(each.url)}
            for each in report.also
        ],
        "rights": {
            "holder": rights.holder,
            "notice": said.attribution.rights,
            "license": address(said.attribution.license),
            "index": rights.index,
        },
    }


def _page(look: Look, asked: Asked, links: Links) -> Page:
    shown, last = page_of(
        look, limit=asked["limit"], before=_start(asked), since=asked["since"]
    )
    return Page(
        items=[line(*seen, links) for seen in shown],
        cursor=cursor_after(last) if last else None,
    )


def _start(asked: Asked) -> Place | None:
    """Return the place below which a list starts: that of `until`, or the cursor's."""
    until = asked["until"]
    places = [place(asked["cursor"]), (until, "") if until else None]
    return min((each for each in places if each), default=None)


def _selection(newsroom: Newsroom, asked: Asked) -> Selection:
    """Return what is asked for; raises ProblemError 404 for a source that is none.

    A tag is a word, not a thing with an address: one that nobody has selects nothing.
    """
    wanted = Selection(
        sources=_one(asked["source"]),
        tags=_one(asked["tag"]),
        languages=_one(asked["language"]),
    )
    if wanted.sources and not _is_known(newsroom, *wanted.sources):
        raise ProblemError(404, "We read no such source.", parameter="source")
    return wanted


def _is_known(newsroom: Newsroom, source_id: str) -> bool:
    """Whether a source is configured, or was: then its reports stay."""
    if newsroom.config.source(source_id):
        return True
    by_it = Selection(sources=(source_id,))
    return any(True for _ in newsroom.store.latest(by_it, now=newsroom.now(), limit=1))


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _publication(newsroom: Newsroom, asked: Asked) -> Publication | None:
    """Return the publication that is asked for; raises ProblemError 404 for none."""
    name = asked["publication"]
    if name is None:
        return None
    if offered := newsroom.config.publication(name):
        return offered
    raise ProblemError(404, "We offer no such publication.", parameter="publication")


def _image(image: Image | None) -> dict[str, Any] | None:
    if image is None or not address(image.url):
        return None
    return {
        "url": image.url,
        "alt": image.alt,
        "credit": image.credit,
        "width": image.width,
        "height": image.height,
    }


def _file(file: Enclosure) -> dict[str, Any]:
    return {
        "url": file.url,
        "type": file.type,
        "length": file.length,
        "title": file.title,
        "credit": file.credit,
        "duration": file.duration,
    }
