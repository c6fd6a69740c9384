"""Count wrong tokens, so that nobody tries many.

In: who tried, and when. Out: how long they must wait. Ten wrong ones within a minute are
enough; whoever comes from elsewhere is not slowed down by it.
"""

import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta

MOST = 10
WITHIN = timedelta(minutes=1)
# Addresses remembered at a time: an attacker with more of them costs no more memory.
_ADDRESSES = 4096


class WrongTokens:
    """Remembers wrong tokens by address. Safe to use from several threads."""

    def __init__(self) -> None:
        self._tried: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._turn = threading.Lock()

    def note(self, address: str, *, now: datetime) -> None:
        """Note that a wrong token came from an address."""
        with self._turn:
            tried = self._tried.setdefault(address, deque(maxlen=MOST))
            tried.append(now)
            self._tried.move_to_end(address)
            while len(self._tried) > _ADDRESSES:
                self._tried.popitem(last=False)

    def wait(self, address: str, *, now: datetime) -> timedelta | None:
        """Return how long an address must wait before its next try; None: not at all."""
        with self._turn:
            tried = self._tried.get(address)
            if not tried or len(tried) < MOST:
                return None
            # A clock that was put back must not shut anybody out for longer.
            left = tried[0] + WITHIN - now
            return left if timedelta(0) < left <= WITHIN else None
