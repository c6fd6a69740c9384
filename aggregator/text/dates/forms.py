r"""The ways feeds write a date: one function each.

In: a tidied text. Out: a Written (day, calendar and clock, not yet checked); None if
the text is of another form. `\d` is 0 to 9 here: digits of other scripts were turned.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from msgspec import Struct

from aggregator.text.dates import months
from aggregator.text.dates.calendars import JALALI_YEARS
from aggregator.text.dates.clock import Clock, read_clock, read_compact

Calendar = Literal["gregorian", "jalali", "buddhist"]
Form = Callable[[str, str | None], "Written | None"]


class Written(Struct, frozen=True, kw_only=True):
    """A date as written; whether there is such a day is not checked yet."""

    year: int
    month: int
    day: int
    clock: Clock
    calendar: Calendar = "gregorian"


_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{13})")
# A word in front of a date can only be the day of the week; it adds nothing.
_LEAD = r"(?:[^\d,،]{1,30}[,،]\s?|[^\W\d]\S{0,20}\s)?"
_YEAR_FIRST = re.compile(
    _LEAD + r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)\.?(.*)", re.DOTALL
)
_BASIC = re.compile(
    r"(\d{4})(\d{2})(\d{2})(?=$|T|\s|\d{4})(.*)", re.DOTALL | re.IGNORECASE
)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})-?(\d)(?!\d)(.*)", re.DOTALL)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!\d)(.*)", re.DOTALL)
_YEAR_LAST = re.compile(
    _LEAD + r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)(.*)", re.DOTALL
)
_NUMBERED = re.compile(
    r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]?"
    r"\s?(?:星期.|周.|週.|.曜日?|.요일)?(.*)",
    re.DOTALL,
)
_VIETNAMESE = re.compile(
    r"(?:[^\d,]+,\s?)?(?:ngày\s)?(\d{1,2})\s(?:tháng|thg)\s(\d{1,2}),?\s(?:năm\s)?(\d{4})(.*)",
    re.DOTALL | re.IGNORECASE,
)

_WORD = r"(?P<month>[^\s\d,،;:()/+-][^\d,،;:()/+-]{1,24}?)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|os?|a|e|\.)?"
_GAP = r"[\s,،./-]*"
_OF = r"(?:(?<![^\W\d_])(?:(?:de|del|of|da|di|na)\s|d['’]))?"
_LONG_YEAR = r"(?P<year>\d{4})(?!\d)"
_WORDED = tuple(
    re.compile(_LEAD + form + r"(?P<rest>.*)", re.DOTALL | re.IGNORECASE)
    for form in (
        rf"{_DAY}{_GAP}{_OF}{_WORD}{_GAP}{_OF}(?P<year>\d{{4}}|\d{{2,3}})(?![\d:])",
        rf"{_WORD}{_GAP}{_DAY}{_GAP}{_OF}{_LONG_YEAR}",
        rf"{_LONG_YEAR}{_GAP}(?:m\.|r\.|г\.)?{_WORD}{_GAP}{_DAY}(?!\d)",
    )
)
# asctime: the year behind the time.
_ASCTIME = re.compile(
    rf"{_LEAD}{_WORD}\s{{1,2}}(?P<day>\d{{1,2}}),?\s(?P<time>\d{{1,2}}:[\d:.]+)"
    rf"(?P<zone>\s[^\d]\S*)?\s{_LONG_YEAR}(?P<tail>\s\S.*)?",
    re.DOTALL,
)


def epoch(text: str, _language: str | None) -> Written | None:
    """Read seconds (9 or 10 digits) or milliseconds (13) since 1970."""
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    seconds = int(found[1]) if found[1] else int(found[2]) // 1000
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    clock = Clock(hour=at.hour, minute=at.minute, second=at.second, zone="Z")
    return Written(year=at.year, month=at.month, day=at.day, clock=clock)


def year_first(text: str, language: str | None) -> Written | None:
    """Read `2026-01-31`, `2026/1/31`, `20260131`, with a time in any ISO 8601 form.

    With language `fa` a year of the Iranian calendar is one.
    """
    found = _YEAR_FIRST.fullmatch(text)
    if found is not None:
        year, _, month, day, rest = found.groups()
        clock = read_clock(rest) or read_compact(rest)
    else:
        found = _BASIC.fullmatch(text)
        if found is None:
            return None
        year, month, day, rest = found.groups()
        clock = read_compact(rest) or read_clock(rest)
    if clock is None:
        return None
    return _numbers(int(year), int(month), int(day), clock, language)


def week_or_ordinal(text: str, _language: str | None) -> Written | None:
    """Read `2026-W01-1` and `2026-031` (ISO 8601)."""
    week, ordinal = _WEEK.fullmatch(text), _ORDINAL.fullmatch(text)
    try:
        if week is not None:
            day = date.fromisocalendar(int(week[1]), int(week[2]), int(week[3]))
            rest = week[4]
        elif ordinal is not None:
            day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
            rest = ordinal[3]
            if day.year != int(ordinal[1]):
                return None
        else:
            return None
    except (ValueError, OverflowError):
        return None
    clock = read_clock(rest) or read_compact(rest)
    if clock is None:
        return None
    return Written(year=day.year, month=day.month, day=day.day, clock=clock)


def year_last(text: str, language: str | None) -> Written | None:
    """Read `31/01/2026`, if only one reading is possible.

    `01/02/2026` is the first of February or the second of January: unknown. With dots
    the day comes first in every language that writes them so, but English.
    """
    found = _YEAR_LAST.fullmatch(text)
    if found is None:
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    clock = read_clock(found[5])
    day_first = found[2] == "." and language is not None and language[:2] != "en"
    if clock is None or not (day_first or first > 12 or second > 12 or first == second):  # noqa: PLR2004 - months
        return None
    if not day_first and second > 12:  # noqa: PLR2004 - months
        first, second = second, first
    return _numbers(year, second, first, clock, language)


def numbered_months(text: str, _language: str | None) -> Written | None:
    """Read `2026年1月31日`, `2026년 1월 31일`, `31 tháng 1, 2026`."""
    found = _NUMBERED.fullmatch(text)
    if found is not None:
        year, month, day, rest = found.groups()
    else:
        found = _VIETNAMESE.fullmatch(text)
        if found is None:
            return None
        day, month, year, rest = found.groups()
    clock = read_clock(rest)
    if clock is None:
        return None
    return Written(year=int(year), month=int(month), day=int(day), clock=clock)


def worded(text: str, language: str | None) -> Written | None:
    """Read dates whose month is a word, in any order: RFC 822, RFC 850, asctime."""
    for form in _WORDED:
        found = form.fullmatch(text)
        if found is not None:
            clock = read_clock(found["rest"])
            written = clock and _word_and_numbers(found, clock, language)
            if written:
                return written
    found = _ASCTIME.fullmatch(text)
    if found is None:
        return None
    zone = (found["zone"] or found["tail"] or "").strip()
    clock = read_clock(f"{found['time']} {zone}")
    return None if clock is None else _word_and_numbers(found, clock, language)


FORMS: tuple[Form, ...] = (
    epoch,
    year_first,
    week_or_ordinal,
    year_last,
    numbered_months,
    worded,
)


def _numbers(
    year: int, month: int, day: int, clock: Clock, language: str | None
) -> Written:
    """Return a date in numbers, in the calendar that language and year point to."""
    iranian = (language or "")[:2] == "fa" and year in JALALI_YEARS
    return Written(
        year=year,
        month=month,
        day=day,
        clock=clock,
        calendar="jalali" if iranian else "gregorian",
    )


def _word_and_numbers(
    found: re.Match[str], clock: Clock, language: str | None
) -> Written | None:
    word, year, day = found["month"].strip(), found["year"], int(found["day"])
    iranian = months.jalali(word)
    if iranian is not None:
        return Written(
            year=int(year),
            month=iranian,
            day=day,
            clock=clock,
            calendar="jalali",
        )
    month = months.gregorian(word, language)
    if month is None:
        return None
    thai = months.is_thai(word) and int(year) > 2400  # noqa: PLR2004 - Buddhist years
    return Written(
        year=_full_year(year),
        month=month,
        day=day,
        clock=clock,
        calendar="buddhist" if thai else "gregorian",
    )


def _full_year(digits: str) -> int:
    """Return a year in full (RFC 5322 section 4.3: 00 to 49 are 2000 to 2049).

    Three digits are what programs print that count from 1900.
    """
    year = int(digits)
    if len(digits) == 2:  # noqa: PLR2004 - digits
        return year + (2000 if year < 50 else 1900)  # noqa: PLR2004 - RFC 5322
    return year + 1900 if len(digits) == 3 else year  # noqa: PLR2004 - digits
