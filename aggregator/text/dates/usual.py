"""Read a date as a feed wrote it: right, or not at all.

In: the text, the zone of the source for times that name none, and its language.
Out: an aware datetime in UTC, or None. Nothing raises.

None is an answer: a date that could mean two days or two zones is unknown, and so is a
placeholder (years before 1970 and from 9999 on) and a day that does not exist. Whether
a date lies in the future is for the caller, who knows the time.

Nearly every feed writes one of two forms, which are read here. All others are known to
`parsing`, which is loaded when the first of them comes: to prepare its patterns takes a
process as long as to read a hundred articles.
"""

import re
from datetime import UTC, datetime, timedelta

FIRST_YEAR, LAST_YEAR = 1970, 9998

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
    from aggregator.text.dates.parsing import instant  # its patterns take 20 ms

    return instant(raw, timezone=timezone, language=language)


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
