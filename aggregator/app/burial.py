"""Take what was withdrawn out of the months in which it may stand.

In: the store, and archives on disk. Out: a tombstone in the place of every entry that was
taken back, in months of today's publications (`history`) and of former ones (`relics`).
"""

from datetime import datetime

from aggregator.app.months import months_of
from aggregator.app.tombstones import WITHDRAWN, tombstone
from aggregator.publishing import Archives
from aggregator.store import Store


class Burial:
    """Buries what was withdrawn, in each publication once."""

    def __init__(self, store: Store, archives: Archives) -> None:
        self._store = store
        self._archives = archives
        self._done: set[tuple[str, str]] = set()

    def bury(self, publication_id: str, *, now: datetime) -> None:
        """Put tombstones into the months of a publication.

        Raises PublishError or OSError where a month cannot be written; it is tried
        again then.
        """
        for article in self._store.withdrawn(limit=WITHDRAWN):
            if (publication_id, article.id) in self._done:
                continue
            stone = tombstone(article)
            for month in months_of(article):
                self._archives.take_back(publication_id, month, stone, now=now)
            self._done.add((publication_id, article.id))
