"""Write dates as Atom, JSON Feed and RSS want them: in UTC, to the second.

Both give the same text for the same instant, always and in every locale.
"""

from datetime import UTC, datetime

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905 - reads better


def rfc3339(at: datetime) -> str:
    """Return `2026-01-31T10:00:00Z`. Raises ValueError for a datetime without zone."""
    return _utc(at).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc822(at: datetime) -> str:
    """Return `Sat, 31 Jan 2026 10:00:00 +0000`. Raises ValueError without zone.

    Four digits for the year (RSS 2.0 prefers them), zone as number (RFC 5322).
    """
    utc = _utc(at)
    day, month = _DAYS[utc.weekday()], _MONTHS[utc.month - 1]
    return f"{day}, {utc.day:02} {month} {utc.year:04} {utc:%H:%M:%S} +0000"


def _utc(at: datetime) -> datetime:
    if at.utcoffset() is None:
        raise ValueError(f"{at} has no zone, so it names no instant")
    return at.astimezone(UTC)
