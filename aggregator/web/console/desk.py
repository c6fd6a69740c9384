"""What the console asks of the house, and what it may do there. The app provides it.

Every method may be called in any thread. Those that change something raise
MediaWireError with a sentence if it cannot be done now; then nothing was done.
"""

from datetime import timedelta
from typing import Any, Protocol

from aggregator.errors import Complaint


class Desk(Protocol):
    """The house as its operator sees it."""

    def lag(self) -> timedelta:
        """Return for how long the longest due source has been waiting."""

    def complaints(self) -> tuple[Complaint, ...]:
        """Return what is wrong with the config folder, if an edit of it was refused."""

    def poll(self, source_id: str) -> None:
        """Poll a source now, as far as its publisher and the one-minute brake allow."""

    def pause(self, source_id: str, *, why: str) -> None:
        """Stop polling a source, in the config folder."""

    def resume(self, source_id: str) -> None:
        """Go on polling a paused source, in the config folder."""

    def release(self, source_id: str) -> None:
        """Believe a held source."""

    def reject(self, source_id: str) -> None:
        """Do not believe a held source: pause it, with what it is held for."""

    def test(self, url: str) -> dict[str, Any]:
        """Return what is behind an address, as `source test --json` prints it."""

    def withdraw(self, ref: str, *, reason: str) -> list[str]:
        """Take an article back, by id or address; the ids of what is gone now."""
