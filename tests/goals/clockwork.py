"""A Media Wire that polls when it is told what time it is: for tests that kill it.

python clockwork.py FOLDER ID=URL...

In, a line each: the time. Out, a line each, once what was due is polled and recorded:
when the next source falls due.
"""

import sys
from datetime import datetime
from pathlib import Path

import structlog

from aggregator.model import Source

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "goals")]

from newsdesk import config_of, poll_due, started  # noqa: E402 - needs the path above


def main(folder, *named):
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    pairs = [pair.partition("=") for pair in named]
    sources = [Source(id=id_, url=url) for id_, _, url in pairs]
    told = []
    wire = None
    for line in sys.stdin:
        told.append(datetime.fromisoformat(line.strip()))
        wire = wire or started(config_of(Path(folder), sources), lambda: told[-1])
        poll_due(wire)
        print(wire.store.next_due().isoformat(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
