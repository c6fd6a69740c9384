"""`run`: polls, publishes and serves until it is told to stop, and then ends cleanly."""

import json
import os
import signal
import socket
import threading
import time
import urllib.request
from contextlib import contextmanager, suppress
from urllib.error import HTTPError

import pytest

from aggregator.store import open_store
from tests.acceptance.test_commands import rss
from tests.installation import PATIENCE


@contextmanager
def running(at, command="run", event="running"):
    """Run the service; yield its process once it says that it runs."""
    process = at.start("--log-format", "logfmt", command)
    try:
        said(process, f"event={event}")
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def said(process, *words):
    """Return the next log line that has all the words; fails if it ends before."""
    late = threading.Timer(PATIENCE, process.kill)
    late.start()
    try:
        for line in process.stderr:
            if all(word in line for word in words):
                return line
    finally:
        late.cancel()
    raise AssertionError(f"ended without saying {words}")


def get(at, path, **headers):
    request = urllib.request.Request(
        at.url(path), headers={k.replace("_", "-"): v for k, v in headers.items()}
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_service_polls_publishes_serves_and_stops_with_zero(at, origin):
    origin.answers("/feed", rss(1, 2))

    with running(at) as process:
        said(process, "event=published", "feeds/wire.json", "entries=2")
        status, headers, body = get(at, "/feeds/wire.atom")
        assert status == 200
        assert headers["content-type"].startswith("application/atom+xml")
        figures = get(at, "/metrics")[2].decode()
        assert 'mediawire_polls_total{outcome="updated"} 1.0' in figures
        assert 'mediawire_articles_recorded_total{change="new"} 2.0' in figures
        assert "mediawire_config_valid 1.0" in figures
        assert body == at.published("feeds/wire.atom")
        assert b"Report 2" in body
        again, _, nothing = get(at, "/feeds/wire.atom", If_None_Match=headers["etag"])
        assert (again, nothing) == (304, b"")
        assert get(at, "/-/ready")[0] == 200
        at.run("health")
        at.run("poll", code=75)

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    told = at.run("health", code=1).stderr
    assert (
        f"nothing answers on 127.0.0.1:{at.port} (`listen`): connection refused" in told
    )
    assert "start the service with `mediawire run`" in told
    assert "Errno" not in told


def test_a_good_edit_is_followed_and_a_bad_one_refused(at, origin):
    """D7: the old config runs on; unchanged sources are not fetched again."""
    origin.answers("/feed", rss(1))
    origin.answers("/more", rss(7))

    with running(at) as process:
        said(process, "event=published", "feeds/wire.atom")
        at.write("sources.yaml", "sources:\n  - {id: a, url: nonsense}\n")
        assert "sources.yaml:2:" in said(process, 'event="config refused"')
        at.write_sources({"gazette": origin.url("/feed")})
        offered = (at.config / "publications.yaml").read_text()
        (at.config / "publications.yaml").unlink()
        said(process, 'event="config refused"', "publications.yaml: is gone")
        assert at.published("feeds/wire.atom")
        at.write("publications.yaml", offered)
        at.write_sources({"gazette": origin.url(), "more": origin.url("/more")})
        said(process, 'event="config adopted"', "sources=2")
        said(process, "source_id=more", "new=1")

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    assert [heard.path for heard in origin.heard] == ["/feed", "/more"]


def test_an_edit_that_needs_a_restart_says_so(at):
    """It said "config adopted", and wrote to the old database."""
    text = (at.config / "mediawire.yaml").read_text()
    with running(at) as process:
        at.write("mediawire.yaml", text.replace("wire.db", "other.db"))

        told = said(process, 'event="restart needed"')

    assert "keys=store" in told


def test_signals_that_come_together_are_all_heard(at, origin):
    """HUP reads the config again, TERM stops: also just as the service goes to wait."""
    origin.answers("/feed", rss(1))

    with running(at) as process:
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


@pytest.mark.parametrize("command", ["run", "scheduler", "serve"])
def test_a_service_that_is_told_to_reload_while_it_starts_goes_on(at, command):
    """It ended, in a way that a supervisor takes for a good one."""
    token = at.config / "token"
    os.mkfifo(token)
    text = (at.config / "mediawire.yaml").read_text()
    at.write("mediawire.yaml", text + "console: {token: 'file:token'}\n")
    process = at.start(command)
    try:
        with token.open("w") as begun:  # opens when somebody reads its config
            process.send_signal(signal.SIGHUP)
            begun.write("0123456789abcdef")
        said(process, "event=serving" if command == "serve" else "event=running")

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()


def test_serve_shows_what_another_process_stored(at, origin):
    origin.answers("/feed", rss(1))
    at.poll()
    article = at.articles()[0]

    with running(at, "serve", "serving") as process:
        status, _, page = get(at, f"/articles/{article['id']}", Accept="text/html")
        assert status == 200
        assert article["title"].encode() in page
        feed = json.loads(get(at, "/feeds/wire.json")[2])
        assert [item["title"] for item in feed["items"]] == ["Report 1"]
        process.send_signal(signal.SIGHUP)
        said(process, 'event="config kept"')
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0


def test_what_is_likely_not_meant_is_told_in_the_log_once(at):
    """It stood there in a form of its own at the start, and of an edit nowhere."""
    offered = (at.config / "publications.yaml").read_text()
    at.write("publications.yaml", f"{offered}rules:\n  idle: {{kind: select}}\n")

    with running(at, event='"config doubtful"') as process:
        said(process, "event=running")
        at.write("sources.yaml", "sources: []")
        said(process, 'event="config adopted"')
        told = next(process.stderr)
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read()

    assert 'level=warning event="config doubtful" warning="no source is' in told
    assert "doubtful" not in rest


def test_serve_follows_the_config_and_stores_nothing_of_it(at, origin):
    """D7: it showed what a source did not allow any more until it was started anew."""
    origin.answers("/feed", rss(1))
    at.poll()
    page = f"/articles/{at.articles()[0]['id']}"
    source = {"url": origin.url("/feed"), "rights": {"body": "headline"}}

    with running(at, "serve", "serving") as process:
        assert b"Words of 1" in get(at, page)[2]
        at.write_sources({"gazette": source, "more": origin.url("/more")})
        said(process, 'event="config adopted"', "sources=2")
        assert b"Words of 1" not in get(at, page)[2]
        assert get(at, "/sources/more")[0] == 200

        at.run("source", "pause", "gazette", "--why", "on strike")
        said(process, 'event="config adopted"')
        assert b"Resume" in get(at, "/status/sources/gazette")[2]

        at.write("sources.yaml", "sources:\n  - {id: a, url: nonsense}\n")
        said(process, 'event="config refused"')
        assert b"nonsense" in get(at, "/status/")[2]
        assert b"Words of 1" not in get(at, page)[2]
    with open_store(at.store, create=False, read_only=True) as store:
        assert set(store.states()) == {"gazette"}


def test_a_second_ctrl_c_ends_serve_at_once(at):
    """Also while it waits for a visitor who does not send what they announced."""
    with (
        running(at, "serve", "serving") as process,
        socket.create_connection(("127.0.0.1", at.port), PATIENCE) as visitor,
    ):
        visitor.sendall(
            f"POST /status/test HTTP/1.1\r\nHost: 127.0.0.1:{at.port}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode()
        )
        assert visitor.recv(100).startswith(b"HTTP/1.1 100")
        process.send_signal(signal.SIGINT)
        until(lambda: not listens(at.port))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130


def until(happened):
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)


def listens(port):
    with (
        suppress(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", port)),
    ):
        return True
    return False


def test_a_scheduler_polls_and_publishes_and_leaves_serving_to_others(at, origin):
    origin.answers("/feed", rss(1))

    process = at.start("--log-format", "logfmt", "scheduler")
    try:
        said(process, "event=published", "feeds/wire.atom", "entries=1")
        assert b"Report 1" in at.published("feeds/wire.atom")
        assert "held by scheduler" in at.run("poll", code=75).stderr
        with socket.create_server(("127.0.0.1", at.port)):
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
    finally:
        process.kill()
        process.communicate()


def test_a_port_that_is_taken_is_said_and_ends_the_command(at):
    with socket.create_server(("127.0.0.1", at.port)):
        told = at.run("serve", code=1).stderr

    assert str(at.port) in told
