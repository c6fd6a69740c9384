"""Gather what polls brought into batches, each of which is recorded in one transaction.

In: results, from any thread. Out: batches, to one thread: what came in within a moment,
but no more at once than a transaction should hold.
"""

import queue
import threading
from collections.abc import Iterable

from aggregator.model import PollResult

# Results that come in within this time share a transaction; a changed article waits no
# longer than this for its commit.
LINGER = 0.05  # seconds
BATCH = 200
# So many articles that wait to be recorded are enough: no further poll begins meanwhile,
# and one transaction takes little more of them. A round of 1,000 sources that were new
# held 250 MB of articles, because reading them is faster than storing.
HOARD = 300


class Batches:
    """Results that wait to be recorded."""

    def __init__(self) -> None:
        self._hurry = threading.Event()
        # None ends it for the thread that gathers.
        self._results: queue.SimpleQueue[PollResult | None] = queue.SimpleQueue()

    def put(self, result: PollResult) -> None:
        """Take a result."""
        self._results.put(result)

    def hurry(self) -> None:
        """Wait for no further results from now on."""
        self._hurry.set()

    def end(self) -> None:
        """Let the next batch be the last."""
        self._results.put(None)

    def gather(self) -> list[PollResult]:
        """Return the results of the next moment: at least one, none at the end."""
        result = self._results.get()
        if result and self._results.qsize() < BATCH:
            # Not waiting for each of the others: that would wake this thread for each.
            self._hurry.wait(LINGER)
        batch: list[PollResult] = []
        articles = 0
        while result:
            batch.append(result)
            articles += weight([result])
            if len(batch) == BATCH or articles >= HOARD or self._results.empty():
                return batch
            result = self._results.get()
        if batch:
            self._results.put(None)
        return batch


def weight(results: Iterable[PollResult]) -> int:
    """Return how many articles results hold."""
    return sum(len(result.new) + len(result.changed) for result in results)
