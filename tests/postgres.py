"""A PostgreSQL cluster of the tests' own: started in a temporary folder, then gone.

Needs the server's programs (Debian: package `postgresql`), no running service and no
configured user. The server refuses to run as root, so root hands it to `postgres`.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path


def _programs():
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    beside = shutil.which("initdb")
    if not found and not beside:
        raise SystemExit(
            "PostgreSQL's programs are missing; install the package postgresql"
        )
    return found[-1].parent if found else Path(beside).parent


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def cluster():
    """Yield the SQLAlchemy address of a running, empty cluster."""
    programs = _programs()
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    folder = Path(tempfile.mkdtemp(prefix="mediawire-postgres-"))
    if user:
        shutil.chown(folder, "postgres")
    port = _free_port()

    def run(program, *arguments):
        subprocess.run(
            [*user, programs / program, *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-N")
    settings = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    log = folder / "log"
    run("pg_ctl", "-D", folder / "data", "-l", log, "-w", "-o", settings, "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
