"""`python -m aggregator` is `mediawire`."""

from aggregator.cli import main

main()
