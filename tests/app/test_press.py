"""The press publishes soon after it was rung, whatever held it up before."""

from threading import Event, Lock

from structlog.testing import capture_logs

from aggregator.app.press import Press

SOON = 2.0


def test_a_press_that_was_held_up_does_not_rest_for_it():
    """D20: stopped for 15 s while it printed, a service published nothing for 60 s."""
    begun, again = Event(), Event()

    def publish():
        if begun.is_set():
            again.set()
        else:
            begun.set()
            held = Lock()  # waited for, which takes no CPU
            held.acquire()
            held.acquire(timeout=SOON / 2)

    press = Press(publish)
    press.ring()
    begun.wait(SOON)
    press.ring()

    assert again.wait(SOON)
    press.stop(SOON)


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
