"""The operator's console and alerts, through the real command."""

import http.client
import re
from contextlib import contextmanager
from urllib.parse import urlencode

from msgspec.structs import replace

from aggregator.store import open_store
from tests.acceptance.test_commands import rss
from tests.acceptance.test_service import running, said
from tests.alerting.receivers import hook

TOKEN = "correct-horse-battery-staple"


def asks(at, method, path, fields=(), **headers):
    """Send a request as a program with the token does; return status and page."""
    connection = http.client.HTTPConnection("127.0.0.1", at.port, timeout=60)
    sent = {"authorization": f"Bearer {TOKEN}", **headers}
    if method == "POST":
        sent["content-type"] = "application/x-www-form-urlencoded"
    body = urlencode(dict(fields)) if method == "POST" else None
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, " ".join(re.sub(r"<[^>]*>", " ", page).split())


def with_token(at):
    config = at.config / "mediawire.yaml"
    config.write_text(f"{config.read_text()}console: {{token: {TOKEN}}}\n")


@contextmanager
def started(at, command, *words):
    """Run a command until the block ends; the block begins once it says these words."""
    process = at.start("--log-format", "logfmt", command)
    try:
        said(process, *words)
        yield
    finally:
        process.kill()
        process.communicate()


def test_an_operator_polls_pauses_withdraws_and_is_told_what_is_wrong(at, origin):
    """P23: pressed ten times in a minute, one request at most, and conditional."""
    origin.answers("/feed", rss(1, 2), headers=[("ETag", '"1"')])
    origin.answers("/feed", status=304)
    with_token(at)
    at.run("-q", "poll")
    with running(at) as process:
        pressed = [asks(at, "POST", "/status/sources/gazette/poll") for _ in range(10)]
        assert {status for status, _ in pressed} == {409}
        assert re.search(r"polled \d+s ago, wait \d+s more", pressed[0][1])
        assert len(origin.heard) == 1

        status, _ = asks(
            at, "POST", "/status/sources/gazette/pause", {"why": "looks odd: “#”"}
        )
        assert status == 303
        said(process, 'event="config adopted"')
        assert "paused: looks odd: “#”" in asks(at, "GET", "/status/")[1]
        assert asks(at, "POST", "/status/sources/gazette/poll")[0] == 409
        assert asks(at, "POST", "/status/sources/gazette/resume")[0] == 303
        said(process, 'event="config adopted"')
        assert asks(at, "POST", "/status/sources/gazette/resume")[0] == 409

        (article, *_) = at.articles()
        form = {"article": article["id"], "why": "a mistake"}
        assert asks(at, "POST", "/status/withdraw", form)[0] == 303
        said(process, "event=published", "feeds/wire.rss", "entries=1")
        assert asks(at, "POST", "/status/withdraw", form)[0] == 409

        at.write("publications.yaml", "publications: [{id: wire, limit: many}]")
        said(process, 'event="config refused"')
        assert "publications.yaml:1:34" in asks(at, "GET", "/status/")[1]


def test_a_source_that_was_paused_a_moment_ago_is_not_polled_by_hand(at, origin):
    """Before the service has taken up the edit, too."""
    origin.answers("/feed", rss(1))
    with_token(at)
    with running(at):
        paused = asks(at, "POST", "/status/sources/gazette/pause", {"why": "strike"})
        polled = asks(at, "POST", "/status/sources/gazette/poll")

    assert (paused[0], polled[0]) == (303, 409)
    assert "gazette is not polled: paused" in polled[1]


def test_a_poll_by_hand_is_conditional_and_never_against_a_retry_after(at, origin):
    """P23: refused with the time left while a Retry-After is running."""
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    with_token(at)
    with running(at) as process:
        said(process, "event=polled", "outcome=failed")
        status, page = asks(at, "POST", "/status/sources/gazette/poll")
        tested, why = asks(at, "POST", "/status/test", {"url": origin.url()})

    assert (status, tested) == (409, 409)
    assert re.search(r"Retry-After until .* UTC, (60|59)m.* left", page)
    assert "Retry-After" in why
    assert len(origin.heard) == 1


def test_a_running_service_keeps_a_retry_after_of_a_source_that_was_removed(at, origin):
    """P12: it is not tested by hand, nor polled when it comes back with another id."""
    origin.answers("/feed", status=429, headers=[("Retry-After", "3600")])
    with_token(at)
    with running(at) as process:
        said(process, "event=polled", "outcome=failed")
        at.write_sources({})
        said(process, 'event="config adopted"')
        tested, why = asks(at, "POST", "/status/test", {"url": origin.url()})
        at.write_sources({"renamed": origin.url()})
        said(process, 'event="config adopted"')
        polled, page = asks(at, "POST", "/status/sources/renamed/poll")

    assert (tested, polled) == (409, 409)
    assert "is not asked: Retry-After until" in why
    assert "Retry-After until" in page
    assert len(origin.heard) == 1


def test_a_new_source_is_polled_by_hand_and_tested(at, origin):
    origin.answers("/feed", rss(1, 2), headers=[("ETag", '"1"')])
    origin.answers("/other", rss(1, 2, 3))
    with_token(at)
    with running(at) as process:
        said(process, "event=polled", "outcome=updated")
        status, page = asks(at, "POST", "/status/test", {"url": origin.url("/other")})
        assert status == 200
        assert "3 entries now. Nothing was kept." in page
        status, page = asks(at, "POST", "/status/test", {"url": origin.url("/other")})
        assert status == 409
        status, page = asks(at, "POST", "/status/test", {"url": "http://10.0.0.1/x"})
        assert (status, "is not dialled" in page) == (409, True)

    assert [heard.path for heard in origin.heard] == ["/feed", "/other"]


def test_who_only_serves_says_who_polls(at, origin):
    with_token(at)
    with started(at, "serve", "event=serving"):
        status, page = asks(at, "POST", "/status/sources/gazette/poll")
        assert asks(at, "GET", "/status/", authorization="Bearer no")[0] == 401

    assert status == 409
    assert "this process only serves" in page
    assert origin.heard == []


def test_the_token_is_in_no_output(at):
    """A5: neither in config show, nor in a log, nor on a page."""
    with_token(at)
    shown = at.run("config", "show").stdout
    with running(at) as process:
        page = asks(at, "GET", "/status/")[1]
        process.terminate()
        _, log = process.communicate()

    assert TOKEN not in shown + page + log


def test_alerts_stand_in_status_and_are_told(at, origin):
    origin.answers("/feed", status=410)
    with hook() as receiving:
        config = at.config / "mediawire.yaml"
        config.write_text(
            f"{config.read_text()}alerts: {{webhook: '{receiving.url}'}}\n"
        )
        at.run("-q", "poll")
        with open_store(at.store) as store:
            gone = replace(store.state("gazette"), gone=True)
            store.put_states([gone], configured=["gazette"])
        rows, table = at.status(), at.run("status").stdout
        with started(at, "run", "event=alerted", "channel=webhook"):
            pass
        with started(at, "run", "event=running"):
            pass

    assert rows["gazette"]["state"] == "gone"
    assert [alert["kind"] for alert in rows["gazette"]["alerts"]] == ["gone"]
    assert "! gazette: its publisher took the feed down for good" in table
    assert [said["alerts"][0]["about"] for _, _, said in receiving.got] == ["gazette"]
