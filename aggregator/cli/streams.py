r"""Make the standard streams fit for a command that must not depend on them.

What a poll has to say may have nowhere to go: the disk of the log is full, the program
at the end of the pipe ended, or whoever started us closed the stream. A log line that
raises then ended the thread that told it, the one that records included, and the round
waited for it for ever. So stderr takes what it can and the rest is lost.

Results on stdout are what was asked for: that they cannot be written is an error. That
a terminal of Latin-1 has no letter for a headline in Persian is none: it shows `\u06af`.
"""

import os
import sys
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, TextIO, cast


class Lasting:
    """A text stream that never says no: what it cannot take is lost."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write as much as the stream takes; return the length of all."""
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Hand over what waits, if it is taken."""
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def make_fit() -> None:
    """Give this process a stdout and a stderr, and a stderr that raises nothing.

    A closed descriptor is opened on the null device first: otherwise the next file that
    is opened, the database for example, would be what child processes take for stderr.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stderr = cast("TextIO", Lasting(sys.stderr))
