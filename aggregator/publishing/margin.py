"""What a document says beside its entries: where older ones are, what was taken back.

Atom says it with links and elements of RFC 5005 (archives) and RFC 6721 (tombstones),
JSON Feed with `_mediawire.withdrawn`; RSS has no word for either.
"""

from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

from aggregator.publishing.particulars import whole_seconds
from aggregator.text import markup

HISTORY = "http://purl.org/syndication/history/1.0"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


class Tombstone(Struct, frozen=True, kw_only=True):
    """A published id that was taken back: when, and the reason readers may know."""

    ref: str
    at: datetime
    reason: str


class Margin(Struct, frozen=True, kw_only=True):
    """What stands in a document's margin.

    `previous` is the address of the archive that goes on where this document ends.
    `current` is the live document's, in an archive only.
    """

    previous: str | None = None
    current: str | None = None
    tombstones: tuple[Tombstone, ...] = ()


NOTHING = Margin()


def atom_margin(margin: Margin) -> bytes:
    """Return the elements that stand before the entries of an Atom feed."""
    return "".join(_elements(margin)).encode()


def tombstone_element(stone: Tombstone) -> str:
    """Return a deleted entry (RFC 6721, section 3).

    The namespace is declared here: a feed that declares it and holds none is warned of.
    """
    when = whole_seconds(stone.at).isoformat()
    reason = markup.printable(stone.reason)
    return (
        f'<at:deleted-entry xmlns:at="{TOMBSTONES}" ref={quoteattr(stone.ref)} '
        f'when="{when}"><at:comment>{escape(reason)}</at:comment></at:deleted-entry>'
    )


def _elements(margin: Margin) -> Iterator[str]:
    if margin.current:
        yield f'<fh:archive xmlns:fh="{HISTORY}"/>'
        yield f'<link rel="current" href={quoteattr(margin.current)}/>'
    if margin.previous:
        yield f'<link rel="prev-archive" href={quoteattr(margin.previous)}/>'
    for stone in margin.tombstones:
        yield tombstone_element(stone)
