"""The press publishes soon after it was rung, whatever held it up before."""

from itertools import chain, repeat
from threading import Event, Lock

import pytest
from structlog.testing import capture_logs

from aggregator.app.press import AGAIN, LONGEST, REST, Press, _later
from aggregator.model import PublicationStatus
from tests.builders import NOON

SOON = 10.0  # seconds; for a machine with other work


def rests_of(press):
    """Let a press go on at once, and return for how long it would have rested."""
    rests = []
    press._stopped.wait = rests.append
    return rests


def test_a_press_rests_four_times_as_long_as_it_worked(monkeypatch):
    times = chain((7.0, 7.5), repeat(9.0))
    monkeypatch.setattr("aggregator.app.press.thread_time", lambda: next(times))
    printed = Event()
    press = Press(lambda: None, printed.set)
    rests = rests_of(press)

    press.ring()

    assert printed.wait(10)
    press.stop(10)
    assert rests[0] == 2.0


def test_a_press_that_was_held_up_does_not_rest_for_it():
    """D20: stopped for 15 s while it printed, a service published nothing for 60 s."""
    printed = Event()

    def publish():
        held = Lock()  # waited for, which takes no CPU
        held.acquire()
        held.acquire(timeout=REST / 2)

    press = Press(publish, printed.set)
    rests = rests_of(press)
    press.ring()

    assert printed.wait(10)
    press.stop(10)
    assert rests[0] == REST


def test_a_press_that_cannot_write_says_why_and_goes_on():
    printed = Event()

    def publish():
        if told.is_set():
            printed.set()
        else:
            told.set()
            raise NotADirectoryError(20, "Not a directory", "/srv/public")

    told = Event()
    with capture_logs() as events:
        press = Press(publish)
        press.ring()
        told.wait(SOON)
        press.ring()
        assert printed.wait(SOON)
        press.stop(SOON)

    assert [event["event"] for event in events] == ["not published"]
    assert events[0]["reason"] == "[Errno 20] Not a directory: '/srv/public'"


def test_what_can_wait_is_done_when_nobody_rings_any_more():
    done, quiet = [], Event()

    def publish():
        done.append("publish")
        if len(done) == 1:
            press.ring()

    def then():
        done.append("then")
        quiet.set()

    press = Press(publish, then)
    press.ring()

    assert quiet.wait(10)
    press.stop(10)
    assert done[:3] == ["publish", "publish", "then"]


def test_what_takes_longer_than_a_stop_is_left_and_breaks_nothing():
    begun, closed = Event(), Event()

    def publish():
        begun.set()
        closed.wait(SOON)
        raise RuntimeError("the store is closed")

    with capture_logs() as events:
        press = Press(publish)
        press.ring()
        begun.wait(SOON)
        press.stop(0.01)
        closed.set()
        press._thread.join(SOON)

    assert not press._thread.is_alive()
    assert [event["event"] for event in events] == ["publishing left"]


def status(refused=None):
    path = "feeds/wire.rss"
    return PublicationStatus(
        path=path, checked_at=NOON, written_at=None, entries=0, refused=refused
    )


def refused():
    return [status("no title")]


def no_space():
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("fails", [refused, no_space])
def test_what_was_not_published_is_tried_again_by_itself(fails, monkeypatch):
    """It waited ten minutes where polls brought nothing meanwhile."""
    monkeypatch.setattr("aggregator.app.press.AGAIN", 0.01)
    tries, done = [], Event()

    def publish():
        tries.append(1)
        if len(tries) < 3:
            return fails()
        return done.set()

    press = Press(publish)
    press.ring()

    assert done.wait(10)
    press.stop(10)
    assert len(tries) in (3, 4)  # stopping prints once more if it was resting


@pytest.mark.parametrize(
    ("fared", "again"),
    [
        (None, None),
        ([status()], None),
        ([status(), status("no title")], AGAIN),
        ([status("no title"), status("no title")], AGAIN),
    ],
)
def test_only_what_was_not_published_is_tried_again_by_itself(fared, again):
    pauses = []

    def wait(pause):
        pauses.append(pause)
        press._stopped.set()

    def publish():
        press._rung.wait = wait
        return fared

    press = Press(publish)
    rests_of(press)
    press.ring()
    press._thread.join(10)

    assert pauses == [again]


def test_what_stays_refused_is_tried_less_and_less_often():
    pauses = [_later(None, is_rung=True)]
    while pauses[-1] < LONGEST:
        pauses.append(_later(pauses[-1], is_rung=False))

    assert pauses == [10, 20, 40, 80, 160, 320, 600]
    assert _later(LONGEST, is_rung=False) == LONGEST
    assert _later(AGAIN, is_rung=True) == AGAIN


def test_what_was_rung_for_while_it_rested_is_printed_at_a_stop():
    """What the last polls brought stood in no file until the next start."""
    printed, rests = [], Event()
    press = Press(lambda: printed.append(1))
    wait = press._stopped.wait

    def rest(_pause):
        rests.set()
        return wait(10)

    press._stopped.wait = rest
    press.ring()
    assert rests.wait(10)
    press.ring()
    press.stop(10)

    assert len(printed) == 2
