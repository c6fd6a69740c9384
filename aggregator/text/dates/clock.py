"""Read the time of day behind a date: `10:30`, `T10:00:00.5Z`, `오후 3:05`, `10h30 CET`.

In: the rest of a text after its date. Out: a Clock, or None if it is something else.
"""

import re

from msgspec import Struct

_BEFORE_NOON = "am|a\\.m\\.|vorm\\.|오전|上午|午前|πμ|π\\.μ\\.|ص|صباحا|ق\\.ظ\\.?|ق ظ"
_AFTER_NOON = "pm|p\\.m\\.|nachm\\.|오후|下午|午後|μμ|μ\\.μ\\.|م|مساء|ب\\.ظ\\.?|ب ظ"
_HALF = rf"(?:{_BEFORE_NOON}|{_AFTER_NOON})"
_AM = re.compile(_BEFORE_NOON, re.IGNORECASE)
# Words between date and time, or behind the time.
_AT = "at|um|à|a las|alle|ore|om|kl\\.?|klo|às|o|в|о|saat|ساعت|الساعة|jam|pukul"
_OCLOCK = "uhr|uur|hrs?|h|ч|год|น\\.?|wib(?= )"

_CLOCK = re.compile(
    rf"(?:[\s,،;|·–-]|T(?=\s?\d))*(?:(?:{_AT})\s)?\s*"
    rf"(?:(?P<before>{_HALF})\s*)?"
    r"(?P<hour>\d{1,2})"
    r"(?:(?:[:.]|\s?[hH時时點点시]\s?)(?P<minute>\d{1,2})(?:\s?[分분])?"
    r"(?:(?:[:.]|(?<=[分분])\s?)(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?(?:\s?[秒초])?)?)?"
    rf"(?:\s*(?P<after>{_HALF})(?![\w]))?"
    rf"(?:\s?(?:{_OCLOCK})(?=[\s,;+-]|$))?"
    r"[\s,;]*(?P<zone>[^\W\d_].*|[+-].*)?",
    re.IGNORECASE | re.DOTALL,
)
_COMPACT = re.compile(
    r"\s?T?\s?(?P<hour>\d{2})(?P<minute>\d{2})?(?P<second>\d{2})?(?:[.,](?P<fraction>\d{1,9}))?"
    r"\s?(?P<zone>[A-Za-z+-].*)?",
    re.IGNORECASE | re.DOTALL,
)


class Clock(Struct, frozen=True, kw_only=True):
    """A time of day as written: not checked, `zone` not read (empty: none)."""

    hour: int = 0
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    zone: str = ""


MIDNIGHT = Clock()


def read_clock(rest: str) -> Clock | None:
    """Return the time in the rest of a date; midnight if there is no rest.

    An hour needs its minutes, or a word that says it is one (`10 am`).
    """
    if not rest.strip(" ,;.-"):
        return MIDNIGHT
    found = _CLOCK.fullmatch(rest)
    if found is None:
        return None
    half = found["before"] or found["after"]
    if (
        found["minute"] is None
        and half is None
        and not re.search(r"[hH時时點点시]", rest)
    ):
        return None
    return _clock(found, half)


def read_compact(rest: str) -> Clock | None:
    """Return the time in `T100000Z`, `T10Z`, `100000`; midnight if there is no rest."""
    if not rest:
        return MIDNIGHT
    found = _COMPACT.fullmatch(rest)
    return None if found is None else _clock(found, None)


def _clock(found: re.Match[str], half: str | None) -> Clock | None:
    hour = int(found["hour"])
    if half is not None:
        morning = _AM.fullmatch(half) is not None
        if (morning and hour > 12) or (not morning and not hour):  # noqa: PLR2004 - noon
            return None
        hour = hour % 12 + (0 if morning else 12)
    return Clock(
        hour=hour,
        minute=int(found["minute"] or 0),
        second=int(found["second"] or 0),
        microsecond=int((found["fraction"] or "0")[:6].ljust(6, "0")),
        zone=(found["zone"] or "").strip(),
    )
