"""An origin, an installation and the naive script, all asked for the same feeds.

with World(sources=1000, entries=30) as world:
    world.ours(), world.theirs()       # CPU seconds of one sweep each
    world.advance(0.1, 2)
"""

import json
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

from tests.bench.measure import command
from tests.installation import Installation

PROJECT = Path(__file__).parents[2]
# The command with authorities of its own: nobody signs certificates for loopback.
TRUSTING = (
    "import certifi, sys; certifi.where = lambda: {bundle!r}; "
    "from aggregator.cli import main; main()"
)


class World:
    """Everything lies in one temporary folder, and is gone afterwards."""

    def __init__(self, *, sources, entries=30, tls=False, tickets=2, bombs=()):
        self._temporary = tempfile.TemporaryDirectory(prefix="mediawire-bench-")
        self.folder = Path(self._temporary.name)
        self.bundle = None
        certificate = self._certified() if tls else None
        self._origin = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.bench.origin", "0"),
                *(str(sources), str(entries)),
                *([certificate, str(tickets)] if certificate else []),
            ],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        port = self._origin.stdout.readline().strip()
        self.address = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
        urls = [f"{self.address}/feed/{number}" for number in range(sources)]
        self._bombs = bombs
        self.installation = Installation(
            self.folder / "ours",
            {f"s{n}": url for n, url in enumerate(urls)}
            | {f"bomb-{kind}": f"{self.address}/bomb/{kind}" for kind in bombs},
        )
        self._naive = self.folder / "naive"
        self._naive.mkdir()
        (self._naive / "urls").write_text("\n".join(urls))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._origin.terminate()
        self._origin.wait()
        self._origin.stdout.close()
        self._temporary.cleanup()

    def sweep(self, *arguments):
        """Poll every source once, due or not; return what that took."""
        at = self.installation
        line = at.command("-q", "poll", "--json", *arguments)
        if self.bundle:
            code = TRUSTING.format(bundle=self.bundle)
            line = [sys.executable, "-c", code, *line[3:]]
        spent = command(line, cwd=at.folder)
        failed = json.loads(spent.output)["failed"]
        assert failed == len(self._bombs), f"{failed} sources failed"
        return spent

    def ours(self):
        return self.sweep("--force").cpu

    def theirs(self):
        return command(
            [sys.executable, "-m", "tests.bench.naive", str(self._naive)],
            cwd=PROJECT,
            environ={"REQUESTS_CA_BUNDLE": self.bundle} if self.bundle else None,
        ).cpu

    def advance(self, fraction, new):
        """Let a share of the sources publish so many entries more."""
        self._ask(f"advance?fraction={fraction}&new={new}")

    def publish(self, source):
        """Let one source publish one entry more."""
        self._ask(f"advance?feed={source}&new=1")

    def served_of(self, source):
        """Return how often a source handed out a document."""
        return self._ask(f"served?feed={source}")["served"]

    def _ask(self, what):
        context = ssl.create_default_context(cafile=self.bundle)
        with urlopen(f"{self.address}/-/{what}", context=context) as answer:
            return json.load(answer)

    def _certified(self):
        """Write a certificate for loopback, and the bundle that trusts it, too."""
        import certifi
        import trustme

        authority = trustme.CA()
        certificate = self.folder / "certificate.pem"
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
            str(certificate)
        )
        bundle = self.folder / "bundle.pem"
        ours = authority.cert_pem.bytes()
        bundle.write_bytes(Path(certifi.where()).read_bytes() + ours)
        self.bundle = str(bundle)
        return str(certificate)
