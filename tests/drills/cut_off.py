"""A machine without network, whose disk may be written to nowhere but in one folder.

    unshare --net --mount python -m tests.drills.cut_off FOLDER

Out, one JSON object: how long until stored feeds were served, how long from the network's
return until the first request, when each source was asked, and how they stand then.
The machine has three sources that were due when its network was lost. Needs root.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from aggregator.store import open_store
from tests.installation import Installation
from tests.origin import Origin

NAMES = ("one.example", "two.example", "three.example")
ADDRESS, DOWN = "10.9.0.1", 1.0
FEED = """<rss version="2.0"><channel><title>{name}</title><item>
<guid isPermaLink="false">1</guid><title>Report of {name}</title></item></channel></rss>"""


class Network:
    """The address of the publishers, which comes and goes, and a hosts file."""

    def __init__(self, hosts):
        self.hosts = hosts
        hosts.write_text("127.0.0.1 localhost\n")
        run("ip", "link", "set", "lo", "up")
        run("mount", "--bind", hosts, "/etc/hosts")

    def up(self):
        run("ip", "addr", "add", f"{ADDRESS}/32", "dev", "lo")
        # In place: another file would not be the one that is mounted.
        self.hosts.write_text("".join(f"{ADDRESS} {name}\n" for name in NAMES))

    def down(self):
        self.hosts.write_text("127.0.0.1 localhost\n")
        run("ip", "addr", "del", f"{ADDRESS}/32", "dev", "lo")


def run(*command):
    subprocess.run([str(part) for part in command], check=True)


def until(happens, seconds=60.0):
    """Return how long it took until something did not fail and was true."""
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        try:
            if happens():
                return time.monotonic() - began
        except OSError:
            pass
        time.sleep(0.02)
    raise SystemExit("it did not happen")


def main(folder):
    run("mount", "--make-rprivate", "/")
    run("mount", "--bind", folder, folder)
    network = Network(folder / "hosts")
    network.up()
    with Origin(host=ADDRESS) as origin:
        for name in NAMES:
            origin.answers(f"/{name}", FEED.format(name=name).encode())
        addresses = {
            name.partition(".")[0]: origin.url(f"/{name}", host=name) for name in NAMES
        }
        at = Installation(folder / "at", addresses, port=8123)
        service = (at.config / "mediawire.yaml").read_text()
        private = f"[127.0.0.0/8, {ADDRESS}]"
        at.write("mediawire.yaml", service.replace("[127.0.0.0/8]", private))
        at.poll()
        polled_long_ago(at)
        network.down()
        run("mount", "-o", "remount,bind,ro", "/")
        print(json.dumps(drilled(at, network, origin, folder)))


def polled_long_ago(at):
    """Let all sources be due, as after a day off."""
    now = datetime.now(UTC)
    with open_store(at.store) as store:
        rows = [
            replace(
                row,
                last_polled_at=now - timedelta(days=1),
                next_poll_at=now - timedelta(hours=1),
            )
            for row in store.states().values()
        ]
        store.put_states(rows, configured=[row.source_id for row in rows])


def drilled(at, network, origin, folder):
    """Start without network and without a home, and bring it back after some seconds."""
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    asked = len(origin.heard)
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            at.command("run"), cwd=at.folder, stdout=log, stderr=log, env=environ
        )
    try:
        began = time.monotonic()
        feed = at.url("/feeds/wire.atom")
        served = until(lambda: urllib.request.urlopen(feed).status == 200)
        time.sleep(max(0.0, DOWN - (time.monotonic() - began)))
        # On its own: the server that commands of tests are forked from needs a folder to write in.
        said = at.run("status", "--json", environ=environ).stdout
        rows = {row["id"]: row for row in json.loads(said)}
        network.up()
        back = until(lambda: len(origin.heard) > asked)
        until(lambda: len(origin.heard) == asked + len(NAMES))
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(60)
    return {
        "served_s": served,
        "back_s": back,
        "code": code,
        "asked": sorted(heard.path for heard in origin.heard[asked:]),
        "while_down": [
            [row["state"], row["failures"], row["because"]] for row in rows.values()
        ],
        "log": (folder / "log").read_text(),
    }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
