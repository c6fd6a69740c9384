"""Poll beside a scheduler: a share of what is due, from another process or machine.

In: a Wire on a PostgreSQL store that a scheduler keeps. Out: polls, recorded; the
scheduler hears of what is new and publishes it. A worker decides nothing that holds for
all: it sets up no store and no source, edits nothing stored, moves no times, prunes and
publishes nothing. It waits, and says why, while no scheduler was there, its config is not
the scheduler's, its clock is not the server's, or somebody polls once and alone.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from threading import Event, Thread

from aggregator.app.beat import Beat
from aggregator.app.following import Following, tell_doubts
from aggregator.app.polling import Polling
from aggregator.app.ruled import is_ruled
from aggregator.app.service import GRACE, HEED
from aggregator.app.share import Share
from aggregator.app.supervisor import READY, STOPPING, Tell, nobody
from aggregator.app.timekeeping import JUMP
from aggregator.app.wire import Wire
from aggregator.errors import MediaWireError, StoreAway
from aggregator.events import log
from aggregator.model import Config, PollResult
from aggregator.store import Shards

NOT_ENLISTED = (
    "the sources or rules of this machine's config are not those that the scheduler "
    "goes by; give both the same config folder"
)
NOT_YET = (
    "no scheduler goes by the sources and rules of this store yet; start "
    "`mediawire scheduler`, or wait until it is done with an edit of its config"
)


class Worker:
    """A Wire that polls by itself what no other process polls."""

    def __init__(
        self,
        wire: Wire,
        shards: Shards,
        load: Callable[[], Config],
        tell: Tell = nobody,
    ) -> None:
        log.load()
        self._wire = wire
        self._shards = shards
        self._tell = tell
        self._following = Following(wire, load, self._adopt)
        self._stop = Event()
        self._beat = Beat(tell, self._is_whole)
        wire.open_rooms()
        self.polling = Polling(
            wire, Share(wire, shards), self._heard, record=self._recorded
        )

    def run(self) -> None:
        """Work until `stop` is called; then end cleanly within about ten seconds."""
        tell_doubts(self._wire.config)
        watch = partial(self._following.watch, self._stop)
        Thread(target=watch, daemon=True, name="config").start()
        # Before there are further ones, which another thread begins at once.
        self.tick()
        self.polling.engine.every(self.tick)
        log.info("running", sources=len(self._wire.sources))
        self._tell(READY)
        while not self._stop.wait(HEED):
            pass
        self._tell(STOPPING)
        log.info("stopping", grace_s=GRACE.total_seconds())
        ended = self.polling.stop(GRACE)
        log.info("stopped", all_polls_ended=ended)

    def stop(self) -> None:
        """Start no poll any more, let the running ones end, return from `run`."""
        self._stop.set()

    def reload(self) -> None:
        """Read the config again at the next tick."""
        self._following.call()

    def tick(self) -> None:
        """Look once a second at the config, the clock, and the schedule."""
        self._beat.tick(self._look)

    def _look(self) -> None:
        self._following.follow()
        self._wire.store.try_writing()
        self._require_the_time()
        self._require_enlisted()
        self.polling.look()

    def _is_whole(self) -> bool:
        return not self.polling.engine.dead()

    def _adopt(self, config: Config) -> None:
        self.polling.recall()
        self._wire.change(config)
        self.polling.retune(config)

    def _require_the_time(self) -> None:
        """Begin nothing by a clock that is not the server's; StoreAway if it is not.

        All processes write times into the same rows. What runs when the clock jumps has
        times of both, and is let go.
        """
        off = self._wire.clock() - self._shards.time()
        if abs(off) <= JUMP:
            return
        with self.polling.forgetting():
            pass
        raise StoreAway(
            f"the clock of this machine is {abs(off).total_seconds():.0f} s "
            f"{'ahead of' if off > -off else 'behind'} the database server's; "
            "nothing is polled by it"
        )

    def _require_enlisted(self) -> None:
        """Raise StoreAway while the config is another than the scheduler's."""
        if not self._wire.is_enlisted():
            raise StoreAway(NOT_ENLISTED if is_ruled(self._wire.store) else NOT_YET)

    def _recorded(self, results: Sequence[PollResult]) -> list[PollResult]:
        """Commit what polls brought, once the config is the scheduler's.

        Until then all is kept, and tried again: what was polled by other rules would
        stay as they left it. That is edited anew when our config follows.
        """
        self._require_enlisted()
        return self._wire.record(results, beside=True)

    def _heard(self, results: Sequence[PollResult]) -> None:
        """Ask the scheduler to publish what is new."""
        if any(result.outcome.kind == "updated" for result in results):
            with suppress(MediaWireError):  # or at the next news
                self._wire.call_press()
