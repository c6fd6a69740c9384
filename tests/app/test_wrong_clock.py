"""A wall clock that is wrong for a while costs no report, no source and no true time."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.app import upkeep
from aggregator.app.clock import utc_now
from aggregator.app.timekeeping import Timekeeper
from tests.app import agency
from tests.app.running import away, running

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEARS = 3_650 * DAY
RIGHT = timedelta(0)


@pytest.mark.parametrize("by", [HOUR, YEARS])
def test_what_a_clock_that_was_ahead_saw_is_brought_back(tmp_path, by):
    """D20: nothing stands in the future after it is put right."""
    with running(tmp_path, "ap") as at:
        at.tick()
        at.wrong_by = by
        at.lists("4", "5", "6", "7")
        at.poll_again()
        assert max(at.seen().values()) > at.clock() - HOUR

        at.wrong_by = RIGHT
        at.tick()

        assert len(at.seen()) == 7
        assert max(at.seen().values()) <= at.clock()


@pytest.mark.parametrize("by", [-HOUR, -YEARS])
def test_a_clock_that_is_put_back_and_right_again_changes_no_time(tmp_path, by):
    with running(tmp_path, "ap") as at:
        at.tick()
        seen = at.seen()

        for at.wrong_by in (by, RIGHT, by, RIGHT):
            at.tick()

        assert at.seen() == seen


@pytest.mark.parametrize("by", [-HOUR, -400 * DAY])
def test_a_start_with_a_clock_that_is_behind_changes_no_time(tmp_path, by):
    with running(tmp_path, "ap") as at:
        at.tick()
        seen = at.seen()
        at.stop()

        at.wrong_by = by
        at.start()
        for at.wrong_by in (by, RIGHT, by, RIGHT):
            at.tick()

        assert at.seen() == seen


def test_a_start_after_a_clock_was_ahead_brings_back_what_it_saw(tmp_path):
    with running(tmp_path, "ap") as at:
        at.tick()
        at.wrong_by = YEARS
        at.lists("4")
        at.poll_again()
        at.stop()

        at.wrong_by = RIGHT
        at.start()

        assert len(at.seen()) == 4
        assert max(at.seen().values()) <= at.clock()


def test_a_clock_that_was_ahead_since_the_start_is_put_right(tmp_path):
    with running(tmp_path, "ap") as at:
        at.tick()
        at.stop()
        at.wrong_by = YEARS
        at.lists("4")
        at.start()
        at.poll_again()

        at.wrong_by = RIGHT
        at.tick()

        assert len(at.seen()) == 4
        assert max(at.seen().values()) <= at.clock()


@pytest.mark.parametrize("they_answer", [True, False])
def test_a_clock_that_stood_for_a_day_is_believed_if_sources_answer(
    tmp_path, they_answer
):
    """They do not if their certificates are not valid yet, or not any more."""
    with running(tmp_path, "ap") as at:
        at.stop()
        at.wrong_by = YEARS
        at.start()
        at.tick()
        at.wrong_by = RIGHT
        at.tick()
        assert min(at.seen().values()) > at.clock() + DAY

        if not they_answer:
            state = at.wire.store.state("ap")
            silent = replace(state, last_success_at=at.clock() - 2 * DAY)
            at.wire.store.put_states([silent], configured={"ap"})
        at.service._time._since -= 90_000
        at.tick()

        assert (max(at.seen().values()) <= at.clock()) == they_answer


def test_a_clock_that_was_not_believed_is_judged_again_after_another_day():
    time = Timekeeper(utc_now, is_right=False)

    def a_day_later():
        time._since -= 90_000
        return time.is_settled()

    assert not time.is_settled()
    assert a_day_later()
    time.settle(is_right=False)
    assert not time.is_settled()
    assert a_day_later()
    time.settle(is_right=True)
    assert not a_day_later()


@pytest.mark.parametrize("restarts", ["after the jump", "before the jump"])
def test_nothing_is_pruned_within_a_day_of_a_jump(tmp_path, monkeypatch, restarts):
    with running(tmp_path, "ap") as at:
        at.tick()
        at.lists("4")
        at.poll_again()
        if restarts == "before the jump":
            at.stop()
            at.wrong_by = YEARS
            at.start()
        else:
            at.wrong_by = YEARS
            at.poll_again()
            at.stop()
            at.start()
        now = upkeep.monotonic()
        monkeypatch.setattr(upkeep, "monotonic", lambda: now + 2 * 3600)

        assert at.service._upkeep.look() is None
        assert len(at.seen()) == 4


def test_nothing_is_pruned_by_a_clock_that_no_tick_has_followed_yet(
    tmp_path, monkeypatch
):
    """A jump makes both due at once: upkeep and the tick that would let it rest."""
    with running(tmp_path, "ap") as at:
        at.tick()
        at.lists("4")
        at.poll_again()
        now = upkeep.monotonic()
        monkeypatch.setattr(upkeep, "monotonic", lambda: now + 2 * 3600)
        at.wrong_by = YEARS

        assert at.service._upkeep.look() is None
        assert len(at.seen()) == 4


@pytest.mark.parametrize("fails", ["revise", "reschedule", "ahead", "put_meta"])
@pytest.mark.parametrize("by", [-YEARS, YEARS])
def test_a_jump_that_meets_a_store_that_is_away_is_followed_when_it_is_back(
    tmp_path, monkeypatch, fails, by
):
    with running(tmp_path, "ap") as at:
        at.tick()
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(at.wire.store, fails, away)
            at.wrong_by = by
            at.service.tick()
            assert "locked" in str(at.service._beat.trouble)

        at.tick()

        state = at.wire.store.state("ap")
        assert abs(state.last_polled_at - at.clock()) < HOUR
        assert at.clock() < state.next_poll_at < at.clock() + DAY


@pytest.mark.parametrize("by", [5 * HOUR, YEARS])
def test_what_was_asked_before_the_clock_was_put_right_is_asked_again(tmp_path, by):
    with running(tmp_path, "ap") as at:
        at.wrong_by = by
        at.begins("ap")
        at.wrong_by = RIGHT
        at.service.tick()
        at.publishers.talking.set()
        at.settles()
        assert at.seen() == {}

        at.tick()

        assert at.asked == ["ap", "ap"]
        assert max(at.seen().values()) <= at.clock()
        assert at.wire.store.state("ap").next_poll_at < at.clock() + DAY


def test_what_is_asked_in_vain_across_a_jump_is_not_due_by_the_clock_before_it(
    tmp_path, monkeypatch
):
    """It would not have been asked again for ten years."""
    with running(tmp_path, "ap") as at:
        at.wrong_by = YEARS
        at.poll_again()
        at.lists("4")
        at.are_due()
        at.asked.clear()
        at.begins("ap")
        at.wrong_by = RIGHT
        at.service.tick()
        known = agency.away(1, at.wire.store.known)
        monkeypatch.setattr(at.wire.store, "known", known)
        at.publishers.talking.set()
        at.settles()

        at.tick()

        assert at.asked == ["ap", "ap"]
        assert at.wire.store.state("ap").next_poll_at < at.clock() + DAY
