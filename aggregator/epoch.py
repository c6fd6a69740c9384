"""Times as whole numbers, for tables, indexes and cursors; as text, for programs.

Microseconds since 1970 in UTC: as exact as a datetime, and in the order of time. A float
of seconds is neither: at present dates it is a quarter of a microsecond off.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# An hour in microseconds.
HOUR: Final = 3_600_000_000

_MICROSECOND = timedelta(microseconds=1)


def micros(time: datetime) -> int:
    """Return microseconds since 1970; the datetime must be aware."""
    return (time - EPOCH) // _MICROSECOND


def moment(micros: int) -> datetime:
    """Return the aware datetime, in UTC, of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def timestamp(time: datetime) -> str:
    """Return a time in UTC as RFC 3339 has it: `2026-12-31T18:00:00Z`."""
    return time.isoformat().replace("+00:00", "Z")
