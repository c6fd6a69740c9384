"""Keep the months of every publication, so that a reader who was away misses nothing.

In: the store, the desk, what the live document shows, the time. Out: archive documents,
and the month where the live document goes on. At every moment each report that was ever
listed stands in the live document or in a month.

A report belongs to the month it is listed in. A month is open until ten minutes after
its end, and for an hour after it was first written (a new installation meets its sources
one after the other); from then on its bytes change only where a report is taken back. A
report that comes later than that stands in the month in which it came. The open month is
written when the live document is about to lose a report that is not in it yet.

Sources whose rights end some day stay out: what is archived cannot be taken in again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from aggregator.app.editorial import Editorial
from aggregator.app.twins import Families
from aggregator.model import Also, Article, Publication, Report
from aggregator.publishing import Archives, Tombstone
from aggregator.store import Store

_GRACE = timedelta(minutes=10)
_NEW = timedelta(hours=1)
_PAGE = 500
# Nobody takes back more than this; each is looked for in its month once.
_WITHDRAWN = 10_000
# So many of the latest stand in the live document.
_TOMBSTONES = 50


@dataclass(frozen=True, slots=True)
class _Month:
    """When a month was first and last written, and the newest place in it then."""

    first: datetime
    last: datetime
    top: tuple[datetime, str]


class History:
    """The archives of all publications of one config."""

    def __init__(self, store: Store, editorial: Editorial, archives: Archives) -> None:
        self._store = store
        self._editorial = editorial
        self._archives = archives
        self._families = Families(store, editorial)
        self._buried: set[tuple[str, str]] = set()

    def keep(
        self, publication: Publication, live: Sequence[Article], *, now: datetime
    ) -> str | None:
        """Bring a publication's months up to date; return the address of the newest."""
        everything = replace(
            publication, select=replace(publication.select, max_age=None)
        )
        months = self._known(publication)
        late = self._late(everything, months, now)
        homes = _homes(late, months)
        for month in self._due(everything, months, late, live, now):
            before = max((m for m in months if m < month), default=None)
            strays = homes.get(month, ())
            written = self._write(everything, month, strays, months, before, now)
            if written:
                months[month] = written
        self._remember(publication, months)
        self._bury(publication, months, now)
        newest = max(months, default=None)
        return newest and self._archives.address(publication.id, newest)

    def newest(self, publication: Publication) -> str | None:
        """Return the address of the newest month, None if there is none yet."""
        newest = max(self._known(publication), default=None)
        return newest and self._archives.address(publication.id, newest)

    def tombstones(self, publication: Publication) -> tuple[Tombstone, ...]:
        """Return what was taken back last of what the publication would show."""
        taken_back = [
            article
            for article in self._store.withdrawn(limit=_WITHDRAWN)
            if not self._editorial.refusal(
                replace(article, withdrawn=None), publication, article.listed_at
            )
        ]
        stones = sorted(map(tombstone, taken_back), key=lambda s: (s.at, s.ref))
        return tuple(reversed(stones[-_TOMBSTONES:]))

    def _due(
        self,
        publication: Publication,
        months: dict[str, _Month],
        late: Sequence[Article],
        live: Sequence[Article],
        now: datetime,
    ) -> list[str]:
        """Return the months to be written, the oldest first."""
        current = _month(now)
        if not months:
            found = {_month(a.listed_at) for a in self._all(publication, now)}
            return sorted(month for month in found if month <= current)
        homes = _homes(late, months)
        due = {m for m in months if _is_due(m, months[m], homes.get(m, ()), now)}
        due |= set(homes) - set(months)
        # What is not in the live document any more must be in a month.
        edge = min((_place(article) for article in live), default=None)
        top = max((known.top for known in months.values()), default=None)
        if edge and top and (edge > top or current not in months):
            due |= {current, _month(top[0]), _month(edge[0])}
        newest = max(months)
        due |= {m for m in self._between(newest, current) if newest < current}
        return sorted(m for m in due if m <= current and _is_open(m, months, now))

    def _between(self, first: str, last: str) -> Iterator[str]:
        while first <= last:
            yield first
            first = _month(_end(first))

    def _write(
        self,
        publication: Publication,
        month: str,
        strays: Sequence[Article],
        months: dict[str, _Month],
        before: str | None,
        now: datetime,
    ) -> _Month | None:
        """Write a month and return when that was, None if there is nothing in it."""
        own = self._range(publication, month, now)
        articles = sorted({a.id: a for a in (*own, *strays)}.values(), key=_place)
        reports = list(self._reports(publication, reversed(articles), now))
        if not reports:
            return None
        self._archives.write(publication, month, reports, previous=before, now=now)
        first = months[month].first if month in months else now
        return _Month(first=first, last=now, top=max(map(_place, articles)))

    def _late(
        self, publication: Publication, months: dict[str, _Month], now: datetime
    ) -> list[Article]:
        """Return what was seen in an open month but is listed before it was seen."""
        since = min(
            (_start(month) for month in months if _is_open(month, months, now)),
            default=_start(_month(now)),
        )
        came = self._store.late(since=since)
        return [
            article
            for article in came
            if not self._editorial.refusal(article, publication, now)
        ]

    def _all(self, publication: Publication, now: datetime) -> Iterator[Article]:
        return self._down(publication, None, now)

    def _range(
        self, publication: Publication, month: str, now: datetime
    ) -> Iterator[Article]:
        start = _start(month)
        for article in self._down(publication, (_end(month), ""), now):
            if article.listed_at < start:
                return
            yield article

    def _down(
        self,
        publication: Publication,
        before: tuple[datetime, str] | None,
        now: datetime,
    ) -> Iterator[Article]:
        """Yield shown articles from a place on, newest listed first, without bodies."""
        while True:
            page = self._store.latest(
                publication.select, now=now, limit=_PAGE, before=before, bodies=False
            )
            yield from page
            if len(page) < _PAGE:
                return
            before = _place(page[-1])

    def _reports(
        self, publication: Publication, articles: Iterable[Article], now: datetime
    ) -> Iterator[Report]:
        listed = list(articles)
        for at in range(0, len(listed), _PAGE):
            page = listed[at : at + _PAGE]
            standing = dict(self._standing(page, publication, now))
            for article in self._store.whole(list(standing)):
                shown = self._editorial.report(
                    article, publication, now=now, also=standing[article.id]
                )
                if shown and shown.rights.expires is None:
                    yield shown

    def _standing(
        self, page: Sequence[Article], publication: Publication, now: datetime
    ) -> Iterator[tuple[str, tuple[Also, ...]]]:
        for article, also in self._families.standing(page, publication, now):
            yield article.id, also

    def _bury(
        self, publication: Publication, months: dict[str, _Month], now: datetime
    ) -> None:
        """Take what was withdrawn out of the months in which it may stand."""
        for article in self._store.withdrawn(limit=_WITHDRAWN):
            if (publication.id, article.id) in self._buried or not article.withdrawn:
                continue
            self._buried.add((publication.id, article.id))
            stone = tombstone(article)
            for month in {_month(article.listed_at), _month(article.first_seen)}:
                if month in months:
                    self._archives.take_back(publication.id, month, stone, now=now)

    def _known(self, publication: Publication) -> dict[str, _Month]:
        """Return the months that were written and are still there."""
        kept = json.loads(self._store.meta(f"months {publication.id}") or "{}")
        return {
            month: _Month(
                first=datetime.fromisoformat(first),
                last=datetime.fromisoformat(last),
                top=(datetime.fromisoformat(listed_at), id_),
            )
            for month, (first, last, listed_at, id_) in kept.items()
            if self._archives.exists(publication.id, month)
        }

    def _remember(self, publication: Publication, months: dict[str, _Month]) -> None:
        kept = {
            month: (
                known.first.isoformat(),
                known.last.isoformat(),
                known.top[0].isoformat(),
                known.top[1],
            )
            for month, known in sorted(months.items())
        }
        name, written = f"months {publication.id}", json.dumps(kept)
        if self._store.meta(name) != written:
            self._store.put_meta(name, written)


def tombstone(article: Article) -> Tombstone:
    """Return what is left of an article that was taken back."""
    why = article.withdrawn
    assert why is not None  # noqa: S101 - only withdrawn articles are asked for
    return Tombstone(ref=article.published_id, at=why.at, reason=why.reason)


def _month(time: datetime) -> str:
    return f"{time.year:04}-{time.month:02}"


@cache
def _start(month: str) -> datetime:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)


@cache
def _end(month: str) -> datetime:
    return (_start(month) + timedelta(days=32)).replace(day=1)


def _place(article: Article) -> tuple[datetime, str]:
    return article.listed_at, article.id


def _closes(month: str, known: _Month) -> datetime:
    return max(_end(month) + _GRACE, known.first + _NEW)


def _is_due(month: str, known: _Month, late: Sequence[Article], now: datetime) -> bool:
    """Whether a month that was written misses something, or is to be closed."""
    closing = _end(month) + _GRACE
    return known.last < closing <= now or any(
        article.first_seen > known.last for article in late
    )


def _homes(
    late: Iterable[Article], months: dict[str, _Month]
) -> dict[str, list[Article]]:
    """Return late articles by the month in which they stand."""
    homes: dict[str, list[Article]] = {}
    for article in late:
        homes.setdefault(_home(article, months), []).append(article)
    return homes


def _home(article: Article, months: dict[str, _Month]) -> str:
    """Return the month in which a late article stands."""
    stray = _is_stray(article, months)
    return _month(article.first_seen if stray else article.listed_at)


def _is_open(month: str, months: dict[str, _Month], now: datetime) -> bool:
    """Whether a month may still change; one that was never written may begin."""
    known = months.get(month)
    if known is None:
        return not months or month >= max(months) or now < _end(month) + _GRACE
    return now < _closes(month, known) or known.last < _end(month) + _GRACE


def _is_stray(article: Article, months: dict[str, _Month]) -> bool:
    """Whether an article came when the month it is listed in was closed already."""
    month = _month(article.listed_at)
    if month in months:
        return article.first_seen > _closes(month, months[month])
    return bool(months) and month < max(months)
