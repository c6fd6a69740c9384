"""Read the zone of a date, and never guess wrong.

In: the zone as written, the local time it belongs to, and the source's own zone.
Out: a tzinfo, or None if nobody can say.

An abbreviation means first what the source's own zone calls itself at that time (IST
in Dublin, Kolkata or Jerusalem), then what a fixed list says. `IST` and `AST` are not on
it: without the source's zone they stay unknown. `BST` is British: the feeds that write
it are. Offsets of letters (military zones) were defined with wrong signs in RFC 822,
so only `Z` is read (RFC 5322 section 4.3).
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from datetime import timezone as fixed
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(
    r"(?:(?:UTC?|GMT|Z)\s?)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?"
    r"(?:[:.]?00)?(?:\s?[A-Za-z/_ ]+)?",
    re.IGNORECASE,
)
_IANA = re.compile(r"UTC|[A-Za-z]+/[A-Za-z_/+-]+[0-9]*")
_MAX_OFFSET = timedelta(hours=15)

# Hours east of Greenwich. The American ones are RFC 822's.
# fmt: off
_HOURS = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6,
    "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10,
    "NST": -3.5, "NDT": -2.5, "ADT": -3, "BRT": -3, "ART": -3,
    "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MET": 1, "MEZ": 1, "WAT": 1,
    "CEST": 2, "MEST": 2, "MESZ": 2, "EET": 2, "CAT": 2, "SAST": 2,
    "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "IDT": 3, "IRST": 3.5, "IRDT": 4.5,
    "PKT": 5, "NPT": 5.75, "WIB": 7, "ICT": 7, "WITA": 8, "SGT": 8, "HKT": 8,
    "PHT": 8, "AWST": 8, "KST": 9, "JST": 9, "ACST": 9.5, "ACDT": 10.5,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
}
# fmt: on
# What American newsrooms write all year round.
_GENERIC = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


def zone_of(written: str, local: datetime, timezone: str | None) -> tzinfo | None:
    """Return the zone of a local time; no written zone means `timezone`, else UTC.

    A `timezone` that is no IANA name makes times without a zone unknown.
    """
    if not written:
        return UTC if timezone is None else _named(timezone)
    offset = _OFFSET.fullmatch(written)
    if offset is not None:
        return _fixed(offset)
    own = None if timezone is None else _named(timezone)
    word = written.upper()
    if own is not None and local.replace(tzinfo=own).tzname() == word:
        return own
    if word in _HOURS:
        return fixed(timedelta(hours=_HOURS[word]))
    return _named(_GENERIC.get(word, written))


def is_zone(text: str) -> bool:
    """Tell whether a remark such as `(CET)` names a zone."""
    return zone_of(text.strip(), datetime(2000, 1, 1), None) is not None  # noqa: DTZ001 - any local time will do


def _fixed(offset: re.Match[str]) -> tzinfo | None:
    hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
    if minutes > 59:  # noqa: PLR2004 - minutes
        return None
    east = timedelta(hours=hours, minutes=minutes)
    if east > _MAX_OFFSET:
        return None
    return fixed(-east if offset["sign"] == "-" else east)


@cache
def _named(name: str) -> ZoneInfo | None:
    if _IANA.fullmatch(name) is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
