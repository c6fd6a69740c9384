"""Turn dates of other calendars into ours.

jalali    the solar calendar of Iran, years 1300 to 1498
buddhist  the years of Thailand
"""

from datetime import date, timedelta

BUDDHIST_OFFSET = 543
JALALI_YEARS = range(1300, 1499)
_NOWRUZ_1400 = date(2021, 3, 21)
_LONG_MONTHS = 6  # of 31 days; then five of 30, and Esfand of 29 or 30


def is_jalali_leap(year: int) -> bool:
    """Tell whether Esfand has 30 days: 8 years in 33, right from 1178 to 1633 AP."""
    return (25 * year + 11) % 33 < 8  # noqa: PLR2004 - the rule itself


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the Gregorian date; raises ValueError for a day that does not exist."""
    if year not in JALALI_YEARS or not 1 <= month <= 12 or not 1 <= day <= 31:  # noqa: PLR2004 - months, days
        raise ValueError(f"no such day: {year}-{month}-{day}")
    if day > _days(year, month):
        raise ValueError(f"month {month} of {year} has no day {day}")
    first, last = min(year, 1400), max(year, 1400)
    between = sum(366 if is_jalali_leap(y) else 365 for y in range(first, last))
    before = sum(_days(year, m) for m in range(1, month)) + day - 1
    return _NOWRUZ_1400 + timedelta(
        days=(between if year >= last else -between) + before
    )


def _days(year: int, month: int) -> int:
    if month <= _LONG_MONTHS:
        return 31
    return 30 if month < 12 or is_jalali_leap(year) else 29  # noqa: PLR2004 - months
