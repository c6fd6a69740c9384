"""Events with facts, for the log: `log.info("polled", source_id="un-news", new=3)`.

structlog writes them. To load it takes 75 ms of CPU (rich and asyncio come with it), a
fifth of what `status` takes in all, so it is loaded with the first event that is told. A
service loads it at its start (`load`): later there may be no file descriptor for it.
"""

import logging
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Final, Literal

# Of what is told once; a wire with more faults than that tells of them again.
MOST_REMEMBERED: Final = 400


class Log:
    """Tells events from a level on. The first one told sets up how they are written.

    Telling never raises: it is done where errors are handled, in threads that have to
    go on. What structlog cannot write (it cannot be loaded, the disk is full) is tried
    once more, plainly, and let go.
    """

    def __init__(self) -> None:
        self._level = logging.INFO
        self._set_up: Callable[[], None] | None = None
        self._logger: Any = None
        self._once = lru_cache(MOST_REMEMBERED)(self._tell_these)

    def tells(self, level: int) -> bool:
        """Whether events of this level are told: those that are not need no facts."""
        return self._level <= level

    def tell_from(self, level: int, set_up: Callable[[], None]) -> None:
        """Tell events from this level of `logging` on; `set_up` is called before."""
        self._level, self._set_up, self._logger = level, set_up, None

    def load(self) -> None:
        """Load and set up now what the first event would."""
        self._teller()

    def info(self, event: str, **facts: object) -> None:
        """Tell what happened."""
        if self._level <= logging.INFO:
            self._tell("info", event, facts)

    def warning(self, event: str, **facts: object) -> None:
        """Tell what somebody should look at."""
        if self._level <= logging.WARNING:
            self._tell("warning", event, facts)

    def error(self, event: str, **facts: object) -> None:
        """Tell what failed."""
        self._tell("error", event, facts)

    def exception(self, event: str, **facts: object) -> None:
        """Tell what failed by a fault of ours, with the exception being handled."""
        self._tell("exception", event, facts)

    def once(
        self, level: Literal["warning", "error"], event: str, **facts: str
    ) -> None:
        """Tell it, unless the same was told before: what each page or round meets again."""
        if level == "error" or self.tells(logging.WARNING):
            self._once(level, event, tuple(facts.items()))

    def _tell_these(
        self, level: str, event: str, facts: tuple[tuple[str, str], ...]
    ) -> None:
        self._tell(level, event, dict(facts))

    def _tell(self, level: str, event: str, facts: dict[str, object]) -> None:
        try:
            getattr(self._teller(), level)(event, **facts)
        except Exception:  # noqa: BLE001 - see the class
            with suppress(Exception):
                sys.stderr.write(f"{level}: {event} {facts}\n")

    def _teller(self) -> Any:  # noqa: ANN401 - structlog's loggers are of any type
        if self._logger is None:
            import structlog

            if self._set_up:
                self._set_up()
                self._set_up = None
            # Bound once: structlog's own cache belongs to a logger that is kept.
            self._logger = structlog.get_logger().bind()
        return self._logger


log = Log()
