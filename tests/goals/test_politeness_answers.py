"""What a publisher's server hears of the whole program, and what it makes of answers."""

from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from time import monotonic

import pytest
from installation import Installation
from msgspec.structs import replace
from newsdesk import DAY, HOUR, MINUTE, NOON, conditional, rss

from aggregator.fetching.kinds import http
from aggregator.model import FetchLimits, HostLimits, Source

SPACING = timedelta(seconds=0.2)
ODD_DATE = b"Mon, 01-Jan-26 00:00:00 GMT"
ETAGS = {
    "/quoted": b'"abc"',
    "/weak": b'W/"abc"',
    "/unquoted": b"abc",
    "/empty": b'""',
    "/space": b'"a b"',
    "/semicolon": b'"a;b"',
    "/latin": b'"\xe9"',
    "/emoji": '"\N{SNOWMAN}\N{PARTY POPPER}"'.encode(),
    "/long": b'"' + b"x" * 9_000 + b'"',
    "/control": b'"a\x01b"',
    "/trailing": b'"abc" \t ',
    "/none": None,
}


def test_the_first_poll_of_a_source_is_one_get(tmp_path, origin):
    """P1: exactly one GET of exactly the configured path, by the real command.

    P18: it says who asks, where to complain, and what is read.
    """
    origin.answers("/news/feed.xml", rss(1))
    at = Installation(tmp_path, {"a": origin.url("/news/feed.xml?full=1#top")})

    at.poll()

    (heard,) = origin.heard
    assert heard.line == b"GET /news/feed.xml?full=1 HTTP/1.1"
    agent = heard.header("user-agent").decode()
    assert agent.startswith("MediaWire/")
    assert agent.endswith(" (+https://press.example/about)")
    assert b"application/rss+xml" in heard.header("accept")
    assert b"gzip" in heard.header("accept-encoding")


def test_what_a_request_needs_is_loaded_before_the_first_poll(desk_of, monkeypatch):
    """Else the first comes late, and the second sooner after it than `spacing`."""
    opened = http.opened
    loaded = []

    def noted(*limits, **said):
        loaded.append("http")
        return opened(*limits, **said)

    monkeypatch.setattr(http, "opened", noted)

    desk_of("/a")

    assert loaded == ["http"]


def test_validators_survive_the_store_and_a_restart(desk_of, origin):
    """P2: 12 of 12 ETags come back byte for byte or not at all, 0 altered.

    And so does a Last-Modified that is no date of HTTP; what cannot be sent is left out
    whole, and the other one still makes the request conditional.
    """
    for path, etag in ETAGS.items():
        headers = [("Last-Modified", ODD_DATE)]
        headers += [("ETag", etag)] if etag is not None else []
        origin.answers(path, rss(1), headers=headers)
        origin.answers(path, status=304)
    desk = desk_of(*ETAGS)
    desk.live(HOUR / 2)
    desk.restart()
    desk.live(HOUR)
    desk.restart()
    desk.live(HOUR)

    for path, etag in ETAGS.items():
        first, *later = [heard for _, heard in desk.heard if heard.path == path]
        sent = None if path in {"/long", "/control", "/none"} else etag.strip()
        assert not conditional(first)
        assert [heard.header("if-none-match") for heard in later] == [sent] * 2
        assert [heard.header("if-modified-since") for heard in later] == [ODD_DATE] * 2


def sent_after(desk, path):
    """Return the validators of the last request for a path."""
    heard = [heard for _, heard in desk.heard if heard.path == path][-1]
    return heard.header("if-none-match"), heard.header("if-modified-since")


def test_newer_validators_replace_older_ones_whatever_brought_them(desk_of, origin):
    """P3, P5: a new ETag beside the old date; a 304 with a new one of each, or neither.

    Replaced, replaced, replaced, kept.
    """
    first = [("ETag", '"1"'), ("Last-Modified", "then")]
    seconds = {
        "/etag-of-200": (rss(2, 1), 200, [("ETag", '"2"'), ("Last-Modified", "then")]),
        "/date-of-304": (b"", 304, [("Last-Modified", "later")]),
        "/etag-of-304": (b"", 304, [("ETag", '"2"')]),
        "/neither": (b"", 304, []),
    }
    for path, (body, status, headers) in seconds.items():
        origin.answers(path, rss(1), headers=first)
        origin.answers(path, body, status=status, headers=headers)
        origin.answers(path, status=304)
    desk = desk_of(*seconds)
    desk.live(2 * HOUR)
    desk.restart()
    desk.live(1 * HOUR)

    assert {path: sent_after(desk, path) for path in seconds} == {
        "/etag-of-200": (b'"2"', b"then"),
        "/date-of-304": (b'"1"', b"later"),
        "/etag-of-304": (b'"2"', b"then"),
        "/neither": (b'"1"', b"then"),
    }


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"not here", 404),
        (b"broken", 500),
        (b"<!doctype html><title>Home</title><p>Welcome", 200),
        (b"", 200),
        (b'{"error": "quota"}', 200),
        (b"<rss><channel><title>cut off", 200),
    ],
)
def test_validators_of_what_is_no_feed_are_never_sent(desk_of, origin, body, status):
    """P7: 404, 500 and a 200 that is not a feed: 0 validators kept or sent."""
    good = [("ETag", '"good"'), ("Last-Modified", "good")]
    bad = [("ETag", '"bad"'), ("Last-Modified", "bad")]
    origin.answers("/new", body, status=status, headers=bad)
    origin.answers("/known", rss(1), headers=good)
    origin.answers("/known", body, status=status, headers=bad)
    desk = desk_of("/new", "/known")
    desk.live(12 * HOUR)
    desk.restart()
    desk.live(DAY)

    assert len(desk.times("/new")) > 2
    assert not any(b"bad" in heard.raw for _, heard in desk.heard)
    if status != 200 or b"cut off" not in body:
        assert sent_after(desk, "/known") == (b'"good"', b"good")


@pytest.mark.parametrize("status", [400, 412, 431])
def test_a_server_that_chokes_on_its_own_validators_is_asked_without(
    desk_of, origin, status
):
    """P7: the next report comes, instead of the same refusal for ever."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"a;b"')])
    origin.answers("/feed", b"no", status=status)
    origin.answers("/feed", rss(2, 1))
    desk = desk_of("/feed")
    desk.live(4 * HOUR)

    asked = [conditional(heard) for _, heard in desk.heard]
    assert asked[:3] == [False, True, False]
    assert set(desk.articles()) == {"Report 1", "Report 2"}
    assert desk.status("feed")["state"] == "ok"


def next_poll(desk, path):
    """Return how long after the last request a source is next polled."""
    return desk.status(path[1:])["next_poll_at"] - desk.times(path)[-1]


FRESHNESS = {
    "max-age=7200": 2 * HOUR,
    "max-age=0": HOUR,
    "no-cache": HOUR,
    "max-age=99999999999": 30 * DAY,
    "max-age=abc": HOUR,
    "max-age=-5": HOUR,
    "public, max-age=7200, must-revalidate": 2 * HOUR,
}


@pytest.mark.parametrize("status", [200, 304, 429])
@pytest.mark.parametrize("said", FRESHNESS)
def test_a_source_is_fresh_for_as_long_as_it_says(desk_of, origin, status, said):
    """P10: not before max(interval, max-age); garbage ignored; at most 30 days, told."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    headers = [("Cache-Control", said), ("ETag", '"2"')]
    origin.answers("/feed", rss(2), status=status, headers=headers)
    desk = desk_of("/feed")
    desk.live(HOUR + 2 * MINUTE)
    least = max(FRESHNESS[said], 4 * HOUR if status == 429 else HOUR)

    assert len(desk.times("/feed")) == 2
    assert least <= next_poll(desk, "/feed") <= least + 2 * MINUTE
    if least == 30 * DAY:
        assert "capped at 30d" in desk.status("feed")["because"]


def test_age_is_taken_off_and_of_two_headers_the_longer_counts(desk_of, origin):
    """P10: with Age: 3600; two Cache-Control headers."""
    origin.answers(
        "/aged", rss(1), headers=[("Cache-Control", "max-age=9000"), ("Age", "3600")]
    )
    two = [("Cache-Control", "max-age=60"), ("Cache-Control", "max-age=7200")]
    origin.answers("/two", rss(1), headers=two)
    desk = desk_of("/aged", "/two")
    desk.live(MINUTE)

    assert timedelta(minutes=90) <= next_poll(desk, "/aged") <= timedelta(minutes=92)
    assert 2 * HOUR <= next_poll(desk, "/two") <= 2 * HOUR + 2 * MINUTE


@pytest.mark.parametrize("status", [200, 304])
def test_a_source_that_says_when_it_expires_is_not_asked_before(
    desk_of, origin, status
):
    """P10: without max-age, in the form of HTTP/1.0."""
    tomorrow = format_datetime(NOON + DAY, usegmt=True)
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    origin.answers("/feed", rss(2), status=status, headers=[("Expires", tomorrow)])
    desk = desk_of("/feed")
    desk.live(2 * HOUR)
    polled = desk.times("/feed")[-1]

    assert NOON + DAY <= polled + next_poll(desk, "/feed") <= NOON + DAY + 2 * MINUTE
    assert desk.status("feed")["because"].startswith("Expires in 22h")


RETRY_AFTER = {
    "120": None,
    "date": 3 * HOUR,
    "-5": None,
    "1.5": None,
    "abc": None,
    "3456000": 30 * DAY,  # 40 days
    "absent": None,
}


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("said", RETRY_AFTER)
def test_a_server_that_asks_for_time_gets_it(desk_of, origin, status, said):
    """P12: never earlier than asked, at most 30 days; 4 h for a bare 429.

    A bare 503 backs off; either counts as throttled, never as a parse error.
    """
    when = format_datetime(NOON + RETRY_AFTER["date"], usegmt=True)
    value = when if said == "date" else said
    headers = [("Retry-After", value)] if said != "absent" else []
    origin.answers("/feed", status=status, headers=headers)
    desk = desk_of("/feed")
    desk.live(MINUTE)
    status_row = desk.status("feed")

    usual = 4 * HOUR if status == 429 and said not in {"120", "1.5"} else 2 * HOUR
    usual = HOUR if said in {"120", "1.5"} else usual
    least = RETRY_AFTER[said] or usual
    assert least <= next_poll(desk, "/feed") <= least + 2 * MINUTE
    assert (status_row["state"], status_row["problem"]) == ("throttled", "throttled")
    if RETRY_AFTER[said]:
        assert "Retry-After until " in status_row["because"]
        assert desk.poll(force=True) == {}


@pytest.mark.parametrize(
    "statuses", [(301,), (308,), (302,), (303,), (307,), (301, 302)]
)
def test_a_move_is_believed_after_five_polls_and_two_days(desk_of, origin, statuses):
    """P16: followed each time, remembered only if permanent and seen for long enough."""
    for hop, status in enumerate(statuses):
        there = [("Location", f"/{hop + 1}")]
        origin.answers(f"/{hop}", status=status, headers=there)
    last = f"/{len(statuses)}"
    for edition in range(200):
        origin.answers(last, rss(edition))
    desk = desk_of(sources=[Source(id="a", url=origin.url("/0"))])
    desk.live(2 * DAY - HOUR)
    watching = desk.status("a")["because"]
    desk.restart()
    desk.live(3 * HOUR)
    turned = len(desk.times("/0"))
    desk.live(DAY)

    assert len(desk.times(last)) >= 70
    if statuses in {(301,), (308,)}:
        assert f"moved to {origin.url(last)} for 46 hours: will be remem" in watching
        assert "which is asked instead" in desk.status("a")["because"]
        assert len(desk.times("/0")) == turned
        assert 48 <= turned <= 50
    else:
        assert "moved" not in watching + desk.status("a")["because"]
        assert len(desk.times("/0")) == len(desk.times(last))
    assert desk.config.sources[0].url == origin.url("/0")


def test_two_sources_whose_feed_moved_to_one_address_are_told_of(desk_of, origin):
    """P16: its publisher is asked twice, and no config shows it."""
    origin.answers("/a", status=301, headers=[("Location", "/b")])
    origin.answers("/b", rss(1), headers=[("ETag", '"1"')])
    desk = desk_of("/a", "/b")
    desk.live(2 * DAY - HOUR)
    before = desk.status("a")["because"]

    desk.live(DAY)

    assert "also asked" not in before + desk.status("b")["because"]
    assert "also asked there by b: keep one of them" in desk.status("a")["because"]


@pytest.mark.parametrize("answer", ["a page", "a day only"])
def test_a_move_that_ends_nowhere_or_is_taken_back_is_not_believed(
    desk_of, origin, answer
):
    """P16: 301 to an HTML page, 301 for one day only."""
    moved = [("Location", "/new")]
    for _ in range(20):
        origin.answers("/feed", status=301, headers=moved)
    if answer == "a page":
        origin.answers("/feed", status=301, headers=moved)
        origin.answers("/new", b"<!doctype html><title>We moved</title>")
    else:
        for edition in range(100):
            origin.answers("/feed", rss(edition))
            origin.answers("/new", rss(edition))
    desk = desk_of("/feed")
    desk.live(5 * DAY)

    assert desk.wire.schedule.states()["feed"].fetch_url == origin.url("/feed")
    assert desk.times("/feed")[-1] > NOON + 3 * DAY


def test_nothing_follows_us_from_request_to_request(desk_of, origin):
    """P19: no Cookie, Referer or Authorization, no fragment, the path as configured."""
    path = "/a%2Fb/%7Efeed?x=1&y=%20&z=a+b&empty="
    cookie = ("Set-Cookie", "id=1; Path=/")
    origin.answers(path, rss(1), headers=[cookie, ("ETag", '"1"')])
    origin.answers(path, status=302, headers=[cookie, ("Location", "/elsewhere#part")])
    origin.answers("/elsewhere", rss(2), headers=[cookie])
    desk = desk_of(sources=[Source(id="a", url=origin.url(path + "#fragment"))])
    desk.live(4 * HOUR)

    assert [heard.path for _, heard in desk.heard][:3] == [path, path, "/elsewhere"]
    assert len(desk.heard) == 7
    for _, heard in desk.heard:
        assert not any(map(heard.header, ("cookie", "referer", "authorization")))
        assert b"python" not in heard.header("user-agent").lower()
        assert b"#" not in heard.line


def test_a_redirect_that_asks_for_hours_is_followed_after_them(desk_of, origin):
    """P12: RFC 9110 section 10.2.3. Nor is its feed never read for that."""
    late = [("Location", "/new"), ("Retry-After", "7200")]
    origin.answers("/feed", status=302, headers=late)
    origin.answers("/new", rss(1))
    desk = desk_of("/feed")
    desk.live(HOUR)
    waiting = desk.status("feed")
    desk.live(DAY)

    assert (waiting["state"], desk.times("/new")[0] - NOON >= 2 * HOUR) == (
        "throttled",
        True,
    )
    assert waiting["because"].startswith("Retry-After until 14:0")
    assert desk.times("/new") == desk.times("/feed")[1::2]
    assert min(desk.gaps("/feed")) >= HOUR
    assert set(desk.articles()) == {"Report 1"}


@pytest.fixture
def moved_in(desk_of, origin):
    """Three sources, each on a host of its own, all of which redirect to one."""
    hosts = {name: f"{name}.example:{origin.port}" for name in ("a", "b", "c", "one")}
    for name in "abc":
        there = f"http://{hosts['one']}/feed?of={name}"
        origin.answers(f"/{name}", status=302, headers=[("Location", there)])
        origin.answers(f"/feed?of={name}", rss(ord(name)))
    return desk_of(
        sources=[Source(id=n, url=f"http://{hosts[n]}/{n}") for n in "abc"],
        resolver=lambda _host, _port: ["127.0.0.1"],
        fetch=FetchLimits(allow_private=tuple(hosts.values())),
        hosts=(("one.example", HostLimits(per_host=1, spacing=SPACING)),),
    )


class Noting(list):
    """What a server heard, and when it was asked for feeds."""

    def __init__(self):
        super().__init__()
        self.fed = []

    def append(self, heard):
        super().append(heard)
        if heard.path.startswith("/feed"):
            self.fed.append(monotonic())


def test_hosts_that_redirect_to_one_publisher_reach_it_at_its_pace(moved_in, origin):
    """They were as polite to it as if each were alone."""
    origin.heard = heard = Noting()

    results = moved_in.poll().values()

    gaps = [later - at for at, later in pairwise(heard.fed)]
    assert min(gaps) > SPACING.total_seconds() / 2
    assert {each.outcome.kind for each in results} == {"updated"}
    assert {each.state.host for each in results} == {f"{n}.example" for n in "abc"}
    assert len(heard) == 6


def test_who_is_called_back_while_it_waits_for_another_host_begins_anew(
    moved_in, origin
):
    """By an edit of the config, which may know another address."""
    state = moved_in.wire.schedule.due(1)[0]
    moved_in.wire.poll(state, leaves=True)
    led = moved_in.wire.poll(state, leaves=True)

    result = moved_in.wire.poll(replace(state, host=led.host))

    assert [heard.path for heard in origin.heard] == ["/a", "/a", "/feed?of=a"]
    assert (result.outcome.kind, result.state.host) == ("updated", state.host)


def test_force_asks_conditionally_and_not_while_a_publisher_wants_peace(
    desk_of, origin
):
    """P23: forced polls stay conditional, and are refused with the time left."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    origin.answers("/feed", status=304)
    origin.answers("/feed", status=503, headers=[("Retry-After", "600")])
    desk = desk_of("/feed")
    desk.poll()
    desk.poll(force=True)
    desk.poll(force=True)
    refused = [desk.poll(force=True) for _ in range(10)]

    assert [conditional(heard) for _, heard in desk.heard] == [False, True, True]
    assert refused == [{}] * 10
