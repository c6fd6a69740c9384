"""A bar for long polls, on a terminal only, on stderr."""

import sys
from types import TracebackType
from typing import Self

from aggregator.model import PollResult


class Progress:
    """Counts results against a total; does nothing without a terminal."""

    def __init__(self, total: int, *, quiet: bool) -> None:
        self._bar = None
        if total > 1 and not quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar
            from rich.progress import TimeRemainingColumn

            columns = (*Bar.get_default_columns()[:-1], TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("polling", total=total)

    def advance(self, result: PollResult) -> None:
        """Count one result."""
        if self._bar:
            self._bar.advance(self._task)
            self._bar.update(self._task, description=f"polled {result.source_id}")

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.stop()
