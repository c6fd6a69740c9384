"""Events with facts, for the log: `log.info("polled", source_id="un-news", new=3)`.

structlog writes them. To load it takes 75 ms of CPU (rich and asyncio come with it), a
fifth of what `status` takes in all, so it is loaded with the first event that is told.
"""

import logging
from collections.abc import Callable
from typing import Any


class Log:
    """Tells events from a level on. The first one told sets up how they are written."""

    def __init__(self) -> None:
        self._level = logging.INFO
        self._set_up: Callable[[], None] | None = None
        self._logger: Any = None

    def tells(self, level: int) -> bool:
        """Whether events of this level are told: those that are not need no facts."""
        return self._level <= level

    def tell_from(self, level: int, set_up: Callable[[], None]) -> None:
        """Tell events from this level of `logging` on; `set_up` is called before."""
        self._level, self._set_up, self._logger = level, set_up, None

    def info(self, event: str, **facts: object) -> None:
        """Tell what happened."""
        if self._level <= logging.INFO:
            self._teller().info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        """Tell what somebody should look at."""
        if self._level <= logging.WARNING:
            self._teller().warning(event, **facts)

    def error(self, event: str, **facts: object) -> None:
        """Tell what failed."""
        self._teller().error(event, **facts)

    def exception(self, event: str, **facts: object) -> None:
        """Tell what failed by a fault of ours, with the exception being handled."""
        self._teller().exception(event, **facts)

    def _teller(self) -> Any:  # noqa: ANN401 - structlog's loggers are of any type
        if self._logger is None:
            import structlog

            if self._set_up:
                set_up, self._set_up = self._set_up, None
                set_up()
            # Bound once: structlog's own cache belongs to a logger that is kept.
            self._logger = structlog.get_logger().bind()
        return self._logger


log = Log()
