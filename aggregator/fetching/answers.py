"""What the head of an answer tells a poller: validators, advice, and where to go.

In: header lines as they came over the wire. Out: values. Validators are opaque bytes;
what cannot be sent back exactly as it came is left out whole, never repaired. Advice is
read generously and garbage in it is ignored: bounds are cadence's business.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from itertools import pairwise

from aggregator.model import Advice, Validators

# Servers that hand out longer ones refuse them back: Apache reads header lines up to 8190
# bytes, nginx up to 8 KB, and both answer 400 for ever after.
_LONGEST_VALIDATOR = 8000
_SENDABLE = re.compile(rb"[\t\x20-\x7e\x80-\xff]+")

_NONE = Advice()

# RFC 9111 section 1.2.2: what is too large to be true counts as this many seconds.
_LONGEST_SECONDS = 2**31
_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]+)?")
# Semicolons between directives are seen, though only commas are right; neither ends one
# within quotes. Nothing here may read a line in more than one way: a pattern with blanks
# around each part took a minute for 800 blanks, and a line may have 65,000.
_DIRECTIVE = re.compile(r"""(?:[^,;"]++|"[^"]*+"|")++""")
_NEVER_FRESH = frozenset({"no-cache", "no-store"})


class Head:
    """The header lines of one answer, looked up by name. Values are raw bytes.

    Each name is read once: asking line by line for eight names took 20 µs of a 304.
    """

    def __init__(self, lines: list[bytes]) -> None:
        self._values: dict[bytes, list[bytes]] = {}
        for line, following in pairwise([*lines, b""]):
            name, _, value = line.partition(b":")
            if not following.startswith((b" ", b"\t")):
                said = self._values.setdefault(name.lower(), [])
                said.append(value.strip(b" \t\r\n"))

    def values(self, name: str) -> list[bytes]:
        """Return the values of a header, one for each line, blanks around them off.

        A value that was folded over lines is not among them.
        """
        return self._values.get(name.lower().encode(), [])

    def last(self, name: str) -> str | None:
        """Return the last value of a header as text, or None if it is not there."""
        values = self.values(name)
        return values[-1].decode("latin-1") if values else None

    def text(self, name: str) -> str:
        """Return all values of a header as one list (RFC 9110 section 5.3)."""
        return ", ".join(v.decode("latin-1") for v in self.values(name))


def validators(head: Head) -> Validators:
    """Return the validators of an answer: bytes that can go back as they came."""
    return Validators(
        etag=_validator(head, "etag"), last_modified=_validator(head, "last-modified")
    )


def merged(kept: Validators, fresh: Validators) -> Validators:
    """Return the validators to keep after a 304: fresh ones replace kept ones.

    Source: RFC 9111 section 4.3.4.
    """
    if fresh == Validators():
        return kept
    return Validators(
        etag=fresh.etag or kept.etag,
        last_modified=fresh.last_modified or kept.last_modified,
        url=kept.url,
    )


def advice(head: Head, now: datetime) -> Advice:
    """Return what the answer said about coming back; of several values the longest.

    Source: RFC 9110 section 10.2.3 (Retry-After), RFC 9111 sections 4.2, 5.2.2.1
    (max-age less Age, in seconds) and 5.3 (Expires).
    """
    wait = retry_after(head, now)
    fresh = _freshness(head)
    expires = _until_expiry(head, now) if fresh is None else None
    if wait is fresh is expires is None:
        return _NONE
    return Advice(retry_after=wait, max_age=fresh, expires=expires)


def retry_after(head: Head, now: datetime) -> timedelta | None:
    """Return for how long the answer asks us to wait, None if it does not say."""
    sent = min([now, *_dates(head, "date")])
    delays = [_delay(value, sent) for value in head.values("retry-after")]
    return max((d for d in delays if d is not None), default=None)


def _validator(head: Head, name: str) -> bytes | None:
    """Return the one value of a header if it can be sent back exactly, else None."""
    values = head.values(name)
    if not values or any(other != values[0] for other in values):
        return None
    value = values[0]
    fits = len(value) <= _LONGEST_VALIDATOR and _SENDABLE.fullmatch(value)
    # Of `If-None-Match: *` whatever the source has is no news (RFC 9110 section 13.1.2).
    return value if fits and value != b"*" else None


def _delay(value: bytes, sent: datetime) -> timedelta | None:
    """Return a Retry-After as a delay, or None for garbage.

    A date is so far from when it was `sent`, by their clock or ours, whichever is more.

    Fractions are not in the RFC, but what they mean is plain: they are rounded up.
    """
    text = value.decode("latin-1")
    if _SECONDS.fullmatch(text):
        return _seconds(text)
    date = _http_date(text)
    return None if date is None else max(date - sent, timedelta(0))


def _http_date(text: str) -> datetime | None:
    """Return a date in one of HTTP's three forms (RFC 9110 section 5.6.7), or None."""
    try:
        date = parsedate_to_datetime(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _freshness(head: Head) -> timedelta | None:
    if not (directives := head.text("cache-control")):
        return None
    ages = [
        _seconds(value)
        for name, value in _directives(directives)
        if name == "max-age" and value.isdecimal()
    ]
    if not ages:
        return None
    return max(max(ages) - _age(head), timedelta(0))


def _until_expiry(head: Head, now: datetime) -> timedelta | None:
    """Return how long it is until Expires, by their clock or by ours, whichever is less.

    "-1", "0" and dates that have passed say that it is no longer fresh, and so do
    no-cache and no-store, whatever stands beside them.
    """
    if not (expiries := _dates(head, "expires")):
        return None
    directives = {name for name, _ in _directives(head.text("cache-control"))}
    if directives & _NEVER_FRESH:
        return None
    sent = max([now, *_dates(head, "date")])
    return max(max(expiries) - sent - _age(head), timedelta(0))


def _age(head: Head) -> timedelta:
    spent = [_seconds(t) for t in head.text("age").split(", ") if t.isdecimal()]
    return max(spent, default=timedelta(0))


def _dates(head: Head, name: str) -> list[datetime]:
    found = (_http_date(value.decode("latin-1")) for value in head.values(name))
    return [date for date in found if date]


def _directives(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of directives, in small letters, and what they are set to."""
    for directive in _DIRECTIVE.findall(text):
        name, _, value = directive.partition("=")
        yield name.strip().lower(), value.strip(' \t"')


def _seconds(text: str) -> timedelta:
    whole, _, fraction = text.partition(".")
    # Longer than any true value, and int() is slow (then refuses) on thousands of digits.
    if len(whole.lstrip("0")) > len(str(_LONGEST_SECONDS)):
        return timedelta(seconds=_LONGEST_SECONDS)
    seconds = int(whole) + bool(fraction.strip("0"))
    return timedelta(seconds=min(seconds, _LONGEST_SECONDS))
