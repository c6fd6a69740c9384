"""Dates, read from every dialect: right, or not at all.

In: the text, the zone of the source for times that name none, and its language.
Out: an aware datetime in UTC, or None. Nothing raises.

None is an answer: a date that could mean two days or two zones is unknown, and so is a
placeholder (years before 1970 and from 9999 on) and a day that does not exist. Whether
a date lies in the future is for the caller, who knows the time.

usual      the two forms that nearly every feed writes
parsing    all others
forms      the ways to write a day: numbers, ISO 8601, words, East Asian
clock      the time of day behind it
months     the names of the months in 48 languages
zones      offsets and abbreviations
calendars  Iran's and Thailand's years

All but the first are loaded when the first text of another form comes: to prepare their
patterns takes a process as long as to read a hundred articles.
"""

from datetime import datetime

from aggregator.text.dates.usual import read_usual

__all__ = ["parse"]


def parse(
    raw: str, *, timezone: str | None = None, language: str | None = None
) -> datetime | None:
    """Return the instant a text names, in UTC, or None if it is unknown.

    `timezone` (IANA) is for times without a zone, and decides what an ambiguous
    abbreviation means; without it such times are UTC, unless the way of writing
    belongs to one zone (Korean, the Iranian calendar). A day without time is its
    midnight there.
    `language` (RFC 5646) decides month names that differ between languages.
    """
    found = read_usual(raw)
    if found is not None:
        return found
    from aggregator.text.dates.parsing import instant  # its patterns take 20 ms

    return instant(raw, timezone=timezone, language=language)
