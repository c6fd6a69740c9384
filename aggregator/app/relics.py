"""Take what may not be shown any more out of months of publications that are no more.

Their months stay on disk, and a web server that hands out the files still serves them: a
publication may come back under its name, and what was pruned stands nowhere else. But
what is taken back leaves every output, these too; so does all of a source whose rights
were lowered, for nobody says any more how such a publication would show less of it.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.app.ledger import Ledger
from aggregator.app.lowering import Lowering
from aggregator.model import Publication
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.app.burial import Burial
    from aggregator.publishing import Archives


class Relics:
    """The months below one output folder that belong to no publication any more."""

    def __init__(
        self, store: Store, output: Path, lowering: Lowering, *, base_url: str
    ) -> None:
        self._store = store
        self._output = output
        self._lowering = lowering
        self._base_url = base_url

    def bury(self, publications: Iterable[Publication], *, now: datetime) -> None:
        """Put tombstones in the place of withdrawn reports; asks nothing without relics.

        Raises PublishError or OSError where a month cannot be written.
        """
        kept = {each.id for each in publications if "atom" in each.formats}
        for id_ in self._with_months():
            if id_ not in kept:
                self._thin_out(id_, now)
                self._burial.bury(id_, now=now)

    def _thin_out(self, publication_id: str, now: datetime) -> None:
        """Take out the entries of sources whose rights were lowered."""
        lowered = self._lowering.of_former(publication_id)
        if not lowered:
            return
        for path in self._months(publication_id):
            self._archives.thin_out(publication_id, path.stem, lowered.bars, now=now)
        self._lowering.followed_by_former(publication_id)

    def _with_months(self) -> list[str]:
        """Return the ids of publications that have months on disk."""
        return sorted(
            folder.parent.name for folder in self._output.glob("feeds/*/archive")
        )

    def _months(self, publication_id: str) -> list[Path]:
        return sorted(self._output.glob(f"feeds/{publication_id}/archive/*.atom"))

    @cached_property
    def _archives(self) -> "Archives":
        from aggregator.publishing import Archives

        ledger = Ledger(self._store, base_url=self._base_url)
        return Archives(self._output, base_url=self._base_url, ledger=ledger)

    @cached_property
    def _burial(self) -> "Burial":
        from aggregator.app.burial import Burial

        return Burial(self._store, self._archives)
