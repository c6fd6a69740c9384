"""Tell what comes to readers later than it is listed, and in which month it stands.

In: the store, the desk, a publication, its months, the time. Out: where in time articles
stand: what was seen late, and what its source held back; `first_seen` of these is when
they came. Where no source has an embargo, the store is asked for the former alone.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import chain

from msgspec.structs import replace

from aggregator.app.editorial import Editorial
from aggregator.app.months import Came, Month, homes, is_open, month_of, start_of
from aggregator.model import Article, Publication, Selection
from aggregator.store import Store, say_left_out

_PAGE = 500


class Arrivals:
    """What came late, by the rights and rules of this desk."""

    def __init__(self, store: Store, editorial: Editorial) -> None:
        self._store = store
        self._editorial = editorial

    def late(
        self,
        publication: Publication,
        months: dict[str, Month],
        live: Sequence[Article],
        now: datetime,
    ) -> list[Came]:
        """Return what came late since an open month was written last.

        What was held back can wait while it is live, in the month in which it came: that
        is written when it ends.
        """
        if not months:
            return []
        open_ = [month for month in months if is_open(month, months, now)]
        since = min(
            (months[month].last for month in open_), default=start_of(month_of(now))
        )
        waiting = {article.id for article in live if self._can_wait(article, now)}
        return self._came(publication, since, now, waiting=waiting)

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
        came = self._came(publication, max(began, start_of(month)), now)
        return homes(came, months).get(month, [])

    def _can_wait(self, article: Article, now: datetime) -> bool:
        """Return whether an article was held back and came in the month of now."""
        at = self._editorial.released(article)
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
        embargoes, asked = self._editorial.embargoes, publication.select.sources
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
                at = self._editorial.released(each)
                if each.first_seen < at and since <= at <= now:
                    yield replace(each, first_seen=at)
            if len(page) < _PAGE:
                return
            before = (page[-1].listed_at, page[-1].id)
