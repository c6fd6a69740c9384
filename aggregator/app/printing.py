"""Keep the publications of a config printed: documents, archived months, their margins.

In: the store, the desk, the config, the time. Out: files below `output`, checked before
they replace the last good ones, and how each fared. What was printed is remembered, so
that a round of polls that brought nothing renders nothing. An article that cannot be read
is left out, and tried again with the next round.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from aggregator.app.editions import Edition, Editions, Unreadable
from aggregator.app.editorial import Editorial
from aggregator.app.faring import keep, keep_hindered, nothing
from aggregator.app.imprints import Imprints, is_news
from aggregator.app.ledger import Ledger
from aggregator.app.lowering import Lowering
from aggregator.app.relics import Relics
from aggregator.app.shelf import Shelf
from aggregator.app.tombstones import tombstones
from aggregator.errors import PublishError, StoreDamaged
from aggregator.events import log
from aggregator.model import Article, Config, Publication, PublicationStatus
from aggregator.publishing import touched
from aggregator.store import LeaveOut, Store, say_left_out

if TYPE_CHECKING:
    from aggregator.app.history import History
    from aggregator.publishing import Margin, Publisher


class Printing:
    """The publications of one config, as files."""

    def __init__(self, config: Config, store: Store, editorial: Editorial) -> None:
        self._config = config
        self._store = store
        self._editorial = editorial
        self._imprints = Imprints(store, editorial, config.output)
        self._standing: dict[str, tuple[Publication, Sequence[Article]]] = {}
        self._left: tuple[int, int] | None = None

    def following(self, config: Config, editorial: Editorial) -> "Printing":
        """Return the printing of another config, with what was rendered so far."""
        other = Printing(config, self._store, editorial)
        same = (self._config.output, self._config.base_url)
        if "publisher" in self.__dict__ and same == (config.output, config.base_url):
            other.publisher = self.publisher
        return other

    def publish(
        self, now: datetime, publications: Iterable[Publication] | None = None
    ) -> list[PublicationStatus]:
        """Render, check and write what changed; return how each document fared."""
        self._join_near(now)
        chosen = [
            publication
            for publication in self._config.publications
            if publications is None or publication in publications
        ]
        return self._publish(chosen, {}, now)

    def publish_news(
        self, now: datetime, *, has_news: bool = False
    ) -> list[PublicationStatus]:
        """Publish, unless all that would be made of all editions stands already.

        Looks at what documents are made of and at the files, and renders nothing to
        find that out: for a round of polls that brought nothing, or `has_news` that
        no document shows. Months may want these all the same, and what an embargo
        held back; nobody else asks for them, which loads what writes them (20 ms).
        """
        self._join_near(now)
        publications = self._config.publications
        editions: dict[str, Edition] = {}
        made: dict[str, str] = {}
        noted = self._imprints.noted()
        for publication in publications:
            edition = self.editions.of(publication, now)
            made[publication.id] = self._imprints.of(publication, edition, noted)
            editions[publication.id] = edition
        asked = publications if has_news or self._editorial.grants.embargoes else ()
        if made != self._imprints.last() or any(
            self._is_behind(each, editions[each.id].articles, now) for each in asked
        ):
            return self._publish(publications, editions, now)
        self._bury_relics(now)
        return []

    def is_disturbed(self) -> bool:
        """Whether somebody took away or replaced a document since we published.

        Not while we do, nor where we could not: that is tried again anyway.
        """
        left = self._left
        return left is not None and touched(self._config.output) != left

    def _publish(
        self,
        publications: Iterable[Publication],
        editions: Mapping[str, Edition],
        now: datetime,
    ) -> list[PublicationStatus]:
        """Print these publications; `editions` are those known by now."""
        self._left = None
        publications = list(publications)
        # First, so that a folder that cannot be is told once and not by every month.
        try:
            self.publisher.make_folder()
        except (PublishError, OSError) as error:
            self._hinder(publications, str(error), now)
            raise
        printed, noted = self._imprints.last(), self._imprints.noted()
        statuses: list[PublicationStatus] = []
        for publication in publications:
            printed.pop(publication.id, None)
            known = editions.get(publication.id)
            edition = known or self.editions.of(publication, now)
            fared, is_all = self._print(publication, edition, now)
            if is_all and not any(status.refused for status in fared):
                printed[publication.id] = self._imprints.of(publication, edition, noted)
            statuses += fared
        self.publisher.remove_others(self._config.publications)
        self._bury_relics(now)
        configured = {publication.id for publication in self._config.publications}
        self._imprints.keep({k: v for k, v in printed.items() if k in configured})
        keep(self._store, self._config.publications, statuses)
        self._left = touched(self._config.output)
        return statuses

    def _print(
        self, publication: Publication, edition: Edition, now: datetime
    ) -> tuple[list[PublicationStatus], bool]:
        """Print an edition; return how its documents fared, and whether that was all.

        It is not while something cannot be read or archived; of months that cannot be
        written, that is told as well.
        """
        edition, reports = self.editions.read(publication, edition)
        unreadable = Unreadable(edition.left_out)
        live = edition.articles
        why = self._archive(publication, live, now, unreadable.note)
        self._standing[publication.id] = publication, live
        margin = self.margin(publication, now)
        fared = self.publisher.publish(publication, reports, now=now, margin=margin)
        if unreadable:
            left_out = tuple(unreadable.items())
            fared = [
                replace(status, left_out=(*left_out, *status.left_out))
                for status in fared
            ]
        if why:
            fared.append(replace(nothing(now), path=publication.archive, refused=why))
        return fared, not (unreadable or why)

    def _hinder(
        self, publications: Sequence[Publication], why: str, now: datetime
    ) -> None:
        """Keep that no document of these was replaced, and why."""
        self._imprints.forget({publication.id for publication in publications})
        keep_hindered(self._store, publications, why, now=now)

    def archive_ahead(self, now: datetime) -> bool:
        """Archive what was published, half a document before it has to be.

        Then the next half of a document is published without waiting for its month.
        Returns whether documents have to lead to another month than they do now.
        """
        moved = False
        for publication, live in self._standing.values():
            half = live[: publication.limit // 2]
            if len(half) < publication.limit // 2:
                continue
            if self.history.falls_behind(publication, half):
                before = self.history.newest(publication)
                self._archive(publication, half, now)
                moved |= before != self.history.newest(publication)
        return moved

    def has_news(self, publication: Publication, now: datetime) -> bool:
        """Whether other documents would be made of it than were printed last."""
        printed = self._imprints.last().get(publication.id, "")
        edition = self.editions.of(publication, now)
        made = self._imprints.of(publication, edition, self._imprints.noted())
        return is_news(printed, made)

    def would_publish(
        self, now: datetime, publications: Iterable[Publication]
    ) -> list[str]:
        """Return the paths whose bytes `publish` would change, and write nothing."""
        return [
            path
            for publication in publications
            for path in (
                *self.publisher.would_change(
                    publication,
                    self.shelf.reports(publication, now, limit=publication.limit),
                    self.margin(publication, now),
                ),
                *self.history.would_restore(publication),
            )
        ]

    def margin(self, publication: Publication, now: datetime) -> "Margin":
        """Return what stands beside the entries, as far as months were written."""
        from aggregator.publishing import Margin

        return Margin(
            previous=self.history.newest(publication),
            tombstones=tombstones(self._store, self._editorial, publication, now),
        )

    def _archive(
        self,
        publication: Publication,
        live: Sequence[Article],
        now: datetime,
        leave_out: LeaveOut = say_left_out,
    ) -> str | None:
        """Bring the months of a publication up to date, or return why they cannot be.

        A month that cannot be written now is no reason to keep readers from the news.
        None is written without an article that cannot be read: it is for good.
        """
        if "atom" not in publication.formats:
            return None
        try:
            self.history.keep(publication, live, now=now)
        except StoreDamaged as damaged:
            leave_out(damaged)
        except (PublishError, OSError) as error:
            return str(error)
        return None

    def _is_behind(
        self, publication: Publication, live: Sequence[Article], now: datetime
    ) -> bool:
        """Return whether a month is to be written; what cannot be told is tried."""
        if "atom" not in publication.formats:
            return False
        try:
            return self.history.is_behind(publication, live, now)
        except (StoreDamaged, PublishError, OSError):
            return True

    def _bury_relics(self, now: datetime) -> None:
        """Take out of months that nobody offers any more what may not stand there."""
        try:
            self.relics.bury(self._config.publications, now=now)
        except (PublishError, OSError) as error:
            log.error("not taken back", reason=str(error))  # noqa: TRY400 - a sentence

    def _join_near(self, now: datetime) -> None:
        """Find near-duplicates among what came lately, if any rule asks for them."""
        if self._editorial.joins_near():
            from aggregator.app.near import find_near

            find_near(self._store, now)

    @property
    def shelf(self) -> Shelf:
        """Return what publications show, as whole reports."""
        return Shelf(self._store, self._editorial)

    @cached_property
    def editions(self) -> Editions:
        """Return what publications show, with the reports made so far."""
        return Editions(self._store, self._editorial, base_url=self._config.base_url)

    @cached_property
    def _lowering(self) -> Lowering:
        return Lowering(self._store, self._config)

    @cached_property
    def relics(self) -> Relics:
        """Return the months of publications that are no more."""
        output, base_url = self._config.output, self._config.base_url
        return Relics(self._store, output, self._lowering, base_url=base_url)

    @cached_property
    def history(self) -> "History":
        """Return the months of all publications."""
        from aggregator.app.history import History
        from aggregator.publishing import Archives

        output, base_url = self._config.output, self._config.base_url
        ledger = Ledger(self._store, base_url=base_url)
        archives = Archives(output, base_url=base_url, ledger=ledger)
        return History(self._store, self._editorial, archives, self._lowering, ledger)

    @cached_property
    def publisher(self) -> "Publisher":
        """Return the publishing room, with what it has rendered so far."""
        from aggregator.publishing import Publisher

        return Publisher(self._config.output, base_url=self._config.base_url)
