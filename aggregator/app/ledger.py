"""Keep in the store what each archived month on disk is like.

In: what months were when they were written. Out: which stand so, and which do not any
more: removed, cut, overwritten, forged, or written for another public address. A closed
month is not made again, so nothing else would tell. Length and CRC-32 of the plain file
are told, which gzip trusts, too.

Of a month that is being written both forms count, the old and the new, until it stands:
whoever was killed in between has damaged nothing.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct, json
from msgspec.structs import replace

from aggregator.publishing import Hours
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.publishing import Archives


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A month as it was written: `coming` is the length it may have instead, or None.

    `base_url` is the public address that stands in it, `hours` how far it was up to date.
    """

    size: int
    crc: int | None
    base_url: str
    coming: int | None = None
    hours: Hours | None = None

    def agrees(self, size: int, crc: int | None = None) -> bool:
        """Whether a file of this length and, if that is known, CRC-32 may be the month."""
        if size == self.coming:
            return True
        return size == self.size and (None in (crc, self.crc) or crc == self.crc)


class Ledger:
    """What the months of all publications, former ones too, are like."""

    def __init__(self, store: Store, *, base_url: str) -> None:
        self._store = store
        self._base_url = base_url.rstrip("/")

    def of(self, publication_id: str) -> dict[str, Entry]:
        """Return what is known of a publication's months."""
        written = self._store.meta(_name(publication_id))
        return json.decode(written, type=dict[str, Entry]) if written else {}

    def elsewhere(self, publication_id: str) -> set[str]:
        """Return the months that were written for another public address."""
        return {
            month
            for month, entry in self.of(publication_id).items()
            if entry.base_url != self._base_url
        }

    def amiss(self, publication_id: str, archives: "Archives") -> set[str]:
        """Return the months that have not the length that they were written with."""
        return {
            month
            for month, entry in self.of(publication_id).items()
            if (length := archives.length(publication_id, month)) is None
            or not entry.agrees(length)
        }

    def lost(
        self, publication_id: str, archives: "Archives", *, now: datetime
    ) -> set[str]:
        """Return the months that have to be made anew, having restored what can be.

        Raises PublishError or OSError where a month cannot be written.
        """
        entries = self.of(publication_id)
        return self.elsewhere(publication_id) | {
            month
            for month in self.amiss(publication_id, archives)
            if not archives.restore(
                publication_id, month, entries[month].agrees, now=now
            )
        }

    def agrees(self, publication_id: str, month: str, size: int, crc: int) -> bool:
        """Return whether nothing speaks against a month of this length and CRC-32."""
        entry = self.of(publication_id).get(month)
        return entry is None or entry.agrees(size, crc)

    def expect(self, publication_id: str, month: str, size: int) -> None:
        """Note that a month is about to have this length."""
        new = Entry(size=size, crc=None, base_url=self._base_url)
        before = self.of(publication_id).get(month)
        self._put(
            publication_id, month, replace(before, coming=size) if before else new
        )

    def stands(self, publication_id: str, month: str, size: int, crc: int) -> None:
        """Note what a month is like that stands on disk now."""
        entry = Entry(size=size, crc=crc, base_url=self._base_url)
        self._put(publication_id, month, entry)

    def hours(
        self, publication_id: str, month: str, stands: tuple[int, int] | None
    ) -> Hours | None:
        """Return how far the month of this length and CRC-32 was up to date, if known."""
        entry = self.of(publication_id).get(month)
        if (
            entry is None
            or (entry.size, entry.crc) != stands
            or entry.coming is not None
        ):
            return None
        return entry.hours

    def note_hours(self, publication_id: str, month: str, hours: Hours) -> None:
        """Note how far the month that stands was up to date when it was written."""
        entry = self.of(publication_id).get(month)
        if entry:
            self._put(publication_id, month, replace(entry, hours=hours))

    def forget(self, publication_id: str, month: str) -> None:
        """Note that a month was removed on purpose."""
        self._put(publication_id, month, None)

    def _put(self, publication_id: str, month: str, entry: Entry | None) -> None:
        months = self.of(publication_id)
        before = dict(months)
        if entry:
            months[month] = entry
        else:
            months.pop(month, None)
        if months != before:
            written = json.encode(dict(sorted(months.items()))).decode()
            self._store.put_meta(_name(publication_id), written)


def _name(publication_id: str) -> str:
    return f"archived {publication_id}"
