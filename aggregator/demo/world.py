"""Write the documents of the invented world: what an agency serves, as bytes.

In: an agency, how many reports it has published, the time of the first. Out: a feed in
the agency's dialect and encoding. Pure: the same numbers give the same bytes.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from aggregator.demo.stories import Agency, Dialect

SPACING = timedelta(minutes=47)
LISTED = 12

MEDIA_TYPES: dict[Dialect, str] = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


class _Told(Struct, frozen=True, kw_only=True):
    number: int
    headline: str
    text: str
    link: str
    at: datetime


def document(
    agency: Agency, *, reports: int, since: datetime, latest: datetime, home: str
) -> bytes:
    """Return the agency's feed after `reports` reports, newest first.

    Reports were published every 47 minutes up to `since`; later ones at `latest`.
    `home` is the agency's address without a trailing slash.
    """
    told = [
        _told(agency, number, reports, since=since, latest=latest, home=home)
        for number in range(reports, max(0, reports - LISTED), -1)
    ]
    text = WRITERS[agency.dialect](agency, home, told)
    return text.encode(agency.encoding, "xmlcharrefreplace")


def _told(
    agency: Agency,
    number: int,
    reports: int,
    *,
    since: datetime,
    latest: datetime,
    home: str,
) -> _Told:
    headline, text = agency.stories[(number - 1) % len(agency.stories)]
    again = (number - 1) // len(agency.stories)
    first = len(agency.stories)
    at = since - SPACING * (first - number) if number <= first else latest
    return _Told(
        number=number,
        headline=f"{headline} ({again + 1})" if again else headline,
        text=text,
        link=f"{home}/{number}.html",
        at=min(at, latest) - timedelta(seconds=max(0, reports - number)),
    )


def _body(told: _Told) -> str:
    """Return the text; its last sentence leads to more, by a relative address."""
    before, stop, last = told.text.rpartition(". ")
    link = f'<a href="{told.number}.html#more">{escape(last)}</a>'
    return f"<p>{escape(before + stop)}{link}</p>"


def _rss(agency: Agency, home: str, reports: list[_Told]) -> str:
    items = "".join(
        f"<item><title>{escape(told.headline)}</title><link>{told.link}</link>"
        f'<guid isPermaLink="false">{agency.id}-{told.number}</guid>'
        f"<pubDate>{format_datetime(told.at)}</pubDate>"
        f"<description>{escape(_body(told))}</description></item>\n"
        for told in reports
    )
    return (
        f'<?xml version="1.0" encoding="{agency.encoding}"?>\n'
        f'<rss version="2.0"><channel><title>{escape(agency.title)}</title>'
        f"<link>{home}/</link><description>{escape(agency.title)}</description>"
        f"<language>{agency.language}</language>\n{items}</channel></rss>\n"
    )


def _rdf(agency: Agency, home: str, reports: list[_Told]) -> str:
    items = "".join(
        f"<item rdf:about={quoteattr(told.link)}>"
        f"<title>{escape(told.headline)}</title><link>{told.link}</link>"
        f"<dc:date>{told.at.isoformat()}</dc:date>"
        f"<description>{escape(told.text)}</description></item>\n"
        for told in reports
    )
    listed = "".join(f"<rdf:li rdf:resource={quoteattr(t.link)}/>" for t in reports)
    return (
        f'<?xml version="1.0" encoding="{agency.encoding}"?>\n'
        '<rdf:RDF xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{home}/"><title>{escape(agency.title)}</title>'
        f"<link>{home}/</link><description>{escape(agency.title)}</description>"
        f"<dc:language>{agency.language}</dc:language>"
        f"<items><rdf:Seq>{listed}</rdf:Seq></items></channel>\n{items}</rdf:RDF>\n"
    )


def _atom(agency: Agency, home: str, reports: list[_Told]) -> str:
    entries = "".join(
        f"<entry><id>tag:{agency.id}.example,2026:{told.number}</id>"
        f"<title>{escape(told.headline)}</title>"
        f'<link rel="alternate" href={quoteattr(told.link)}/>'
        f"<updated>{told.at.isoformat()}</updated>"
        f"<published>{told.at.isoformat()}</published>"
        f'<content type="html">{escape(_body(told))}</content></entry>\n'
        for told in reports
    )
    newest = reports[0].at.isoformat()
    return (
        f'<?xml version="1.0" encoding="{agency.encoding}"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{agency.language}">'
        f"<id>{home}/</id><title>{escape(agency.title)}</title>"
        f'<link href="{home}/"/><updated>{newest}</updated>'
        f"<author><name>{escape(agency.title)}</name></author>\n{entries}</feed>\n"
    )


def _json(agency: Agency, home: str, reports: list[_Told]) -> str:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": agency.title,
        "home_page_url": f"{home}/",
        "language": agency.language,
        "items": [
            {
                "id": told.link,
                "url": told.link,
                "title": told.headline,
                "content_html": _body(told),
                "date_published": told.at.isoformat(),
            }
            for told in reports
        ],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


WRITERS: dict[Dialect, Callable[[Agency, str, list[_Told]], str]] = {
    "rss": _rss,
    "rdf": _rdf,
    "atom": _atom,
    "json": _json,
}
