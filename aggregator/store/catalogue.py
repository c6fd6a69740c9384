"""The catalogue: everything that can be asked about stored articles.

Articles come whole or without their bodies, by id, by address, by selection, by words.
Nothing here writes.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Connection

from aggregator.errors import StoreDamaged
from aggregator.model import Article, Selection
from aggregator.store import articles, aside, listing, marks, search
from aggregator.store.bodies import raised, revisions_of, texts_of, whole
from aggregator.store.columns import AnyRow
from aggregator.store.keys import carried, named
from aggregator.store.marks import Mark
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
        leave_out: Callable[[StoreDamaged], None] = raised,
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
                page = articles.page(connection, above, size, source)
                made = _readable(connection, page, bodies=bodies, leave_out=leave_out)
            yield from made
            if len(page) < size:
                return
            above = (page[-1].listed_at, page[-1].article_id)
            left = None if left is None else left - size

    def latest(
        self,
        selection: Selection,
        *,
        now: datetime,
        limit: int,
        before: tuple[datetime, str] | None = None,
        bodies: bool = True,
        taken_by: str | None = None,
    ) -> list[Article]:
        """Return the newest shown articles of a selection, newest listed first.

        `before` is (listed_at, id) of the last article of the page above. Without
        `bodies` the same fields as in `articles` are left at their defaults. With the
        id of a publication, `taken_by`, its rules have chosen already, too.
        """
        with self._reading() as connection:
            ids = listing.latest(
                connection,
                selection,
                now=now,
                limit=limit,
                before=before,
                taken_by=taken_by,
            )
            if bodies:
                return _whole(connection, ids)
            rows = articles.rows_of(connection, ids)
            return [article(rows[id_]) for id_ in ids if id_ in rows]

    def marks(
        self,
        selection: Selection,
        *,
        now: datetime,
        limit: int,
        before: tuple[datetime, str] | None = None,
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
            rows = articles.rows_of(connection, article_ids)
            return [article(rows[id_]) for id_ in article_ids if id_ in rows]

    def whole(self, article_ids: Sequence[str]) -> list[Article]:
        """Return whole articles in the order of these ids; unknown ones are left out."""
        with self._reading() as connection:
            return _whole(connection, article_ids)

    def withdrawn(
        self, *, limit: int, leave_out: Callable[[StoreDamaged], None] = raised
    ) -> list[Article]:
        """Return the newest listed of the articles taken back, without bodies.

        What cannot be read is raised or left out, as by `articles`.
        """
        with self._reading() as connection:
            rows = aside.withdrawn(connection, limit)
            return _readable(connection, rows, bodies=False, leave_out=leave_out)

    def late(self, *, since: datetime) -> Iterator[Article]:
        """Yield articles first seen since a time but listed earlier, without bodies.

        Those of a source's first poll, and of a burst of old reports: on a first start
        that is all there is.
        """
        with self._reading() as connection:
            for row in aside.late(connection, since):
                yield article(row)

    def carried(self, published_ids: Sequence[str]) -> set[str]:
        """Return which published ids articles have, dropped and withdrawn ones too."""
        with self._reading() as connection:
            return carried(connection, published_ids)

    def search(
        self,
        query: str,
        *,
        limit: int,
        before: tuple[datetime, str] | None = None,
    ) -> list[Article]:
        """Return shown articles whose headline or text a query finds, newest first.

        See `text.folding.terms` for what can be asked; nothing a reader types is an
        error. `before` is (listed_at, id) of the last article of the page above.
        """
        with self._reading() as connection:
            ids = search.found(connection, query, limit=limit, before=before)
            return _whole(connection, ids)

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
    leave_out: Callable[[StoreDamaged], None],
) -> list[Article]:
    """Return the articles of some rows; what cannot be read is given to `leave_out`."""
    left = {row.article_id: row for row in page}

    def drop(damaged: StoreDamaged) -> None:
        leave_out(damaged)
        del left[damaged.article_id]

    texts = texts_of(connection, left if bodies else (), leave_out=drop)
    made = []
    for article_id, row in left.items():
        try:
            made.append(article(row, **texts.get(article_id, {})))
        except StoreDamaged as damaged:
            leave_out(damaged)
    return made


def _whole(connection: Connection, article_ids: Sequence[str]) -> list[Article]:
    """Return articles with their bodies, in the order of the ids; unknown left out."""
    found = whole(connection, article_ids)
    return [found[id_] for id_ in dict.fromkeys(article_ids) if id_ in found]
