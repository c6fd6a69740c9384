"""A stop leaves each row as what came of asking its source: a poll, or nothing."""

from datetime import timedelta
from threading import Event, Thread

import pytest

from aggregator.app.round import poll_round
from aggregator.errors import MediaWireError
from tests.app.agency import PATIENCE, agency
from tests.app.test_sharing import waits_until

A_WHILE = 0.2  # seconds; a stop that does not wait is over long before
AT_ONCE = timedelta(0)


@pytest.fixture
def desk(tmp_path):
    """One source that was polled before, and is due again."""
    with agency(tmp_path, "a") as opened:
        opened.tick()
        opened.is_due("a")
        opened.asked.clear()
        yield opened


@pytest.fixture
def stops_after(desk, monkeypatch):
    """Let a stop begin when a method has its answer, and has not returned it yet."""

    def stop(room, name):
        real, answered, stopped = getattr(room, name), Event(), Event()

        def held_up(*arguments, **named):
            answer = real(*arguments, **named)
            answered.set()
            waits_until(lambda: desk.service._engine._stopping)
            stopped.wait(A_WHILE)
            return answer

        monkeypatch.setattr(room, name, held_up)
        tick = Thread(target=desk.service.tick)
        tick.start()
        assert answered.wait(PATIENCE)
        desk.service.polling.stop(AT_ONCE)
        stopped.set()
        for each in (tick, *desk.service._engine._parts):
            each.join(PATIENCE)

    return stop


def test_who_is_found_due_at_a_stop_is_due_at_the_next_start(desk, stops_after):
    """It was noted as asked when all was given back, and waited for an interval."""
    before = desk.state("a")

    stops_after(desk.wire.schedule, "due")

    assert desk.asked == []
    assert desk.state("a") == before


def test_nobody_is_polled_by_hand_after_a_stop(desk):
    before = desk.state("a")
    desk.service.polling.stop(AT_ONCE)

    with pytest.raises(MediaWireError, match="stopping"):
        desk.service.polling.poll_now(before)

    assert desk.state("a") == before


def test_what_is_recorded_at_a_stop_is_not_asked_again_at_the_next_start(
    desk, stops_after
):
    """It was committed, and then given back as if it had not been answered."""
    before = desk.state("a")

    stops_after(desk.wire.store, "record")

    assert desk.asked == ["a"]
    assert desk.state("a").next_poll_at > before.next_poll_at


def test_what_is_recorded_as_a_round_is_ended_is_not_asked_again_by_the_next(
    desk, monkeypatch
):
    before, engines, real = desk.state("a"), [], desk.wire.store.record

    def ended_meanwhile(results, **said):
        kept = real(results, **said)
        engines[0].abandon()
        Event().wait(A_WHILE)
        return kept

    monkeypatch.setattr("aggregator.app.round.GRACE", AT_ONCE)
    monkeypatch.setattr(desk.wire.store, "record", ended_meanwhile)
    summary = poll_round(desk.wire, [before], begun=engines.append)

    assert [result.source_id for result in summary.results] == ["a"]
    assert desk.state("a").next_poll_at > before.next_poll_at
