"""What a publication may show: the newest listed first, page by page.

In: the store, the desk, a publication, the time. Out: the articles of its selection that
stand there for all their twins, each with those it stands for. Whether a source allows
them now is not asked yet. Of a publication whose rules leave articles out, only those
are read that it takes, as far as the store knows it by these rules.
"""

from collections.abc import Iterator
from datetime import datetime

from aggregator.app.editorial import Editorial
from aggregator.app.ruled import is_ruled_by
from aggregator.app.twins import Families
from aggregator.model import Also, Article, Publication
from aggregator.store import LeaveOut, Store, say_left_out


class Candidates:
    """The candidates of all publications of one config."""

    def __init__(self, store: Store, editorial: Editorial) -> None:
        self._store = store
        self._editorial = editorial
        self.families = Families(store, editorial)

    def of(
        self,
        publication: Publication,
        now: datetime,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
        bodies: bool = True,
        leave_out: LeaveOut = say_left_out,
    ) -> Iterator[tuple[Article, tuple[Also, ...]]]:
        """Yield what a publication may show from before a place (listed_at, id) on.

        `limit` is how many are likely to be asked for. Without `bodies` they have none.
        What cannot be read is given to `leave_out`.
        """
        taken_by = publication.id if self._is_listed(publication) else None
        while True:
            page = self._store.latest(
                publication.select,
                now=now,
                limit=limit,
                before=before,
                bodies=bodies,
                taken_by=taken_by,
                leave_out=leave_out,
            )
            yield from self.families.standing(page, publication, now)
            if len(page) < limit:
                return
            before = (page[-1].listed_at, page[-1].id)

    def _is_listed(self, publication: Publication) -> bool:
        """Return whether the store knows what a choosy publication takes."""
        is_choosy = self._editorial.is_choosy(publication)
        return is_choosy and is_ruled_by(self._store, self._editorial)
