"""Follow a wall clock that jumps, and judge when it was wrong: before, or now.

In: the clock, asked once a second, and what the store saw when. Out: how far the clock
jumped, and reports that a clock which was ahead saw in the future brought back to now.

To bring back destroys times, so it is only done where they are the wrong ones: when the
clock returns to where it stood before it went astray in our sight, or when the store
tells of a stretch in which nothing happened. A clock that was ahead leaves such a
stretch between now and what it saw, and saw little. A clock that is behind stands in the
midst of what was seen and polled, or has most of it ahead: then nothing is moved, unless
the clock stays there for a day in which most sources answer; what comes meanwhile is
listed above what is ahead (see `store.arriving`). (Certificates are witnesses: no host
can prove who it is to a clock that is years off.)
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from time import monotonic

from aggregator.app.clock import Clock
from aggregator.events import log
from aggregator.model import SourceState
from aggregator.store import Store

# Clocks are slewed by less than this between two ticks; more is a jump.
JUMP = timedelta(seconds=30)
# A clock that stood for so long is believed; and in which nothing happened for so long,
# nobody was there.
A_DAY = timedelta(days=1)


class Timekeeper:
    """Watches one wall clock by the monotonic one, which never jumps."""

    def __init__(self, clock: Clock, *, is_right: bool) -> None:
        self._clock = clock
        self._drift = self._drifted()
        self._since = monotonic()
        # How far from where it is right, None if that is not known.
        self._astray = timedelta(0) if is_right else None

    def jump(self) -> timedelta | None:
        """Return how far the clock jumped since `follow`, None if it did not."""
        jump = self._drifted() - self._drift
        return jump if abs(jump) > JUMP else None

    def returns(self, jump: timedelta) -> bool:
        """Whether this jump leads to where the clock stood before it went astray."""
        astray = self._astray_after(jump)
        return astray is not None and abs(astray) <= JUMP

    def follow(self, jump: timedelta) -> None:
        """Take a jump for done."""
        self._astray = self._astray_after(jump)
        self._drift += jump
        self._since = monotonic()

    def is_settled(self) -> bool:
        """Whether it stood for a day where it is not known to be right."""
        stood = timedelta(seconds=monotonic() - self._since)
        return self._astray != timedelta(0) and stood > A_DAY

    def settle(self, *, is_right: bool) -> None:
        """Believe the clock, or look again in a day."""
        self._since = monotonic()
        if is_right:
            self._astray = timedelta(0)

    def _astray_after(self, jump: timedelta) -> timedelta | None:
        return None if self._astray is None else self._astray + jump

    def _drifted(self) -> timedelta:
        return self._clock() - datetime.fromtimestamp(monotonic(), tz=UTC)


def is_witnessed(states: Collection[SourceState], *, now: datetime) -> bool:
    """Whether most sources answered within a day of this time."""
    successes = [s.last_success_at for s in states if s.last_success_at]
    return 2 * sum(now - at < A_DAY for at in successes) > len(states)


def bring_back(store: Store, *, now: datetime, surely: bool) -> bool:
    """Let nothing stand in the future that a wrong clock put there.

    Returns whether the clock seems right. `surely`: it was found out that it is.
    """
    ahead, first = store.ahead(now)
    if first is None:
        return True
    if not surely and _is_behind(store, ahead, first, now):
        log.warning(
            "clock doubted",
            reason="it seems to be behind what was seen before; nothing is moved",
            articles_ahead=ahead,
            first_seen_ahead=first.isoformat(timespec="seconds"),
        )
        return False
    log.warning("brought back from the future", articles=store.bring_back(now))
    return True


def _is_behind(store: Store, ahead: int, first: datetime, now: datetime) -> bool:
    """Whether the clock is wrong now, rather than when it saw these articles ahead."""
    strips = store.journal.recent_polls().values()
    polled = [at for strip in strips for at, _ in strip if at > now]
    return min([first, *polled]) - now <= A_DAY or 2 * ahead > store.count()
