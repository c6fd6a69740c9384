"""Look for matters that an operator should know, and tell who is configured to be told.

In: a Wire. Out: the alerts that stand now, for `status`, the console and the metrics;
and every few minutes, in a thread of its own, what no channel was told of within a day.
What was told stands in the store, so a restart tells nothing twice. A channel that could
not be told is tried again at the next look, and nothing waits for it.
"""

import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from aggregator.alerting import (
    Disk,
    Watched,
    due,
    forgetting,
    matters,
    may_be_quiet,
    remembering,
)
from aggregator.alerting.matters import RHYTHM
from aggregator.alerting.memory import packed, unpacked
from aggregator.app.wire import Wire
from aggregator.errors import MediaWireError
from aggregator.events import log
from aggregator.model import Alert, Config
from aggregator.store import file_of_store

ALARM_EVERY = timedelta(minutes=5)
# Pages and scrapers ask more often than anything changes.
FRESH = timedelta(minutes=1)
_TOLD = "alerts told"
_REPORTS = 2000  # of one source within its rhythm, more than needed

Channel = Callable[[Sequence[Alert]], None]


def standing_alerts(wire: Wire) -> list[Alert]:
    """Return every matter that stands now."""
    now, store = wire.clock(), wire.store
    # Of one config, whatever is adopted meanwhile.
    schedule = wire.schedule
    strips = store.journal.recent_polls()
    watched = [
        Watched(
            source=schedule.sources[id_],
            state=state,
            polls=strips.get(id_, ()),
            listed=store.journal.listed(id_, since=now - RHYTHM, limit=_REPORTS)
            if may_be_quiet(state)
            else (),
        )
        for id_, state in schedule.states().items()
    ]
    paths = {
        path
        for publication in wire.config.publications
        for path in (*publication.paths.values(), publication.archive)
    }
    documents = [s for s in store.publication_status() if s.path in paths]
    left_out = {id_ for status in documents for id_, _ in status.left_out}
    damaged = store.unreadable(sorted(left_out)) if left_out else []
    return matters(watched, documents, damaged, _disks(wire.config), now=now)


class Alarm:
    """Looks again and again, and tells. Safe to use from several threads."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._turn = threading.Lock()
        self._seen: list[Alert] = []
        self._looked: tuple[Config, datetime] | None = None
        self._failures: dict[str, str] = {}

    def standing(self) -> list[Alert]:
        """Return the matters that stand, as of a minute ago at most."""
        with self._turn:
            config, now = self._wire.config, self._wire.clock()
            known, at = self._looked or (None, now)
            if known is not config or not at <= now < at + FRESH:
                self._seen = standing_alerts(self._wire)
                self._looked = config, now
            return self._seen

    def look(self) -> None:
        """Tell each channel what it was not told of within a day."""
        alerts, store = self.standing(), self._wire.store
        for name, channel in self._channels().items():
            now = self._wire.clock()
            told = unpacked(store.meta(_TOLD))
            news = due(alerts, told, name, now=now)
            if news and self._could(name, channel, news):
                told = remembering(told, news, name, now=now)
                store.put_meta(_TOLD, packed(forgetting(told, now=now)))
                log.info("alerted", channel=name, matters=[a.key for a in news])

    def _could(self, name: str, channel: Channel, news: Sequence[Alert]) -> bool:
        """Tell a channel the news; return whether that succeeded."""
        try:
            channel(news)
        except MediaWireError as error:
            # Once, not every five minutes: a server may be away for days.
            if self._failures.get(name) != str(error):
                log.error("not alerted", channel=name, reason=str(error))  # noqa: TRY400 - a sentence
            self._failures[name] = str(error)
            return False
        self._failures.pop(name, None)
        return True

    def _channels(self) -> dict[str, Channel]:
        """Return what is to be told, by name. What it needs is loaded when it is used."""
        channels = self._wire.config.alerts
        found: dict[str, Channel] = {}
        if channels.webhook:
            found["webhook"] = self._post
        if channels.mail:
            found["mail"] = self._mail
        return found

    def _post(self, news: Sequence[Alert]) -> None:
        from aggregator.alerting import webhook
        from aggregator.fetching.posting import Poster

        config = self._wire.config
        url = config.alerts.webhook
        assert url is not None  # noqa: S101 - or it were no channel
        poster = Poster(config.fetch, contact=config.contact)
        now = self._wire.clock()
        webhook.send(poster, url, news, base_url=config.base_url, now=now)

    def _mail(self, news: Sequence[Alert]) -> None:
        from aggregator.alerting import mail

        config = self._wire.config
        channel = config.alerts.mail
        assert channel is not None  # noqa: S101 - or it were no channel
        mail.send(channel, news, base_url=config.base_url, now=self._wire.clock())


def _disks(config: Config) -> list[Disk]:
    """Return the disks we write to, each once, by the first of our folders on it."""
    database = file_of_store(config.store)
    folders = [config.output, *([database.parent] if database else [])]
    found: dict[int, Disk] = {}
    for folder in folders:
        # One that cannot be looked at is no reason to tell nothing of the rest.
        with suppress(OSError):
            place = next((p for p in (folder, *folder.parents) if p.is_dir()), None)
            if place is None:
                continue
            usage = shutil.disk_usage(place)
            disk = Disk(folder=str(folder), free=usage.free, total=usage.total)
            found.setdefault(place.stat().st_dev, disk)
    return list(found.values())
