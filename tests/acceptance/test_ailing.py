"""A part of the service dies or waits while its process lives: both probes say so."""

import ctypes
import json
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from functools import partial

import pytest

from aggregator.app.configuring import load_config
from aggregator.app.pages import Newsroom
from aggregator.app.service import Service
from aggregator.app.supervisor import ALIVE
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
    """Return how long it took until something was true; fail after some patience."""
    began = time.monotonic()
    while not happens():
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.01)
    took = time.monotonic() - began
    # A machine with other work may be late; the claim is about ticks.
    assert took < seconds + 5, f"only after {took:.1f} s"
    return took


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
        wire.close()


def end(thread):
    """Let a thread end as if something in it had killed it."""
    raised = ctypes.pythonapi.PyThreadState_SetAsyncExc
    assert raised(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit)) == 1


@pytest.mark.parametrize("part", ["scheduler", "recorder", "press"])
def test_a_thread_that_was_killed_is_told_within_two_ticks(tmp_path, part):
    """O1: the scheduler's, the recorder's or the press's, in a process that lives."""
    with serving(tmp_path) as (service, told):
        newsroom = Newsroom(service.wire, service)
        within(10, lambda: ALIVE in told)
        assert unready(newsroom) == []
        engine = service._engine
        threads = {
            "scheduler": engine._scheduler._thread,
            "recorder": engine._parts[1],
            "press": service._press._thread,
        }

        end(threads[part])
        # A thread that waits notices when it wakes.
        engine._results.put([]) if part == "recorder" else service._press.ring()
        took = within(TWO_TICKS, lambda: unready(newsroom))

        assert f"the {part} has ended" in unready(newsroom)
        print(f"{part}: told after {took:.1f} s")


def test_a_scheduler_that_ended_is_not_alive_for_the_watchdog(tmp_path):
    """O1: systemd starts us anew."""
    with serving(tmp_path) as (service, told):
        within(10, lambda: ALIVE in told)
        end(service._engine._scheduler._thread)
        within(TWO_TICKS, service.ailments)
        before = told.count(ALIVE)

        time.sleep(1.2)  # a tick and more

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
                status, _, body = get(at, "/-/ready")
                other.rollback()
            within(10, lambda: get(at, "/-/healthy")[0] == 200)

    print(f"told after {took:.1f} s")
    assert status == 503
    assert "store" in json.dumps(json.loads(body)["reasons"])
