"""Our own network is away while somebody polls from cron."""

import socket

from newsdesk import HOUR, MINUTE, rss

from aggregator.fetching.cadence.network import WAITS
from aggregator.model import FetchLimits, Source


def desk_behind(desk_of, origin, broken):
    """Two sources under names that resolve unless `broken` holds them."""

    def resolver(host, _port):
        if host in broken:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure")
        return ["127.0.0.1"]

    for path in ("/a", "/b"):
        origin.answers(path, rss(1))
    named = [
        Source(id=n, url=origin.url(f"/{n}", host=f"{n}.example")) for n in ("a", "b")
    ]
    hosts = tuple(f"{n}.example:{origin.port}" for n in ("a", "b"))
    fetch = FetchLimits(timeout=5 * MINUTE / 60, allow_private=("127.0.0.0/8", *hosts))
    return desk_of(sources=named, resolver=resolver, fetch=fetch)


def test_a_round_without_network_is_told_and_held_against_nobody(desk_of, origin):
    """O5: the next round finds all sources due as they were."""
    broken = set()
    desk = desk_behind(desk_of, origin, broken)
    desk.poll()
    broken |= {"a.example", "b.example"}
    desk.restart(down=2 * HOUR)

    results = desk.poll()
    rows = [desk.status(id_) for id_ in ("a", "b")]
    broken.clear()
    desk.now += MINUTE
    again = desk.poll()

    assert {result.outcome.kind for result in results.values()} == {"failed"}
    assert [(row["state"], row["failures"]) for row in rows] == [("ok", 0)] * 2
    assert WAITS in {row["because"] for row in rows}
    assert {result.outcome.kind for result in again.values()} == {"unchanged"}


def test_a_name_that_does_not_resolve_while_others_do_is_a_failure(desk_of, origin):
    """P14: a publisher's own name server is down."""
    broken = set()
    desk = desk_behind(desk_of, origin, broken)
    desk.poll()
    broken.add("a.example")
    desk.restart()
    desk.now += 2 * HOUR

    desk.poll()

    assert desk.status("a")["state"] == "failing"
    assert desk.status("a")["because"] == "failed once: waits 2h"
    assert desk.status("b")["state"] == "ok"
