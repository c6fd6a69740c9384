"""The Store: everything we remember, behind one door for every thread.

Each method is one transaction (see each family's module for what it does): a failed
one leaves nothing behind and raises StoreError with a sentence. Writers of one process
take turns; readers never wait. Times are aware; ids are the model's.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from aggregator.errors import SchemaMismatch, StoreAway
from aggregator.model import (
    Article,
    Document,
    Grant,
    Known,
    PollResult,
    PublicationStatus,
    SourceState,
    Withdrawn,
)
from aggregator.store import (
    arriving,
    desk,
    documents,
    grants,
    meta,
    migrations,
    pruning,
    publications,
    recording,
    redating,
    sources,
)
from aggregator.store.articles import override_title
from aggregator.store.backup import back_up
from aggregator.store.catalogue import Catalogue
from aggregator.store.connecting import telling
from aggregator.store.evidence import Evidence
from aggregator.store.journal import Journal
from aggregator.store.keys import known
from aggregator.store.pruned import listed_before_pruned
from aggregator.store.twinship import Twinship


class Store(Catalogue):
    """An open store: its articles (`Catalogue`), and all that is written."""

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
        """Return the ids of the sources that stand in the config."""
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
            sources.put_rows(connection, list(states))
            sources.mark_configured(connection, configured)

    def revise(
        self,
        change: Callable[[dict[str, SourceState]], Iterable[SourceState]],
        *,
        among: Collection[str] | None = None,
        configured: Collection[str] | None = None,
    ) -> dict[str, SourceState]:
        """Write the rows that `change` makes of the stored ones; return what was stored.

        One transaction: no poll is recorded between reading and writing, or it would be
        lost. `among` are the only rows to read, None for all; `configured` is as for
        `put_states`, None to leave the marks alone.
        """
        with self._writing() as connection:
            stored = (
                sources.states(connection, lock=True)
                if among is None
                else sources.locked(connection, among)
            )
            sources.put_rows(connection, list(change(stored)))
            if configured is not None:
                sources.mark_configured(connection, configured)
            return stored

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

    def asked_since(self, since: datetime) -> dict[str, datetime]:
        """Return when each host was asked last, of those that were since a time."""
        with self._reading() as connection:
            return sources.asked_since(connection, since)

    def next_due(self) -> datetime | None:
        """Return when the next source falls due, which may be past; None: never."""
        with self._reading() as connection:
            return sources.next_due(connection)

    # what a poll asks and what it leaves

    def document(self, source_id: str) -> Document | None:
        """Return what the source's last readable document held, None before the first."""
        with self._reading() as connection:
            return documents.document(connection, source_id)

    def known(self, source_id: str, keys: Collection[str]) -> dict[str, Known]:
        """Return the source's articles that hold one of the keys, by key."""
        with self._reading() as connection:
            return known(connection, source_id, keys)

    def pruned(self, source_id: str, keys: Collection[str]) -> dict[str, datetime]:
        """Return when articles of a source were listed that were pruned, by their keys."""
        with self._reading() as connection:
            return listed_before_pruned(connection, source_id, keys)

    def record(
        self,
        results: Sequence[PollResult],
        *,
        now: datetime | None = None,
        provided: tuple[str, str] | None = None,
    ) -> list[PollResult]:
        """Write all that these polls change, in one transaction; return it as it came.

        `now` is when they are recorded; None for polls that say themselves when all came.

        Recording the same poll twice leaves the same store. A result whose source got
        another address meanwhile leaves its articles, but not its state. StoreAway unless
        a fact about the store (`meta`) still is what is `provided`.
        """
        if not results:
            return []
        with self._writing() as connection:
            if provided and meta.fact(connection, provided[0]) != provided[1]:
                raise StoreAway(f"{self._place}: it goes by another config by now")
            return recording.record(connection, results, now=now)

    def note_reading(self, now: datetime) -> None:
        """Note that months are read by this time: what is recorded from now on is later."""
        with self._writing() as connection:
            arriving.note_reading(connection, now)

    def release(self, source_id: str, doubt: str, *, until: datetime) -> None:
        """Believe a source for a time, whatever this sentence says of it."""
        with self._writing() as connection:
            fact = f"{until.isoformat()} {doubt}"
            meta.put_fact(connection, f"released {source_id}", fact)

    def released(self, source_id: str, doubt: str, *, now: datetime) -> bool:
        """Whether the operator released a source from this doubt, until now."""
        until, _, said = (self.meta(f"released {source_id}") or "").partition(" ")
        return said == doubt and now < datetime.fromisoformat(until)

    # what the desk decides

    def retitle(self, edited: Sequence[Article]) -> list[str]:
        """Write what rules make of articles: `title` and `rules`, `dropped`, `taken_by`.

        Returns the ids of those whose words have changed since they were read: they stay
        as they are, and are to be edited as they are now.
        """
        with self._writing() as connection:
            return desk.retitle(connection, edited)

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
            return desk.withdraw(connection, {article_id: why}, at) == 1

    @property
    def twins(self) -> Twinship:
        """Return the door to what is known of the same article from several sources."""
        return Twinship(self._reading, self._writing)

    def ahead(self, now: datetime) -> tuple[int, datetime | None]:
        """Return how many articles were seen after this time, and when the first was."""
        with self._reading() as connection:
            return redating.ahead(connection, now)

    def bring_back(self, now: datetime) -> int:
        """Move what a wrong clock saw after this time to it; returns how many."""
        with self._writing() as connection:
            return redating.bring_back(connection, now)

    # publications and the store itself

    def publication_status(self) -> list[PublicationStatus]:
        """Return how the last attempt to publish each path went, by path."""
        with self._reading() as connection:
            return publications.statuses(connection)

    def put_publication_status(
        self, statuses: Sequence[PublicationStatus], *, gone: Collection[str] = ()
    ) -> None:
        """Replace what is known of these paths, and forget those that are `gone`."""
        with self._writing() as connection:
            publications.put_statuses(connection, statuses)
            publications.forget_statuses(connection, gone)

    def require_schema(self) -> None:
        """Raise SchemaMismatch if the schema is not the one this program speaks any more."""
        with self._reading() as connection:
            version = connection.scalar(migrations.recorded)
        if version != migrations.HEAD:
            raise SchemaMismatch(
                f"{self._place}: its schema is {version} now, this program speaks "
                f"{migrations.HEAD}; start the program that speaks it"
            )

    def try_writing(self) -> None:
        """Raise StoreError unless something could be written now; writes nothing.

        While we write ourselves, that is answer enough.
        """
        if not self._writes:
            with self._writing():
                pass

    def former_grants(self, configured: Collection[str]) -> dict[str, Grant]:
        """Return what was last said of all sources but the configured ones."""
        with self._reading() as connection:
            return grants.former_grants(connection, configured)

    def changed_grants(
        self, now: Mapping[str, Grant], *, configured: Collection[str]
    ) -> dict[str, Grant]:
        """Return what was said before of sources of which something else is said now."""
        with self._reading() as connection:
            return grants.changed_grants(connection, now, configured)

    def note_grants(
        self, now: Mapping[str, Grant], *, changed: Collection[str]
    ) -> None:
        """Remember what the config says of the sources that changed."""
        with self._writing() as connection:
            grants.note_grants(connection, now, changed)

    def meta(self, key: str) -> str | None:
        """Return a single fact about the store, None if it was never written."""
        with self._reading() as connection:
            return meta.fact(connection, key)

    def metas(self, *keys: str) -> dict[str, str]:
        """Return some facts about the store by name, as far as they were ever written."""
        with self._reading() as connection:
            return meta.facts(connection, keys)

    def put_meta(self, key: str, value: str) -> None:
        """Write a single fact about the store."""
        with self._writing() as connection:
            meta.put_fact(connection, key, value)

    def forget_meta(self, key: str) -> None:
        """Delete a single fact about the store, if it was ever written."""
        with self._writing() as connection:
            meta.forget_fact(connection, key)

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
