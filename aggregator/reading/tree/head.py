"""What a feed says of itself beyond title and link: rhythm, language, licence, losses."""

import re
from collections.abc import Iterable
from datetime import timedelta

from lxml.etree import _Element

from aggregator.model import Deletion, Hints
from aggregator.reading.parsed import Link
from aggregator.reading.tree.names import LANG, RDF_RESOURCE, Groups, children, name
from aggregator.reading.tree.texts import characters
from aggregator.text import dates

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_LONGEST = timedelta(days=365)  # nobody means more, and timedelta has an end
_HOURS = 24
_DECIMAL = re.compile(r"([0-9]+)(?:\.([0-9]*))?", re.ASCII)
_DIGITS = 9
_MOST_MINUTES = 10**6
_LEAST = 0.001  # of a year is longer than _LONGEST, and no division overflows


def head(root: _Element) -> _Element:
    """Return the element that speaks for the feed: Atom's root, RSS's channel."""
    if name(root) == "feed":
        return root
    return next(iter(children(root).get("channel", ())), root)


def hints(groups: Groups) -> Hints:
    """Return what the feed advises about its rhythm; nonsense counts as silence.

    Source: RSS 2.0 "ttl" (minutes), "skipHours" (GMT, 24 in 0.91 is 0), "skipDays";
    RSS 1.0 syndication module.
    """
    hours = (_number(word) for word in _members(groups, "skiphours", "hour"))
    days = (word.lower() for word in _members(groups, "skipdays", "day"))
    return Hints(
        ttl=_ttl(groups),
        period=_period(groups) or None,
        skip_hours=frozenset(
            hour % _HOURS for hour in hours if hour is not None and hour <= _HOURS
        ),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def licence(groups: Groups, links: Iterable[Link]) -> str | None:
    """Return the licence as sent, from whichever module names it first.

    `links` are those of the same element.

    Source: RFC 4946 (`link rel=license`); the Creative Commons modules of RSS 1.0 and
    2.0; `dcterms:license`.
    """
    for link in links:
        if link.rel == "license":
            return link.href
    for word in ("creativecommons:license", "cc:license", "dcterms:license"):
        for element in groups.get(word, ()):
            found = (element.get(RDF_RESOURCE) or "").strip() or characters(element)
            if found:
                return found
    return None


def language(element: _Element, groups: Groups) -> str | None:
    """Return the language an element names for itself, not what it inherits."""
    if own := (element.get(LANG) or "").strip():
        return own
    for word in ("language", "dc:language"):
        for named in groups.get(word, ()):
            if value := characters(named):
                return value
    return None


def spoken(element: _Element) -> str | None:
    """Return the language an element is in, its own or what it inherits.

    Source: RFC 4287 section 2 (`xml:lang`); RSS 2.0 "language".
    """
    for node in (element, *element.iterancestors()):
        if named := (node.get(LANG) or "").strip():
            return named
        for child in node.iterchildren("{*}language"):
            if named := characters(child):
                return named
    return None


def moved_to(groups: Groups) -> str | None:
    """Return where the feed says that it is now, as sent (itunes:new-feed-url)."""
    for element in groups.get("itunes:new-feed-url", ()):
        if address := characters(element):
            return address
    return None


def is_finished(groups: Groups) -> bool:
    """Tell whether the feed says that it ends with these entries (itunes:complete)."""
    said = (characters(element) for element in groups.get("itunes:complete", ()))
    return any(word.lower() == "yes" for word in said)


def deletions(groups: Groups) -> tuple[Deletion, ...]:
    """Return the entries the feed takes back (RFC 6721), in document order."""
    return tuple(
        Deletion(
            ref=ref,
            at=dates.parse(element.get("when") or ""),
            comment=" ".join(
                characters(comment)
                for comment in children(element).get("at:comment", ())
            ),
        )
        for element in groups.get("at:deleted-entry", ())
        if (ref := (element.get("ref") or "").strip())
    )


def _ttl(groups: Groups) -> timedelta | None:
    for element in groups.get("ttl", ()):
        if minutes := _minutes(characters(element)):
            return min(timedelta(minutes=minutes), _LONGEST)
    return None


def _period(groups: Groups) -> timedelta | None:
    """Return the time between updates: period divided by frequency (default daily, 1).

    A frequency that is no number above zero says nothing beside a period that is one.
    """
    named = [
        characters(element).lower() for element in groups.get("sy:updateperiod", ())
    ]
    times = [characters(element) for element in groups.get("sy:updatefrequency", ())]
    if not named and not times:
        return None
    period = _PERIODS.get(named[0] if named else "daily")
    frequency = _positive(times[0]) if times else 1.0
    if period is None or (not named and not frequency):
        return None
    return min(period / (frequency or 1.0), _LONGEST)


def _members(groups: Groups, word: str, member: str) -> list[str]:
    return [
        characters(element)
        for outer in groups.get(word, ())
        for element in children(outer).get(member, ())
    ]


def _minutes(value: str) -> int:
    """Return minutes rounded up, and no more than they may be; 0 for no number."""
    said = _DECIMAL.fullmatch(value.strip())
    if not said:
        return 0
    whole, fraction = said[1].lstrip("0"), (said[2] or "").strip("0")
    if len(whole) > _DIGITS:
        return _MOST_MINUTES
    return min(int(whole or "0") + bool(fraction), _MOST_MINUTES)


def _positive(value: str) -> float | None:
    """Return a number above zero of at most nine digits, None for anything else."""
    said = _DECIMAL.fullmatch(value.strip())
    if not said or len(said[1]) > _DIGITS:
        return None
    number = float(said[0])
    return max(number, _LEAST) if number else None


def _number(value: str) -> int | None:
    """Return a whole number of at most nine digits, None for anything else."""
    digits = value.strip()
    return (
        int(digits)
        if digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
        else None
    )
