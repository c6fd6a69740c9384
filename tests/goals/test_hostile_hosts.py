"""Hosts that hang, and secrets among hosts that fail: what is left, held up or told."""

import asyncio
import gzip
import itertools
import logging
import os
import threading
from datetime import timedelta
from pathlib import Path

import structlog
from click.testing import CliRunner
from installation import Installation
from msgspec.structs import replace
from newsdesk import LOOPBACK, NOON, UNHURRIED, rss, started
from origin import Origin

from aggregator.app.configuring import load_config
from aggregator.app.pages import Newsroom
from aggregator.cli import mediawire
from aggregator.engines import capacity, local
from aggregator.model import FetchLimits, ReadingLimits, Source
from aggregator.web import application

OK = b"HTTP/1.1 200 OK\r\n"


def drip(start, piece):
    """Yield the start, then a piece every few milliseconds for ever."""
    yield start
    for _ in itertools.count():
        yield piece
        yield 0.01


HANGING = {
    "/body": lambda: drip(OK + b"Content-Length: 9999\r\n\r\n", b"x"),
    "/headers": lambda: drip(OK, b"X: y\r\n"),
    "/continue": lambda: drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "/silence": lambda: [3600.0],
}


def children():
    """Return the ids of the processes that this one has started and not buried."""
    tasks = Path("/proc/self/task").iterdir()
    return {pid for task in tasks for pid in (task / "children").read_text().split()}


def held():
    """Return how many threads, open files and child processes there are."""
    files = sum(1 for _ in Path("/proc/self/fd").iterdir())
    return threading.active_count(), files, len(children())


def ended_since(threads):
    """Wait for threads of ours that were told to end, and may take a moment to do so.

    Not for the origin's, each of which lives as long as its connection.
    """
    for thread in set(threading.enumerate()) - set(threads):
        if "(_serve)" not in thread.name:
            thread.join(timeout=10)


def test_edits_of_limits_leave_no_process_and_no_connection(desk_of, origin):
    """O4: files +0, however often an operator tries other limits."""
    desk = desk_of("/a", reading=UNHURRIED)
    counts, edits, threads = [], range(1, 5), threading.enumerate()
    for edit in edits:
        origin.answers("/a", rss(edit))
    for edit in edits:
        desk.poll(force=True)
        ended_since(threads)
        counts.append(held())
        patience = timedelta(seconds=60 + edit)
        desk.adopt(
            reading=replace(UNHURRIED, timeout=patience),
            fetch=replace(LOOPBACK, timeout=patience),
        )

    assert len(set(counts)) == 1


def test_hosts_that_hang_leave_no_thread_socket_or_process(desk_of):
    """N8: drip, endless 100 Continue, silence, no TLS hello: counts equal after."""
    before, threads = held(), threading.enumerate()
    with Origin() as origin, Origin() as silent:
        silent.silence()
        for path, steps in HANGING.items():
            origin.streams(path, steps())
        origin.answers("/good", rss(1))
        urls = {path[1:]: origin.url(path) for path in [*HANGING, "/good"]}
        urls["hello"] = silent.url("/feed").replace("http:", "https:")
        desk = desk_of(
            sources=[Source(id=id_, url=url) for id_, url in urls.items()],
            fetch=FetchLimits(
                timeout=timedelta(seconds=0.5), allow_private=("127.0.0.0/8",)
            ),
            reading=ReadingLimits(timeout=timedelta(seconds=60), workers=1),
        )
        results = desk.poll()
        desk.close()
    ended_since(threads)

    problems = {id_: result.outcome.problem for id_, result in results.items()}
    assert problems.pop("good") is None
    assert set(problems.values()) == {"timeout"}
    assert held() == before


def test_silent_hosts_do_not_keep_the_others_waiting(desk_of, monkeypatch):
    """N16, scaled: 24 hosts that never answer and 8 workers; 20 good ones come through.

    The silent ones would hang for an hour; the good ones are done long before.
    """
    monkeypatch.setattr(capacity, "PATIENCE", 0.1)
    with Origin(host="0.0.0.0") as origin:
        origin.sends("/silent", 3600.0)
        origin.answers("/good", rss(1))
        hosts = iter(f"127.0.1.{n}" for n in range(1, 250))
        sources = [
            Source(id=f"{name}{n:02}", url=origin.url(f"/{path}", host=next(hosts)))
            for name, path, count in [("a", "silent", 24), ("b", "good", 20)]
            for n in range(count)
        ]
        desk = desk_of(
            sources=sources,
            fetch=FetchLimits(
                timeout=timedelta(hours=1),
                workers=8,
                allow_private=LOOPBACK.allow_private,
            ),
        )
        recorded = []
        engine = local.LocalEngine(
            desk.wire.poll, recorded.extend, limits=desk.config.host_limits, workers=8
        )
        engine.submit(desk.wire.schedule.due(100))
        while len(recorded) < 20:
            os.sched_yield()
        waiting = engine.taken()

    engine.stop(timedelta(seconds=10))
    assert waiting == {f"a{n:02}" for n in range(24)}


SECRETS = ("SECRETPW", "SECRETTOK", "SECRETKEY")


def answers_of_a_bad_day(origin):
    """Script a day's mixed answers; return how many polls they are for."""
    path = "/f?token=SECRETTOK"
    echo = origin.url("/elsewhere?token=SECRETTOK&page=2")
    origin.answers(path, rss(1), headers=[("ETag", '"1"')])
    origin.answers(path, status=304)
    origin.answers(path, b"SECRETPW?", status=404)
    origin.answers(path, status=302, headers=[("Location", echo)])
    origin.answers("/elsewhere", status=500)
    origin.answers(path, status=302, headers=[("Location", "http://[bad?SECRETTOK")])
    origin.answers(path, status=302, headers=[("Location", path)])
    origin.answers(
        path, status=302, headers=[("Location", "http://10.0.0.1/?SECRETTOK")]
    )
    origin.sends(path, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<rss/>")
    origin.sends(path, b"nonsense\r\n\r\n")
    origin.sends(path)
    origin.sends(path, 3600.0)
    origin.answers(path, b"x", headers=[("Content-Encoding", "br")])
    origin.answers(path, b"<!doctype html><title>Log in</title>")
    origin.answers(path, b"<html><p>There is no feed at /f?token=SECRETTOK")
    origin.answers(path, b"{'error': 'user:SECRETPW is not allowed, nor SECRETKEY'}")
    origin.answers(path, b"x" * 74 + b"SECRETTOK, which is cut by the quote")
    origin.answers(path, rss(2, 1))
    return 17


PAGES = [
    *("/", "/about", "/sources/", "/sources/a", "/sources.opml", "/feeds.opml"),
    *("/feeds/wire", "/feeds/wire.atom", "/metrics", "/-/ready"),
]


def served(wire, path):
    """Return the page at a path as the web room makes it."""
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode()}
    scope |= {"query_string": b"", "headers": [(b"accept", b"text/html")]}
    scope |= {"http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1)}
    asyncio.run(application(Newsroom(wire), desk=None)(scope, receive, send))
    assert sent[0]["status"] == 200, path
    return b"".join(message.get("body", b"") for message in sent).decode()


def said(at, *words):
    """Return everything that a command prints, run in this process."""
    done = CliRunner().invoke(mediawire, ["-c", str(at.config), *words])
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


def test_no_secret_is_ever_told(tmp_path, origin, readers, caplog):
    """A5: user, password, token and key in 0 bytes of outputs, OPML, status and logs.

    17 kinds of answer with all loggers at debug level, then every command that shows
    something, then every file that was published.
    """
    caplog.set_level(logging.DEBUG)
    url = origin.url("/f?token=SECRETTOK").replace("//", "//user:SECRETPW@")
    source = {"url": url, "headers": {"X-Api-Key": "SECRETKEY"}}
    at = Installation(tmp_path / "at", {"a": source}, timeout="1s")
    config = load_config(at.config, environ={})
    wire = started(config, lambda: NOON, readers=readers)
    with structlog.testing.capture_logs() as events:
        for _ in range(answers_of_a_bad_day(origin)):
            wire.record([wire.poll(wire.schedule.states()["a"])])
        wire.publish()
    article = next(iter(wire.store.articles())).id
    log = [*map(str, wire.store.journal.poll_log("a")), *map(str, events), caplog.text]
    pages = [served(wire, path) for path in [*PAGES, f"/articles/{article}"]]
    wire.close()

    shown = [
        said(at, *words.split())
        for words in (
            *("status --json", "status", "source list --json", "source show a"),
            *("source export", "config show", "check", "article list --json"),
            f"article show {article}",
        )
    ]
    files = [
        gzip.decompress(body) if path.endswith(".gz") else body
        for path, (body, _) in at.files().items()
    ]

    assert len({event.get("error") for event in events}) > 10
    assert any(b"SECRETKEY" in heard.raw for heard in origin.heard)
    assert len(files) >= 3
    for secret in SECRETS:
        assert not [text for text in (*log, *pages, *shown) if secret in text]
        assert not [body for body in files if secret.encode() in body]
