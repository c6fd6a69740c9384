"""`python -m aggregator` is `mediawire`; signals are answered before it is loaded.

What polls or serves takes signals itself once it does (`cli.signals`). Until then it
holds nothing that a start would not find again, as after kill -9, and ends at once.
"""

import atexit
import os
import signal
import sys
from types import FrameType

_JOBS = frozenset({"run", "poll", "serve", "scheduler", "worker"})
# The options before a command that have a value of their own.
_VALUED = frozenset({"-c", "--config", "--log-level", "--log-format"})


def main() -> None:
    """Run the command line; until it is loaded, Ctrl-C ends it without a word.

    TERM and Ctrl-C end what polls or serves with 0, until it hears them itself. HUP,
    which would end a service, is ignored meanwhile: nothing is missed, for the config is
    read later in the start, and looked at once more as soon as it is watched.
    """
    at_first = signal.getsignal(signal.SIGINT)
    command = _command(sys.argv[1:])
    if command in _JOBS:
        # What ends has a code already, and Python's own end takes a tenth of a second
        # in which the defaults of signals are back.
        atexit.register(_hear_nothing)
        signal.signal(signal.SIGTERM, _end)
        if command != "poll" and "--once" not in sys.argv:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if at_first is signal.default_int_handler:  # else whoever started us ignores it
        signal.signal(signal.SIGINT, _end if command in _JOBS else signal.SIG_DFL)
    from aggregator.cli import main as run

    if command not in _JOBS:
        signal.signal(signal.SIGINT, at_first)
    run()


def _command(arguments: list[str]) -> str | None:
    """Return the first word that is neither an option nor the value of one."""
    words = iter(arguments)
    for word in words:
        if word in _VALUED:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return None


def _end(_number: int, _frame: FrameType | None) -> None:
    os._exit(0)


def _hear_nothing() -> None:
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)


if __name__ == "__main__":
    main()
