"""Say whether a further poll may begin, by how many run and what waits to be recorded.

In: begins and ends of polls as they happen, on a monotonic clock in seconds, and how many
articles they brought. Out: whether one more may begin, or in how many seconds that may
change. No threads and no clock of its own.
"""

from aggregator.engines.batches import HOARD

# A poll that takes longer waits for a server that does not answer, and counts no more
# towards `workers`: a thousand silent hosts must not make the others late. But threads
# and half-read bodies take memory, so there are never more than LENIENCE times as many.
PATIENCE = 5.0  # seconds
LENIENCE = 4


class Capacity:
    """The polls that run, of `workers` that may at a time, and the articles that wait."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._began: dict[str, float] = {}
        self._hoarded = 0

    @property
    def running(self) -> int:
        """Return how many polls run."""
        return len(self._began)

    def begin(self, source_id: str, at: float) -> None:
        """Note that a poll begins."""
        self._began[source_id] = at

    def end(self, source_id: str) -> None:
        """Note that a poll has ended."""
        del self._began[source_id]

    def hoard(self, articles: int) -> None:
        """Note that so many more articles wait to be recorded; fewer, if it is negative."""
        self._hoarded += articles

    def is_full(self, at: float) -> bool:
        """Whether no further poll may begin at this moment."""
        if self._hoarded >= HOARD:
            return True
        if self.running < self.workers:
            return False
        if self.running >= LENIENCE * self.workers:
            return True
        young = sum(at - began < PATIENCE for began in self._began.values())
        return young >= self.workers

    def until_lenient(self, at: float) -> float | None:
        """Return the seconds until the next running poll is overlooked; None: none is."""
        left = (began + PATIENCE - at for began in self._began.values())
        return min((seconds for seconds in left if seconds > 0), default=None)
