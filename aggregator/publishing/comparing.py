"""Compare what is found in a month with what stands in it, newest first, in step.

In: articles with their marks, times in which nothing changed, and the index of the month
as it was written. Out: what is as it was, as stretches of the index; articles to be
decided about; and what stands in the month but was not found.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from aggregator.publishing import index
from aggregator.publishing.hours import Calm
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
    marked: Iterable[Marked | Calm], old: Index, *, holds: bool
) -> Iterator[Known | Missing]:
    """Walk down articles and an index in step; without `holds`, no mark counts.

    All lines of a calm time stand as they are, also of what was not found.
    """
    keys = old.keys()
    number, key = 0, next(keys, b"")
    first = last = 0
    for each in marked:
        gone = number
        place = _place(each.until) if isinstance(each, Calm) else each.place
        # A place that a mark follows is greater than the place alone.
        while key > place and not key.startswith(place):
            number, key = number + 1, next(keys, b"")
        if gone < number:
            yield from stretches(first, last)
            first = last = number
            yield Missing(gone, number)
        if isinstance(each, Calm):
            number = last = old.below(_place(each.since))
            keys = old.keys(number)
            key = next(keys, b"")
            continue
        is_there = key.startswith(place)
        if holds and each.mark and key == place + each.mark:
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


def _place(time: int) -> bytes:
    """Return the lowest place of a time, in microseconds since 1970."""
    return index.place_of(time, "00" * 10)


def stretches(first: int, last: int) -> Iterator[Stretch]:
    """Yield lines as a stretch, if there are any."""
    if first < last:
        yield Stretch(first, last)
