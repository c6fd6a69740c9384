"""Say lengths and moments as an operator reads them in a status line.

In: timedeltas and aware datetimes in UTC. Out: short English text. Refuses precision:
two units of a length and the minute of a moment are enough to decide what to do.
"""

from datetime import datetime, timedelta
from itertools import pairwise

# Unit, its seconds, and from how many of it on it is used: 24h, but 2d.
_UNITS = (("d", 86_400, 2), ("h", 3_600, 1), ("m", 60, 1), ("s", 1, 0))
_MANY = 120  # so 90m and 36h stay as an operator would write them in the config


def duration(length: timedelta) -> str:
    """Return a length as the config would have it: `30m`, `90m`, `24h`, `7d`.

    What no single unit says in a short number takes two: `9h20m`. Parts of a second
    are left off; a negative length counts as `0s`.
    """
    seconds = max(0, int(length.total_seconds()))
    for unit, size, least in _UNITS:
        count, rest = divmod(seconds, size)
        if not rest and least <= count and (count < _MANY or unit == "d"):
            return f"{count}{unit}"
    for (unit, size, least), (minor, small, _) in pairwise(_UNITS):
        count, rest = divmod(seconds, size)
        if count >= least:
            part = f"{rest // small}{minor}" if rest >= small else ""
            return f"{count}{unit}{part}"
    return f"{seconds}s"


def span(length: timedelta) -> str:
    """Return a length in one whole unit, written out: `9 days`, `18 hours`."""
    seconds = max(0, int(length.total_seconds()))
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {name}s"
    return f"{seconds} seconds"


def to_the_minute(when: datetime, now: datetime | None = None) -> str:
    """Return a moment to the minute, in UTC; without the date if that is today."""
    if now and when.date() == now.date():
        return f"{when:%H:%M} UTC"
    return f"{when:%Y-%m-%d %H:%M} UTC"
