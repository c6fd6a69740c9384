"""Run everything that must hold before a commit: `python -m tests`.

Lint, types, layers, then the tests in parallel, with a PostgreSQL cluster of their own
that lives in a temporary folder for as long as they run. Arguments go to pytest.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.postgres import cluster

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent

CHECKS = (
    [BIN / "ruff", "check", "."],
    [BIN / "ruff", "format", "--check", "--quiet", "."],
    [BIN / "mypy"],
    [BIN / "lint-imports", "--no-cache"],
)
# A worker for each core: more of them only wait for each other. A file goes to one worker,
# which then polls the corpus or fills a store once for all of its tests.
# The longest begin: tests/conftest.py.
PARALLEL = ["-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]


def passes(command, **environ):
    print(f"\n$ {' '.join(str(part) for part in command)}", flush=True)
    environ = {**os.environ, **environ}
    # Hundreds of tests start the real command: compiling it each time takes 80 ms of CPU.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, cwd=ROOT, check=False, env=environ)
    return done.returncode == 0


def main():
    failed = [command for command in CHECKS if not passes(command)]
    with cluster() as address:
        pytest = [BIN / "pytest", *PARALLEL, "-q", *sys.argv[1:]]
        if not passes(pytest, MEDIAWIRE_TEST_POSTGRES=address):
            failed.append(pytest)
    for command in failed:
        print(f"failed: {' '.join(str(part) for part in command)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
