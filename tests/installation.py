"""An installation as an operator has it: a config folder, and the real command.

at = Installation(tmp_path, sources={"a": origin.url("/feed")})
answer = at.poll()                     # what `mediawire poll --json` printed
at.articles()                          # what `mediawire article list --json` printed
at.published("feeds/wire.atom")        # the bytes on disk
"""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from tests import warm

SERVICE = """\
base_url: http://127.0.0.1:8080
contact: https://press.example/about
store: {store}
output: {folder}/public
listen: 127.0.0.1:{port}
fetch: {{allow_private: [127.0.0.0/8], timeout: {timeout}}}
hosts:
  "*": {{per_host: 16, spacing: 0s}}
"""

PUBLICATIONS = """\
publications:
  - id: wire
    title: Media Wire
    description: Reports from other agencies, in their own words.
    disclaimer: Reports are retrieved from other agencies.
    limit: {limit}
"""

# A run of the real command takes a second or two, and so does what a service says or
# answers; a test that hangs must not hold up all others.
PATIENCE = 90
# With the whole corpus a run takes half a minute on an idle machine.
LONG_PATIENCE = 600


class Installation:
    """One config folder below `folder`, and the commands run on it."""

    def __init__(
        self,
        folder,
        sources,
        *,
        publications=None,
        store=None,
        limit=100,
        port=8080,
        timeout="30s",
    ):
        self.folder = Path(folder)
        self.config = self.folder / "config"
        self.config.mkdir(parents=True)
        self.port = port
        self.patience = PATIENCE
        self.store = store or f"sqlite:///{self.folder}/wire.db"
        self.write(
            "mediawire.yaml",
            SERVICE.format(
                store=self.store, folder=self.folder, port=port, timeout=timeout
            ),
        )
        self.write(
            "publications.yaml", publications or PUBLICATIONS.format(limit=limit)
        )
        self.write_sources(sources)

    def write(self, name, text):
        (self.config / name).write_text(text, encoding="utf-8")

    def write_sources(self, sources):
        """Write sources.yaml from addresses by id; a value may hold more keys."""
        entries = [
            {"id": id_, **(given if isinstance(given, dict) else {"url": given})}
            for id_, given in sources.items()
        ]
        # JSON is YAML, too.
        self.write("sources.yaml", json.dumps({"sources": entries}, indent=1))

    def url(self, path):
        """Return an address of the service, once it runs."""
        return f"http://127.0.0.1:{self.port}{path}"

    def command(self, *arguments):
        return [sys.executable, "-m", "aggregator", "-c", str(self.config), *arguments]

    def run(self, *arguments, code=0, environ=None):
        """Run a command to its end; fail unless it ends with `code`.

        With an `environ` of its own the interpreter starts from nothing, which reads it.
        """
        if environ:
            done = subprocess.run(
                self.command(*arguments),
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=self.patience,
                check=False,
                env={**os.environ, **environ},
            )
        else:
            done = warm.run(
                ["-c", str(self.config), *arguments],
                cwd=self.folder,
                environ=os.environ,
                timeout=self.patience,
            )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return done

    def start(self, *arguments):
        """Start a command and return the process; the caller ends it."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def poll(self, *arguments, code=0):
        return json.loads(
            self.run("-q", "poll", "--json", *arguments, code=code).stdout
        )

    def articles(self, *arguments):
        return json.loads(self.run("article", "list", "--json", *arguments).stdout)

    def status(self):
        rows = json.loads(self.run("status", "--json").stdout)
        return {row["id"]: row for row in rows}

    def published(self, path):
        return (self.folder / "public" / path).read_bytes()

    def files(self):
        """Return every published file with its bytes and its time of change."""
        public = self.folder / "public"
        return {
            str(path.relative_to(public)): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in public.rglob("*")
            if path.is_file()
        }


# Bound to the end of this process.
_kept = []


def free_port():
    """Return a port that nobody listens on, and that the system gives to nobody else.

    It is kept bound where that hinders no server that wants to listen there: on Linux one
    that is bound and does not listen may be bound once more, if both say SO_REUSEADDR.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    if sys.platform == "linux":
        _kept.append(probe)
    else:
        probe.close()
    return port
