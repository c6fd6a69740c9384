"""Know what the documents of each publication were made of when they were printed last.

In: the store, the desk, an edition. Out: its imprint: a text that is another whenever other
documents would be made of it, or other files stand below `output`. Those of the last
printing are kept in the store, so that a start need not print what stands already.
"""

import json
from collections.abc import Collection, Mapping
from hashlib import blake2b
from pathlib import Path

from aggregator.app.editions import Edition
from aggregator.app.editorial import Editorial
from aggregator.app.lowering import LOWERED
from aggregator.app.tombstones import tombstones
from aggregator.model import Publication
from aggregator.publishing import standing
from aggregator.store import LEFT, Store

_PRINTED = "printed"


class Imprints:
    """The imprints of the publications of one config."""

    def __init__(self, store: Store, editorial: Editorial, output: Path) -> None:
        self._store = store
        self._editorial = editorial
        self._output = output

    def of(self, publication: Publication, edition: Edition, noted: str) -> str:
        """Return the imprint of an edition.

        `noted` is as `self.noted` gives it, asked for before anything is printed.
        """
        stones = tombstones(self._store, self._editorial, publication, edition.at)
        return " ".join(
            (
                edition.digest,
                blake2b(repr(stones).encode(), digest_size=8).hexdigest(),
                blake2b(noted.encode(), digest_size=8).hexdigest(),
                standing(self._output, publication),
            )
        )

    def noted(self) -> str:
        """Return what changes when months have to follow: rights, or who stands for whom."""
        noted = self._store.metas(LOWERED, LEFT)
        return noted.get(LOWERED, "") + noted.get(LEFT, "")

    def last(self) -> dict[str, str]:
        """Return the imprints of the last printing, by the ids of publications."""
        return dict(json.loads(self._store.meta(_PRINTED) or "{}"))

    def keep(self, printed: Mapping[str, str]) -> None:
        """Keep these imprints, and no others."""
        self._store.put_meta(_PRINTED, json.dumps(printed))

    def forget(self, publication_ids: Collection[str]) -> None:
        """Forget the imprints of publications: they are to be printed again."""
        last = self.last()
        self.keep({k: v for k, v in last.items() if k not in publication_ids})


def is_news(printed: str, now: str) -> bool:
    """Whether an imprint is of other documents than the last, which there has to be.

    Its last word is of the files, which somebody may have changed.
    """
    last = printed.split(" ")
    return last != [""] and last[:-1] != now.split(" ")[:-1]
