"""What an operator reads of a source: one word, and the next poll and why."""

from datetime import timedelta

import pytest
from cadence_world import (
    DAY,
    GONE,
    HOUR,
    MINUTE,
    NOW,
    A,
    after,
    failed,
    throttled,
    unchanged,
    updated,
)
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.model import FeedInfo, Pause


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (cadence.initial(A, now=NOW), "new"),
        (after(None, updated()), "ok"),
        (after(None, updated(), unchanged()), "ok"),
        (after(None, failed()), "failing"),
        (after(None, updated(), failed()), "failing"),
        (after(None, throttled(429)), "throttled"),
        (after(None, GONE), "failing"),
        (after(None, GONE, GONE), "gone"),
        (replace(after(None, failed()), held="other home"), "held"),
        (replace(after(None, GONE, GONE), held="other home"), "gone"),
    ],
)
def test_a_source_has_one_word(row, word):
    assert cadence.word(A, row, now=NOW) == word


@pytest.mark.parametrize(
    ("until", "word"), [(None, "paused"), (NOW + HOUR, "paused"), (NOW, "ok")]
)
def test_a_pause_hides_all_else_until_it_ends(until, word):
    source = replace(A, paused=Pause(until=until))

    assert cadence.word(source, after(None, updated()), now=NOW) == word


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (cadence.initial(A, now=NOW), "new"),
        (after(None, updated()), "interval 1h"),
        (after(None, updated(max_age=2 * HOUR)), "max-age 2h"),
        (
            after(None, throttled(429, retry_after=2 * HOUR)),
            "Retry-After until 16:05 UTC",
        ),
        (
            after(None, throttled(429, retry_after=12 * HOUR)),
            "Retry-After until 2026-11-25 02:05 UTC",
        ),
        (after(None, failed()), "failed once: waits 2h"),
        (after(None, GONE, GONE), "gone since 2026-11-24 14:05 UTC"),
        (
            replace(after(None, updated()), held="its home changed"),
            "interval 1h; held: its home changed",
        ),
        (
            replace(after(None, updated()), fetch_url="https://b.example/feed?key=1"),
            "interval 1h; moved to https://b.example/feed, which is asked instead",
        ),
        (
            replace(after(None, updated()), feed=FeedInfo(capped="the first 3 of 9")),
            "interval 1h; the first 3 of 9",
        ),
        (
            replace(after(None, updated()), feed=FeedInfo(empty=True)),
            "interval 1h; the feed holds no entry now, what came before is kept",
        ),
    ],
)
def test_the_next_step_says_why(row, sentence):
    assert cadence.next_step(A, row, now=NOW) == sentence


def test_a_pause_says_why():
    source = replace(A, paused=Pause(until=NOW + HOUR, why="they asked"))

    sentence = cadence.next_step(source, after(None, updated()), now=NOW)

    assert sentence == "paused until 15:05 UTC: they asked"


@pytest.mark.parametrize(
    ("interval", "polls", "sentence"),
    [
        (
            HOUR,
            30,
            "moved to https://b.example/feed for 30 hours: will be remembered in 18h",
        ),
        (
            DAY,
            3,
            "moved to https://b.example/feed for 3 days: will be remembered in 24h",
        ),
        (
            7 * DAY,
            1,
            "moved to https://b.example/feed for 7 days: will be remembered in 21d",
        ),
        (
            HOUR,
            0,
            "moved to https://b.example/feed for 0 seconds: will be remembered in 2d",
        ),
    ],
)
def test_a_watched_redirect_says_when_it_will_be_believed(interval, polls, sentence):
    """P16: status tells the operator."""
    source = replace(A, interval=interval)
    moving = updated(moved_to="https://b.example/feed?key=1")
    row = after(None, *[moving] * (polls + 1), source=source)

    said = cadence.next_step(source, row, now=row.last_polled_at)

    assert said.endswith(sentence)


@pytest.mark.parametrize("is_believed", [False, True])
def test_a_move_tells_no_secret_that_the_new_address_repeats(is_believed):
    """A5: neither string in any status."""
    source = replace(A, url="https://a.example/feed?token=SECRETTOK")
    elsewhere = "https://b.example/of/SECRETTOK/feed"
    row = after(None, updated(moved_to=elsewhere), source=source)
    believed = replace(row, moved=None, fetch_url=elsewhere)

    said = cadence.next_step(source, believed if is_believed else row, now=NOW)

    assert "moved to https://b.example/of/***/feed" in said


def test_a_forced_poll_waits_for_a_running_retry_after():
    """P23: refused with the time left."""
    row = after(None, throttled(503, retry_after=2 * HOUR))

    assert (
        cadence.may_force(A, row, now=NOW + 18 * MINUTE)
        == "Retry-After until 16:05 UTC, 102m left"
    )
    assert cadence.may_force(A, row, now=NOW + 2 * HOUR) is None


@pytest.mark.parametrize(
    "row",
    [
        cadence.initial(A, now=NOW),
        after(None, updated(max_age=5 * HOUR)),
        after(None, throttled(429)),
        after(None, GONE, GONE),
    ],
)
def test_a_forced_poll_waits_for_nothing_else(row):
    assert cadence.may_force(A, row, now=NOW) is None


def test_ten_presses_in_a_minute_are_one_request():
    """P23: at most one request."""
    row = cadence.initial(A, now=NOW)
    sent = 0
    for press in range(10):
        now = NOW + press * timedelta(seconds=6)
        if not cadence.may_refresh(A, row, now=now):
            row = after(row, unchanged(), at=now)
            sent += 1

    assert sent == 1


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "polled 0s ago, wait 1m more"),
        (20, "polled 20s ago, wait 40s more"),
        (60, None),
    ],
)
def test_a_press_too_early_says_how_long_to_wait(seconds, told):
    """P23: with the time left."""
    row = after(None, updated())

    said = cadence.may_refresh(A, row, now=NOW + timedelta(seconds=seconds))

    assert said == told


def test_a_press_during_a_retry_after_names_that():
    """P23: the longer wait is the one to know."""
    row = after(None, throttled(503, retry_after=2 * HOUR))

    for now in (NOW, NOW + MINUTE):
        assert "Retry-After" in cadence.may_refresh(A, row, now=now)


def test_a_clock_put_back_does_not_lock_the_button():
    """D20: a poll in the future is no poll a moment ago."""
    row = after(None, updated(), at=NOW + DAY)

    assert cadence.may_refresh(A, row, now=NOW) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0s"),
        (0, "0s"),
        (0.9, "0s"),
        (59, "59s"),
        (60, "1m"),
        (90, "90s"),
        (125, "2m5s"),
        (1800, "30m"),
        (3600, "1h"),
        (3700, "1h1m"),
        (5400, "90m"),
        (9000, "2h30m"),
        (33_600, "9h20m"),
        (33_630, "9h20m"),
        (86_400, "24h"),
        (129_600, "36h"),
        (172_800, "2d"),
        (90_061, "25h1m"),
        (176_461, "2d1h"),
        (788_645, "9d3h"),
        (604_800, "7d"),
        (30 * 86_400, "30d"),
        (365_000 * 86_400, "365000d"),
    ],
)
def test_a_duration_reads_as_the_config_writes_it(seconds, text):
    assert cadence.duration(timedelta(seconds=seconds)) == text
