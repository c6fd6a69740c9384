"""A day in the life of many sources, under a clock of ours: what grows?

    python -m tests.drills.soak --sources 1000 --hours 24

Every source is polled each hour, three of ten polls bring an entry, and the publication
(100 entries, as is usual) and its month are written every ten minutes. No two sources have
the same reports. Out, one line for each simulated hour: memory of this process and of
its readers in MB, open files, threads, reading processes and their replacements. The
publishers live in a process of their own, so that only Media Wire is measured.
"""

import argparse
import multiprocessing
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import monotonic

import structlog
from msgspec.structs import replace

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "goals")]

from builders import publication  # noqa: E402 - needs the path above
from newsdesk import config_of, started  # noqa: E402

from aggregator.app.round import poll_round  # noqa: E402
from aggregator.model import ReadingLimits, Source  # noqa: E402
from tests.drills.agencies import FEED, ITEM  # noqa: E402

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Look:
    """What was measured at the end of an hour.

    `files` but those that lead to readers, and those of the store: of its connections
    there are five at most (`store/test_connecting`), the more the busier a machine is.
    """

    own_mb: float
    readers_mb: float
    files: int
    threads: int
    replaced: int

    def __str__(self):
        return (
            f"{self.own_mb:.0f} MB, readers {self.readers_mb:.0f} MB, "
            f"{self.files} files, {self.threads} threads, {self.replaced} replacements"
        )


def document(source, edition):
    """Return the feed of a source: its last twenty reports, newest first."""
    items = (
        ITEM.format(source=source, number=n, title=f"Report {n} of {source}")
        for n in range(edition, edition - 20, -1)
    )
    return FEED.format(source=source, items="\n".join(items)).encode()


def publishers(pipe, gain):
    """Serve any number of feeds, which gain so many entries a poll, on the average."""
    dice, editions = Random(4), {}

    class Desk(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self):
            new = int(gain) + (dice.random() < gain % 1)
            edition = editions.get(self.path, 20) + new
            editions[self.path] = edition
            etag = f'"{edition}"'
            is_known = self.headers.get("If-None-Match") == etag
            body = b"" if is_known else document(self.path.strip("/"), edition)
            self.send_response(304 if is_known else 200)
            self.send_header("ETag", etag)
            if not is_known:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    pipe.send(server.server_address[1])
    server.serve_forever()


def soaked(folder, *, sources, hours, gain=0.3, told=lambda _: None):
    """Live so many simulated hours; return a Look at the end of each.

    Each poll brings so many entries, on the average: `gain`, up to 20.
    """
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    web = multiprocessing.get_context("spawn").Process(
        target=publishers, args=(theirs, gain), daemon=True
    )
    web.start()
    address = f"http://127.0.0.1:{ours.recv()}"
    named = [Source(id=f"s{n}", url=f"{address}/s{n}") for n in range(sources)]
    reading = ReadingLimits(timeout=MINUTE, workers=2)
    now = NOON
    config = replace(
        config_of(folder, named, reading=reading), publications=(publication(),)
    )
    wire = started(config, lambda: now)
    looks, seen, threads = [], set(), set(threading.enumerate())
    try:
        for turn in range(6 * hours):
            # The sources of a first hour come in six lots, as they would later.
            due = wire.schedule.due(-(-sources // 6) if turn < 6 else 10_000)
            poll_round(wire, due)
            seen |= children_of(web.pid)
            now += 10 * MINUTE
            if turn % 6 == 5:
                # Threads that were told to end may take a moment to do so.
                for each in set(threading.enumerate()) - threads:
                    each.join(1)
                looks.append(look(web.pid, seen))
                told(looks[-1])
    finally:
        wire.close()
        web.terminate()
        web.join()
    return looks


def look(web, seen):
    held = Path("/proc/self")
    readers = children_of(web)
    return Look(
        own_mb=memory(held),
        readers_mb=sum(memory(Path(f"/proc/{pid}")) for pid in readers),
        files=sum(not is_of_the_store(file) for file in (held / "fd").iterdir())
        - len(readers),
        threads=len(list((held / "task").iterdir())),
        replaced=len(seen) - len(readers),
    )


def children_of(web):
    """Return the ids of the processes that were started here, but the publishers'."""
    pids = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(
            FileNotFoundError, ProcessLookupError
        ):  # a thread that just ended
            pids.update((task / "children").read_text().split())
    return {pid for pid in pids if pid != str(web) and is_reader(pid)}


def is_reader(pid):
    return b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()


def is_of_the_store(file):
    with suppress(OSError):  # one that was just closed
        return ".db" in file.readlink().suffix
    return False


def memory(process):
    """Return the resident memory of a process in MB; 0 of one that has just ended."""
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:
        return 0.0
    kb = [line.split()[1] for line in lines if line.startswith("VmRSS:")]
    return int(kb[0]) / 1024 if kb else 0.0


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--sources", type=int, default=1000)
    options.add_argument("--hours", type=int, default=24)
    given = options.parse_args()
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="mediawire-soak-") as folder:
        looks = soaked(
            Path(folder),
            sources=given.sources,
            hours=given.hours,
            told=lambda look: print(look, flush=True),
        )
    first, last = looks[0], looks[-1]
    growth = last.own_mb / first.own_mb - 1
    print(f"memory {growth:+.1%} after hour one, files {last.files - first.files:+d}")
    print(f"({monotonic() - began:.0f} s)")


if __name__ == "__main__":
    main()
