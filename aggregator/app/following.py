"""Follow the config folder: read it again when it changed, and have edits adopted whole.

In: a Wire, how its config is read, how it goes on with another one, calls for it to be
read. Out: the Wire has adopted a valid edit; an invalid one is refused whole, said once,
and kept for whoever asks. What the disk or the store were away for is tried again
whenever it is asked for.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from threading import Event

from aggregator.app.wire import Wire
from aggregator.config.watch import changes, known, missing, present, unreadable
from aggregator.errors import ConfigError
from aggregator.events import log
from aggregator.model import Config

# What an edit changes with the next start only: the store stays open, and so does the
# address that is listened on.
AT_START = ("store", "listen")
# How long after it broke the config folder is watched anew, in seconds.
ANEW = 10.0


def tell_doubts(config: Config, *, told: Collection[str] = ()) -> None:
    """Say in the log what in a config is likely not meant, and was not told yet."""
    for warning in config.warnings:
        if warning not in told:
            log.warning("config doubtful", warning=warning)


class Following:
    """Keeps a Wire to what its config folder says. `error` is why it does not, if so.

    `adopt` is how it takes another config: as the one that all go by, or its own alone.
    """

    def __init__(
        self,
        wire: Wire,
        load: Callable[[], Config],
        adopt: Callable[[Config], None],
    ) -> None:
        self._wire = wire
        self._load = load
        self._adopt = adopt
        self._started_with = wire.config
        self._files = present(wire.config.folder)
        self._called = Event()
        self._is_by_hand = False
        self._to_adopt: Config | None = None
        self.error: ConfigError | None = None

    def call(self, *, by_hand: bool = False) -> None:
        """Let the config be read again when it is followed next; for signal handlers, too.

        Who asks by hand is told, too, that nothing changed.
        """
        self._is_by_hand |= by_hand
        self._called.set()

    def watch(self, stop: Event) -> None:
        """Call for it whenever the folder has changed and come to rest, until the end.

        And at the beginning: it may have changed since it was read.
        """
        is_told = False
        while not stop.is_set():
            try:
                folder = self._wire.config.folder
                since = known(folder, self._secret_files())
                self.call()
                beside = self._secret_files
                for _ in changes(folder, stop, since=since, beside=beside):
                    self.call()
            except Exception:
                if not is_told:
                    log.exception("config lookout broke", again_s=ANEW)
                is_told = True
                stop.wait(ANEW)

    def follow(self) -> Config | None:
        """Return the config that was adopted now, if any.

        Raises StoreError if the store was away for it; then it is adopted the next time.
        """
        if self._called.is_set():
            self._called.clear()
            self._read()
        config = self._to_adopt
        if config:
            told = self._wire.config.warnings
            self._adopt(config)
            self._to_adopt = None
            log.info("config adopted", sources=len(config.sources))
            tell_doubts(config, told=told)
            self._name_late_keys(config)
        return config

    def _secret_files(self) -> tuple[Path, ...]:
        """Return where the secrets of the config in force are kept."""
        return self._wire.config.secret_files

    def _name_late_keys(self, config: Config) -> None:
        before = self._started_with
        late = [key for key in AT_START if getattr(config, key) != getattr(before, key)]
        if late:
            keys = ", ".join(late)
            log.warning("restart needed", keys=keys, why="read at a start only")

    def _read(self) -> None:
        """Find out what to adopt; refuse an invalid edit whole, say so once, and go on."""
        try:
            config = self._loaded()
        except ConfigError as error:
            # Not the edit's fault: the disk, or too many open files.
            if isinstance(error.__cause__, OSError):
                self._called.set()
            # Kept before it is told: who hears of it looks at the console.
            known, self.error = self.error, error
            if str(error) != str(known):
                for complaint in error.complaints:
                    log.error("config refused", complaint=str(complaint))  # noqa: TRY400
            return
        self.error = None
        # What was half adopted must be adopted, or its opposite.
        if self._to_adopt or config != self._wire.config:
            self._to_adopt = config
        elif self._is_by_hand:
            log.info("config kept", why="nothing in it changed")
        self._is_by_hand = False

    def _loaded(self) -> Config:
        """Return the config as it is now; ConfigError if it is invalid or unreadable."""
        folder = self._wire.config.folder
        try:
            config = self._load()
            if gone := missing(folder, self._files):
                raise gone
            self._files = present(folder)
        except OSError as error:
            raise unreadable(folder, error) from error
        return config
