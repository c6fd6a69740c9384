"""The store's door to what `verify` looks at: every row, read back beside its seal.

Each method reads in short transactions of `Store`, which opens this door (`evidence`).
"""

from collections.abc import Iterator

from aggregator.errors import StoreDamaged
from aggregator.store import listing, sources
from aggregator.store.proving import Proof, dangling, proofs
from aggregator.store.transactions import Transaction

_PAGE = 500  # articles of one short read


class Evidence:
    """Reads what proves that nothing stored was altered."""

    def __init__(self, reading: Transaction) -> None:
        self._reading = reading

    def proofs(self) -> Iterator[Proof]:
        """Yield every article as it is read back, with what is wrong with its rows."""
        above: tuple[int, str] | None = listing.TOP
        while above is not None:
            with self._reading() as connection:
                page, above = proofs(connection, above, _PAGE)
            yield from page

    def dangling(self) -> list[str]:
        """Return a sentence for every name or list entry that leads to no article."""
        with self._reading() as connection:
            return dangling(connection)

    def unreadable_sources(self) -> list[tuple[str, str]]:
        """Return each source whose row of the schedule cannot be read: id and sentence."""
        left: list[StoreDamaged] = []
        with self._reading() as connection:
            sources.states(connection, leave_out=left.append)
        return [(each.id, f"{each.what}; {sources.NEW_AGAIN}") for each in left]
