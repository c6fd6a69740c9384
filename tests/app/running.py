"""A service with one source, and a clock that can be wrong."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from aggregator.errors import StoreAway
from aggregator.model import Config, Publication
from tests import emptystore
from tests.app.agency import Agency, feed, source


class Running(Agency):
    """An Agency whose clock is `wrong_by` some time."""

    def __init__(self, folder, *source_ids):
        self.wrong_by = timedelta(0)
        config = Config(
            folder=folder,
            store=emptystore.at(folder),
            output=folder / "public",
            sources=tuple(map(source, source_ids)),
            publications=(Publication(id="wire", title="Wire"),),
        )
        super().__init__(config, clock=lambda: datetime.now(UTC) + self.wrong_by)
        self.lists("1", "2", "3")

    def lists(self, *names):
        """Let every source list these reports from now on."""
        for each in self.config.sources:
            self.says(each.id, feed(*names))

    def poll_again(self):
        """Let every source be due by the clock that we follow now, and tick."""
        self.tick()
        self.are_due()
        self.tick()

    def are_due(self):
        """Let the intervals of all sources be over by the clock."""
        self.wire.store.put_states(
            [
                replace(
                    state,
                    next_poll_at=self.clock(),
                    last_polled_at=self.clock() - timedelta(days=1),
                )
                for state in self.wire.store.states().values()
            ],
            configured=self.wire.sources,
        )

    def seen(self):
        """Return when each report was seen, by its headline."""
        return {each.title: each.first_seen for each in self.wire.store.articles()}


@contextmanager
def running(folder, *source_ids):
    """Yield a service with these sources; end it."""
    made = Running(folder, *source_ids)
    try:
        yield made
    finally:
        made.stop()


def away(*_, **__):
    raise StoreAway("locked by another process")
