"""Read a date as a feed wrote it: right, or not at all.

In: the text, the zone of the source for times that name none, and its language.
Out: an aware datetime in UTC, or None. Nothing raises.

None is an answer: a date that could mean two days or two zones is unknown, and so is a
placeholder (years before 1970 and from 9999 on) and a day that does not exist. Whether
a date lies in the future is for the caller, who knows the time.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from aggregator.text.dates.calendars import BUDDHIST_OFFSET, from_jalali
from aggregator.text.dates.forms import FORMS, Written
from aggregator.text.dates.zones import is_zone, zone_of

MAX_CHARS = 120  # longer texts are no dates, and would only cost time
FIRST_YEAR, LAST_YEAR = 1970, 9998

_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_REMARK = re.compile(r"\(((?:[^()\\]|\\.)*)\)")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7a3]")
_NONE = timedelta(0)
_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better
_MONTHS = {name: str(number) for number, name in enumerate(_NAMES, 1)}
# Offsets up to 14 hours: a stranger one is looked at with care.
_OFFSET = r"[+-](?:0[0-9]|1[0-4]):?[0-5][0-9]"
_CLOCK = r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])"
_RFC_3339 = re.compile(
    rf"([12][0-9]{{3}})-([0-9]{{2}})-([0-9]{{2}})T{_CLOCK}(Z|{_OFFSET})"
)
_RFC_822 = re.compile(
    rf"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{{1,2}}) ({'|'.join(_MONTHS)}) "
    rf"([12][0-9]{{3}}) {_CLOCK} (GMT|UTC|{_OFFSET})"
)
_IANA_REMARK = re.compile(r"\[[A-Za-z_/+-]+\]$")


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
    usual = _usual(raw)
    if usual is not None:
        return usual
    text = _tidied(raw)
    if not text:
        return None
    for form in FORMS:
        written = form(text, language)
        if written is not None:
            return _instant(written, timezone or _home(text, written))
    return None


def _usual(raw: str) -> datetime | None:
    """Read the two forms that nearly every feed writes, at a tenth of the cost.

    None for any other, and for what is no date. Source: RFC 3339, RFC 822 with a year of
    four digits; offsets in figures, or GMT and UTC.
    """
    if (found := _RFC_3339.fullmatch(raw)) is not None:
        year, month, day, hour, minute, second, zone = found.groups()
    elif (found := _RFC_822.fullmatch(raw)) is not None:
        day, name, year, hour, minute, second, zone = found.groups()
        month = _MONTHS[name]
    else:
        return None
    try:
        local = datetime(
            int(year), int(month), int(day), int(hour), int(minute), int(second),
            tzinfo=UTC,
        )  # fmt: skip
        instant = local - _offset(zone)
    except (ValueError, OverflowError):
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def _offset(zone: str) -> timedelta:
    if zone[0] not in "+-":
        return _NONE
    ahead = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
    return ahead if zone[0] == "+" else -ahead


def _home(text: str, written: Written) -> str | None:
    """Return the only zone in which people write dates like this, if there is one."""
    if written.calendar == "jalali":
        return "Asia/Tehran"
    return "Asia/Seoul" if _HANGUL.search(text) else None


def _tidied(raw: str) -> str:
    """Return a text with plain digits and blanks, and without RFC 822 comments.

    A comment that names a zone stays, if nothing else does: `10:00:00 (CET)`.
    """
    if len(raw) > MAX_CHARS:
        raw = " ".join(raw.split())
    if len(raw) > MAX_CHARS:
        return ""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", raw)).replace("\u2212", "-")
    if not text.isascii():
        text = "".join(_plain_digit(c) for c in text)
    text = _IANA_REMARK.sub("", text.strip())
    remark = ""
    while (found := _REMARK.search(text)) is not None:
        remark = found[1]
        text = f"{text[: found.start()]} {text[found.end() :]}"
    text = " ".join(text.split())
    if remark and is_zone(remark) and re.search(r"\d:\d{2}$", text):
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
