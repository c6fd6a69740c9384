"""The formats: one file each, named by the word an operator writes in `formats`.

A format is a module with what `Format` lists; its file name is also the extension of
what it writes. To add one, add a file: it is found by itself, and the contract suite
(`tests/contracts/test_formats.py`) runs on it. Files that begin with `_` are tools of
several formats. Only this room imports feedgen.
"""

import importlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

from msgspec import Struct

from aggregator.model import Report
from aggregator.modules import names_in
from aggregator.publishing.essentials import Essentials

if TYPE_CHECKING:
    from aggregator.publishing.margin import Margin

# When a document without entries was last updated: any fixed time that validators find
# plausible, so that the same nothing is always the same bytes.
EMPTY_UPDATED = datetime(2000, 1, 1, tzinfo=UTC)


class Masthead(Struct, frozen=True, kw_only=True):
    """What a document says of the publication, whatever the entries.

    `page_url` is the publication's address and id (`{base_url}/feeds/{id}`), `feed_url`
    where this very format of it is found. `description` ends in the disclaimer. `image`
    is the address of a picture.
    """

    title: str
    description: str
    base_url: str
    page_url: str
    feed_url: str
    image: str | None = None


class Head(Struct, frozen=True, kw_only=True):
    """A document without entries, cut where they belong; `between` parts two of them."""

    before: bytes
    after: bytes
    between: bytes = b""

    def parts(self, entries: Sequence[bytes]) -> list[bytes]:
        """Return the pieces of the whole document, in order."""
        if not self.between:
            return [self.before, *entries, self.after]
        parts = [self.before]
        for entry in entries:
            parts += (entry, self.between)
        if entries:
            parts.pop()
        return [*parts, self.after]


class Format(Protocol):
    """One way to write a publication. Modules in this folder are Formats."""

    media_type: str

    def head(
        self, masthead: Masthead, *, language: str | None, updated: datetime | None
    ) -> Head:
        """Return a document without entries.

        `updated` is when the newest change among them was made, None for no entries;
        `language` is that of all of them, None if they have not one in common.
        """

    def beside(self, head: Head, margin: "Margin") -> Head:
        """Return a head that also says what stands in the margin, as far as it can."""

    def entry(self, report: Report, masthead: Masthead) -> bytes:
        """Return one report, which depends on nothing else: its bytes are kept.

        Raises ValueError for a report that cannot be written.
        """

    def read(self, document: bytes) -> list[Essentials]:
        """Return what a stranger's reader finds, by a parser that did not write it.

        Raises PublishError for bytes that are no document.
        """


@cache
def names() -> tuple[str, ...]:
    """Return the names of all formats: those of the files in this folder.

    MediaWireError if none is seen.
    """
    return tuple(name for name in names_in(__path__) if not name.startswith("_"))


@cache
def named(name: str) -> Format:
    """Return a format by its name; only now its libraries are imported."""
    return cast("Format", importlib.import_module(f"{__name__}.{name}"))
