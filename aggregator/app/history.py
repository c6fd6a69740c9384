"""Keep the months of every publication, so that a reader who was away misses nothing.

In: the store, the desk, what the live document shows, the time. Out: archive documents,
and the month where the live document goes on. At every moment each report that was ever
listed stands in the live document or in a month.

A report belongs to the month it is listed in. A month is open until ten minutes after
its end, and for an hour after it was first written (a new installation meets its sources
one after the other); from then on its bytes change only where a report is taken back, or
where rights were lowered, where it was damaged, where the public address is another, or
where nothing is left of the month before it. A report that comes later than that stands
in the month in which it came. The open month is written when the live document is about
to lose a report that is not in it yet.

A report that its source holds back comes when its embargo ends: where its month is closed
then, it stands in that in which it came. So does one for which another stood, when that is
taken back, or is its twin no more.

Sources whose rights end some day stay out: what is archived cannot be taken in again. A
twin of theirs stands in the month, also while theirs stands for it in the live document.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aggregator.app.arrivals import Arrivals
from aggregator.app.burial import Burial
from aggregator.app.chronicle import Chronicle
from aggregator.app.contents import Contents, Found, place, since
from aggregator.app.editorial import Editorial
from aggregator.app.ledger import Ledger
from aggregator.app.lowering import Lowered, Lowering
from aggregator.app.months import (
    Displaced,
    Month,
    end_of,
    homes,
    is_due,
    is_open,
    long_closed,
    month_of,
    months_of,
    place_of,
    start_of,
)
from aggregator.app.tombstones import (
    carried_still,
    stones,
    taken_back,
    withdrawn,
)
from aggregator.model import Article, Publication
from aggregator.publishing import Archives, Calm, Tombstone
from aggregator.store import Mark, Store

if TYPE_CHECKING:
    from aggregator.app.binding import Binder


class History:
    """The archives of all publications of one config."""

    def __init__(
        self,
        store: Store,
        editorial: Editorial,
        archives: Archives,
        lowering: Lowering,
        ledger: Ledger,
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._lowering = lowering
        self._editorial = editorial
        self._archives = archives
        self._chronicle = Chronicle(store, archives)
        self._arrivals = Arrivals(store, editorial, archives)
        self._burial = Burial(store, archives)
        self._contents = Contents(store, ledger)

    def keep(
        self, publication: Publication, live: Sequence[Article], *, now: datetime
    ) -> None:
        """Bring a publication's months up to date."""
        id_, everything = publication.id, _of_any_age(publication)
        # First: what could be restored is there again.
        lost = self._ledger.lost(id_, self._archives, now=now)
        before = self._chronicle.known(id_)
        months = self._chronicle.believed(before, now)
        returned = self._chronicle.returned(id_, months)
        months |= {month: long_closed(month) for month in returned}

        due = lost | returned | self._due(everything, months, live, now)
        # What follows a month that returned leads to it from now on.
        due |= {min(_after(month, months)) for month in returned}
        gone = withdrawn(self._store)
        still = carried_still(self._store, self._editorial, everything, gone, now)
        due |= self._burial.shared(publication, gone, still, months)
        lowered = self._lowering.of(publication)
        if lowered:
            due |= months.keys()
        self._write_all(everything, due, months, lost, lowered, now)

        for month in before.keys() - months.keys():
            self._archives.remove(id_, month)
        self._chronicle.note(id_, months)
        self._lowering.followed(publication)
        self._burial.bury(id_, now=now, still=still)

    def is_behind(
        self, publication: Publication, live: Sequence[Article], now: datetime
    ) -> bool:
        """Return whether reports want a month written, though none may be shown live."""
        months = self._chronicle.believed(self._chronicle.known(publication.id), now)
        return bool(self._due(_of_any_age(publication), months, live, now))

    def would_restore(self, publication: Publication) -> list[str]:
        """Return the paths of months that are not what they were, or not for our address."""
        if "atom" not in publication.formats:
            return []
        id_ = publication.id
        months = self._ledger.amiss(id_, self._archives) | self._ledger.elsewhere(id_)
        return [self._archives.path(id_, month) for month in sorted(months)]

    def falls_behind(self, publication: Publication, live: Sequence[Article]) -> bool:
        """Return whether nothing of what is live stands in any month yet."""
        tops = [known.top for known in self._chronicle.known(publication.id).values()]
        return bool(tops and live) and min(map(place_of, live)) > max(tops)

    def newest(self, publication: Publication) -> str | None:
        """Return the address of the newest month, None if there is none yet."""
        newest = max(self._chronicle.known(publication.id), default=None)
        return newest and self._archives.address(publication.id, newest)

    def _due(
        self,
        publication: Publication,
        months: dict[str, Month],
        live: Sequence[Article],
        now: datetime,
    ) -> set[str]:
        """Return the months that reports want written: new ones, late ones, those to close."""
        current = month_of(now)
        if not months:
            return {m for m in self._all(publication, now) if m <= current}
        at_home = homes(self._arrivals.late(publication, months, live, now), months)
        due = {m for m in months if is_due(m, months[m], at_home.get(m, ()), now)}
        due |= set(at_home) - set(months)
        # What is not in the live document any more must be in a month.
        edge = min((place_of(article) for article in live), default=None)
        top = max((known.top for known in months.values()), default=None)
        newest = max(months)
        grown = set(self._between(newest, current)) if newest < current else set()
        if edge and top and (edge > top or current not in months):
            grown |= {current, month_of(top[0]), month_of(edge[0])}
        due |= {m for m in grown if self._grew(publication, m, months, now)}
        return {m for m in due if m <= current and is_open(m, months, now)}

    def _grew(
        self,
        publication: Publication,
        month: str,
        months: dict[str, Month],
        now: datetime,
    ) -> bool:
        """Return whether a month has anything above what it had when it was written.

        One that was never written has, if there is anything in it; or what came late,
        which is listed elsewhere.
        """
        selection, at = since(start_of(month), publication.select, now)
        newest = self._store.latest(
            selection, now=at, limit=1, before=(end_of(month), ""), bodies=False
        )
        if month not in months:
            return bool(newest) or bool(
                self._arrivals.strays(publication, month, months, now)
            )
        return bool(newest) and place_of(newest[0]) > months[month].top

    def _between(self, first: str, last: str) -> Iterator[str]:
        while first <= last:
            yield first
            first = month_of(end_of(first))

    def _write_all(
        self,
        publication: Publication,
        due: set[str],
        months: dict[str, Month],
        lost: set[str],
        lowered: Lowered | None,
        now: datetime,
    ) -> None:
        """Write the months that are due, the oldest first; `months` are those there are then.

        Where rights were lowered, one of which nothing is left is removed.
        """
        known = dict(months)
        queue = sorted(due)
        if due:  # what is recorded from here on is later than all that months hold
            self._store.note_reading(now)
        later = self._arrivals.later(publication, due, known, now)
        for month in queue:
            before = max((m for m in months if m < month), default=None)
            displaced = self._arrivals.displaced(publication, month, later, known, now)
            written = self._write(
                publication, month, displaced, months, before, now, lowered
            )
            if written:
                months[month] = written
            elif lowered and months.pop(month, None):
                self._archives.remove(publication.id, month)
            elif month in lost - months.keys():
                self._ledger.forget(publication.id, month)
                # What came after it leads to what was before it from now on.
                following = min(_after(month, months), default=month)
                if following not in queue:
                    queue.append(following)
                    later |= self._arrivals.later(publication, [following], known, now)

    def _write(
        self,
        publication: Publication,
        month: str,
        displaced: Displaced,
        months: dict[str, Month],
        before: str | None,
        now: datetime,
        lowered: Lowered | None,
    ) -> Month | None:
        """Write a month and return when that was, None if there is nothing in it."""
        volume, calm = None, list[Calm]()
        is_current = month == month_of(now)
        hours = self._contents.hours(month, self._binder.basis(publication))
        if is_current and month in months and not lowered:
            volume = self._archives.volume(publication, month)
            known = months[month]
            calm = self._contents.calm(publication, month, known, volume.sum, hours)
        newest, others = self._found(publication, month, displaced, now, calm)
        if newest is None and month not in months:
            return None
        volume = volume or self._archives.volume(publication, month)
        listed = chain([newest], others) if newest else ()
        barred = lowered.bars if lowered else nothing_barred
        self._binder.fill(volume, listed, publication, now, barred)
        gone = self._tombstones(publication, month, now)
        if not self._archives.write(
            publication, month, volume, previous=before, tombstones=gone, now=now
        ):
            return None
        if is_current:
            hours = replace(hours, unsettled=tuple(sorted(volume.unsettled)))
            self._ledger.note_hours(publication.id, month, hours)
        first = months[month].first if month in months else now
        top = place(newest) if newest else months[month].top
        return Month(first=first, last=now, top=top)

    def _found(
        self,
        publication: Publication,
        month: str,
        displaced: Displaced,
        now: datetime,
        calm: Sequence[Calm],
    ) -> tuple[Mark | None, Iterator[Found]]:
        """Return the newest of what belongs to a month, and what follows it."""
        found = self._contents.found(publication, month, displaced, now, calm)
        newest = next(found, None)
        if isinstance(newest, Calm):
            # What was the newest is gone: the next may stand anywhere.
            return self._found(publication, month, displaced, now, ())
        return newest, found

    def _tombstones(
        self, publication: Publication, month: str, now: datetime
    ) -> tuple[Tombstone, ...]:
        """Return what is left of reports that were taken back and stood in a month."""
        gone = taken_back(self._store, self._editorial, publication, now)
        left = self._arrivals.left_in(month)
        return stones(a for a in gone if month in self._months_of(a) or a.id in left)

    def _months_of(self, article: Article) -> set[str]:
        """Return the months in one of which an article stands."""
        return {*months_of(article), month_of(self._editorial.grants.released(article))}

    def _all(self, publication: Publication, now: datetime) -> Iterator[str]:
        """Yield the months in which a publication shows anything, the newest first."""
        before: tuple[datetime, str] | None = None
        while newest := self._store.latest(
            publication.select, now=now, limit=1, before=before, bodies=False
        ):
            month = month_of(newest[0].listed_at)
            yield month
            before = (start_of(month), "")

    @cached_property
    def _binder(self) -> "Binder":
        """Return what makes a month; most rounds make none, and it loads much."""
        from aggregator.app.binding import Binder

        return Binder(self._store, self._editorial)


def _of_any_age(publication: Publication) -> Publication:
    """Return a publication as its months show it: no report grows too old for them."""
    return replace(publication, select=replace(publication.select, max_age=None))


def nothing_barred(_entry: bytes) -> bool:
    """Bar no entry."""
    return False


def _after(month: str, months: Iterable[str]) -> list[str]:
    return [each for each in months if each > month]
