"""For every kind of state, `status` says when the next poll is and why then."""

import re

from newsdesk import DAY, rss

from aggregator.model import Pause, Source


def test_the_status_says_why_for_every_kind_of_state(desk_of, origin):
    """P10, P12, P15, P16, P20, P22: state and reason, for one source of each kind."""
    moved = [("Location", "/there")]
    calendar = "<ttl>720</ttl>"
    for edition in range(400):
        for path in ("/ok", "/there"):
            origin.answers(path, rss(edition))
        origin.answers(
            "/fresh", rss(edition), headers=[("Cache-Control", "max-age=7200")]
        )
        origin.answers("/ttl", rss(edition, head=calendar))
    origin.answers("/quiet", rss(1))
    origin.answers("/asks", status=503, headers=[("Retry-After", "864000")])
    origin.answers("/bare", status=429)
    origin.answers("/failing", status=500)
    origin.answers("/gone", status=410)
    origin.answers("/page", b"<!doctype html><title>Home</title>")
    for _ in range(40):
        origin.answers("/moved", rss(1), status=200)
    origin.answers("/moved", status=301, headers=moved)
    paths = ["/ok", "/fresh", "/ttl", "/quiet", "/asks", "/bare", "/failing", "/gone"]
    resting = Source(id="rests", url=origin.url("/rests"), paused=Pause(why="holidays"))
    desk = desk_of(*paths, "/page", "/moved", sources=[resting])
    fresh = Source(id="fresher", url=origin.url("/fresher"))

    desk.live(3 * DAY)
    desk.adopt(sources=(*desk.config.sources, fresh))

    expected = {
        "ok": ("ok", r"interval 1h"),
        "fresh": ("ok", r"max-age 2h"),
        "ttl": ("ok", r"ttl 12h"),
        "quiet": ("ok", r"unchanged for \d (days|hours): slowed to \dh\d\dm"),
        "asks": ("throttled", r"Retry-After until 2026-06-11 12:00 UTC"),
        "bare": ("throttled", r"(failed \d+ times in a row: waits (8|16|24)h|429.*)"),
        "failing": ("failing", r"failed \d times in a row: waits 24h"),
        "gone": ("gone", r"gone since 2026-06-01 12:00 UTC"),
        "page": ("failing", r"failed \d times in a row: waits 24h"),
        "moved": (
            "ok",
            r".*; moved to .*/there for \d+ hours: will be remembered in .*",
        ),
        "rests": ("paused", r"paused: holidays"),
        "fresher": ("new", r"new"),
    }
    for id_, (state, because) in expected.items():
        status = desk.status(id_)
        assert (id_, status["state"]) == (id_, state)
        assert re.fullmatch(because, status["because"]), (id_, status["because"])
        waiting = status["next_poll_at"]
        assert (waiting is None) == (id_ in {"gone", "rests"})
        assert waiting is None or waiting <= desk.now + 30 * DAY
    assert desk.status("failing")["error"].endswith(
        "answered 500 Internal Server Error"
    )


def test_a_source_is_at_home_where_its_feed_says_unless_the_config_says_more(
    desk_of, origin
):
    for path in ("/said", "/configured"):
        origin.answers(path, rss(1))
    known = Source(
        id="configured", url=origin.url("/configured"), site="https://a.example/here"
    )
    desk = desk_of("/said", sources=[known])
    before = desk.status("said")["site"]

    desk.poll()

    assert before is None
    assert desk.status("said")["site"] == "https://agency.example/"
    assert desk.status("configured")["site"] == "https://a.example/here"
