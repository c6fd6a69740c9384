"""Cadence over simulated weeks, with jitter: the figures we promise to publishers."""

from datetime import timedelta
from random import Random

import pytest
from cadence_world import (
    DAY,
    GONE,
    HOUR,
    MINUTE,
    NOW,
    A,
    failed,
    gaps,
    polls,
    throttled,
    unchanged,
    updated,
)
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.model import Hints


def requests(*args, **kwargs):
    return [at for at, _ in polls(*args, **kwargs)]


@pytest.mark.parametrize("seed", range(20))
def test_no_two_requests_of_a_week_are_closer_than_the_interval(seed):
    """P8: jitter only adds, and a restart in between changes nothing."""
    dice = Random(seed)

    def down(_):
        return timedelta(hours=dice.choice([0, 0, 0, 0, 3 * dice.random()]))

    def answer(_):
        return dice.choice([updated(), unchanged(), unchanged(), failed()])

    times = requests(A, answer, lasting=7 * DAY, asleep=down, seed=seed)

    assert min(gaps(times)) >= HOUR


def test_sources_that_start_together_do_not_stay_together():
    """P8: jitter spreads what began in one moment."""
    ends = {
        requests(A, lambda _: updated(), lasting=7 * DAY, seed=seed)[-1]
        for seed in range(20)
    }

    assert len(ends) == 20


@pytest.mark.parametrize("problem", ["refused", "timeout", "dns", "status"])
@pytest.mark.parametrize("seed", range(5))
def test_a_host_down_for_a_week_gets_at_most_twelve_requests(problem, seed):
    """P14: and its recovery is noticed within a day; then all is as before."""
    back = NOW + 7 * DAY

    def answer(now):
        return failed(problem) if now < back else updated()

    times = requests(A, answer, lasting=9 * DAY, seed=seed)
    recovered = [at for at in times if at >= back]

    assert len(times) - len(recovered) <= 12
    assert recovered[0] - back <= DAY
    assert recovered[1] - recovered[0] <= HOUR + MINUTE


def test_a_busy_host_that_asks_for_two_minutes_all_week_is_spared_too():
    """P14: as any host that is down."""
    busy = throttled(503, retry_after=2 * MINUTE)

    assert len(requests(A, lambda _: busy, lasting=7 * DAY)) <= 12


def test_a_gone_source_gets_two_requests_in_a_month():
    """P15: 2 requests, then 0 in 30 days."""
    assert len(requests(A, lambda _: GONE, lasting=30 * DAY)) == 2


FORBIDDING = Hints(
    skip_hours=frozenset(range(6)), skip_days=frozenset({5, 6}), ttl=4 * HOUR
)


@pytest.mark.parametrize("hints", [FORBIDDING, replace(FORBIDDING, ttl=12 * HOUR)])
@pytest.mark.parametrize("seed", range(5))
def test_no_request_falls_into_skipped_hours_or_days(hints, seed):
    """P20: 0 in 14 simulated days, even for an engine that is up to two hours late."""
    dice = Random(seed)
    times = requests(
        A,
        lambda _: updated(),
        lasting=14 * DAY,
        hints=hints,
        asleep=lambda _: 2 * HOUR * dice.random(),
        seed=seed,
    )

    assert not [t for t in times[1:] if t.hour < 6 or t.weekday() >= 5]
    assert min(gaps(times)) >= hints.ttl
    assert len(times) > 10


def test_a_source_that_skips_all_hours_is_polled_as_any_other():
    """P20: all-skipped is ignored."""
    hints = Hints(skip_hours=frozenset(range(24)))

    assert len(requests(A, lambda _: updated(), lasting=DAY, hints=hints)) == 24


@pytest.mark.parametrize("seed", range(5))
def test_a_source_that_never_changes_is_asked_three_times_a_day_after_a_week(seed):
    """P22: at most 3 a day after a week; the ceiling is a day."""

    def answer(now):
        return updated() if now == NOW else unchanged()

    times = requests(A, answer, lasting=30 * DAY, seed=seed)
    by_day = [
        sum(NOW + n * DAY <= at < NOW + (n + 1) * DAY for at in times)
        for n in range(30)
    ]

    assert by_day[0] >= 22
    assert max(by_day[7:]) <= 3
    assert max(by_day[20:]) == 1
    assert max(gaps(times)) <= DAY


@pytest.mark.parametrize("seed", range(5))
def test_a_source_that_changes_hourly_is_asked_24_times_a_day(seed):
    """P22: it stays at the floor."""
    times = requests(A, lambda _: updated(), lasting=7 * DAY, seed=seed)

    for start in times[:-24]:
        assert sum(start <= at < start + DAY for at in times) == 24


def test_the_first_change_after_a_month_speeds_up_again():
    """P22: from once a day to the interval, at once."""
    change = NOW + 29 * DAY

    def answer(now):
        return updated() if now == NOW or now >= change else unchanged()

    times = requests(A, answer, lasting=31 * DAY)
    seen = [at for at in times if at >= change]

    assert seen[0] - change <= DAY
    assert max(gaps(seen)) <= HOUR + MINUTE


def test_a_daily_source_is_noticed_soon_after_it_changes():
    """P22: slowing is in proportion: a day's silence costs at most 80 minutes."""
    changes = [NOW + n * DAY for n in range(14)]
    noticed = []

    def answer(now):
        if changes and changes[0] <= now:
            noticed.append(now - changes.pop(0))
            return updated()
        return unchanged()

    requests(A, answer, lasting=14 * DAY)

    assert len(noticed) == 14
    assert max(noticed) <= 80 * MINUTE + MINUTE


def test_a_backlog_of_a_day_starts_one_source_a_second_oldest_first():
    """D20 and P8: after a day's downtime there is no burst."""
    rows = [
        (
            replace(A, id=f"s{n:03}"),
            replace(
                cadence.initial(A, now=NOW),
                source_id=f"s{n:03}",
                last_polled_at=NOW - DAY - n * MINUTE,
                next_poll_at=NOW - DAY + HOUR - n * MINUTE,
            ),
        )
        for n in range(100)
    ]

    spread = cadence.spread(rows, now=NOW)

    assert [row.source_id for row in spread] == [f"s{n:03}" for n in range(99, -1, -1)]
    assert [row.next_poll_at - NOW for row in spread] == [
        timedelta(seconds=n) for n in range(100)
    ]


def test_a_large_backlog_is_worked_off_within_a_tenth_of_the_interval():
    """N16: nobody is late by more than 10 % of the interval because of the others."""
    row = replace(cadence.initial(A, now=NOW - DAY), last_polled_at=NOW - DAY)
    rows = [(A, replace(row, source_id=f"s{n}")) for n in range(10_000)]

    spread = cadence.spread(rows, now=NOW)

    assert spread[0].next_poll_at == NOW
    assert spread[-1].next_poll_at <= NOW + 6 * MINUTE
    assert len({row.next_poll_at for row in spread}) == 10_000
