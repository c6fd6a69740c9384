"""Look after the store once a day, and never on the word of a clock that jumped.

In: a wire, the time, asked every hour or so. Out: how many articles were pruned, None if
it was not the time. A clock that is ten years ahead for a minute would make every
article older than anybody keeps it: after a jump there is a day's rest, by the monotonic
clock, and so there is after a start for which the clock looks wrong. A round of its own,
as cron starts them, prunes if it finds the clock right (`is_due`, `prune`).
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from time import monotonic

from aggregator.app.wire import Wire
from aggregator.events import log
from aggregator.model import SourceState

UPKEEP_EVERY = timedelta(hours=1)
_DAY = timedelta(days=1)
# Cron may start a round once a week, which is no reason to doubt the clock.
_A_WEEK = timedelta(days=7, hours=12)
_PRUNED = "pruned"
_JUMPED = "clock jumped"


class Upkeep:
    """What a service does for its store beside polling.

    `has_jumped` tells whether the clock did, and nobody has followed it yet.
    """

    def __init__(self, wire: Wire, has_jumped: Callable[[], bool]) -> None:
        self._wire = wire
        self._has_jumped = has_jumped
        states = wire.store.states().values()
        doubted = _is_doubted(wire, states, wire.clock())
        rest = _DAY if doubted else UPKEEP_EVERY
        self._rest_until = monotonic() + rest.total_seconds()

    def clock_jumped(self) -> None:
        """Do nothing for a day, nor after a start within it."""
        self._rest_until = monotonic() + _DAY.total_seconds()
        self._wire.store.put_meta(_JUMPED, self._wire.clock().isoformat())

    def look(self) -> int | None:
        """Prune if the last time was a day ago; return how many articles went."""
        now = self._wire.clock()
        is_time = _is_time(self._wire, now)
        # In this order, after `now`: another thread lets us rest, then follows the clock.
        if self._has_jumped() or monotonic() < self._rest_until:
            return None
        return prune(self._wire, now) if is_time else None


def is_due(wire: Wire, states: Collection[SourceState]) -> bool:
    """Whether a round that begins now is to end with pruning.

    `states` are the rows of all sources as they were before anything is polled.
    """
    now = wire.clock()
    if not _is_time(wire, now):
        return False
    if not _is_doubted(wire, states, now, after=_A_WEEK):
        return True
    if not _has_jumped(wire, now):
        # Rounds have no other memory: by the next one, this clock has polled.
        wire.store.put_meta(_JUMPED, now.isoformat())
    return False


def prune(wire: Wire, now: datetime) -> int:
    """Delete what is older than anybody keeps, and note when; return how many."""
    pruned = wire.prune(now)
    wire.store.put_meta(_PRUNED, now.isoformat())
    log.info("pruned", articles=pruned)
    return pruned


def _is_time(wire: Wire, now: datetime) -> bool:
    """Whether the last time was a day ago, or never, or a wrong clock's."""
    last = wire.store.meta(_PRUNED)
    at = datetime.fromisoformat(last) if last else None
    return at is None or not at <= now < at + _DAY - UPKEEP_EVERY


def _is_doubted(
    wire: Wire,
    states: Collection[SourceState],
    now: datetime,
    *,
    after: timedelta = _DAY,
) -> bool:
    """Whether the clock jumped within a day, or is far from when anything was polled."""
    polls = [state.last_polled_at for state in states if state.last_polled_at]
    is_far = bool(polls) and abs(now - max(polls)) > after
    return is_far or _has_jumped(wire, now)


def _has_jumped(wire: Wire, now: datetime) -> bool:
    """Whether it is within a day of when a jump was noted."""
    jumped = wire.store.meta(_JUMPED)
    return jumped is not None and abs(now - datetime.fromisoformat(jumped)) < _DAY
