"""Take back what was withdrawn from the months of publications that are no more.

Their months stay on disk, and a web server that hands out the files still serves them: a
publication may come back under its name, and what was pruned stands nowhere else. But
what is taken back leaves every output, these too.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.model import Publication
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.app.burial import Burial


class Relics:
    """The months below one output folder that belong to no publication any more."""

    def __init__(self, store: Store, output: Path, *, base_url: str) -> None:
        self._store = store
        self._output = output
        self._base_url = base_url

    def bury(self, publications: Iterable[Publication], *, now: datetime) -> None:
        """Put tombstones in the place of withdrawn reports; asks nothing without relics.

        Raises PublishError or OSError where a month cannot be written.
        """
        kept = {each.id for each in publications if "atom" in each.formats}
        left = [id_ for id_ in self._with_months() if id_ not in kept]
        if not left:
            return
        for id_ in left:
            self._burial.bury(id_, now=now)

    def _with_months(self) -> list[str]:
        """Return the ids of publications that have months on disk."""
        return sorted(
            folder.parent.name for folder in self._output.glob("feeds/*/archive")
        )

    @cached_property
    def _burial(self) -> "Burial":
        from aggregator.app.burial import Burial
        from aggregator.publishing import Archives

        return Burial(self._store, Archives(self._output, base_url=self._base_url))
