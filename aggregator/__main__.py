"""`python -m aggregator` is `mediawire`."""

import signal


def main() -> None:
    """Run the command line; until it is loaded, Ctrl-C ends it without a word."""
    at_first = signal.getsignal(signal.SIGINT)
    if at_first is signal.default_int_handler:  # else whoever started us ignores it
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from aggregator.cli import main as run

    signal.signal(signal.SIGINT, at_first)
    run()


if __name__ == "__main__":
    main()
