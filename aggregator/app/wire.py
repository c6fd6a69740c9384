"""The rooms of one config folder, wired together.

A Wire is made from a Config and owns what must be closed. It can be given another
Config while it runs (`adopt`): rooms whose settings changed are made anew, polls that
run go on in the old ones, the store stays open. Opening a Wire writes nothing; `enlist`
is the first that does.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from msgspec.structs import replace

from aggregator.app.clock import Clock, utc_now
from aggregator.app.editorial import Editorial
from aggregator.app.handover import pick_up
from aggregator.app.lowering import Lowering
from aggregator.app.printing import Printing
from aggregator.app.records import broken, edited, recorded, tell_of
from aggregator.app.ruled import edit_again, is_ruled_by, sign_of
from aggregator.app.schedule import Schedule
from aggregator.errors import LedElsewhere, StoreAway
from aggregator.events import log
from aggregator.fetching import cadence
from aggregator.model import (
    Config,
    Elsewhere,
    PollResult,
    Publication,
    PublicationStatus,
    Source,
    SourceState,
)
from aggregator.poll import Rooms, poll
from aggregator.store import Store, open_store

if TYPE_CHECKING:
    from aggregator.fetching import Fetcher
    from aggregator.reading import Workers

PRESS = "press"
# More than any installation has sources.
EVERYTHING = 1_000_000
# So many polls in a row may end with a store that is away before that counts as a fault
# of ours: a publisher must not be asked each second because one row cannot be read.
BROKEN_OFF = 3


@runtime_checkable
class Closing(Protocol):
    """A room that holds something open."""

    def close(self) -> None:
        """Let go of it."""


class Wire:
    """One config folder at work. Close it when done.

    `config`, `schedule`, `editorial` and `printing` are those of the config in force:
    each is made anew with another one.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock = utc_now,
        still_held: Callable[[], None] = lambda: None,
    ) -> None:
        self.clock = clock
        self.still_held = still_held
        self.store: Store = open_store(config.store)
        self._broken_off: Counter[str] = Counter()
        # No poll is recorded while a config is adopted: it would know half of it. Which
        # generation of rooms each source's poll began in tells whether that was before.
        self._adopting = threading.Lock()
        self._generation = 0
        self._began: dict[str, int] = {}
        # Polls that wait for their turn at a host to which a redirect led, and of whom.
        self._led: dict[str, tuple[Elsewhere, SourceState]] = {}
        self._take(config, self._editorial_of(config))
        self.printing = Printing(config, self.store, self.editorial)

    def close(self) -> None:
        """End worker processes, connections and the store."""
        for room in self._retired("fetcher", "workers"):
            room.close()
        self.store.close()

    def adopt(self, config: Config) -> None:
        """Go on with another config; nothing is fetched that did not change.

        If the store is away, adopt the config again: what was done is done once more.
        """
        self.change(config)
        self.enlist()

    def change(self, config: Config) -> None:
        """Work by another config, which somebody else enlists.

        A room that is left behind closes itself with the last poll that is in it.
        """
        with self._adopting:
            old, editorial = self.config, self._editorial_of(config)
            if (config.fetch, config.contact) != (old.fetch, old.contact):
                self._retired("fetcher")
            if config.reading != old.reading:
                self._retired("workers")
            self._take(config, editorial)
            self.printing = self.printing.following(config, self.editorial)
            self.open_rooms()

    def show(self, config: Config) -> None:
        """Show what is stored as another config has it, and leave the store alone.

        For who polls and publishes nothing: the process that does adopts it.
        """
        self._take(config, self._editorial_of(config))
        self.printing = self.printing.following(config, self.editorial)

    def follow_store(self) -> bool:
        """Read on from the database that was put in the place of ours, if one was.

        For who polls and publishes nothing: a holder of the store ends instead. Raises
        StoreError if nothing stands there that can be opened; the old one stays open.
        """
        if not self.store.is_displaced():
            return False
        old, self.store = self.store, open_store(self.config.store, create=False)
        self._take(self.config, self._editorial_of(self.config))
        self.printing = Printing(self.config, self.store, self.editorial)
        old.close()
        return True

    @property
    def sources(self) -> Mapping[str, Source]:
        """Return the sources of the config, by their ids."""
        return self.schedule.sources

    @property
    def is_timed(self) -> bool:
        """Whether time alone shows or hides a report in any publication."""
        ages = any(each.select.max_age for each in self.config.publications)
        return ages or self.editorial.grants.is_timed()

    def open_rooms(self) -> None:
        """Make the rooms that a poll walks through, before threads ask for them."""
        self._rooms = Rooms(
            fetching=self.fetcher,
            readers=self.workers,
            memory=self.store,
            edit=self.editorial.edit,
            max_body=self.config.fetch.max_body,
        )
        self._generation += 1

    def enlist(self) -> dict[str, SourceState]:
        """Make the store agree with the config: sources, tags and headlines.

        Returns the states of all configured sources, as `states` does.
        """
        states: dict[str, SourceState] = {}

        def differing(stored: Mapping[str, SourceState]) -> list[SourceState]:
            states.update(self.schedule.as_configured(stored))
            return [row for id_, row in states.items() if row is not stored.get(id_)]

        stored = self.store.revise(differing, configured=self.sources)
        Lowering(self.store, self.config).note(stored, now=self.clock())
        edit_again(self.store, self.editorial)
        return states

    def is_enlisted(self) -> bool:
        """Whether the store agrees with the sources, tags and rules of this config."""
        return is_ruled_by(self.store, self.editorial)

    # -- polling

    def poll(
        self, state: SourceState, *, forced: bool = False, leaves: bool = False
    ) -> PollResult | Elsewhere | None:
        """Poll one source; whatever goes wrong is a failed outcome, and not raised.

        But StoreAway is: a store that is away meanwhile says nothing of the source. None
        where nobody was asked: while it waited, the source was removed, or has got another
        address, which must not be taken for the old one's; or an hour began that its feed
        asks us to skip, and it was due and not `forced`. Elsewhere, of one that `leaves`, is
        where a redirect led: poll the state with that `host` when it is its turn there.
        """
        now = self.clock()
        resumed = None
        if self.is_led(state):
            resumed, state = self._led[state.source_id]
        self._led.pop(state.source_id, None)
        # First of all: an edit from here on is seen when this poll is recorded.
        self._began[state.source_id] = self._generation
        source = self.sources.get(state.source_id)
        if source is None or source.url != state.url:
            return None
        is_due = state.next_poll_at <= now and not forced
        if is_due and cadence.skips(state.feed.hints, now=now):
            return None
        jitter = random.random()  # noqa: S311 - spreads load, hides nothing
        try:
            rooms = self._rooms
            if answer := pick_up(self.store, source, state, now=now):
                rooms = replace(rooms, fetching=answer)
            result = poll(
                source,
                state,
                rooms,
                now=now,
                jitter=jitter,
                resumed=resumed,
                leaves=leaves,
            )
        except LedElsewhere as led:
            self._led[source.id] = led.elsewhere, state
            return led.elsewhere
        except Exception as error:
            if (
                isinstance(error, StoreAway)
                and self._broken_off[source.id] < BROKEN_OFF
            ):
                self._broken_off[source.id] += 1
                raise
            log.exception("poll broke", source_id=source.id)
            return broken(source, state, error, now=now, jitter=jitter)
        self._broken_off.pop(source.id, None)
        return result

    def is_led(self, state: SourceState) -> bool:
        """Whether this is the state of a poll that waits for its turn elsewhere."""
        elsewhere, before = self._led.get(state.source_id, (None, state))
        return elsewhere is not None and state == replace(before, host=elsewhere.host)

    def record(
        self, results: Sequence[PollResult], *, beside: bool = False
    ) -> list[PollResult]:
        """Commit what polls brought, say so in the log, and return it as recorded.

        Who polls `beside` another process commits by the config that it goes by, else
        StoreAway is raised.
        """
        with self._adopting:
            results = [self._up_to_date(result) for result in results]
            provided = sign_of(self.editorial) if beside else None
            kept = recorded(
                self.store, self.sources, results, now=self.clock(), provided=provided
            )
        for result in kept:
            tell_of(result)
        return kept

    # -- publishing

    def publish(
        self, publications: Iterable[Publication] | None = None
    ) -> list[PublicationStatus]:
        """Render, check and write what changed; return how each document fared."""
        return self.printing.publish(self.clock(), publications)

    def archive_ahead(self) -> None:
        """Bring months up to date while nobody waits for a document."""
        now = self.clock()
        if self.printing.archive_ahead(now):
            self.printing.publish(now)

    def publish_news(self, *, has_news: bool = False) -> list[PublicationStatus]:
        """Publish, unless all that would be made stands already."""
        return self.printing.publish_news(self.clock(), has_news=has_news)

    def prune(self, now: datetime) -> int:
        """Delete articles older than the operator keeps; return how many."""
        return self.store.prune(now - self.config.keep)

    def call_press(self) -> None:
        """Ask whoever publishes from this store to do so now: perhaps another process."""
        self.store.put_meta(PRESS, self.clock().isoformat())

    def called_press(self) -> str | None:
        """Return another text whenever somebody called the press."""
        return self.store.meta(PRESS)

    # -- inside

    @cached_property
    def fetcher(self) -> "Fetcher":
        """Return the fetching room, which is loaded now."""
        from aggregator.fetching import Fetcher

        fetcher = Fetcher(self.config.fetch, contact=self.config.contact)
        fetcher.open(source.url for source in self.config.sources)
        return fetcher

    @cached_property
    def workers(self) -> "Workers":
        """Return the reading room; its processes start with the first document."""
        from aggregator.reading import Workers

        return Workers(self.config.reading)

    def _take(self, config: Config, editorial: Editorial) -> None:
        self.config = config
        self.schedule = Schedule(self.store, config, self.clock)
        self.editorial = editorial

    def _editorial_of(self, config: Config) -> Editorial:
        sources = {source.id for source in config.sources}
        return Editorial(config, self.store.former_grants(sources))

    def _up_to_date(self, result: PollResult) -> PollResult:
        """Return what a poll brought as the config wants it that was adopted meanwhile."""
        source = self.sources.get(result.source_id)
        began = self._began.get(result.source_id, self._generation)
        if source is None or began == self._generation:
            return result
        return edited(result, source, self.editorial.edit, now=self.clock())

    def _retired(self, *rooms: str) -> list[Closing]:
        """Return those of these rooms that were opened; the next poll opens new ones."""
        opened = [self.__dict__.pop(name, None) for name in rooms]
        return [room for room in opened if isinstance(room, Closing)]
