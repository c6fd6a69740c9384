"""Count what the running service does, for `/metrics`.

In: the results of polls, as they come in from several threads. Out: sums since the
start; nothing of a single source, so that they are as many for ten sources as for ten
thousand. They begin at zero with each start, which is how Prometheus wants counters.
"""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

from aggregator.model import PollResult
from aggregator.web.newsroom import Polls

# Seconds. The last is the timeout of a fetch unless configured otherwise.
BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Tally:
    """Sums of polls since the start. Safe to use from several threads."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._outcomes: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._new = self._changed = self._wire_bytes = 0
        self._seconds = 0.0
        self._within = [0] * (len(BOUNDS) + 1)

    def count(self, results: Iterable[PollResult]) -> None:
        """Add polls that ended."""
        with self._turn:
            for result in results:
                self._add(result)

    def polls(self) -> Polls:
        """Return the sums as they are now."""
        with self._turn:
            ends = [*map(str, BOUNDS), "+Inf"]
            return Polls(
                outcomes=dict(self._outcomes),
                problems=dict(self._problems),
                new=self._new,
                changed=self._changed,
                wire_bytes=self._wire_bytes,
                seconds=self._seconds,
                within=tuple(zip(ends, accumulate(self._within), strict=True)),
            )

    def _add(self, result: PollResult) -> None:
        outcome, seconds = result.outcome, result.took.total_seconds()
        self._outcomes[outcome.kind] += 1
        if outcome.problem:
            self._problems[outcome.problem] += 1
        self._new += outcome.new
        self._changed += outcome.changed
        self._wire_bytes += result.wire_bytes
        self._seconds += seconds
        self._within[bisect_left(BOUNDS, seconds)] += 1
