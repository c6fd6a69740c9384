"""How long a field may be, and a tally of what had to be cut.

Every cap is far above what people write; it keeps one hostile entry from filling the
store and every output. Cutting happens on a character, after cleaning, and is told to
the operator once per document.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

TITLE = 500  # characters
NAME = 200
SUMMARY = 5_000
NOTICE = 1_000
BODY = 1_000_000
URL = 4_096
TAGS = 50  # per entry
AUTHORS = 20
ENCLOSURES = 20
ELLIPSIS = "…"

# What belongs to the character before it: accents, joiners, variation selectors.
_ATTACHED = {"Mn", "Mc", "Me", "Cf"}


@dataclass(slots=True)
class Caps:
    """The tally of one document: what was cut, and how often."""

    counted: Counter[str] = field(default_factory=Counter)

    def text(self, value: str, limit: int, what: str) -> str:
        """Return text of at most `limit` characters; what was cut ends in an ellipsis."""
        if len(value) <= limit:
            return value
        self.counted[f"{what} cut to {limit:,} characters"] += 1
        end = limit - len(ELLIPSIS)
        while end > 0 and unicodedata.category(value[end]) in _ATTACHED:
            end -= 1
        return value[:end].rstrip() + ELLIPSIS

    def url(self, value: str | None, what: str) -> str | None:
        """Return an address, or None for one too long to be one; half of one is none."""
        if value is None or len(value) <= URL:
            return value
        self.counted[f"{what} left out: longer than {URL:,} characters"] += 1
        return None

    def items(self, values: tuple[T, ...], limit: int, what: str) -> tuple[T, ...]:
        """Return the first `limit` of several."""
        if len(values) > limit:
            self.counted[f"{what}: only the first {limit} of an entry kept"] += 1
        return values[:limit]

    def notes(self) -> tuple[str, ...]:
        """Return one sentence for each kind of cut, with how many entries it met."""
        return tuple(f"{what} ({n} times)" for what, n in self.counted.items())
