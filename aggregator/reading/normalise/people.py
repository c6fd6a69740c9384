"""Names of people, subjects and languages, as they may be published."""

import re
from collections.abc import Iterable
from functools import lru_cache

from aggregator.model import Tag
from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.parsed import Category
from aggregator.text import markup, urls

_MAIL = r"(?:mailto:)?[^\s()<>@]+@[^\s()<>@]+"
_MAIL_ONLY = re.compile(_MAIL, re.IGNORECASE)
_MAIL_NAME = re.compile(rf"{_MAIL}\s*\(([^()]*)\)", re.IGNORECASE)
_NAME_MAIL = re.compile(rf"(.*?)\s*[<(]\s*{_MAIL}\s*[>)]?", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*", re.IGNORECASE)
_REGION = 2  # letters in a region subtag
_SCRIPT = 4  # letters in a script subtag


def person(raw: str) -> str | None:
    """Return the name in an author field, None if it holds only an address.

    RSS wants `mail (Name)`, people write `Name <mail>`. An e-mail address alone is not
    published as a name: its owner gave it to one feed, and we would hand it to every
    harvester. The source's name still stands under the article.
    """
    return _person(raw[: caps.NOTICE])


@lru_cache(maxsize=512)  # the same few people write all day
def _person(raw: str) -> str | None:
    name = markup.plain(raw)
    if found := _MAIL_NAME.fullmatch(name) or _NAME_MAIL.fullmatch(name):
        name = found[1]
    elif _MAIL_ONLY.fullmatch(name):
        return None
    return name.strip(" \"'") or None


def people(raw: Iterable[str], tally: Caps) -> tuple[str, ...]:
    """Return the names of an entry's authors, in order, without repetition."""
    names: dict[str, str] = {}
    for one in raw:
        if name := person(one):
            name = tally.text(name, caps.NAME, "author names")
            names.setdefault(name.casefold(), name)
    return tally.items(tuple(names.values()), caps.AUTHORS, "authors")


def tags(categories: Iterable[Category], tally: Caps) -> tuple[Tag, ...]:
    """Return an entry's categories, in order, without repetition.

    A scheme is kept where it is an IRI that any output may carry.
    """
    found: dict[tuple[str, str | None], Tag] = {}
    for category in categories:
        term = tally.text(
            _subject(category.term[: caps.NOTICE]), caps.NAME, "categories"
        )
        if not term:
            continue
        scheme = (category.scheme or "").strip()
        kept = scheme if scheme and urls.is_published_iri(scheme) else None
        label = category.label and tally.text(
            _subject(category.label[: caps.NOTICE]), caps.NAME, "categories"
        )
        found.setdefault(
            (term.casefold(), kept), Tag(term=term, scheme=kept, label=label or None)
        )
    return tally.items(tuple(found.values()), caps.TAGS, "categories")


def language(*candidates: str | None) -> str | None:
    """Return the first candidate in the shape of a language tag, in its usual case.

    Source: RFC 5646 section 2.1.1 (language lower, Script title, REGION upper).
    """
    for candidate in candidates:
        if candidate is None:
            continue
        tag = candidate.strip().replace("_", "-")
        if _LANGUAGE.fullmatch(tag):
            first, *rest = tag.lower().split("-")
            return "-".join((first, *map(_subtag, rest)))
    return None


def _subtag(subtag: str) -> str:
    if len(subtag) == _REGION:
        return subtag.upper()
    return subtag.title() if len(subtag) == _SCRIPT and subtag.isalpha() else subtag


@lru_cache(maxsize=512)
def _subject(raw: str) -> str:
    return markup.plain(raw)
