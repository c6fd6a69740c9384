"""Tick again and again, whatever goes wrong in one tick, and let a supervisor know.

In: a tick, whom to tell, whether all parts live. Out: what keeps ticks from succeeding,
said once. The store may be away for hours: a process that waits for it is alive. One
whose tick breaks, or that lost a part, is not: a supervisor may start it anew.
"""

from collections.abc import Callable

from aggregator.app.supervisor import ALIVE, Tell
from aggregator.errors import MediaWireError
from aggregator.events import log


class Beat:
    """The ticks of one process. `trouble` is why the last did not succeed, if so."""

    def __init__(self, tell: Tell, is_whole: Callable[[], bool]) -> None:
        self._tell = tell
        self._is_whole = is_whole
        self.trouble: str | None = None

    def tick(self, work: Callable[[], None]) -> None:
        """Do the work of one tick; raises nothing."""
        try:
            work()
            self.trouble = None
        except MediaWireError as error:
            # Once, not every second.
            if str(error) != self.trouble:
                log.error("tick failed", reason=str(error))  # noqa: TRY400 - a sentence
            self.trouble = str(error)
        except Exception:
            log.exception("tick broke")
            return
        if self._is_whole():
            self._tell(ALIVE)
