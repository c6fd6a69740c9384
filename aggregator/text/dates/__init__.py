"""Dates, read from every dialect.

usual      a text, the source's zone and language → an aware UTC datetime, or None
parsing    the same for all but the two usual forms
forms      the ways to write a day: numbers, ISO 8601, words, East Asian
clock      the time of day behind it
months     the names of the months in 48 languages
zones      offsets and abbreviations
calendars  Iran's and Thailand's years
"""

from aggregator.text.dates.usual import parse

__all__ = ["parse"]
