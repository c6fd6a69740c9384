"""Read a date in any of the ways that are not `usual`.

In: the text, the zone of the source for times that name none, and its language.
Out: an aware datetime in UTC, or None. Nothing raises.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from aggregator.text.dates.calendars import BUDDHIST_OFFSET, from_jalali
from aggregator.text.dates.forms import FORMS, Written
from aggregator.text.dates.usual import FIRST_YEAR, LAST_YEAR
from aggregator.text.dates.zones import is_zone, zone_of

MAX_CHARS = 120  # longer texts are no dates, and would only cost time

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_REMARK = re.compile(r"\(((?:[^()\\]|\\.)*)\)")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_IANA_REMARK = re.compile(r"\[([A-Za-z_/+-]+)\]$")  # RFC 9557: `10:00[Asia/Tehran]`
_TIME_LAST = re.compile(r"\d:\d{2}(?:[.,]\d+)?$")


def instant(raw: str, *, timezone: str | None, language: str | None) -> datetime | None:
    """Return the instant a text names, in UTC, or None if it is unknown."""
    text = _tidied(raw)
    if not text:
        return None
    for form in FORMS:
        written = form(text, language)
        if written is not None:
            return _instant(written, timezone or _home(text, written))
    return None


def _home(text: str, written: Written) -> str | None:
    """Return the only zone in which people write dates like this, if there is one."""
    if written.calendar == "jalali":
        return "Asia/Tehran"
    return "Asia/Seoul" if _HANGUL.search(text) else None


def _tidied(raw: str) -> str:
    """Return a text with plain digits and blanks, and without RFC 822 comments.

    A comment that names a zone stays, if nothing else does: `10:00:00 (CET)`. A zone in
    brackets is one, too.
    """
    if len(raw) > MAX_CHARS:
        raw = " ".join(raw.split())
    if len(raw) > MAX_CHARS:
        return ""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw)).replace("\u2212", "-")
    if not text.isascii():
        text = "".join(_plain_digit(c) for c in text)
    text = _IANA_REMARK.sub(r"(\1)", text.strip())
    remark = ""
    while (found := _REMARK.search(text)) is not None:
        remark = found[1]
        text = f"{text[: found.start()]} {text[found.end() :]}"
    text = " ".join(text.split())
    if remark and is_zone(remark) and _TIME_LAST.search(text):
        text = f"{text} {remark.strip()}"
    return re.sub(r"\s+,", ",", text)


def _plain_digit(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


def _instant(written: Written, timezone: str | None) -> datetime | None:
    """Return a written date as an instant, or None if there is no such one."""
    clock = written.clock
    leap_second = clock.second == 60  # noqa: PLR2004 - ISO 8601, told as the next second
    end_of_day = (clock.hour, clock.minute, clock.second) == (24, 0, 0)
    try:
        local = (
            datetime(  # noqa: DTZ001 - its zone is read next
                *_day(written).timetuple()[:3],
                0 if end_of_day else clock.hour,
                clock.minute,
                59 if leap_second else clock.second,
                0 if leap_second else clock.microsecond,
            )
            + timedelta(days=end_of_day, seconds=leap_second)
        )
        zone = zone_of(clock.zone, local, timezone)
        instant = zone and local.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant and FIRST_YEAR <= instant.year <= LAST_YEAR else None


def _day(written: Written) -> date:
    if written.calendar == "jalali":
        return from_jalali(written.year, written.month, written.day)
    offset = BUDDHIST_OFFSET if written.calendar == "buddhist" else 0
    return date(written.year - offset, written.month, written.day)
