"""A published feed of 100 entries for its readers, beside nginx on the same files.

`mediawire serve` and nginx (one worker, `gzip_static`) are asked in turns, over kept
connections; what counts is the CPU of a server's processes for one answer. Where nginx
is not on the PATH there is nothing to compare with, and the rows say so.
"""

import grp
import os
import pwd
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass

from tests.bench.measure import Row, cpu_of_tree, taking_turns
from tests.bench.world import PROJECT, World
from tests.installation import free_port

FEED = "/feeds/wire.atom"
GZIP = "Accept-Encoding: gzip"
# nginx takes 10 µs for a 304, and the kernel tells CPU to 10 ms.
TIMES = 40_000

NGINX = """\
{user}
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    types {{ application/atom+xml atom; }}
    server {{
        listen 127.0.0.1:{port};
        root {root};
        gzip_static on;
        gzip_vary on;
    }}
}}
"""


def measure(rounds):
    with World(sources=4, entries=25) as world:
        world.ours()
        with ours(world) as wire, nginx(world) as other:
            yield row(rounds, "304", wire, other)
            yield row(rounds, "200", wire, other)


def row(rounds, status, wire, other):
    name = f"serve 100 entries, {'unchanged' if status == '304' else 'gzip'} ({status})"
    if other is None:
        spent = [wire.per_answer(status) for _ in range(rounds)]
        return Row(name=name, ours=spent, unit="µs", note="nginx is not installed")
    spent, theirs = taking_turns(
        rounds, lambda: wire.per_answer(status), lambda: other.per_answer(status)
    )
    return Row(
        name=f"{name}, beside nginx", ours=spent, theirs=theirs, unit="µs", most=5
    )


@contextmanager
def ours(world):
    port = free_port()
    served = world.installation.start("-q", "serve", "--listen", f"127.0.0.1:{port}")
    with ended(served):
        yield Server(served, port)


@contextmanager
def nginx(world):
    """Run nginx with nothing but what is in a folder of the world; None without it."""
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if not found:
        yield None
        return
    folder, port = world.folder / "nginx", free_port()
    folder.mkdir()
    config = folder / "nginx.conf"
    config.write_text(
        NGINX.format(
            folder=folder,
            port=port,
            root=world.installation.folder / "public",
            user=f"user {whoever_runs_this()};" if os.geteuid() == 0 else "",
        )
    )
    served = subprocess.Popen([found, "-p", folder, "-c", config])
    with ended(served):
        yield Server(served, port)


@contextmanager
def ended(process):
    try:
        yield
    finally:
        process.terminate()
        process.communicate(timeout=30)


def whoever_runs_this():
    """Return user and group: root's nginx would take others, who may read nothing."""
    return f"{pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name}"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server, and the port it listens on."""

    process: subprocess.Popen
    port: int

    def per_answer(self, status):
        """Return the CPU for one answer, in µs; 304 is for readers that have the feed."""
        headers = [GZIP]
        if status == "304":
            headers.append(f"If-None-Match: {self._ask(0, GZIP)['etag']}")
        before = cpu_of_tree(self.process.pid)
        said = self._ask(TIMES, *headers)
        spent = cpu_of_tree(self.process.pid) - before
        if said["status"] != status:
            sys.exit(f"{said['status']} instead of {status}")
        return spent / TIMES * 1_000_000

    def _ask(self, times, *headers):
        """Let readers ask so often and once more; return status and headers."""
        said = subprocess.run(
            [
                *(sys.executable, "-m", "tests.bench.readers"),
                *(str(self.port), FEED, str(times), *headers),
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        first, *lines = said.stdout.splitlines()
        named = (line.partition(": ") for line in lines)
        return {"status": first.split()[1]} | {n.lower(): v for n, _, v in named}
