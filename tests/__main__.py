"""Run everything that must hold before a commit: `python -m tests`.

The tests in parallel, with a PostgreSQL cluster of their own that lives in a temporary
folder for as long as they run; beside them lint, types and layers, which are told at the
end. Arguments go to pytest.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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
# Two workers more than cores: tests also wait, for servers and for moments that they are
# about. On two cores all tests took 349 s with three workers, 321 with four.
# A file goes to one worker, which then polls the corpus or fills a store once for all of
# its tests. The longest begin: tests/conftest.py.
WORKERS = len(os.sched_getaffinity(0)) + 2
PARALLEL = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"]
# More than all tests leave behind by the end.
ROOM_BYTES = 2 << 30


@contextmanager
def folder_in_memory():
    """Yield where to put temporary files: nobody here waits for a disk, if memory allows.

    A poll that publishes waits 25 ms for one. What a power cut does to files is drilled
    by putting back old ones, and what a kill does is the same on both.
    """
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES
    with tempfile.TemporaryDirectory(
        prefix="mediawire-tests-", dir=memory if roomy else None
    ) as folder:
        yield folder


def ran(command, **options):
    """Run a command of ours here; return it as subprocess does when it has ended."""
    environ = {**os.environ, **options.pop("environ", {})}
    # Hundreds of tests start the real command: compiling it each time takes 80 ms of CPU.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run(command, cwd=ROOT, check=False, env=environ, **options)


def assertions_rewritten(arguments):
    """Let pytest compile the tests once, if it never did, and not every worker at once.

    Collecting them takes 6 s of CPU the first time, 3 s from then on.
    """
    if not any((ROOT / "tests").rglob("*-pytest-*.pyc")):
        command = [BIN / "pytest", "--collect-only", "-q", *arguments]
        ran(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tested(arguments):
    """Run the tests; return whether they pass."""
    assertions_rewritten(arguments)
    with cluster() as address, folder_in_memory() as folder:
        shared = Path(folder, "shared")
        shared.mkdir()
        environ = {
            "MEDIAWIRE_TEST_POSTGRES": address,
            "MEDIAWIRE_TEST_SHARED": str(shared),
            "TMPDIR": folder,
        }
        command = [BIN / "pytest", *PARALLEL, "-q", *arguments]
        return ran(command, environ=environ).returncode == 0


def main():
    with ThreadPoolExecutor(max_workers=1) as beside:
        checks = [
            beside.submit(
                ran, check, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
            )
            for check in CHECKS
        ]
        failed = [] if tested(sys.argv[1:]) else ["the tests"]
    for check in (each.result() for each in checks):
        command = " ".join(str(part) for part in check.args)
        print(f"\n$ {command}\n{check.stdout}", end="", flush=True)
        if check.returncode:
            failed.append(command)
    for command in failed:
        print(f"failed: {command}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
