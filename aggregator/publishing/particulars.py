"""What every format says of a report beside its words, decided once for all of them.

In: a Report and the masthead. Out: authors, sections, files, origin and language, each
in a form that every specification accepts. What cannot be said legally is not said.
"""

import mimetypes
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from msgspec import Struct

from aggregator.model import Attribution, Enclosure, Report, Tag
from aggregator.publishing.credit import first_source, others, showable
from aggregator.publishing.formats import Masthead
from aggregator.text.urls import is_published_iri

MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
LANGUAGE = re.compile(r"([A-Za-z]{2})(-[A-Za-z0-9]{1,8})*", re.ASCII)

# ISO 639-1. Feed validators know these and no others.
LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu
    cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he
    hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko
    kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd
    ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se
    sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty
    ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 - one code beside the other reads better
)


class Origin(Struct, frozen=True, kw_only=True):
    """Whose words a report is, with addresses that may stand in any document.

    `id` is an IRI and `feed_url` an http address: where the source has neither (a file,
    for example), they are those of our own page about it, or about the aggregate that
    it came in: that aggregate's feed is another's.
    """

    name: str
    id: str
    feed_url: str
    home_url: str | None


def origin(report: Report, masthead: Masthead) -> Origin:
    """Return the first source of a report: of an aggregated entry, the one before us."""
    return origin_by(report.article.attribution, masthead.base_url)


# The entries of a source have few attributions, and each format asks for each.
@lru_cache(maxsize=4096)
def origin_by(attribution: Attribution, base_url: str) -> Origin:
    """Return the first source of whatever has this attribution."""
    via = first_source(attribution)
    ours = f"{base_url}/sources/{attribution.source_id}"
    if via:
        name, feed_id, home_url = via.title, via.id, via.site_url
        feeds = [via.feed_url, via.site_url]
    else:
        name, feed_id, home_url = (
            attribution.title,
            attribution.feed_id,
            attribution.site_url,
        )
        feeds = [attribution.feed_url]
    feed_url = first(map(showable, feeds)) or ours
    ids = (iri for iri in (feed_id, feed_url) if iri and is_published_iri(iri))
    return Origin(
        name=name, id=first(ids) or ours, feed_url=feed_url, home_url=showable(home_url)
    )


def feed_rights(attribution: Attribution) -> str | None:
    """Return the notice of the feed we polled, which need not be the article's."""
    said = attribution.feed_rights
    return attribution.rights if said is None else said or None


def origin_rights(attribution: Attribution) -> str | None:
    """Return the notice of the first source."""
    via = first_source(attribution)
    if via is None:
        return feed_rights(attribution)
    return attribution.rights if via.rights is None else via.rights or None


def first(found: Iterable[str | None]) -> str | None:
    """Return the first of these that is there."""
    return next(filter(None, found), None)


def ways(report: Report) -> list[str]:
    """Return the addresses a report came by: its own, and the aggregate it stood in."""
    article, attribution = report.article, report.article.attribution
    passed = attribution.site_url or attribution.feed_url
    known = (
        article.url,
        passed if first_source(attribution) or not article.url else None,
    )
    return [url for url in map(showable, known) if url]


def related(report: Report) -> list[tuple[str, str]]:
    """Return the addresses of the report at other sources, with their names."""
    named = others(report.article, report.also)
    return [(url, each.title) for each in named if (url := showable(each.url))]


def authors(report: Report) -> tuple[str, ...]:
    """Return who wrote it: the entry's authors, the feed's, or the source by name.

    There is always one: an entry without author would inherit ours.
    """
    attribution, via = (
        report.article.attribution,
        first_source(report.article.attribution),
    )
    named = tuple(name for name in report.article.authors if name.strip())
    return named or (via.title if via else attribution.author or attribution.title,)


def sections(report: Report, masthead: Masthead) -> list[Tag]:
    """Return our section first (no entry leaves it without its label), then the tags."""
    tags = [tag for tag in report.article.tags if tag.term.strip()]
    return list(dict.fromkeys((_section(masthead), *tags)))


@lru_cache(maxsize=256)
def _section(masthead: Masthead) -> Tag:
    return Tag(term=masthead.title, scheme=masthead.page_url)


def files(report: Report) -> list[Enclosure]:
    """Return the enclosures, each once, with a legal type and length; 0 is unknown."""
    found: dict[str, Enclosure] = {}
    for enclosure in report.article.enclosures:
        found.setdefault(enclosure.url, enclosure)
    return [
        Enclosure(
            url=url,
            type=media_type(enclosure.type, url),
            length=max(enclosure.length or 0, 0),
            title=enclosure.title,
            credit=enclosure.credit,
            duration=enclosure.duration,
        )
        for url, enclosure in found.items()
        if showable(url)
    ]


def media_type(said: str | None, url: str) -> str:
    """Return the type as said if it is one, else what the address looks like."""
    bare = (said or "").partition(";")[0].strip().lower()
    if MEDIA_TYPE.fullmatch(bare):
        return bare
    guessed, _ = mimetypes.guess_type(urlsplit(url).path)
    return guessed or "application/octet-stream"


@lru_cache(maxsize=256)
def language(said: str | None) -> str | None:
    """Return a language tag that readers and validators know, or None."""
    known = LANGUAGE.fullmatch(said or "")
    return said if known and known[1].lower() in LANGUAGES else None


def whole_seconds(time: datetime) -> datetime:
    """Return a time in UTC and whole seconds, as every document has it."""
    if time.tzinfo is UTC and not time.microsecond:
        return time
    return time.astimezone(UTC).replace(microsecond=0)
