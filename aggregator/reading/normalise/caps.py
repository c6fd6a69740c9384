"""How long a field may be, and a tally of what had to be cut.

Every cap is far above what people write; it keeps one hostile entry from filling the
store and every output. Cutting happens on a character, after cleaning, and is told to
the operator once per document.
"""

from collections import Counter
from typing import TypeVar

from msgspec import Struct, field

from aggregator.text import markup, urls

T = TypeVar("T")

TITLE = 500  # characters
NAME = 200
SUMMARY = 5_000
NOTICE = 1_000
BODY = 1_000_000  # bytes of UTF-8
URL = 4_096
TAGS = 50  # per entry
AUTHORS = 20
ENCLOSURES = 20
ELLIPSIS = "…"


class Caps(Struct):
    """The tally of one document: what was cut, and how often."""

    counted: Counter[str] = field(default_factory=Counter)

    def count(self, what: str) -> None:
        """Note that something was cut."""
        self.counted[what] += 1

    def text(self, value: str, limit: int, what: str) -> str:
        """Return text of at most `limit` characters; what was cut ends in an ellipsis."""
        if len(value) <= limit:
            return value
        self.count(f"{what} cut to {limit:,} characters")
        room = limit - len(ELLIPSIS)
        cut = markup.cap(value, room)
        if len(cut) > room:  # it had to close what was open: make room for that
            cut = markup.cap(value, 2 * room - len(cut))
        return cut + ELLIPSIS

    def url(self, base: str, href: str | None, what: str) -> str | None:
        """Return an absolute http(s) address, None where there is none worth the name.

        A bare fragment points into the feed document and is no address of anything.
        One that is too long is left out: half an address is none.
        """
        written = (href or "").strip()
        if not written or written.startswith("#"):
            return None
        found = urls.resolve(base, written) if len(written) <= URL else None
        if len(found or written) > URL:
            self.count(f"{what} left out: longer than {URL:,} characters")
            return None
        return found

    def items(self, values: tuple[T, ...], limit: int, what: str) -> tuple[T, ...]:
        """Return the first `limit` of several."""
        if len(values) > limit:
            self.count(f"{what}: only the first {limit} of an entry kept")
        return values[:limit]

    def notes(self) -> tuple[str, ...]:
        """Return one sentence for each kind of cut, with how often it happened."""
        return tuple(f"{what}: {n}" for what, n in self.counted.items())
