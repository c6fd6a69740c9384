"""Dates: read from every dialect, written in two.

usual      a text, the source's zone and language → an aware UTC datetime, or None
parsing    the same for all but the two usual forms
forms      the ways to write a day: numbers, ISO 8601, words, East Asian
clock      the time of day behind it
months     the names of the months in 40 languages
zones      offsets and abbreviations
calendars  Iran's and Thailand's years
written    RFC 3339 and RFC 822
"""

from aggregator.text.dates.usual import parse
from aggregator.text.dates.written import rfc822, rfc3339

__all__ = ["parse", "rfc822", "rfc3339"]
