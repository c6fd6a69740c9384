"""Durations and sizes as an operator writes them.

    90s 30m 6h 7d 500ms 0s     a whole number and a unit, nothing between
    512KB 5MB 1GB              1 KB = 1024 bytes, 1 MB = 1024 KB, 1 GB = 1024 MB;
                               up to 1024GB

ValueError carries the sentence for a person. No unit is ever assumed: "5" has been
seconds, minutes and hours in three programs this one may replace.
"""

import re
from datetime import timedelta

LONGEST = timedelta(days=36_500)

# More than a machine has, and less than what overflows where a system counts bytes.
LARGEST = 1024**4  # bytes

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"KB": 1024, "MB": 1024**2, "GB": 1024**3}
_DURATION = re.compile(r"([0-9]{1,12})(ms|s|m|h|d)")
_SIZE = re.compile(r"([0-9]{1,12})(KB|MB|GB)", re.IGNORECASE)


def duration(text: str) -> timedelta:
    """Return the duration; ValueError if it is none, or longer than a century."""
    written = _DURATION.fullmatch(text)
    if written is None:
        problem = "has no unit" if text.isdecimal() else "is no duration"
        raise ValueError(f'"{text}" {problem}; write 90s, 30m, 6h or 7d')
    seconds = int(written[1]) * _SECONDS[written[2]]
    if seconds > LONGEST.total_seconds():
        raise ValueError(f'"{text}" is longer than a century')
    return timedelta(seconds=seconds)


def duration_text(value: timedelta) -> str:
    """Return the duration in the largest unit that needs no fraction."""
    milliseconds = round(value.total_seconds() * 1000)
    for unit, seconds in reversed(_SECONDS.items()):
        size = round(seconds * 1000)
        if milliseconds and milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return "0s"


def size(text: str) -> int:
    """Return the size in bytes; ValueError if it is none, or larger than a terabyte."""
    written = _SIZE.fullmatch(text)
    if written is None:
        problem = "has no unit" if text.isdecimal() else "is no size"
        raise ValueError(f'"{text}" {problem}; write 512KB, 5MB or 1GB')
    if not int(written[1]):
        raise ValueError(f'"{text}" leaves room for nothing; write 512KB, 5MB or 1GB')
    number = int(written[1]) * _BYTES[written[2].upper()]
    if number > LARGEST:
        raise ValueError(f'"{text}" is too much; write at most {size_text(LARGEST)}')
    return number


def size_text(value: int) -> str:
    """Return the size in the largest unit that needs no fraction."""
    for unit, each in reversed(_BYTES.items()):
        if value and value % each == 0:
            return f"{value // each}{unit}"
    return f"{value} bytes"
