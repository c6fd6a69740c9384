"""Run the measurements; see the package."""

import argparse
import json
import os
import platform
import tempfile
from importlib import import_module
from pathlib import Path

from tests.bench.chart import svg
from tests.bench.table import lines

FAMILIES = (
    "starts",
    "sweeps",
    "documents",
    "republishing",
    "million",
    "service",
    "serving",
    "memory",
)


def main():
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("what", nargs="*", metavar="FAMILY", help=", ".join(FAMILIES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--svg", type=Path, metavar="FILE")
    wanted = parser.parse_args()
    if unknown := set(wanted.what) - set(FAMILIES):
        parser.error(f"there is no family {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="mediawire-bench-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        # What pip installs is compiled: a checkout that is not takes 100 ms more at a
        # start, and a reading process 50, which made 0.44 of the 0.33 of a round.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        rows = list(measured(wanted.what or FAMILIES, wanted.rounds))
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end"
    print(f"\nPython {platform.python_version()}, {load}, {wanted.rounds} rounds")
    if wanted.json:
        results = {"machine": load, "rows": [row.as_json() for row in rows]}
        wanted.json.write_text(json.dumps(results, indent=1))
    if wanted.svg:
        wanted.svg.write_text(svg(rows))


def measured(families, rounds):
    for family in families:
        for row in import_module(f"tests.bench.{family}").measure(rounds):
            print(*lines([row]), sep="\n", flush=True)
            yield row


if __name__ == "__main__":
    main()
