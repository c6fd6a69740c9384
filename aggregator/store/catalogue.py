"""The catalogue: everything that can be asked about stored articles.

Articles come whole or without their bodies, by id, by address, by selection, by words.
What stands in lists for readers is read by `readable`. Nothing here writes. It is the
first half of `Store`, and no door of it as `journal` is: most of what the house asks of a
store it asks here.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from aggregator.errors import StoreDamaged
from aggregator.model import Article, Selection
from aggregator.store import articles, aside, listing, marks, search
from aggregator.store.bodies import revisions_of, texts_of, whole
from aggregator.store.columns import AnyRow
from aggregator.store.isolating import LeaveOut, raised
from aggregator.store.keys import carried, carriers, named
from aggregator.store.marks import Mark
from aggregator.store.readable import Place, articles_below, bare, say_left_out
from aggregator.store.rows import article
from aggregator.store.sightings import sightings_of
from aggregator.store.transactions import Transactions

_PAGE = 500  # rows of one short read: an open reader would let the WAL grow


class Catalogue(Transactions):
    """The articles of an open store, to be read."""

    def article(self, article_id: str) -> Article | None:
        """Return a whole article by our id, None if there is no such article."""
        with self._reading() as connection:
            return next(iter(_whole(connection, [article_id])), None)

    def find(self, ref: str) -> list[Article]:
        """Return whole articles by our id, their published id or their address.

        An address is compared in canonical form, and finds an article also after it
        moved. Several sources can have carried the same address.
        """
        with self._reading() as connection:
            return _whole(connection, [ref, *named(connection, ref)])

    def articles(
        self,
        *,
        limit: int | None = None,
        source: str | None = None,
        bodies: bool = False,
        leave_out: LeaveOut = raised,
    ) -> Iterator[Article]:
        """Yield all articles, the newest listed first, dropped and withdrawn ones too.

        Without `bodies` the fields body, source_body, source_type, summary, changes
        and raw are left at their defaults. Reads in short transactions of 500 rows, so
        an article that comes in meanwhile may be missing, but none comes twice. Raises
        StoreDamaged for one that cannot be read, unless it is told to `leave_out` that.
        """
        above = listing.TOP
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            with self._reading() as connection:
                page, below = articles.page(
                    connection, above, size, source, leave_out=leave_out
                )
                made = _readable(connection, page, bodies=bodies, leave_out=leave_out)
            yield from made
            if below is None:
                return
            above = below
            left = None if left is None else left - len(made)

    def latest(
        self,
        selection: Selection,
        *,
        now: datetime,
        limit: int,
        before: Place | None = None,
        bodies: bool = True,
        taken_by: str | None = None,
        leave_out: LeaveOut = say_left_out,
    ) -> list[Article]:
        """Return the newest shown articles of a selection, newest listed first.

        `before` is (listed_at, id) of the last article of the page above. Without
        `bodies` the same fields as in `articles` are left at their defaults. With the
        id of a publication, `taken_by`, its rules have chosen already, too. What cannot
        be read is given to `leave_out`, and an older one takes its place.
        """
        with self._reading() as connection:
            find = partial(
                listing.latest, connection, selection, now=now, taken_by=taken_by
            )
            return articles_below(
                connection,
                find,
                limit=limit,
                before=before,
                bodies=bodies,
                leave_out=leave_out,
            )

    def marks(
        self,
        selection: Selection,
        *,
        now: datetime,
        limit: int,
        before: Place | None = None,
    ) -> list[Mark]:
        """Return what `latest` does, as far as it takes to see what changed."""
        with self._reading() as connection:
            ids = listing.latest(
                connection, selection, now=now, limit=limit, before=before
            )
            return marks.marks(connection, ids)

    def marks_of(self, article_ids: Sequence[str]) -> list[Mark]:
        """Return the marks of articles in the order of these ids, without unknown."""
        with self._reading() as connection:
            return marks.marks(connection, article_ids)

    def bare(self, article_ids: Sequence[str]) -> list[Article]:
        """Return articles without bodies in the order of these ids, without unknown."""
        with self._reading() as connection:
            found = bare(connection, article_ids, leave_out=raised)
            return [found[id_] for id_ in article_ids if id_ in found]

    def whole(
        self, article_ids: Sequence[str], *, leave_out: LeaveOut = raised
    ) -> list[Article]:
        """Return whole articles in the order of these ids; unknown ones are left out.

        What cannot be read is raised or left out, as by `articles`.
        """
        with self._reading() as connection:
            return _whole(connection, article_ids, leave_out)

    def unreadable(self, article_ids: Sequence[str]) -> list[StoreDamaged]:
        """Return what is wrong with those of these articles that cannot be read."""
        found: list[StoreDamaged] = []
        self.whole(article_ids, leave_out=found.append)
        return found

    def withdrawn(self, *, limit: int, leave_out: LeaveOut = raised) -> list[Article]:
        """Return the newest listed of the articles taken back, without bodies.

        What cannot be read is raised or left out, as by `articles`.
        """
        with self._reading() as connection:
            rows = aside.withdrawn(connection, limit, leave_out=leave_out)
            return _readable(connection, rows, bodies=False, leave_out=leave_out)

    def late(self, *, since: datetime, leave_out: LeaveOut) -> Iterator[Article]:
        """Yield articles first seen since a time but listed earlier, without bodies.

        Those of a source's first poll, and of a burst of old reports: on a first start
        that is all there is. What cannot be read is given to `leave_out`.
        """
        with self._reading() as connection:
            for row in aside.late(connection, since, leave_out=leave_out):
                try:
                    came = article(row)
                except StoreDamaged as damaged:
                    leave_out(damaged)
                else:
                    yield came

    def carried(self, published_ids: Sequence[str]) -> set[str]:
        """Return which published ids articles have, dropped and withdrawn ones too."""
        with self._reading() as connection:
            return carried(connection, published_ids)

    def carriers(self, published_ids: Collection[str]) -> list[Article]:
        """Return the shown articles, without bodies, that have one of these ids."""
        with self._reading() as connection:
            ids = carriers(connection, sorted(published_ids))
            found = bare(connection, ids, leave_out=say_left_out, shown=True)
            return [a for a in found.values() if a.published_id in published_ids]

    def search(
        self,
        query: str,
        *,
        limit: int,
        before: Place | None = None,
        leave_out: LeaveOut = say_left_out,
    ) -> list[Article]:
        """Return shown articles whose headline or text a query finds, newest first.

        See `text.folding.terms` for what can be asked; nothing a reader types is an
        error. `before` and `leave_out` are as for `latest`.
        """
        with self._reading() as connection:
            find = partial(search.found, connection, query)
            return articles_below(
                connection,
                find,
                limit=limit,
                before=before,
                bodies=True,
                leave_out=leave_out,
            )

    def revisions(self, article_id: str) -> list[Article]:
        """Return what an article was before its source changed it, oldest first."""
        with self._reading() as connection:
            now = _whole(connection, [article_id])
            return revisions_of(connection, now[0]) if now else []

    def sightings(self, article_id: str) -> list[tuple[datetime, str]]:
        """Return what polls saw of an article after it came: (time, what)."""
        with self._reading() as connection:
            return sightings_of(connection, article_id)

    def count(self) -> int:
        """Return how many articles there are, dropped and withdrawn ones too."""
        with self._reading() as connection:
            return articles.count(connection)

    def counts(self) -> dict[str, int]:
        """Return how many articles each source has; none: not in the dict."""
        with self._reading() as connection:
            return articles.counts(connection)


def _readable(
    connection: Connection,
    page: Sequence[AnyRow],
    *,
    bodies: bool,
    leave_out: LeaveOut,
) -> list[Article]:
    """Return the articles of some rows; what cannot be read is given to `leave_out`."""
    left = {row.article_id: row for row in page}

    def drop(damaged: StoreDamaged) -> None:
        leave_out(damaged)
        del left[damaged.id]

    texts = texts_of(connection, left if bodies else (), leave_out=drop)
    made = []
    for article_id, row in left.items():
        try:
            made.append(article(row, **texts.get(article_id, {})))
        except StoreDamaged as damaged:
            leave_out(damaged)
    return made


def _whole(
    connection: Connection, article_ids: Sequence[str], leave_out: LeaveOut = raised
) -> list[Article]:
    """Return articles with their bodies, in the order of the ids; unknown left out."""
    found = whole(connection, article_ids, leave_out=leave_out)
    return [found[id_] for id_ in dict.fromkeys(article_ids) if id_ in found]
