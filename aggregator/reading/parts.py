"""What reading asks of a document, in whichever language it is written.

A document in parts knows the digest of each of its items before any is parsed, and
parses those that are asked for. `xmlfeed` and `jsonfeed` provide it; `conductor` asks.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from msgspec import Struct

from aggregator.reading.parsed import Feed


class Part(Protocol):
    """One item as it stands: the digest of its bytes, and how many they are."""

    @property
    def digest(self) -> bytes: ...  # noqa: D102 - see the class

    @property
    def size(self) -> int: ...  # noqa: D102


class RawPart(NamedTuple):
    """A part whose bytes had to be written to tell it from others."""

    digest: bytes
    raw: bytes

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.raw)


class Parsed(Struct, frozen=True, kw_only=True):
    """A feed with the entries asked for. `numbers` tells which part each entry was.

    A part that could not be parsed is missing from both; a note says why.
    """

    feed: Feed
    numbers: tuple[int, ...]


# Bytes of a document beside its items: with more, nobody asks where the items stand.
MOST_AROUND: Final = 65_536


class Extent(NamedTuple):
    """Where items stand in a document, in bytes: from the first one to the last one's end."""

    start: int
    after_first: int
    end: int


class Parts(Protocol):
    """A document whose items can be told apart before they are parsed.

    `context` is the digest of all that an item inherits. `restless` tells that there is
    something to read even when no item is new. `extent` is None where nobody knows.
    """

    @property
    def context(self) -> bytes: ...  # noqa: D102 - see the class

    @property
    def parts(self) -> Sequence[Part]: ...  # noqa: D102

    @property
    def restless(self) -> bool: ...  # noqa: D102

    @property
    def notes(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def extent(self) -> Extent | None: ...  # noqa: D102

    def parsed(self, numbers: Sequence[int]) -> Parsed:
        """Return the feed with the entries of these parts.

        Raises:
            ReadError: the document is not readable.
        """
        ...
