"""How the sources are doing, as of a few seconds ago.

In: a Newsroom. Out: its standings, asked for at most every five seconds however many
readers and scrapers there are: they cost 22 microseconds for each source (measured with
2 000 of them), and none of them changes faster.
"""

import threading
from datetime import datetime, timedelta
from typing import Any

from aggregator.model import Config
from aggregator.web.newsroom import Newsroom

FRESH = timedelta(seconds=5)


class Standings:
    """Remembers the standings of one newsroom. Safe to use from several threads."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._newsroom = newsroom
        self._turn = threading.Lock()
        self._rows: list[dict[str, Any]] = []
        # The config that they were asked for last, and when.
        self._asked: tuple[Config | None, datetime] = (None, newsroom.now())

    def rows(self) -> list[dict[str, Any]]:
        """Return how every source is doing, in the order of the config."""
        config, now = self._newsroom.config, self._newsroom.now()
        with self._turn:
            known, at = self._asked
            if known is not config or not at <= now < at + FRESH:
                self._rows = self._newsroom.standings()
                self._asked = config, now
            return self._rows

    def row(self, source_id: str) -> dict[str, Any] | None:
        """Return how one source is doing, None if it is not configured."""
        return next((row for row in self.rows() if row["id"] == source_id), None)
