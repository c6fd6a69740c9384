"""Which hours of a month are as they were when it was written.

In: how often each hour had changed by then, and has now. Out: the times of which nothing
has to be looked at: what is listed there stands as it is decided. Pure.

An hour is `unsettled` if something is listed in it that may be decided otherwise although
it did not change itself: what has to do with others, or what time alone will show.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from aggregator.epoch import HOUR


class Hours(Struct, frozen=True, kw_only=True):
    """How often hours had changed when a month was written; a missing one: never.

    Hours are numbered from the beginning of 1970. It holds on the same `basis`, on which
    all decisions depend.
    """

    basis: str
    changes: dict[int, int]
    unsettled: tuple[int, ...]


class Calm(NamedTuple):
    """A time in which nothing changed: from `since` on and before `until`.

    In microseconds since 1970.
    """

    since: int
    until: int


def calm(
    noted: Hours,
    changes: Mapping[int, int],
    *,
    first: int,
    newest: int,
) -> list[Calm]:
    """Return the calm times since the first hour of a month, newest first.

    `newest` is the hour of what was the newest then: it is looked at in any case, and
    nothing stands above it but in hours that changed.
    """
    changed = {hour for hour, n in changes.items() if noted.changes.get(hour, 0) != n}
    loud = sorted(
        {hour for hour in (*changed, *noted.unsettled, newest) if hour >= first},
        reverse=True,
    )
    return [
        Calm((below + 1) * HOUR, hour * HOUR)
        for hour, below in pairwise([*loud, first - 1])
        if hour > below + 1
    ]
