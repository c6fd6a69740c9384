"""Read what stands in a month that lost its index, entry by entry, as the file says it.

In: the plain file. Out: each entry with a line for another index: it tells all that the
lost one told, but what the entry was made of, which nobody knows any more.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from xml.sax.saxutils import unescape

from aggregator.epoch import micros
from aggregator.publishing import index
from aggregator.publishing.bound import entry_ranges
from aggregator.publishing.index import SHOWN, Line
from aggregator.publishing.ranges import Standing

# As `formats.atom` writes them; what is said of the entry's source comes later.
_SAID = re.compile(
    b'<entry(?: xml:lang="(?P<language>[^"]*)")?><id>(?P<id>[^<]*)</id>'
    b".*?<updated>(?P<updated>[^<]*)</updated>"
    b".*?<published>(?P<published>[^<]*)</published>",
    re.DOTALL,
)
_NO_MARK = bytes(16)


class Loose(NamedTuple):
    """An entry, and what it says of itself; `name` is a digest of its published id."""

    entry: bytes
    published_id: str
    name: bytes
    language: str | None
    published: datetime
    updated: datetime

    def line(self, above: bytes, *, language: int, packed: int) -> Line:
        """Return its line below a place: its article's own is not known any more."""
        return Line(
            index.place_below(above, micros(self.published), self.name),
            _NO_MARK,
            kind=SHOWN,
            name=self.name,
            latest=micros(max(self.published, self.updated)),
            language=language,
            length=len(self.entry),
            packed=packed,
        )


def loose(body: Standing) -> Iterator[Loose]:
    """Yield the entries of a month, in their order."""
    for first, last in entry_ranges(body):
        entry = body.read(first, last)
        if said := _SAID.match(entry):
            published_id = unescape(said["id"].decode())
            spoken = said["language"]
            yield Loose(
                entry=entry,
                published_id=published_id,
                name=index.digest_of(published_id),
                language=spoken.decode() if spoken else None,
                published=datetime.fromisoformat(said["published"].decode()),
                updated=datetime.fromisoformat(said["updated"].decode()),
            )
