"""The Store: everything we remember, behind one door for every thread.

Each method is one transaction (see each family's module for what it does): a failed
one leaves nothing behind and raises StoreError with a sentence. Writers of one process
take turns; readers never wait. Times are aware; ids are the model's.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import URL, Connection, Engine

from aggregator.model import (
    Article,
    Document,
    Dropped,
    Known,
    OutcomeKind,
    PastPoll,
    PollResult,
    PublicationStatus,
    Selection,
    SourceState,
    Withdrawn,
)
from aggregator.store import (
    articles,
    aside,
    desk,
    documents,
    listing,
    marks,
    meta,
    polls,
    pruning,
    publications,
    recording,
    redating,
    search,
    sources,
)
from aggregator.store.articles import override_title
from aggregator.store.backup import back_up
from aggregator.store.bodies import revisions_of, texts_of
from aggregator.store.connecting import shown, telling
from aggregator.store.evidence import Evidence
from aggregator.store.journal import Journal
from aggregator.store.keys import known, named
from aggregator.store.marks import Mark
from aggregator.store.sightings import sightings_of
from aggregator.store.twinship import Twinship

_PAGE = 500  # rows of one short read: an open reader would let the WAL grow


class Store:
    """An open store. Use it as a context manager, or call `close`."""

    def __init__(self, engine: Engine, url: URL) -> None:
        self._engine = engine
        self._writer = engine.execution_options(writes=True)
        self._place = shown(url)
        self._turn = threading.Lock()
        self._writes = False

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close all connections; a store that is closed opens again when asked."""
        self._engine.dispose()

    # sources

    def states(self) -> dict[str, SourceState]:
        """Return every source ever configured, by id."""
        with self._reading() as connection:
            return sources.states(connection)

    def state(self, source_id: str) -> SourceState | None:
        """Return one source, None if it was never configured."""
        with self._reading() as connection:
            return sources.state(connection, source_id)

    def configured(self) -> set[str]:
        """Return the ids that the last `put_states` named as configured."""
        with self._reading() as connection:
            return sources.configured(connection)

    def put_states(
        self, states: Iterable[SourceState], *, configured: Collection[str]
    ) -> None:
        """Write whole rows, and mark exactly `configured` as sources to be polled.

        Rows that are not given stay as they are; a source that is no longer configured
        keeps its row, articles and validators, and stops being due.
        """
        with self._writing() as connection:
            sources.put_states(connection, list(states), configured)

    def reschedule(self, states: Sequence[SourceState]) -> None:
        """Write `next_poll_at`, `because` and `last_polled_at` of rows, nothing else."""
        if states:
            with self._writing() as connection:
                sources.reschedule(connection, states)

    def due(
        self, now: datetime, limit: int, *, exclude: Collection[str] = ()
    ) -> list[SourceState]:
        """Return at most `limit` sources to be polled now, the longest due first."""
        with self._reading() as connection:
            return sources.due(connection, now, limit, exclude)

    def next_due(self) -> datetime | None:
        """Return when the next source falls due, which may be past; None: never."""
        with self._reading() as connection:
            return sources.next_due(connection)

    def recent_polls(self) -> dict[str, tuple[tuple[datetime, OutcomeKind], ...]]:
        """Return the last 50 polls of every source, newest first, to the minute."""
        with self._reading() as connection:
            return sources.strips(connection)

    def poll_log(self, source_id: str, *, limit: int = 50) -> list[PastPoll]:
        """Return a source's latest polls that found something or failed."""
        with self._reading() as connection:
            return polls.poll_log(connection, source_id, limit)

    # what a poll asks and what it leaves

    def document(self, source_id: str) -> Document | None:
        """Return what the source's last readable document held, None before the first."""
        with self._reading() as connection:
            return documents.document(connection, source_id)

    def known(self, source_id: str, keys: Collection[str]) -> dict[str, Known]:
        """Return the source's articles that hold one of the keys, by key."""
        with self._reading() as connection:
            return known(connection, source_id, keys)

    def record(self, results: Sequence[PollResult]) -> None:
        """Write all that these polls change, in one transaction.

        Recording the same poll twice leaves the same store. A result whose source got
        another address meanwhile leaves its articles, but not its state.
        """
        if results:
            with self._writing() as connection:
                recording.record(connection, results)

    def release(self, source_id: str, doubt: str, *, until: datetime) -> None:
        """Believe a source for a time, whatever this sentence says of it."""
        with self._writing() as connection:
            fact = f"{until.isoformat()} {doubt}"
            meta.put_fact(connection, f"released {source_id}", fact)

    def released(self, source_id: str, doubt: str, *, now: datetime) -> bool:
        """Whether the operator released a source from this doubt, until now."""
        until, _, said = (self.meta(f"released {source_id}") or "").partition(" ")
        return said == doubt and now < datetime.fromisoformat(until)

    # articles

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
    ) -> Iterator[Article]:
        """Yield all articles, the newest listed first, dropped and withdrawn ones too.

        Without `bodies` the fields body, source_body, source_type, summary, changes
        and raw are left at their defaults. Reads in short transactions of 500 rows, so
        an article that comes in meanwhile may be missing, but none comes twice.
        """
        above = listing.TOP
        left = limit
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            with self._reading() as connection:
                page = articles.page(connection, above, size, source)
                ids = [row.article_id for row in page] if bodies else []
                texts = texts_of(connection, ids)
            for row in page:
                yield articles.article(row, **texts.get(row.article_id, {}))
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
    ) -> list[Article]:
        """Return the newest shown articles of a selection, newest listed first.

        `before` is (listed_at, id) of the last article of the page above. Without
        `bodies` the same fields as in `articles` are left at their defaults.
        """
        with self._reading() as connection:
            ids = listing.latest(
                connection, selection, now=now, limit=limit, before=before
            )
            if bodies:
                return _whole(connection, ids)
            rows = articles.rows_of(connection, ids)
            return [articles.article(rows[id_]) for id_ in ids if id_ in rows]

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
            return [articles.article(rows[id_]) for id_ in article_ids if id_ in rows]

    def whole(self, article_ids: Sequence[str]) -> list[Article]:
        """Return whole articles in the order of these ids; unknown ones are left out."""
        with self._reading() as connection:
            return _whole(connection, article_ids)

    def withdrawn(self, *, limit: int) -> list[Article]:
        """Return the newest listed of the articles taken back, without bodies."""
        with self._reading() as connection:
            rows = aside.withdrawn(connection, limit)
            return [articles.article(row) for row in rows]

    def late(self, *, since: datetime) -> list[Article]:
        """Return articles first seen since a time but listed earlier, without bodies.

        Those of a source's first poll, and of a burst of old reports.
        """
        with self._reading() as connection:
            return [articles.article(row) for row in aside.late(connection, since)]

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

    # what the desk decides

    def retitle(
        self, updates: Iterable[tuple[str, str, tuple[str, ...], Dropped | None]]
    ) -> None:
        """Write what changed rules say: (article id, title, rules, dropped or None)."""
        with self._writing() as connection:
            desk.retitle(connection, list(updates))

    def retag(self, source_id: str, tags: tuple[str, ...]) -> None:
        """Give all articles of a source these desk tags instead of theirs."""
        with self._writing() as connection:
            desk.retag(connection, source_id, tags)

    def override(self, article_id: str, title: str | None) -> bool:
        """Give an article a headline of the desk's own; None takes it back.

        It wins over all rules. The published headline changes with the next `retitle`.
        False if there is no such article.
        """
        with self._writing() as connection:
            return override_title(connection, article_id, title)

    def withdraw(self, article_id: str, *, at: datetime, reason: str, by: str) -> bool:
        """Take an article back; False if there is none or it was taken back before."""
        why = Withdrawn(at=at, reason=reason, by=by)
        with self._writing() as connection:
            return desk.withdraw(connection, {article_id: why}) == 1

    @property
    def twins(self) -> Twinship:
        """Return the door to what is known of the same article from several sources."""
        return Twinship(self._reading, self._writing)

    def bring_back(self, now: datetime) -> int:
        """Move what a wrong clock saw after this time to it; returns how many."""
        with self._writing() as connection:
            return redating.bring_back(connection, now)

    # publications and the store itself

    def publication_status(self) -> list[PublicationStatus]:
        """Return how the last attempt to publish each path went, by path."""
        with self._reading() as connection:
            return publications.statuses(connection)

    def put_publication_status(self, statuses: Sequence[PublicationStatus]) -> None:
        """Replace what is known of these paths."""
        with self._writing() as connection:
            publications.put_statuses(connection, statuses)

    def try_writing(self) -> None:
        """Raise StoreError unless something could be written now; writes nothing.

        While we write ourselves, that is answer enough.
        """
        if not self._writes:
            with self._writing():
                pass

    def meta(self, key: str) -> str | None:
        """Return a single fact about the store, None if it was never written."""
        with self._reading() as connection:
            return meta.fact(connection, key)

    def put_meta(self, key: str, value: str) -> None:
        """Write a single fact about the store."""
        with self._writing() as connection:
            meta.put_fact(connection, key, value)

    def prune(self, before: datetime) -> int:
        """Delete articles listed before a time, and older log rows; returns how many.

        Articles that their source still lists stay. One transaction for each source,
        so that polls get their turn in between.
        """
        pruned = 0
        for source_id in self.states():
            with self._writing() as connection:
                pruned += pruning.prune_source(connection, source_id, before)
        with self._writing() as connection:
            pruning.prune_rest(connection, before)
        return pruned

    @property
    def evidence(self) -> Evidence:
        """Return the door to what `verify` looks at."""
        return Evidence(self._reading)

    @property
    def journal(self) -> Journal:
        """Return the door to what happened when."""
        return Journal(self._reading)

    def backup(self, to: Path) -> None:
        """Write a copy of an SQLite store to a new file, while polls go on."""
        with telling(self._place):
            back_up(self._engine, to)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with telling(self._place), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with telling(self._place), self._turn, self._writer.begin() as connection:
            self._writes = True
            try:
                yield connection
            finally:
                self._writes = False


def _whole(connection: Connection, article_ids: Sequence[str]) -> list[Article]:
    """Return articles with their bodies, in the order of the ids; unknown left out."""
    rows = articles.rows_of(connection, article_ids)
    texts = texts_of(connection, rows)
    return [
        articles.article(rows[id_], **texts[id_])
        for id_ in dict.fromkeys(article_ids)
        if id_ in rows
    ]
