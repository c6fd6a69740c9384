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
from functools import cache, lru_cache
from hashlib import blake2b

from aggregator.app.editorial import Editorial
from aggregator.app.twins import Families
from aggregator.model import Also, Article, Publication, Rights
from aggregator.publishing import Archives, Slip, Tombstone, Volume, report, slip
from aggregator.store import Store

_GRACE = timedelta(minutes=10)
_NEW = timedelta(hours=1)
_PAGE = 500
# Nobody takes back more than this; each is looked for in its month once.
_WITHDRAWN = 10_000
# What of an article is read only if it has to be rendered.
_TEXTS = ("body", "source_body", "source_type", "summary", "changes", "raw")
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
        known = dict(months)
        for month in self._due(everything, months, late, live, now):
            before = max((m for m in months if m < month), default=None)
            strays = self._strays(everything, month, known, now)
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
            return sorted(m for m in self._all(publication, now) if m <= current)
        homes = _homes(late, months)
        due = {m for m in months if _is_due(m, months[m], homes.get(m, ()), now)}
        due |= set(homes) - set(months)
        # What is not in the live document any more must be in a month.
        edge = min((_place(article) for article in live), default=None)
        top = max((known.top for known in months.values()), default=None)
        newest = max(months)
        grown = set(self._between(newest, current)) if newest < current else set()
        if edge and top and (edge > top or current not in months):
            grown |= {current, _month(top[0]), _month(edge[0])}
        due |= {m for m in grown if self._grew(publication, m, months, now)}
        return sorted(m for m in due if m <= current and _is_open(m, months, now))

    def _grew(
        self,
        publication: Publication,
        month: str,
        months: dict[str, _Month],
        now: datetime,
    ) -> bool:
        """Return whether a month has anything above what it had when it was written."""
        if month not in months:
            return True
        newest = self._store.latest(
            publication.select,
            now=now,
            limit=1,
            before=(_end(month), ""),
            bodies=False,
        )
        return bool(newest) and _place(newest[0]) > months[month].top

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
        volume = self._archives.volume(publication, month)
        terms = self._editorial.depends(publication)
        top = None
        for page in self._pages(publication, month, strays, volume, now):
            top = top or _place(page[0])
            self._put(volume, page, publication, terms, now)
        if top is None or not self._archives.write(
            publication, month, volume, previous=before, now=now
        ):
            return None
        first = months[month].first if month in months else now
        return _Month(first=first, last=now, top=top)

    def _put(
        self,
        volume: Volume,
        page: Sequence[Article],
        publication: Publication,
        common: bytes,
        now: datetime,
    ) -> None:
        """Put a page of articles into a month; only what is new in it is read whole."""
        slips: list[Slip] = []
        lacking: dict[str, tuple[Article, Rights, tuple[Also, ...]]] = {}
        for article, also in self._families.standing(page, publication, now):
            terms = self._editorial.terms(article, publication, now)
            if terms is None or terms[1].expires is not None:
                continue
            shown = slip(article, _digest(common, *terms, also))
            slips.append(shown)
            if volume.lacks(shown):
                lacking[article.id] = (*terms, also)
        reports = {}
        for article, rights, also in self._whole(list(lacking.values())):
            shown_as = report(article, publication, rights, now=now, also=also)
            if shown_as:
                reports[article.id] = shown_as
        volume.add(slips, reports)

    def _whole(
        self, lacking: Sequence[tuple[Article, Rights, tuple[Also, ...]]]
    ) -> Iterator[tuple[Article, Rights, tuple[Also, ...]]]:
        """Yield edited articles with their bodies, as far as they are still there."""
        bare = [article.id for article, *_ in lacking if not article.raw]
        read = {each.id: each for each in self._store.whole(bare)} if bare else {}
        for article, rights, also in lacking:
            if article.raw:
                yield article, rights, also
            elif whole := read.get(article.id):
                texts = {name: getattr(whole, name) for name in _TEXTS}
                yield replace(article, **texts), rights, also

    def _late(
        self, publication: Publication, months: dict[str, _Month], now: datetime
    ) -> list[Article]:
        """Return what came late since an open month was written last."""
        open_ = [month for month in months if _is_open(month, months, now)]
        since = min(
            (months[month].last for month in open_), default=_start(_month(now))
        )
        return self._came(publication, since, now) if months else []

    def _strays(
        self,
        publication: Publication,
        month: str,
        months: dict[str, _Month],
        now: datetime,
    ) -> list[Article]:
        """Return what stands in a month because its own was closed when it came.

        That cannot be before the first month was written.
        """
        if not months:
            return []
        began = min(known.first for known in months.values())
        came = self._came(publication, max(began, _start(month)), now)
        return _homes(came, months).get(month, [])

    def _came(
        self, publication: Publication, since: datetime, now: datetime
    ) -> list[Article]:
        """Return what was seen since a time but is listed before it was seen."""
        return [
            article
            for article in self._store.late(since=since)
            if not self._editorial.refusal(article, publication, now)
        ]

    def _all(self, publication: Publication, now: datetime) -> Iterator[str]:
        """Yield the months in which a publication shows anything, the newest first."""
        before: tuple[datetime, str] | None = None
        while newest := self._store.latest(
            publication.select, now=now, limit=1, before=before, bodies=False
        ):
            month = _month(newest[0].listed_at)
            yield month
            before = (_start(month), "")

    def _pages(
        self,
        publication: Publication,
        month: str,
        strays: Sequence[Article],
        volume: Volume,
        now: datetime,
    ) -> Iterator[list[Article]]:
        """Yield what belongs to a month, newest listed first, in pages.

        With bodies if all of it has to be rendered, or rules go by them.
        """
        start, before = _start(month), (_end(month), "")
        bodies = volume.is_new or self._editorial.reads_text(publication)
        waiting = sorted(strays, key=_place, reverse=True)
        while True:
            read = self._store.latest(
                publication.select, now=now, limit=_PAGE, before=before, bodies=bodies
            )
            page = [article for article in read if article.listed_at >= start]
            is_last = len(page) < _PAGE
            edge = _place(page[-1]) if page else before
            came = [a for a in waiting if is_last or _place(a) > edge]
            waiting = [a for a in waiting if not is_last and _place(a) <= edge]
            merged = {article.id: article for article in (*came, *page)}
            if merged:
                yield sorted(merged.values(), key=_place, reverse=True)
            if is_last:
                return
            before = edge

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


def _digest(
    common: bytes, article: Article, rights: Rights, also: Sequence[Also]
) -> str:
    """Return 32 digits that change whenever anything that an entry depends on does.

    An article without its body will do: another body is another revision.
    """
    said = (
        article.id,
        article.published_id,
        article.url,
        article.source_title,
        article.title,
        article.authors,
        article.language,
        article.published,
        article.updated,
        article.text_sha256,
        article.revision,
        article.tags,
        article.enclosures,
        article.image,
        also,
    )
    written = f"{said!r}{_repr(article.attribution)}{_repr(rights)}"
    digest = blake2b(common, digest_size=16)
    digest.update(written.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


# A source has one of each for all its articles, and dataclasses are slow to tell.
_repr = lru_cache(maxsize=4096)(repr)


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
