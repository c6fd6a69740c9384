"""Threads that poll take turns on one core; nothing else is bound to it."""

import os
import threading
from math import inf

import pytest
from test_local import due, engine, result

from aggregator.engines import affinity
from aggregator.engines.affinity import Affinity
from aggregator.model import ReadingLimits
from aggregator.reading import Workers

CORES = os.sched_getaffinity(0)


@pytest.fixture(autouse=True)
def free_again():
    yield
    os.sched_setaffinity(0, CORES)


def in_a_thread(work):
    """Return what a new thread finds, which is free as this one was at its start."""
    found = []

    def run():
        os.sched_setaffinity(0, CORES)
        found.append(work())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return found[0]


def following(bound):
    bound.follow()
    return os.sched_getaffinity(0)


def test_all_that_polls_and_records_does_so_on_one_core():
    cores, all_at_once = set(), threading.Barrier(4)

    def note():
        cores.add(frozenset(os.sched_getaffinity(0)))

    def poll(state):
        all_at_once.wait(10)
        note()
        return result(state)

    local = engine(poll, lambda _: note())
    local.submit(due(n) for n in range(8))

    assert local.drain(timeout=20)
    assert [len(each) for each in cores] == [1]
    assert os.sched_getaffinity(0) == CORES


@pytest.mark.parametrize("core", CORES)
def test_the_core_is_that_of_who_hands_the_polls_over(core):
    bound = Affinity()
    os.sched_setaffinity(0, {core})

    bound.choose(now=0)

    assert in_a_thread(lambda: following(bound)) == {core}


def test_another_core_is_chosen_after_some_time_and_not_before():
    first, last = min(CORES), max(CORES)
    bound = Affinity(again=10)
    os.sched_setaffinity(0, {first})
    bound.choose(now=0)
    os.sched_setaffinity(0, {last})

    bound.choose(now=9)
    assert in_a_thread(lambda: following(bound)) == {first}
    bound.choose(now=10)
    assert in_a_thread(lambda: following(bound)) == {last}


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("threads_take_turns", lambda: False),
        ("current", lambda: None),
        ("current", lambda: max(CORES) + 1_000),  # it was taken from us
    ],
)
def test_threads_run_on_any_core_where_none_can_be_chosen(monkeypatch, name, tells):
    monkeypatch.setattr(affinity, name, tells)
    bound = Affinity()

    bound.choose(now=inf)

    assert in_a_thread(lambda: following(bound)) == CORES


def test_a_process_that_reads_is_not_bound_by_the_thread_that_started_it():
    pool = Workers(ReadingLimits())
    bound = Affinity()
    bound.choose(now=0)

    def started():
        bound.follow()
        process = pool._take(inf)
        return os.sched_getaffinity(process._process.pid)

    try:
        assert in_a_thread(started) == CORES
    finally:
        pool.close()
