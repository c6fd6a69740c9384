"""A running service: from an entry at a source to readers, and the CPU for it.

All sources but one rest for an hour; that one is due every second, and publishes one
entry at a time. Counted from the answer that carried the entry to the first sight of it
in the combined feed, on disk and over HTTP; CPU is that of the whole service from one
entry to the next, less what it takes in the same time without any.
"""

import json
import socket
import time
from urllib.request import Request, urlopen

from tests.bench.measure import Row, cpu_of_tree
from tests.bench.world import World

PATIENCE = 60.0


def measure(rounds, sources=1000):
    with World(sources=sources, entries=30) as world:
        world.ours()
        at = world.installation
        port = free_port()
        at.write_sources(
            {
                f"s{n}": {
                    "url": f"{world.address}/feed/{n}",
                    "interval": "1s" if n == 0 else "1h",
                }
                for n in range(sources)
            }
        )
        service = at.start("-q", "run", "--listen", f"127.0.0.1:{port}")
        try:
            delays, costs = [], []
            wire = f"http://127.0.0.1:{port}/feeds/wire.json"
            file = at.folder / "public/feeds/wire.json"
            wait_until(lambda: newest(wire), 0.5)
            for _ in range(rounds + 1):
                delay, cost = published_once(world, service.pid, file, wire)
                delays.append(delay)
                costs.append(cost)
        finally:
            service.terminate()
            service.communicate(timeout=60)
    # The first is read back whole, and loads the parsers.
    yield Row(
        name=f"service, N = {sources}: from answer to combined feed over HTTP",
        ours=delays[1:],
        most=0.5,
    )
    yield Row(
        name=f"service, N = {sources}: CPU for one new entry",
        ours=[cost * 1000 for cost in costs[1:]],
        unit="ms",
        most=50,
    )


def published_once(world, pid, file, wire):
    """Return how long an entry took from its source to readers, and at what cost."""
    idle = 3.0
    before = cpu_of_tree(pid)
    time.sleep(idle)
    rest = (cpu_of_tree(pid) - before) / idle
    shown, written = newest(wire), file.stat().st_mtime_ns
    answered = world.served_of(0)
    began, before = time.monotonic(), cpu_of_tree(pid)
    world.publish(0)
    wait_until(lambda: world.served_of(0) > answered)
    came = time.monotonic()
    # Looking at the file costs the service nothing; asking it does.
    wait_until(lambda: file.stat().st_mtime_ns != written)
    wait_until(lambda: newest(wire) != shown)
    delay = time.monotonic() - came
    time.sleep(1.0)
    spent = cpu_of_tree(pid) - before
    return delay, max(0.0, spent - rest * (time.monotonic() - began))


def newest(wire):
    try:
        with urlopen(Request(wire), timeout=10) as answer:
            items = json.loads(answer.read())["items"]
    except OSError:
        return None
    return items[0]["id"] if items else None


def wait_until(true, pause=0.01):
    ends = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > ends:
            raise SystemExit(f"not within {PATIENCE:g} s")
        time.sleep(pause)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
