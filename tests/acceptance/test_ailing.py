"""A part of the service dies or waits while its process lives: both probes say so."""

import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from aggregator.app.configuring import load_config
from aggregator.app.pages import Newsroom
from aggregator.app.service import Service
from aggregator.app.supervisor import ALIVE, READY
from aggregator.app.wire import Wire
from aggregator.web.health import unready
from tests.acceptance.test_service import get, running
from tests.installation import PATIENCE, Installation, free_port
from tests.origin import Origin

TWO_TICKS = 2.5

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnhandledThreadExceptionWarning"
)


def within(seconds, happens):
    """Return how long it took until something was true; fail when it is too late."""
    began = time.monotonic()
    while not happens():
        # A machine with other work may be late; the claim is about ticks.
        assert time.monotonic() - began < seconds + 5, "it did not happen"
        time.sleep(0.01)
    return time.monotonic() - began


@contextmanager
def serving(tmp_path):
    """Run the main job here, in a thread; yield its service and what it told."""
    at = Installation(tmp_path, {})
    load = partial(load_config, at.config, environ={})
    told = []
    wire = Wire(load())
    service = Service(wire, load, told.append)
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        yield service, told
    finally:
        service.stop()
        thread.join(PATIENCE)
        # Where it closes its connection after the store did, Python 3.13 complains.
        let_ticks_end(service)
        wire.close()


def let_ticks_end(service):
    """Wait for a tick that had begun; no other begins."""
    scheduler = service._engine._ticker._scheduler
    scheduler._lookup_executor("default")._pool.shutdown()


def dies(*_, **__):
    """Be the next piece of work of a thread, and its last: it holds no lock there."""
    raise SystemExit


def scheduler_dies(service):
    scheduler = service._engine._ticker._scheduler
    scheduler._process_jobs = dies
    scheduler.wakeup()
    return scheduler._thread


def dispatcher_dies(service):
    engine = service._engine
    with engine._changed:
        engine._start = dies
        engine._changed.notify_all()
    return engine._parts[0]


def recorder_dies(service):
    service._engine._record = dies
    service._engine._batches.put("a result")
    return service._engine._parts[1]


def press_dies(service):
    service._press._publish = dies
    service._press.ring()
    return service._press._thread


@pytest.mark.parametrize(
    ("part", "death"),
    [
        ("scheduler", scheduler_dies),
        ("dispatcher", dispatcher_dies),
        ("recorder", recorder_dies),
        ("press", press_dies),
    ],
)
def test_a_thread_that_died_is_told_within_two_ticks(tmp_path, part, death):
    """O1: the scheduler's or any other that the service cannot do without."""
    with serving(tmp_path) as (service, told):
        newsroom = Newsroom(service.wire, service)
        within(10, lambda: READY in told)
        assert unready(newsroom) == []

        thread = death(service)
        took = within(TWO_TICKS, lambda: unready(newsroom))

        assert f"the {part} has ended" in unready(newsroom)
        assert not thread.is_alive()
        print(f"{part}: told after {took:.1f} s")


def test_a_config_that_nobody_watches_any_more_is_told(tmp_path, monkeypatch):
    """O1: edits would be without effect, and commands that make them say they are live."""
    monkeypatch.setattr("aggregator.app.following.changes", dies)
    with serving(tmp_path) as (service, _):
        newsroom = Newsroom(service.wire, service)

        within(10, lambda: "the config lookout has ended" in unready(newsroom))


def test_a_config_is_watched_anew_after_what_broke_that(tmp_path, monkeypatch):
    """It ended for good: edits were without effect until the next start."""
    monkeypatch.setattr("aggregator.app.following.ANEW", 0.01)
    tries = []

    def breaks(_folder, stop, **_):
        tries.append(1)
        if len(tries) < 3:
            raise ImportError("cannot open shared object file: Too many open files")
        yield b"another digest"
        stop.wait()

    monkeypatch.setattr("aggregator.app.following.changes", breaks)
    with capture_logs() as events, serving(tmp_path) as (service, told):
        within(10, lambda: READY in told and len(tries) == 3)
        assert service.ailments() == []

    broke = [each for each in events if each["event"] == "config lookout broke"]
    assert len(broke) == 1


def test_a_scheduler_that_ended_is_not_alive_for_the_watchdog(tmp_path, monkeypatch):
    """O1: systemd starts us anew."""
    monkeypatch.setattr("aggregator.app.service.LATE", timedelta(seconds=1.2))
    with serving(tmp_path) as (service, told):
        within(10, lambda: READY in told)
        scheduler_dies(service).join(PATIENCE)
        let_ticks_end(service)
        before = told.count(ALIVE)

        within(TWO_TICKS, lambda: "no tick succeeded" in " ".join(service.ailments()))

        assert told.count(ALIVE) == before


@pytest.mark.parametrize("death", [dispatcher_dies, recorder_dies, press_dies])
def test_a_part_that_ended_is_not_alive_for_the_watchdog(tmp_path, death):
    """It was fed for ever: nothing was polled or published until somebody looked."""
    with serving(tmp_path) as (service, told):
        within(10, lambda: READY in told)
        death(service).join(PATIENCE)
        service.tick()  # and what had begun to tell has told
        before = told.count(ALIVE)

        service.tick()

        assert told.count(ALIVE) == before


def test_a_locked_database_is_told_by_both_probes_and_passes(tmp_path):
    """O1: another program keeps it locked; healthy fails in two ticks, ready names it."""
    with Origin() as origin:
        at = Installation(tmp_path, {"a": origin.url()}, port=free_port())
        with running(at):
            assert get(at, "/-/healthy")[0] == 200
            with closing(sqlite3.connect(at.folder / "wire.db")) as other:
                other.execute("BEGIN EXCLUSIVE")
                took = within(TWO_TICKS, lambda: get(at, "/-/healthy")[0] == 503)
                # On a busy machine the tick may not have come as far as the store yet.
                within(TWO_TICKS, lambda: unready_for(at, "store"))
                other.rollback()
            within(10, lambda: get(at, "/-/healthy")[0] == 200)

    print(f"told after {took:.1f} s")


def unready_for(at, part):
    status, _, body = get(at, "/-/ready")
    assert status == 503
    return part in json.dumps(json.loads(body)["reasons"])
