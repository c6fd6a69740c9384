"""Everything that is due runs, one result each, and the store's troubles pass."""

import os
import threading
from datetime import UTC, datetime, timedelta
from math import inf
from types import SimpleNamespace

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.engines import ticker
from aggregator.engines.local import LocalEngine
from aggregator.errors import StoreError
from aggregator.model import Elsewhere, HostLimits, Outcome, PollResult, SourceState

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def due(n, host=None):
    host = host or f"host{n}.example"
    return SourceState(
        source_id=f"s{n}",
        url=f"https://{host}/",
        fetch_url=f"https://{host}/",
        host=host,
        shard=0,
        next_poll_at=NOON,
    )


def result(state):
    return PollResult(
        source_id=state.source_id,
        at=NOON,
        outcome=Outcome(kind="unchanged"),
        state=state,
    )


def engine(poll=result, record=lambda _: None, *, workers=10, insist=True):
    limits = HostLimits(per_host=1, spacing=timedelta(0))
    return LocalEngine(
        poll, record, limits=lambda _: limits, workers=workers, insist=insist
    )


def test_five_hundred_due_in_one_second_all_run():
    """D22: 500 sources due at once with 10 workers: 500 of 500 run, once each."""
    recorded = []
    local = engine(record=recorded.extend)

    local.submit(due(n) for n in range(500))

    assert local.drain(timeout=20)
    assert sorted(r.source_id for r in recorded) == sorted(f"s{n}" for n in range(500))


def test_a_source_is_not_taken_twice_before_it_is_recorded():
    gate = threading.Event()
    recorded = []

    def poll(state):
        gate.wait(10)
        return result(state)

    local = engine(poll, recorded.extend)
    assert local.submit([due(1), due(1)]) == 1
    assert local.submit([due(1)]) == 0
    gate.set()

    assert local.drain(timeout=10)
    assert len(recorded) == 1
    assert local.submit([due(1)]) == 1
    assert local.drain(timeout=10)


def test_who_is_led_to_another_host_waits_for_its_turn_there():
    """A hundred hosts that redirect to one publisher asked it all at once."""
    recorded, there, most = [], [], []

    def poll(state):
        if state.host != "one.example":
            return Elsewhere(host="one.example", left=timedelta(0), hop=None)
        there.append(state)
        most.append(len(there))
        os.sched_yield()
        there.pop()
        return result(state)

    local = engine(poll, recorded.extend)
    local.submit(due(n) for n in range(20))

    assert local.drain(timeout=20)
    assert sorted(r.source_id for r in recorded) == sorted(f"s{n}" for n in range(20))
    assert set(most) == {1}


def test_no_poll_begins_while_many_articles_wait_to_be_recorded(monkeypatch):
    """O4: reading is faster than storing; a first round held 250 MB of articles."""
    monkeypatch.setattr("aggregator.engines.capacity.HOARD", 5)
    gate, polled, recorded = threading.Event(), [], []

    def poll(state):
        polled.append(state.source_id)
        return replace(result(state), new=("article",) * 3)

    def record(results):
        gate.wait(10)
        recorded.extend(results)

    local = engine(poll, record, workers=1)
    local.submit(due(n) for n in range(20))
    while len(polled) < 2 or local._capacity.running:
        os.sched_yield()

    assert len(polled) == 2
    gate.set()
    assert local.drain(timeout=20)
    assert len(recorded) == 20


def test_never_more_polls_at_a_time_than_workers_and_one_for_a_host():
    lock, at_once, peak, hosts_at_once = threading.Lock(), [], [], []

    def poll(state):
        with lock:
            at_once.append(state.host)
            peak.append(len(at_once))
            hosts_at_once.append(at_once.count(state.host))
        with lock:
            at_once.remove(state.host)
        return result(state)

    local = engine(poll, workers=4)
    local.submit(due(n, host=f"h{n % 7}.example") for n in range(200))

    assert local.drain(timeout=20)
    assert max(peak) <= 4
    assert max(hosts_at_once) == 1


def test_a_source_waits_while_the_system_gives_no_thread(monkeypatch):
    """The dispatcher ended with "can't start new thread", and nothing was polled."""
    monkeypatch.setattr("aggregator.engines.local.RETRY", 0.01)
    start, refusals, why = threading.Thread.start, iter(range(3)), []

    def refuse(thread):
        if thread.name.endswith("(_work)") and next(refusals, None) is not None:
            why.append(local.powerless())
            raise RuntimeError("can't start new thread")
        start(thread)

    recorded = []
    with capture_logs() as events:
        local = engine(record=recorded.extend)
        monkeypatch.setattr(threading.Thread, "start", refuse)
        local.submit([due(1), due(2)])

        assert local.drain(timeout=10)

    assert sorted(r.source_id for r in recorded) == ["s1", "s2"]
    assert [each["event"] for each in events] == ["no thread to poll in"]
    assert why == [None, "can't start new thread", "can't start new thread"]
    assert local.powerless() is None
    assert local.dead() == []


def test_more_workers_than_at_the_start_poll_at_once():
    """An edit of `fetch.workers` was adopted, and changed nothing until a restart."""
    both, recorded = threading.Barrier(2), []

    def poll(state):
        both.wait(10)
        return result(state)

    local = engine(poll, recorded.extend, workers=1)
    limits = HostLimits(per_host=1, spacing=timedelta(0))
    local.retune(lambda _: limits, workers=2)
    local.submit([due(1), due(2)])

    assert local.drain(timeout=10)
    assert not both.broken


def test_other_manners_hold_at_once_for_what_waits():
    """An edit of `spacing` was adopted, and changed nothing until the old one was over."""
    recorded = []
    hour, none = (HostLimits(per_host=1, spacing=timedelta(hours=n)) for n in (1, 0))
    local = engine(record=recorded.extend)
    local.retune(lambda _: hour, workers=2)
    local.submit([due(1, "one.example"), due(2, "one.example")])
    while not recorded:
        os.sched_yield()

    local.retune(lambda _: none, workers=2)

    assert local.drain(timeout=10)


def test_results_wait_for_a_store_that_is_away(monkeypatch):
    monkeypatch.setattr("aggregator.engines.local.RETRY", 0.01)
    recorded, failures = [], iter(range(3))

    def record(batch):
        if next(failures, None) is not None:
            raise StoreError("disk full")
        recorded.extend(batch)

    local = engine(record=record)
    local.submit([due(1)])

    assert local.drain(timeout=10)
    assert [r.source_id for r in recorded] == ["s1"]
    assert local.broken is None


def test_a_single_round_stops_at_a_store_that_is_away():
    def record(_):
        raise StoreError("disk full")

    local = engine(record=record, workers=1, insist=False)
    local.submit(due(n) for n in range(50))

    assert local.drain(timeout=10)
    assert str(local.broken) == "disk full"


def test_a_fault_in_recording_does_not_end_recording():
    recorded, faults = [], iter([ZeroDivisionError])

    def record(batch):
        if fault := next(faults, None):
            raise fault
        recorded.extend(batch)

    local = engine(record=record)
    local.submit([due(1)])
    assert local.drain(timeout=10)
    assert "ZeroDivisionError" in str(local.broken)

    local.submit([due(2)])
    assert local.drain(timeout=10)
    assert [r.source_id for r in recorded] == ["s2"]


def test_stopping_lets_running_polls_end_and_forgets_the_rest():
    begun, recorded = threading.Event(), []

    def poll(state):
        begun.set()
        while not local._stopping:
            os.sched_yield()
        return result(state)

    local = engine(poll, recorded.extend, workers=1)
    local.submit(due(n) for n in range(5))
    begun.wait(10)

    assert local.stop(grace=timedelta(seconds=10))
    assert len(recorded) == 1
    assert local.submit([due(9)]) == 0
    assert local.taken() == frozenset()


def test_stopping_does_not_wait_for_a_hung_poll_beyond_its_grace():
    begun, gate = threading.Event(), threading.Event()

    def poll(state):
        begun.set()
        gate.wait(10)
        return result(state)

    local = engine(poll)
    local.submit([due(1)])
    begun.wait(10)

    assert not local.stop(grace=timedelta(milliseconds=20))
    gate.set()


def test_the_tick_comes_back():
    ticks = threading.Semaphore(0)
    local = engine()

    local.every(ticks.release, period=timedelta(milliseconds=10))

    assert all(ticks.acquire(timeout=10) for _ in range(3))
    local.stop(grace=timedelta(0))


def test_a_tick_that_is_late_at_a_stop_is_not_planned_anew(monkeypatch):
    """A traceback of APScheduler's: there is no job by that id."""
    broke = []
    beats = ticker.Ticker()

    def time_of_a_stop():
        if threading.current_thread().name != "keep_time":
            return 0.0
        beats.stop()
        return inf

    monkeypatch.setattr(threading, "excepthook", broke.append)
    monkeypatch.setattr(ticker, "monotonic", time_of_a_stop)
    beats.every(lambda: None, timedelta(seconds=0.01))
    for thread in threading.enumerate():
        if thread.name == "keep_time":
            thread.join(10)

    assert broke == []


def test_a_scheduler_whose_thread_is_about_to_begin_has_not_ended():
    """`/-/healthy` said so of a service that just started."""
    beats = ticker.Ticker()

    beats._scheduler = SimpleNamespace(_thread=threading.Thread())

    assert beats.lives()


def test_an_engine_that_was_stopped_leaves_no_thread():
    """N8: thread counts return."""
    before = set(threading.enumerate())
    local = engine()
    local.submit(due(n) for n in range(20))
    local.drain(timeout=20)

    local.stop(timedelta(seconds=10))

    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=10)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("jump", [-timedelta(hours=1), timedelta(days=3_650)])
def test_a_wall_clock_that_jumps_does_not_stop_the_ticks(monkeypatch, jump):
    """D20: APScheduler alone would rest for the hour that the clock was put back, and
    count each second of the ten years that it was put on."""
    from apscheduler.schedulers import base

    ahead = timedelta(0)

    class WallClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + ahead

    monkeypatch.setattr(base, "datetime", WallClock)
    ticks = threading.Semaphore(0)
    local = engine()
    local.every(ticks.release, timedelta(seconds=0.05))
    assert ticks.acquire(timeout=10)

    ahead = jump

    assert all(ticks.acquire(timeout=10) for _ in range(10))
    local.stop(timedelta(0))


def test_what_waits_can_be_recalled_and_taken_again():
    """O5: without network nobody waits in the queue for a hundred timeouts."""
    begun, gate, recorded = threading.Event(), threading.Event(), []

    def poll(state):
        begun.set()
        gate.wait(10)
        return result(state)

    local = engine(poll, recorded.extend, workers=1)
    local.submit(due(n) for n in range(5))
    begun.wait(10)

    recalled = local.recall()
    gate.set()

    assert local.drain(timeout=10)
    assert (len(recalled), len(recorded)) == (4, 1)
    assert local.submit(recalled) == 4
    assert local.drain(timeout=10)


def test_a_round_that_is_ended_early_waits_for_running_polls_only_its_grace():
    """D23: after TERM `poll` waited for a silent server as long as a fetch may take."""
    gate, begun = threading.Event(), threading.Event()

    def poll(state):
        begun.set()
        gate.wait(20)
        return result(state)

    local = engine(poll, workers=1)
    local.submit([due(1), due(2)])
    begun.wait(10)
    local.abandon()

    assert not local.drain(timeout=20)
    assert not local.stop(timedelta(milliseconds=50))
    gate.set()
