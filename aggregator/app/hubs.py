"""Have hubs tell of news: ask those that feeds name, and hear what they say (WebSub).

In: a Wire; what hubs send to our callback addresses. Out: requests to hubs, and sources
that are due at once when theirs told of news. Each subscription stands in the store as
one fact, so every process knows it. Without `websub` nothing is asked and nobody heard.

A source with credentials, in its address too, or headers of its own has none: a hub
would be told of an address that is not for everybody. When a subscription ends, or its
hub is silent, its source is polled as all others are.
"""

import hmac
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from secrets import token_hex, token_urlsafe

from msgspec import json
from msgspec.structs import replace

from aggregator import websub
from aggregator.app.wire import Wire
from aggregator.errors import FetchError, MediaWireError
from aggregator.events import log
from aggregator.fetching import cadence
from aggregator.model import FetchLimits, PollResult
from aggregator.reading import address
from aggregator.store import Store
from aggregator.text.urls import host_of
from aggregator.websub import SECRET_BYTES, Seal, Subscription

LOOK_EVERY = timedelta(minutes=5)
REST = 1.0  # seconds


class Hubs:
    """The subscriptions of one installation. Safe to use from several threads.

    `asks` is told whenever a host is asked, for who polls it, too.
    """

    def __init__(
        self,
        wire: Wire,
        asks: Callable[[Mapping[str, timedelta]], None] = lambda _hosts: None,
    ) -> None:
        self._wire = wire
        self._asks = asks
        self._turn = threading.Lock()
        self._rung = threading.Event()
        self._named: dict[str, tuple[str | None, str | None]] = {}

    # -- what hubs say to us

    def seal(self, source_id: str, token: str, header: str | None) -> Seal | None:
        """Return what a message to a callback is judged by; None: there is no such."""
        known = self._called(source_id, token)
        return Seal(known.secret, header) if known else None

    def confirm(self, source_id: str, token: str, said: Mapping[str, str]) -> bool:
        """Hear that a subscription holds, or never will; False: nobody asked for that."""
        with self._turn:
            known = self._called(source_id, token)
            now = self._wire.clock()
            changed = known and websub.confirmed(known, said, now=now)
            if not changed:
                return False
            self._keep(source_id, changed)
        if changed.denied:
            log.warning("hub denied", source_id=source_id, reason=changed.denied)
        else:
            log.info("subscribed", source_id=source_id, hub=host_of(changed.hub))
        return True

    def heard(self, source_id: str, token: str, signature: str) -> None:
        """Hear a message that is signed by the hub: the source is asked, if it is new."""
        with self._turn:
            known = self._called(source_id, token)
            changed = known and websub.heard(known, signature)
            if not changed:
                return
            # First: of what was not heard to the end, a hub tells again.
            is_due = self._wire.schedule.hasten(source_id)
            self._keep(source_id, changed)
        if is_due:
            log.info("told of news", source_id=source_id, hub=host_of(changed.hub))

    # -- what we ask of hubs

    def learn(self, results: Iterable[PollResult]) -> None:
        """Look soon if feeds name other hubs than they did before."""
        named = {r.source_id: (r.state.feed.hub, r.state.feed.topic) for r in results}
        other = {
            id_: said for id_, said in named.items() if self._named.get(id_) != said
        }
        self._named |= other
        if any(hub for hub, _ in other.values()):
            self._rung.set()

    def watch(self, stop: threading.Event) -> None:
        """Ask whom there is to ask, again and again, until told to stop."""
        while not stop.is_set():
            self._rung.clear()
            try:
                self.look(stop)
            except MediaWireError as error:
                log.error("hubs not asked", reason=str(error))  # noqa: TRY400 - a sentence
            except Exception:
                log.exception("hubs broke")
            # A first round of many feeds rings with each of them.
            stop.wait(REST)
            self._rung.wait(LOOK_EVERY.total_seconds())

    def look(self, stop: threading.Event) -> None:
        """Ask each hub for what is due, one after the other, as far apart as polls.

        And as far from those of this process; of others only what they asked before.
        """
        for source_id, hub, topic in self._wanted():
            if not self._is_on:
                return
            now = self._wire.clock()
            known, base = self._known(source_id), self._wire.config.base_url
            if not websub.is_due(known, hub, topic, base=base, now=now):
                continue
            spacing = self._wire.config.host_limits(host_of(hub)).spacing
            asked = self._wire.schedule.asked_lately(spacing).get(host_of(hub))
            if asked is not None and stop.wait((spacing - asked).total_seconds()):
                return
            self._ask(source_id, hub, topic)
            if stop.wait(spacing.total_seconds()):
                return

    def _wanted(self) -> Iterator[tuple[str, str, str]]:
        """Yield each source whose feed names a hub: its id, the hub, the topic."""
        schedule = self._wire.schedule
        now = self._wire.clock()
        for source_id, state in schedule.states().items() if self._is_on else ():
            source, feed = schedule.sources[source_id], state.feed
            is_asked = cadence.word(source, state, now=now) not in {"paused", "gone"}
            is_public = not (source.auth or source.headers) and (
                address.public(source.url) == source.url
            )
            if is_asked and is_public and feed.hub and feed.topic:
                yield source_id, feed.hub, feed.topic

    def _ask(self, source_id: str, hub: str, topic: str) -> None:
        from aggregator.fetching.posting import Poster

        config = self._wire.config
        with self._turn:
            wanted = websub.asked(
                self._known(source_id),
                hub,
                topic,
                base=config.base_url,
                now=self._wire.clock(),
                token=token_urlsafe(SECRET_BYTES),
                secret=token_hex(SECRET_BYTES),
            )
            # Before it is asked: it may confirm before it answers.
            self._keep(source_id, wanted)
        self._asks({host_of(hub): timedelta(0)})
        callback = f"{config.base_url}{websub.ROOT}{source_id}/{wanted.token}"
        try:
            Poster(self._limits(source_id, hub), contact=config.contact).post(
                hub, websub.request(wanted, callback), kind=websub.FORM, to="the hub"
            )
        except FetchError as error:
            log.warning("hub not asked", source_id=source_id, reason=str(error))

    # -- inside

    def _limits(self, source_id: str, hub: str) -> FetchLimits:
        """Return the bounds of a request: a feed leads nowhere into a private network.

        But for the host that it comes from itself.
        """
        limits, source = self._wire.config.fetch, self._wire.sources.get(source_id)
        is_its_own = source and host_of(source.url) == host_of(hub)
        return limits if is_its_own else replace(limits, allow_private=())

    @property
    def _is_on(self) -> bool:
        return self._wire.config.websub

    def _called(self, source_id: str, token: str) -> Subscription | None:
        """Return the subscription of a callback address, None if it is none of ours."""
        # Whatever else stands in an address of ours, no store is asked for it.
        is_ours = self._is_on and source_id in self._wire.sources
        known = self._known(source_id) if is_ours else None
        if known is None:
            return None
        given = token.encode("utf-8", "replace")
        return known if hmac.compare_digest(given, known.token.encode()) else None

    def _known(self, source_id: str) -> Subscription | None:
        return subscription(self._wire.store, source_id)

    def _keep(self, source_id: str, subscription: Subscription) -> None:
        self._wire.store.put_meta(_fact(source_id), json.encode(subscription).decode())


def subscription(store: Store, source_id: str) -> Subscription | None:
    """Return what a hub was asked to tell of a source, None if none ever was."""
    text = store.meta(_fact(source_id))
    return json.decode(text, type=Subscription) if text else None


def _fact(source_id: str) -> str:
    return f"websub {source_id}"
