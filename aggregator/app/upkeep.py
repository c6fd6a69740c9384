"""Look after the store once a day, and never on the word of a clock that jumped.

In: a wire, the time, asked every hour or so. Out: how many articles were pruned, None if
it was not the time. A clock that is ten years ahead for a minute would make every
article older than anybody keeps it: after a jump there is a day's rest, by the monotonic
clock, and so there is after a start for which the clock looks wrong.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from aggregator.app.wire import Wire
from aggregator.events import log

UPKEEP_EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)
_PRUNED = "pruned"
_JUMPED = "clock jumped"


class Upkeep:
    """What a service does for its store beside polling.

    `has_jumped` tells whether the clock did, and nobody has followed it yet.
    """

    def __init__(self, wire: Wire, has_jumped: Callable[[], bool]) -> None:
        self._wire = wire
        self._has_jumped = has_jumped
        rest = _DAY if self._doubts_the_clock() else UPKEEP_EVERY
        self._rest_until = monotonic() + rest.total_seconds()

    def clock_jumped(self) -> None:
        """Do nothing for a day, nor after a start within it."""
        self._rest_until = monotonic() + _DAY.total_seconds()
        self._wire.store.put_meta(_JUMPED, self._wire.clock().isoformat())

    def _doubts_the_clock(self) -> bool:
        """Whether it jumped within a day, or is far from when anything was polled."""
        store, now = self._wire.store, self._wire.clock()
        jumped = store.meta(_JUMPED)
        if jumped and abs(now - datetime.fromisoformat(jumped)) < _DAY:
            return True
        polls = [s.last_polled_at for s in store.states().values() if s.last_polled_at]
        return bool(polls) and abs(now - max(polls)) > _DAY

    def look(self) -> int | None:
        """Prune if the last time was a day ago; return how many articles went."""
        store, now = self._wire.store, self._wire.clock()
        last = store.meta(_PRUNED)
        # In this order, after `now`: another thread lets us rest, then follows the clock.
        if self._has_jumped() or monotonic() < self._rest_until:
            return None
        if last and datetime.fromisoformat(last) <= now < _next(last):
            return None
        pruned = self._wire.prune(now)
        store.put_meta(_PRUNED, now.isoformat())
        log.info("pruned", articles=pruned)
        return pruned


def _next(last: str) -> datetime:
    return datetime.fromisoformat(last) + _DAY
