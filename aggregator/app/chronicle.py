"""Know which months of a publication were written, and when.

In: the store, where that is noted, and archives on disk. Out: Months as they are noted, as
far as their files are still there; months of which only the file is left; and what of the
notes is true after a clock was ahead.
"""

from datetime import datetime

from aggregator.app.months import Month, noted, put_right, remembered
from aggregator.publishing import Archives
from aggregator.store import Store


class Chronicle:
    """The months of all publications of one store and output folder."""

    def __init__(self, store: Store, archives: Archives) -> None:
        self._store = store
        self._archives = archives

    def known(self, publication_id: str) -> dict[str, Month]:
        """Return the months that were written and are still there."""
        kept = remembered(self._store.meta(_fact(publication_id)) or "{}")
        return {
            month: known
            for month, known in kept.items()
            if self._archives.exists(publication_id, month)
        }

    def believed(self, known: dict[str, Month], now: datetime) -> dict[str, Month]:
        """Return months as noted, or put right if a clock was ahead and is not behind."""
        return known.copy() if self._store.ahead(now)[0] else put_right(known, now)

    def returned(self, publication_id: str, known: dict[str, Month]) -> set[str]:
        """Return months that stand on disk and are not known any more, but the newest.

        Their disk was away when it was published, or the store is another.
        """
        newest = max(known, default="")
        on_disk = self._archives.months(publication_id)
        return {month for month in on_disk - known.keys() if month < newest}

    def note(self, publication_id: str, months: dict[str, Month]) -> None:
        """Note what months there are now."""
        name, written = _fact(publication_id), noted(months)
        if self._store.meta(name) != written:
            self._store.put_meta(name, written)


def _fact(publication_id: str) -> str:
    return f"months {publication_id}"
