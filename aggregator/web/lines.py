"""A report as one line of a list, and as the page that is its own.

In: Reports, and the language of the page around them. Out: what templates print. Which
publication's view of an article a page shows is decided here: that of the first
publication that takes it.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from aggregator.editing import refusal
from aggregator.epoch import timestamp
from aggregator.model import Article, Publication, Report
from aggregator.publishing import credited_name
from aggregator.text.phrases import phrases
from aggregator.web.language import (
    age,
    direction,
    direction_below,
    in_full,
    lang,
    tag_of_ages,
)
from aggregator.web.links import Links
from aggregator.web.newsroom import Newsroom


class Time(Struct, frozen=True, kw_only=True):
    """A point in time: for machines, in the reader's words, and in full.

    `lang` is None where its words are in the language of the page.
    """

    iso: str
    words: str
    full: str
    lang: str | None


class Line(Struct, frozen=True, kw_only=True):
    """A report in a list. `lang` is None where nobody knows it."""

    href: str
    title: str
    lead: str
    source: str
    source_href: str
    time: Time
    lang: str | None
    dir: str
    lead_dir: str


def time(at: datetime, now: datetime, language: str | None) -> Time:
    """Return a time as a page in `language` shows it."""
    told, around = tag_of_ages(language), phrases(language).language
    return Time(
        iso=timestamp(at.replace(microsecond=0)),
        words=age(at, now, language),
        full=in_full(at, language),
        lang=None if told.partition("-")[0] == around else told,
    )


def line(report: Report, links: Links, now: datetime, language: str | None) -> Line:
    """Return a report as a list on a page in `language` shows it."""
    article = report.article
    return Line(
        href=links.article(article),
        title=report.title,
        lead=report.lead,
        source=credited_name(article, language),
        source_href=links.source(article.source_id),
        time=time(article.published, now, language),
        lang=lang(article.language),
        dir=direction(article.language, report.title),
        lead_dir=direction_below(article.language, report.lead, report.title),
    )


def lines(
    reports: Iterable[Report], links: Links, now: datetime, language: str | None
) -> list[Line]:
    """Return reports as a list on a page in `language` shows them."""
    return [line(report, links, now, language) for report in reports]


def view(
    newsroom: Newsroom, article: Article, wanted: Publication | None = None
) -> tuple[Publication, Report] | None:
    """Return the article as the first publication that takes it shows it.

    Or as the one that is wanted, and none but that. None for an article that a rule
    drops or that no publication takes. Age does not count: a page stays when its report
    has left the list.
    """
    if article.dropped:
        return None
    for publication in (wanted,) if wanted else newsroom.config.publications:
        if refusal(publication.select, article, now=article.listed_at) is None:
            report = newsroom.report(article, publication)
            if report:
                return publication, report
    return None
