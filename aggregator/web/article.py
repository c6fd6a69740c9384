"""The page of one report: whose words these are, and the words.

In: an article's id. Out: its page; 410 with the reason if it was taken back; 404 if
there is none, or none that we show.
"""

from html import escape
from unicodedata import bidirectional
from urllib.parse import unquote

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.model import Article, Enclosure, Image, Report
from aggregator.text import markup
from aggregator.text.phrases import phrases
from aggregator.web.bodies import unhurried
from aggregator.web.language import direction, direction_below, lang, playing, size
from aggregator.web.lines import lines, time, view
from aggregator.web.metadata import address, json_ld
from aggregator.web.rendering import id_of, links_of, newsroom_of, page

RECENT = 8  # other reports beside it
TELLING_NAME = 12  # characters of a file name
# Controls that could make `exe.mp3` of `3pm.exe`: no name needs them.
_TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def article(request: Request) -> Response:
    """Return the page of the article that the address names."""
    newsroom, links = newsroom_of(request), links_of(request)
    now = newsroom.now()
    found = newsroom.store.article(id_of(request))
    if found is None:
        raise HTTPException(404, detail="There is no report at this address.")
    if found.withdrawn:
        return withdrawn(request, found)
    seen = view(newsroom, found)
    if seen is None:
        raise HTTPException(404, detail="Our desk does not show this report.")
    publication, report = seen
    shown, language = report.article, publication.language
    recent = newsroom.reports(publication, limit=RECENT + 1)
    others = [each for each in recent if each.article.id != shown.id]
    url = links.whole(f"/articles/{shown.id}")
    return page(
        request,
        "article.html",
        language=language,
        publication=publication,
        report=report,
        article=shown,
        url=url,
        lang_of=lang(shown.language),
        dir_of=direction(shown.language, report.title),
        body_dir=direction_below(shown.language, report.lead, report.title),
        content=Markup(  # noqa: S704 - cleaned by reading
            unhurried(report.content, phrases(language).picture)
        ),
        json_ld=Markup(  # noqa: S704 - holds no markup
            json_ld(report, publication, newsroom.config, url)
        ),
        indexing=report.rights.index,
        canonical=address(shown.url),
        picture=picture(report),
        picture_credit=picture_credit(report),
        files=[
            (
                each,
                name_of(each),
                size(each.length, language) if each.length else "",
                playing(each.duration, language) if each.duration else "",
            )
            for each in files(report)
        ],
        published=time(shown.published, now, language),
        updated=time(shown.updated, now, language),
        recent=lines(others[:RECENT], links, now, language),
    )


def withdrawn(request: Request, found: Article) -> Response:
    """Return the page of a report that was taken back: the reason, none of its words."""
    now = newsroom_of(request).now()
    said = found.withdrawn
    return page(
        request,
        "withdrawn.html",
        status=410,
        withdrawn=said,
        at=time(said.at, now, None) if said else None,
        source=found.attribution.title,
        source_id=found.source_id,
    )


def picture(report: Report) -> Image | None:
    """Return the picture of a report, unless its body shows it already."""
    image = report.article.image
    if not image or not address(image.url):
        return None
    return None if stands_in_body(image, report) else image


def picture_credit(report: Report) -> str | None:
    """Return whose picture the body shows: there it has no caption of ours."""
    image = report.article.image
    return image.credit if image and stands_in_body(image, report) else None


def stands_in_body(image: Image, report: Report) -> bool:
    """Tell whether the body shows a picture.

    The same picture often comes in another size: with another query, or in another
    folder under the same name, if the name is long enough to mean something.
    """
    plain = escape(image.url.partition("?")[0])
    name = plain.rpartition("/")[2]
    telling = name if len(name) >= TELLING_NAME else plain
    return telling in report.content


def files(report: Report) -> list[Enclosure]:
    """Return what goes with a report and has no other place on its page."""
    image = report.article.image
    return [
        each
        for each in report.article.enclosures
        if address(each.url) and not (image and image.url == each.url)
    ]


def name_of(file: Enclosure) -> str:
    """Return what a file is called, for people: its title, or the name it has in UTF-8.

    The address keeps its escapes, and is the name where they spell no text.
    """
    sent = file.url.rpartition("/")[2]
    try:
        name = unquote(sent, errors="strict")
    except UnicodeDecodeError:
        name = sent
    name = "".join(each for each in name if bidirectional(each) not in _TURNING)
    return file.title or markup.plain(name, "text/plain") or file.url
