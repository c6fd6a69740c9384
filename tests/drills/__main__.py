"""Run a drill at length: `python -m tests.drills NAME --times N [--postgresql]`.

Each prints what it counted and ends with 1 if anything was not as it must be. Short
versions of all of them run with the tests.
"""

import argparse
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from time import monotonic

from tests.drills import kills
from tests.drills.doomed import STEPS
from tests.store.databases import schema

DRILLS = {
    "kills": lambda folder, times, store: kills.at_random(
        folder, times=times, store=store, polls_every=4
    ),
    "workers": lambda folder, times, store: kills.among_workers(
        folder, times=times, store=store
    ),
    "steps": lambda folder, times, store: kills.at_steps(
        folder, STEPS * times, store=store
    ),
}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("name", choices=DRILLS)
    options.add_argument("--times", type=int, default=1)
    options.add_argument("--postgresql", action="store_true")
    given = options.parse_args()
    if given.name == "workers" and not given.postgresql:
        options.error("workers need --postgresql")
    began = monotonic()
    database = schema() if given.postgresql else nullcontext()
    temporary = tempfile.TemporaryDirectory(prefix="mediawire-drill-")
    with temporary as folder, database as store:
        tally = DRILLS[given.name](Path(folder) / "at", given.times, store)
    print(f"{given.name}: {tally} ({monotonic() - began:.0f} s)")
    for fault in tally.faults:
        print(f"  {fault}")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
