"""`worker`: polls beside a scheduler from a store on PostgreSQL, on as many machines."""

import signal
from collections import Counter
from contextlib import ExitStack, contextmanager
from time import monotonic

import pytest

from tests.acceptance.test_commands import rss
from tests.acceptance.test_service import running, said, until
from tests.installation import PATIENCE, Installation
from tests.origin import Origin
from tests.store.databases import POSTGRESQL, schema

needs_postgresql = pytest.mark.skipif(
    not POSTGRESQL, reason="PostgreSQL was left out by the caller"
)
RULES = "rules: {r: {kind: headline, unshout: true}}\n"
HOSTS = [f"127.0.0.{number}" for number in range(2, 14)]


@contextmanager
def agencies(folder, **keys):
    """Yield origins on hosts of their own with two feeds each, and who polls them all."""
    with ExitStack() as open_, schema() as url:
        origins = [open_.enter_context(Origin(host=host)) for host in HOSTS]
        sources = {}
        for number, origin in enumerate(origins):
            for feed in ("a", "b"):
                origin.answers(f"/{feed}", rss(number))
                sources[f"s{number}{feed}"] = {"url": origin.url(f"/{feed}"), **keys}
        yield origins, Installation(folder, sources, store=url)


def asked(origins):
    """Return how often each feed was asked for. Two hosts may have the same port."""
    return Counter(o.url(heard.path) for o in origins for heard in o.heard)


def waiting(at):
    """Start a worker, return why it polls nothing, and end it."""
    worker = at.start("--log-format", "logfmt", "worker")
    try:
        return said(worker, 'event="tick failed"')
    finally:
        last_words(worker)


def last_words(*processes):
    """End processes; return what they said until then."""
    for process in processes:
        process.kill()
    return [process.communicate()[1] for process in processes]


@needs_postgresql
def test_what_workers_found_a_scheduler_publishes_and_asks_nobody_again(tmp_path):
    """P8: whoever works the schedule, it is one schedule."""
    with agencies(tmp_path) as (origins, at):
        at.run("publish")
        with running(at, "worker") as one, running(at, "worker") as other:
            ends = monotonic() + PATIENCE
            while len(at.articles()) < 24:
                assert monotonic() < ends, last_words(one, other)
            with running(at, "scheduler") as scheduler:
                said(scheduler, "event=published", "feeds/wire.atom", "entries=12")
                for process in (one, other, scheduler):
                    process.send_signal(signal.SIGTERM)
                    assert process.wait(PATIENCE) == 0

            told = one.stderr.read(), other.stderr.read()
        assert set(asked(origins).values()) == {1}, told
        assert len(asked(origins)) == 24


@needs_postgresql
def test_what_a_killed_worker_leaves_others_poll(tmp_path):
    """D5: no stale lock after a kill."""
    with (
        agencies(tmp_path, interval="1s") as (origins, at),
        running(at, "scheduler"),
        running(at, "worker") as worker,
    ):
        said(worker, "event=polled")
        worker.kill()
        worker.wait(PATIENCE)
        before = asked(origins)

        until(lambda: all(asked(origins)[feed] >= before[feed] + 2 for feed in before))

        assert len(at.articles()) == 24


@needs_postgresql
def test_who_polls_once_is_told_of_the_workers_that_poll(tmp_path):
    with agencies(tmp_path) as (_, at):
        at.run("poll")
        with running(at, "worker"):
            for command in (["poll"], ["run", "--once"], ["db", "migrate"]):
                told = at.run(*command, code=75).stderr
                assert "held by worker (pid " in told
                assert "stop it first" in told
            assert at.run("publish").stdout


@needs_postgresql
def test_a_worker_waits_for_who_polls_once_and_says_so(tmp_path):
    with agencies(tmp_path) as (origins, at):
        origins[0].forgets("/a")
        origins[0].silence()
        poll = at.start("poll")
        try:
            # Or the worker might be there first, and polls beside nobody.
            until(lambda: origins[0].connections)
            worker = at.start("--log-format", "logfmt", "worker")
            try:
                assert "held by poll (pid " in said(worker, 'event="tick failed"')
                worker.send_signal(signal.SIGTERM)
                assert worker.wait(PATIENCE) == 0
            finally:
                worker.kill()
                worker.communicate()
        finally:
            poll.kill()
            poll.communicate()


@needs_postgresql
def test_a_worker_says_what_it_waits_for(tmp_path):
    with agencies(tmp_path) as (_, at):
        assert "start `mediawire scheduler`" in waiting(at)

        at.run("publish")
        at.write("publications.yaml", "publications: [{id: w, rules: [r]}]\n" + RULES)
        assert "give both the same config folder" in waiting(at)


def test_a_store_in_a_file_has_no_workers(tmp_path):
    at = Installation(tmp_path, {"a": "https://a.example/feed"})

    told = at.run("worker", code=1).stderr

    assert "on PostgreSQL" in told
    assert "`mediawire run`" in told
