"""Compare what is found in a month with what stands in it, newest first, in step.

In: articles with their marks, and the index of the month as it was written. Out: what is
as it was, as stretches of the index; articles to be decided about; and what stands in the
month but was not found.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aggregator.publishing import index
from aggregator.publishing.index import Index, Stretch


class Marked(NamedTuple):
    """An article in its place and, in 16 bytes, what it is like; none: not known."""

    place: bytes
    source_id: str
    mark: bytes = b""

    @property
    def article_id(self) -> str:
        """Return the id of the article."""
        return index.id_of(self.place)


class Missing(NamedTuple):
    """Lines that follow each other, of articles that were not found, as a `Stretch`."""

    first: int
    last: int


Known = Marked | Stretch


def compared(
    marked: Iterable[Marked], old: Index, *, holds: bool
) -> Iterator[Known | Missing]:
    """Walk down articles and an index in step; without `holds`, no mark counts."""
    keys = old.keys()
    number, key = 0, next(keys, b"")
    first = last = 0
    for each in marked:
        gone = number
        # A place that a mark follows is greater than the place alone.
        while key > each.place and not key.startswith(each.place):
            number, key = number + 1, next(keys, b"")
        if gone < number:
            yield from stretches(first, last)
            first = last = number
            yield Missing(gone, number)
        is_there = key.startswith(each.place)
        if holds and each.mark and key == each.place + each.mark:
            last = number + 1
        else:
            yield from stretches(first, last)
            first = last = number + is_there
            yield each
        if is_there:
            number, key = number + 1, next(keys, b"")
    yield from stretches(first, last)
    if key:
        yield Missing(number, old.whole.last)


def stretches(first: int, last: int) -> Iterator[Stretch]:
    """Yield lines as a stretch, if there are any."""
    if first < last:
        yield Stretch(first, last)
