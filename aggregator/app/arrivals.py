"""Tell what comes to readers later than it is listed, and in which month it stands.

In: the store, the desk, a publication, its months, the time. Out: where in time articles
stand: what was seen late, what its source held back, and what another one stood for that
left it; `first_seen` of these is when they came. Where no source has an embargo, the store
is not asked for what was held back.

Of what was left (see `store.leaving`) nobody noted whether it stood before, which depends
on rules: it comes then unless it stands in a month by now.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from msgspec.structs import replace

from aggregator.app.editorial import Editorial
from aggregator.app.months import (
    Came,
    Displaced,
    Month,
    closes,
    end_of,
    homes,
    is_new,
    is_open,
    month_of,
    start_of,
)
from aggregator.app.twins import Families
from aggregator.model import Article, Publication, Selection
from aggregator.publishing import Archives
from aggregator.store import Store, say_left_out

_PAGE = 500


class Arrivals:
    """What came late, by the rights and rules of this desk."""

    def __init__(self, store: Store, editorial: Editorial, archives: Archives) -> None:
        self._store = store
        self._editorial = editorial
        self._archives = archives
        self._families = Families(store, editorial)

    def late(
        self,
        publication: Publication,
        months: dict[str, Month],
        live: Sequence[Article],
        now: datetime,
    ) -> list[Came]:
        """Return what came late since an open month was written last.

        What was held back can wait while it is live, in the month in which it came: that
        is written when it ends. So can what was left.
        """
        if not months:
            return []
        open_ = [month for month in months if is_open(month, months, now)]
        since = min(
            (months[month].last for month in open_), default=start_of(month_of(now))
        )
        waiting = {article.id for article in live if self._can_wait(article, now)}
        came = self._came(publication, since, now, waiting=waiting)
        left = self._left(since, now, but={article.id for article in live})
        page = self._shown(publication, left, now)
        standing = self._families.standing(page, publication, now, for_good=True)
        stand = [article for article, _ in standing]
        came += self._in_no_month(publication, months, stand, left, even_home=True)
        return came

    def strays(
        self,
        publication: Publication,
        month: str,
        months: dict[str, Month],
        now: datetime,
    ) -> list[Came]:
        """Return what stands in a month because its own was closed when it came.

        That cannot be before the first month was written.
        """
        if not months:
            return []
        began = min(known.first for known in months.values())
        since = max(began, start_of(month))
        came = homes(self._came(publication, since, now), months).get(month, [])
        but = {each.id for each in came}
        left = self._left(since, now, within=month, but=but)
        page = self._shown(publication, left, now)
        missing = self._in_no_month(publication, months, page, left)
        return [*came, *homes(missing, months).get(month, [])]

    def later(
        self,
        publication: Publication,
        due: Collection[str],
        months: dict[str, Month],
        now: datetime,
    ) -> dict[str, list[Came]]:
        """Return what came when the months that are due were closed, by these.

        All at once: what came late is found by when it came, not by where it is listed.
        Above the newest month nothing is closed yet, and on a first start nothing at all.
        """
        newest = max(months, default="")
        closed = {month: _closed(month, months) for month in due if month <= newest}
        found: dict[str, list[Came]] = {month: [] for month in closed}
        since = min(closed.values(), default=now)
        for each in self._came(publication, since, now) if since < now else ():
            month = month_of(each.listed_at)
            if month in closed and each.first_seen >= closed[month]:
                found[month].append(each)
        return found

    def displaced(
        self,
        publication: Publication,
        month: str,
        later: Mapping[str, Sequence[Came]],
        months: dict[str, Month],
        now: datetime,
    ) -> Displaced:
        """Return what stands in another month than it is listed in, as `later` says."""
        return Displaced(
            strays=self.strays(publication, month, months, now),
            away=self._away(publication, later.get(month, ()), months, now),
        )

    def _away(
        self,
        publication: Publication,
        later: Sequence[Came],
        months: dict[str, Month],
        now: datetime,
    ) -> set[str]:
        """Return the ids of what is listed in a month, and stands in a `later` one.

        What was missed there, and is not about to stand there, is none of it.
        """
        published = {
            each.id: each.published_id
            for each in self._store.bare([each.id for each in later])
        }
        found = set[str]()
        for home, some in homes(later, months).items():
            if home == month_of(some[0].listed_at):
                continue
            asked = {published[each.id] for each in some if each.id in published}
            there = self._archives.standing(publication.id, home, asked)
            found |= {
                each.id
                for each in some
                if published.get(each.id) in there
                or (is_open(home, months, now) and is_new(each, home, months))
            }
        return found

    def left_in(self, month: str) -> set[str]:
        """Return the ids of what may have begun to stand in a month, for it was left."""
        left = self._store.twins.left(start_of(month))
        return {each.id for each in left if each.at < end_of(month)}

    def _can_wait(self, article: Article, now: datetime) -> bool:
        """Return whether an article was held back and came in the month of now."""
        at = self._editorial.grants.released(article)
        return article.first_seen < at and month_of(at) == month_of(now)

    def _came(
        self,
        publication: Publication,
        since: datetime,
        now: datetime,
        *,
        waiting: Collection[str] = (),
    ) -> list[Came]:
        """Return what a publication shows now that came late since a time.

        On a first start that is everything: 45,000 whole articles took 100 MB.
        """
        arrived = chain(
            self._store.late(since=since, leave_out=say_left_out),
            self._released(publication, since, now),
        )
        came = {
            each.id: Came(each.listed_at, each.id, each.first_seen)
            for each in arrived
            if each.id not in waiting
            and not self._editorial.refusal(each, publication, now)
        }
        return list(came.values())

    def _released(
        self, publication: Publication, since: datetime, now: datetime
    ) -> Iterator[Article]:
        """Yield what was seen under an embargo that ended since a time."""
        embargoes, asked = self._editorial.grants.embargoes, publication.select.sources
        holding = tuple(id_ for id_ in sorted(embargoes) if id_ in asked or not asked)
        if not holding or now <= since:
            return
        # What has an embargo that long is listed at its beginning or later.
        reach = now - since + max(embargoes.values())
        selection = Selection(sources=holding, max_age=reach)
        before = None
        while True:
            page = self._store.latest(
                selection, now=now, limit=_PAGE, before=before, bodies=False
            )
            for each in page:
                at = self._editorial.grants.released(each)
                if each.first_seen < at and since <= at <= now:
                    yield replace(each, first_seen=at)
            if len(page) < _PAGE:
                return
            before = (page[-1].listed_at, page[-1].id)

    def _left(
        self,
        since: datetime,
        now: datetime,
        *,
        within: str | None = None,
        but: Collection[str] = (),
    ) -> dict[str, datetime]:
        """Return what was left since a time, and when last: `within` a month, or ever.

        Nothing was left in the future: a clock was ahead.
        """
        left = [
            each._replace(at=min(each.at, now))
            for each in self._store.twins.left(since)
            if each.id not in but
        ]
        return {
            each.id: each.at for each in left if within in (None, month_of(each.at))
        }

    def _shown(
        self, publication: Publication, ids: Collection[str], now: datetime
    ) -> list[Article]:
        """Return those of some articles that a publication may show now."""
        return [
            each
            for each in (self._store.bare(list(ids)) if ids else ())
            if not self._editorial.refusal(each, publication, now)
        ]

    def _in_no_month(
        self,
        publication: Publication,
        months: dict[str, Month],
        page: Sequence[Article],
        at: Mapping[str, datetime],
        *,
        even_home: bool = False,
    ) -> list[Came]:
        """Return what stands in no month before its home, or not even there.

        `at` is when each was left.
        """
        published = {each.id: each.published_id for each in page}
        left = [Came(each.listed_at, each.id, at[each.id]) for each in page]
        home = {
            each.id: month
            for month, some in homes(left, months).items()
            for each in some
        }
        found = set[str]()
        for month in sorted(months):
            asked = {
                published[each.id]
                for each in left
                if month_of(each.listed_at) <= month < home[each.id]
                or (even_home and month == home[each.id])
            }
            if asked:
                found |= self._archives.standing(publication.id, month, asked)
        return [each for each in left if published[each.id] not in found]


def _closed(month: str, months: dict[str, Month]) -> datetime:
    """Return from when on what is listed in a month stands in a later one."""
    known = months.get(month)
    return closes(month, known) if known else end_of(month)
