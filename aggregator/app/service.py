"""The main job: poll on schedule, publish, serve, and follow the config, until stopped.

Threads: the engine's, the press, the web server, one that watches the config folder,
one that looks for what to alert of. The caller owns the signals; `stop` and `reload` may
be called from a handler.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread
from time import monotonic

from aggregator.app.alarm import ALARM_EVERY, Alarm
from aggregator.app.beat import Beat
from aggregator.app.following import Following, tell_doubts
from aggregator.app.hubs import Hubs
from aggregator.app.polling import Polling
from aggregator.app.press import Press
from aggregator.app.share import Share
from aggregator.app.supervisor import READY, STOPPING, Tell, nobody
from aggregator.app.timekeeping import JUMP, Timekeeper
from aggregator.app.upkeep import UPKEEP_EVERY, Upkeep
from aggregator.app.wire import Wire
from aggregator.errors import (
    ConfigError,
    MediaWireError,
    StoreHeld,
    StoreLost,
)
from aggregator.events import log
from aggregator.model import Config, PollResult
from aggregator.store import open_shards

GRACE = timedelta(seconds=10)
# Of two signals at once the kernel may give the second to another thread, which does
# not wake this one: so it looks up this often, in seconds, to let handlers run.
HEED = 0.5
# A month begins, a clock is put right: without a poll that changed anything.
REPUBLISH = timedelta(minutes=10)
# Where time alone shows or hides a report: by age, embargo or the end of its rights.
REPUBLISH_TIMED = timedelta(seconds=30)
# What others read who ask for hosts that this process asks.
SHARING = "shards of the scheduler"
# A service is well as long as its last good tick is no older than this: two were missed.
LATE = timedelta(seconds=2.5)


class Service:
    """A Wire that runs by itself, and tells a supervisor how it is."""

    def __init__(
        self, wire: Wire, load: Callable[[], Config], tell: Tell = nobody
    ) -> None:
        log.load()
        self.wire = wire
        self._tell = tell
        self.last_tick: datetime | None = None
        self._good_tick = monotonic()
        self._step = "start"
        self._lost: MediaWireError | None = None
        self._beat = Beat(tell, self._is_whole)
        self._called: str | None = None
        self._upkeep = Upkeep(wire, lambda: self._time.jump() is not None)
        self.alarm = Alarm(wire)
        self._following = Following(wire, load, self._adopt)
        self._stop = Event()
        self._lookouts: list[Thread] = []
        self._next_print = 0.0
        wire.open_rooms()
        wire.enlist()
        wire.schedule.spread_backlog()
        self._time = Timekeeper(wire.clock, is_right=wire.schedule.bring_back())
        self._press = Press(wire.publish, wire.archive_ahead)
        shards = open_shards(wire.config.store, SHARING, now=wire.clock())
        self._share, self._differs = Share(wire, shards), False
        self.polling = Polling(wire, self._share, self._heard)
        self._engine = self.polling.engine
        self.hubs = Hubs(wire, self._engine.remember)

    def run(self) -> None:
        """Work until `stop` is called; then end cleanly within about ten seconds.

        Raises StoreHeld or StoreLost if the store was taken from us meanwhile.
        """
        tell_doubts(self.wire.config)
        # The alarm is no job of the engine: who is told may take long to listen, and is
        # waited for by nobody, at the end neither.
        watch = partial(self._following.watch, self._stop)
        hubs = partial(self.hubs.watch, self._stop)
        lookouts = (("config", watch), ("alarm", self._watch_over), ("hubs", hubs))
        for name, work in lookouts:
            lookout = Thread(target=work, daemon=True, name=name)
            lookout.start()
            self._lookouts.append(lookout)
        # Before the first poll ends, which may take a millisecond.
        log.info(
            "running",
            sources=len(self.wire.sources),
            publications=len(self.wire.config.publications),
        )
        # Before there are further ones, which another thread begins at once.
        self.tick()
        self._engine.every(self.tick)
        self._engine.every(self._look_after, UPKEEP_EVERY)
        self._tell(READY)
        while not self._stop.wait(HEED):
            pass
        self._tell(STOPPING)
        log.info("stopping", grace_s=GRACE.total_seconds())
        ended = self.polling.stop(GRACE)
        self._press.stop(timeout=GRACE.total_seconds())
        log.info("stopped", all_polls_ended=ended)
        if self._lost:
            raise self._lost

    def stop(self) -> None:
        """Start no poll any more, let the running ones end, flush, return from `run`."""
        self._stop.set()

    @property
    def config_error(self) -> ConfigError | None:
        """Return why the config as it stands is not in force, None if it is."""
        return self._following.error

    def reload(self) -> None:
        """Read the config again at the next tick."""
        self._following.call()

    def ailments(self) -> list[str]:
        """Return which parts do not work, and why, in sentences; empty if all do."""
        found = [f"the {part} has ended" for part in self._engine.dead()]
        found += [
            f"the {lookout.name} lookout has ended"
            for lookout in self._lookouts
            if not (lookout.is_alive() or self._stop.is_set())
        ]
        if self._press.is_dead:
            found.append("the press has ended")
        if why := self._engine.powerless():
            found.append(f"no thread can be started to poll in: {why}")
        if self._engine.broken:
            found.append(f"the recorder waits: {self._engine.broken}")
        late = monotonic() - self._good_tick
        if late > LATE.total_seconds():
            why = self._beat.trouble or f"it waits for the {self._step}"
            found.append(f"no tick succeeded for {late:.0f} s: {why}")
        return found

    def tick(self) -> None:
        """Look once a second at the config, the schedule and the clock."""
        self._beat.tick(self._look)

    def _look(self) -> None:
        try:
            self._step = "config"
            self._follow_config()
            self._step = "store"
            self.wire.still_held()
            self.wire.store.try_writing()
            self._mind_the_clock()
            self._compare_clocks()
            self.polling.look()
            called, self._called = self._called, self.wire.called_press()
            is_called = called != self._called or self.wire.printing.is_disturbed()
            if is_called or monotonic() >= self._next_print:
                pause = REPUBLISH_TIMED if self.wire.is_timed else REPUBLISH
                self._next_print = monotonic() + pause.total_seconds()
                self._press.ring()
            self.last_tick = self.wire.clock()
            self._good_tick, self._step = monotonic(), "scheduler"
        except (StoreHeld, StoreLost) as error:
            log.error("store lost", reason=str(error))  # noqa: TRY400 - a sentence
            self._lost = error
            self.stop()

    def _is_whole(self) -> bool:
        """Whether no part has ended that nothing but a start brings back."""
        return not (self._engine.dead() or self._press.is_dead)

    def _follow_config(self) -> None:
        """Adopt an edit, if there is one."""
        if self._following.follow():
            self._press.ring()

    def _adopt(self, config: Config) -> None:
        self.polling.recall()
        self.wire.adopt(config)
        self.polling.retune(config)

    def _mind_the_clock(self) -> None:
        """Let the schedule follow a wall clock that was put forward or back.

        If the store is away, the next tick does all of it again; `rebase` is the last.
        """
        jump = self._time.jump()
        if jump is None:
            if self._time.is_settled():
                self._time.settle(is_right=self.wire.schedule.believe_the_clock())
            return
        self._upkeep.clock_jumped()
        with self.polling.forgetting():
            self.wire.schedule.bring_back(surely=self._time.returns(jump))
            self.wire.schedule.rebase(jump)
            self._time.follow(jump)
        log.warning("clock jumped", seconds=round(jump.total_seconds()))
        self._press.ring()

    def _compare_clocks(self) -> None:
        """Say when our clock and the database server's part; nobody knows which is right.

        Embargoes and months go by ours, and workers poll by the server's.
        """
        ahead = self._share.ahead()
        differs = abs(ahead) > JUMP
        if differs and not self._differs:
            seconds = round(ahead.total_seconds())
            log.warning("clocks differ", ahead_of_database_s=seconds)
        self._differs = differs

    def _heard(self, results: Sequence[PollResult]) -> None:
        if any(result.outcome.kind == "updated" for result in results):
            self._press.ring()
        if self.wire.config.websub:
            self.hubs.learn(results)

    def _look_after(self) -> None:
        try:
            self._upkeep.look()
        except MediaWireError as error:
            log.error("not looked after", reason=str(error))  # noqa: TRY400 - a sentence

    def _watch_over(self) -> None:
        """Look for matters that an operator should know, until the end."""
        while True:
            try:
                self.alarm.look()
            except MediaWireError as error:
                log.error("not looked for alerts", reason=str(error))  # noqa: TRY400 - a sentence
            except Exception:
                log.exception("alarm broke")
            if self._stop.wait(ALARM_EVERY.total_seconds()):
                return
