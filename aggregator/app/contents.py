"""Tell what belongs to a month of a publication, newest listed first, page by page.

In: the store, a selection, what strayed into the month, the time. Out: marks. Of the open
month only the hours are read in which something changed since it was written: in their
places stand calm times. An hour with 1,000 reports takes 15 ms.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from heapq import merge

from msgspec.structs import replace

from aggregator.app.ledger import Ledger
from aggregator.app.months import Displaced, Month, end_of, month_of, start_of
from aggregator.epoch import HOUR, micros, moment
from aggregator.model import Publication, Selection
from aggregator.publishing import Calm, Hours, calm
from aggregator.store import Mark, Store

_PAGE = 500

Found = Mark | Calm


class Contents:
    """What is found in the months of publications, and how far that was known before."""

    def __init__(self, store: Store, ledger: Ledger) -> None:
        self._store = store
        self._ledger = ledger

    def found(
        self,
        publication: Publication,
        month: str,
        displaced: Displaced,
        now: datetime,
        calm_times: Sequence[Calm] = (),
    ) -> Iterator[Found]:
        """Yield what belongs to a month, newest listed first, page by page."""
        strays, away = displaced
        came = self._store.marks_of([each.id for each in strays])
        elsewhere = [each for each in came if month_of(each.listed_at) != month]
        elsewhere.sort(key=place, reverse=True)
        listed = self._listed(publication, month, now, calm_times)
        at_home = (f for f in listed if isinstance(f, Calm) or f.id not in away)
        yield from merge(elsewhere, at_home, key=place, reverse=True)

    def hours(self, month: str, basis: str) -> Hours:
        """Return how far the store is up to date now, to be noted when a month is written."""
        return Hours(
            basis=basis,
            changes=self._store.journal.changes(*_hours_of(month)),
            unsettled=(),
        )

    def calm(
        self,
        publication: Publication,
        month: str,
        known: Month,
        stands: tuple[int, int] | None,
        hours: Hours,
    ) -> list[Calm]:
        """Return the times of a month of which nothing has to be looked at.

        `stands` are length and CRC-32 of what stands on disk, `hours` what is true now.
        """
        noted = self._ledger.hours(publication.id, month, stands)
        if noted is None or noted.basis != hours.basis:
            return []
        first, _ = _hours_of(month)
        newest = micros(known.top[0]) // HOUR
        return calm(noted, hours.changes, first=first, newest=newest)

    def _listed(
        self,
        publication: Publication,
        month: str,
        now: datetime,
        calm_times: Sequence[Calm],
    ) -> Iterator[Found]:
        """Yield what is listed in a month."""
        above = end_of(month)
        for each in calm_times:
            until = moment(each.until)
            if until < above:
                yield from self._between(publication, until, above, now)
            yield each
            above = moment(each.since)
        if start_of(month) < above:
            yield from self._between(publication, start_of(month), above, now)

    def _between(
        self, publication: Publication, start: datetime, end: datetime, now: datetime
    ) -> Iterator[Mark]:
        selection, at = since(start, publication.select, now)
        before = (end, "")
        while True:
            page = self._store.marks(selection, now=at, limit=_PAGE, before=before)
            yield from page
            if len(page) < _PAGE:
                return
            before = place(page[-1])


def place(found: Found) -> tuple[datetime, str]:
    """Return what orders what was found among all else."""
    if isinstance(found, Calm):
        return moment(found.until), ""
    return found.listed_at, found.id


def since(
    start: datetime, selection: Selection, now: datetime
) -> tuple[Selection, datetime]:
    """Return what takes nothing that is listed before a time, and its now.

    An age of nothing would be any age.
    """
    at = max(now, start + datetime.resolution)
    return replace(selection, max_age=at - start), at


def _hours_of(month: str) -> tuple[int, int]:
    """Return the first hour of a month, and the first after it."""
    return micros(start_of(month)) // HOUR, micros(end_of(month)) // HOUR
