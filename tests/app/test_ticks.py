"""A scheduler and a worker tick one tick after the other, from the first one on."""

from threading import Event, Lock, Semaphore, Thread

import pytest

from aggregator.events import log
from tests.app.agency import PATIENCE, agency
from tests.app.test_sharing import house
from tests.store.databases import POSTGRESQL

A_WHILE = 0.3  # seconds; a second tick begins some 20 ms after the first, if it may


class Ticks:
    """A tick that goes on for a while, and notes how many of it run at a time."""

    def __init__(self):
        self.most = 0
        self.ended = Semaphore(0)
        self._running = 0
        self._turn = Lock()
        self._met = Event()

    def __call__(self):
        with self._turn:
            self._running += 1
            self.most = max(self.most, self._running)
        if self._running > 1:
            self._met.set()
        self._met.wait(A_WHILE)
        with self._turn:
            self._running -= 1
        self.ended.release()


def most_at_a_time(service):
    """Run a service until it has ticked twice; return how many ticks ran at a time."""
    service.tick = ticks = Ticks()
    runs = Thread(target=service.run, daemon=True)
    runs.start()
    assert all(ticks.ended.acquire(timeout=PATIENCE) for _ in range(2))
    service.stop()
    runs.join(PATIENCE)
    return ticks.most


def test_a_scheduler_never_ticks_twice_at_a_time(tmp_path):
    with agency(tmp_path) as desk:
        assert most_at_a_time(desk.service) == 1


def test_a_service_says_that_it_runs_before_it_polls(tmp_path, monkeypatch):
    """Whoever waits for the line must not find one of a poll before it."""
    said = []
    with agency(tmp_path) as desk:
        monkeypatch.setattr(log, "info", lambda event, **_: said.append(event))
        desk.service.tick = lambda: (said.append("ticks"), desk.service.stop())

        desk.service.run()

    assert said[:2] == ["running", "ticks"]


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_a_worker_never_ticks_twice_at_a_time(tmp_path):
    with house(tmp_path) as (_, beside):
        assert most_at_a_time(beside.service) == 1
