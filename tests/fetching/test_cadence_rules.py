"""Each rule of cadence by itself: what follows from one poll or two."""

from datetime import timedelta

import pytest
from cadence_world import (
    DAY,
    GONE,
    HOUR,
    MINUTE,
    NEW_ADDRESS,
    NOW,
    A,
    after,
    failed,
    throttled,
    unchanged,
    updated,
    wait,
)
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.fetching.cadence import pace
from aggregator.model import FeedInfo, Hints, Validators

LONG = timedelta(seconds=99_999_999_999)


def test_a_new_source_is_due_at_once():
    """P1: the first poll comes as soon as the source is there."""
    row = cadence.initial(A, now=NOW)

    assert (row.next_poll_at, row.because) == (NOW, "new")
    assert (row.url, row.fetch_url, row.host) == (A.url, A.url, "a.example")


def test_a_file_has_no_host():
    row = cadence.initial(replace(A, url="file:///srv/a.xml"), now=NOW)

    assert row.host == ""
    assert 0 <= row.shard < 4096


def test_names_of_one_registrable_host_share_a_shard():
    one = cadence.initial(replace(A, url="https://x.a.example/1"), now=NOW)
    two = cadence.initial(replace(A, url="https://y.a.example/2"), now=NOW)

    assert one.shard == two.shard
    assert one.host != two.host


@pytest.mark.parametrize("outcome", [updated(), unchanged()])
def test_without_advice_the_interval_decides(outcome):
    row = after(None, outcome)

    assert (wait(row), row.because) == (HOUR, "interval 1h")


def test_a_success_is_remembered_with_its_times():
    row = after(after(None, updated()), unchanged())

    assert row.first_success_at == row.last_changed_at == NOW
    assert row.last_success_at == row.last_polled_at == NOW + HOUR
    assert (row.unchanged, row.outcome) == (1, "unchanged")


@pytest.mark.parametrize(
    ("outcome", "delay", "because"),
    [
        (updated(max_age=2 * HOUR), 2 * HOUR, "max-age 2h"),
        (unchanged(max_age=2 * HOUR), 2 * HOUR, "max-age 2h"),
        (throttled(429, max_age=6 * HOUR), 6 * HOUR, "max-age 6h"),
        (updated(max_age=HOUR), HOUR, "interval 1h"),
        (updated(max_age=timedelta(0)), HOUR, "interval 1h"),
        (updated(max_age=-HOUR), HOUR, "interval 1h"),
        (updated(max_age=None), HOUR, "interval 1h"),
        (updated(max_age=LONG), 30 * DAY, "max-age 1157407d9h, capped at 30d"),
        (failed("html-page", status=200, max_age=LONG), DAY, "capped at 24h"),
    ],
)
def test_max_age_only_lengthens_the_wait(outcome, delay, because):
    """P10: not before max(interval, max-age - Age); a huge value is capped, visibly."""
    row = after(None, outcome)

    assert wait(row) == delay
    assert row.because.endswith(because)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "delay", "because"),
    [
        (timedelta(seconds=120), HOUR, "interval 1h"),
        (3 * HOUR, 3 * HOUR, "Retry-After until 17:05 UTC"),
        (
            40 * DAY,
            30 * DAY,
            "Retry-After until 2026-12-24 14:05 UTC (40d, capped at 30d)",
        ),
    ],
)
def test_retry_after_is_kept_to(status, asked, delay, because):
    """P12: never earlier than asked, capped at 30 days."""
    row = after(None, throttled(status, retry_after=asked))

    assert (wait(row), row.because) == (delay, because)
    assert row.retry_after_until == NOW + min(asked, 30 * DAY)


@pytest.mark.parametrize("useless", [None, timedelta(0), -HOUR])
def test_a_429_that_names_no_time_is_left_alone_for_four_hours(useless):
    """P12: absent or useless Retry-After on a 429."""
    row = after(None, throttled(429, retry_after=useless))

    assert (wait(row), row.because) == (4 * HOUR, "429 without Retry-After: waits 4h")
    assert row.retry_after_until is None


@pytest.mark.parametrize("useless", [None, timedelta(0), -HOUR])
def test_a_503_that_names_no_time_backs_off(useless):
    """P12: absent or useless Retry-After on a 503."""
    row = after(None, throttled(503, retry_after=useless))

    assert (wait(row), row.because) == (2 * HOUR, "failed once: waits 2h")


def test_a_throttled_source_is_no_failing_one():
    """P12: throttling has its own word."""
    row = after(None, throttled(503))

    assert cadence.word(A, row, now=NOW) == "throttled"


def test_throttling_without_end_backs_off_although_it_names_a_short_time():
    """P14: a Retry-After of two minutes at every poll is still a host that is down."""
    busy = throttled(503, retry_after=2 * MINUTE)

    waits = [wait(after(None, *[busy] * n)) / HOUR for n in range(1, 8)]

    assert waits == [1, 2, 4, 8, 16, 24, 24]


def test_a_second_poll_ends_the_first_ones_retry_after():
    row = after(after(None, throttled(429, retry_after=3 * HOUR)), updated())

    assert row.retry_after_until is None
    assert wait(row) == HOUR


def test_retry_after_counts_on_a_200_too():
    row = after(None, updated(retry_after=5 * HOUR))

    assert wait(row) == 5 * HOUR
    assert cadence.word(A, row, now=NOW) == "ok"


@pytest.mark.parametrize(
    "problem", ["refused", "timeout", "dns", "status", "html-page", "too-complex"]
)
def test_failures_double_the_interval_up_to_a_day(problem):
    """P14 and I15: whatever went wrong, it is not tried faster."""
    rows = [after(None, *[failed(problem)] * n) for n in range(1, 8)]

    assert [wait(row) / HOUR for row in rows] == [2, 4, 8, 16, 24, 24, 24]
    assert rows[2].because == "failed 3 times in a row: waits 8h"


def test_looking_whether_a_source_is_back_does_not_make_it_wait_longer():
    """`poll --force` five times in a minute: the wait begins anew, and is no longer."""
    row = after(None, failed(), failed())
    asked = row.last_polled_at

    for minute in range(1, 6):
        row = after(row, failed(), at=asked + minute * MINUTE)

    assert (row.failures, wait(row)) == (2, 4 * HOUR)
    assert after(row, failed()).failures == 3


def test_a_failure_that_nobody_waited_for_is_one():
    row = after(None, updated())

    row = after(row, failed(), at=row.last_polled_at + MINUTE)

    assert (row.failures, wait(row)) == (1, 2 * HOUR)


def test_thousands_of_failures_still_mean_a_day():
    row = replace(after(None, failed()), failures=10_000)

    assert wait(after(row, failed())) == DAY


def test_an_interval_beyond_a_day_is_not_shortened_by_failures():
    weekly = replace(A, interval=7 * DAY)

    assert wait(after(None, failed(), source=weekly)) == 7 * DAY


def test_a_success_forgets_the_failures():
    """P14: the first success resets."""
    row = after(after(None, *[failed()] * 5), unchanged())

    assert (row.failures, row.problem, row.error) == (0, None, None)
    assert (wait(row), row.because) == (HOUR, "interval 1h")


def test_a_silent_source_is_not_asked_more_often_because_it_fails():
    row = replace(after(None, updated()), unchanged=200, last_polled_at=NOW + 18 * DAY)

    row = after(row, failed(), at=NOW + 18 * DAY)

    assert wait(row) == DAY


def test_a_source_unchanged_for_nine_days_is_slowed_to_half_a_day():
    """P22: slowing follows the length of the silence."""
    row = replace(after(None, updated()), unchanged=100)

    row = after(row, unchanged(), at=NOW + 9 * DAY)

    assert wait(row) == 12 * HOUR
    assert row.because == "unchanged for 9 days: slowed to 12h"


def test_a_change_brings_a_slowed_source_back_to_its_interval():
    """P22: the first change speeds up again."""
    row = replace(after(None, updated()), unchanged=100)

    row = after(row, updated(), at=NOW + 30 * DAY)

    assert (wait(row), row.unchanged) == (HOUR, 0)


def test_polls_in_quick_succession_do_not_count_as_silence():
    row = after(None, updated())
    for n in range(100):
        row = after(row, unchanged(), at=NOW + n * MINUTE)

    assert wait(row) == HOUR


def test_a_long_outage_does_not_count_as_silence():
    row = after(None, updated())

    row = after(row, unchanged(), at=NOW + 30 * DAY)

    assert wait(row) == HOUR


def test_an_interval_beyond_a_day_is_kept_by_a_silent_source():
    weekly = replace(A, interval=7 * DAY)
    row = replace(after(None, updated(), source=weekly), unchanged=50)

    row = after(row, unchanged(), source=weekly, at=NOW + 350 * DAY)

    assert (wait(row), row.because) == (7 * DAY, "interval 7d")


def test_a_410_is_asked_once_more_at_least_an_hour_later():
    """P15: the first 410 is not believed yet."""
    quick = replace(A, interval=MINUTE)

    row = after(None, GONE, source=quick)

    assert wait(row) == HOUR
    assert row.because == "410 Gone: asked once more in 1h to be sure"
    assert (row.gone, row.gone_since) == (False, NOW)
    assert cadence.word(quick, row, now=NOW) == "failing"


def test_a_second_410_ends_polling():
    """P15: the source is gone."""
    row = after(None, GONE, GONE)

    assert row.gone
    assert row.next_poll_at == cadence.NEVER
    assert row.because == "gone since 2026-11-24 14:05 UTC"
    assert cadence.word(A, row, now=NOW) == "gone"


def test_a_second_410_within_the_hour_proves_nothing():
    """P15: at least an hour after the first, even when forced."""
    row = after(after(None, GONE), GONE, at=NOW + 59 * MINUTE)

    assert not row.gone
    assert row.gone_since == NOW


@pytest.mark.parametrize("between", [failed(), updated()])
def test_anything_else_between_two_410s_starts_again(between):
    """P15: two in a row."""
    row = after(None, GONE, between, GONE)

    assert not row.gone
    assert row.gone_since == row.last_polled_at


@pytest.mark.parametrize("forced", [failed(), GONE])
def test_a_gone_source_stays_gone_when_forced_in_vain(forced):
    row = after(after(None, GONE, GONE), forced, at=NOW + 9 * DAY)

    assert row.gone
    assert row.because == "gone since 2026-11-24 14:05 UTC"


def test_a_gone_source_that_answers_when_forced_is_back():
    row = after(after(None, GONE, GONE), updated(), at=NOW + 9 * DAY)

    assert (row.gone, row.gone_since, wait(row)) == (False, None, HOUR)


@pytest.mark.parametrize(
    ("hints", "delay", "because"),
    [
        (Hints(ttl=4 * HOUR), 4 * HOUR, "ttl 4h"),
        (Hints(ttl=12 * HOUR), 12 * HOUR, "ttl 12h"),
        (Hints(ttl=10 * DAY), DAY, "ttl 10d, capped at 24h"),
        (Hints(period=12 * HOUR), 12 * HOUR, "sy:updatePeriod 12h"),
        (Hints(ttl=2 * HOUR, period=3 * HOUR), 3 * HOUR, "sy:updatePeriod 3h"),
        (Hints(ttl=3 * HOUR, period=2 * HOUR), 3 * HOUR, "ttl 3h"),
        (Hints(ttl=MINUTE), HOUR, "interval 1h"),
        (Hints(ttl=timedelta(0)), HOUR, "interval 1h"),
    ],
)
def test_a_feeds_ttl_is_a_floor_for_at_most_a_day(hints, delay, because):
    """P20: ttl and syndication period lengthen only, capped at 24 h."""
    row = after(None, updated(), hints=hints)

    assert (wait(row), row.because) == (delay, because)


def test_hints_outlive_the_document_they_stood_in():
    """P20: a 304 and a failure bring no feed, and the feed's wishes still hold."""
    row = after(None, updated(), hints=Hints(ttl=4 * HOUR))

    assert row.feed.hints == Hints(ttl=4 * HOUR)
    assert wait(after(row, unchanged())) == 4 * HOUR


def test_a_poll_leaves_what_the_feed_said_alone():
    said = FeedInfo(title="A", hints=Hints(ttl=4 * HOUR))
    row = replace(cadence.initial(A, now=NOW), feed=said)

    assert after(row, updated()).feed == said


@pytest.mark.parametrize(
    ("hours", "days", "until", "names"),
    [
        ({15}, {}, NOW.replace(hour=16), "skipHours"),
        ({15, 16, 17}, {}, NOW.replace(hour=18), "skipHours"),
        (range(1, 24), {}, NOW.replace(day=25, hour=0), "skipHours"),
        ({}, {1}, NOW.replace(day=25, hour=0), "skipDays"),
        ({}, range(1, 7), NOW.replace(day=30, hour=0), "skipDays"),
        ({0}, {1}, NOW.replace(day=25, hour=1), "skipHours and skipDays"),
        ({9}, {1}, NOW.replace(day=25, hour=0), "skipDays"),
    ],
)
def test_a_poll_waits_for_the_end_of_skipped_hours_and_days(hours, days, until, names):
    """P20: skipHours and skipDays, in UTC; and says that they decided."""
    hints = Hints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    row = after(None, updated(), hints=hints)

    assert row.next_poll_at == until.replace(minute=0)
    assert row.because.startswith(f"{names} of the feed until ")
    assert row.because.endswith(f"{until:%H}:00 UTC")


def test_skipped_hours_that_are_over_did_not_decide():
    row = after(None, updated(), hints=Hints(skip_hours=frozenset({14})))

    assert row.because == "interval 1h"


@pytest.mark.parametrize(
    ("hints", "warning"),
    [
        (Hints(skip_hours=frozenset(range(24))), "skipHours names all 24 hours"),
        (Hints(skip_days=frozenset(range(7))), "skipDays names all 7 days"),
    ],
)
def test_a_feed_that_skips_all_is_not_taken_at_its_word(hints, warning):
    """P20: ignored with a warning."""
    row = after(None, updated(), hints=hints)

    assert wait(row) == HOUR
    assert row.hints_warning == f"{warning} and is ignored"
    assert row.hints_warning in cadence.next_step(A, row, now=NOW)


def test_a_warning_goes_when_the_feed_is_mended():
    row = after(None, updated(), hints=Hints(skip_hours=frozenset(range(24))))

    assert after(row, updated(), hints=Hints()).hints_warning is None


@pytest.mark.parametrize(
    ("interval", "most"), [(5 * MINUTE, 30), (HOUR, 60), (DAY, 60), (7 * DAY, 60)]
)
def test_jitter_adds_a_tenth_or_a_minute_at_most(interval, most):
    """P8: jitter only adds."""
    source = replace(A, interval=interval)

    none, all_of_it = (
        wait(after(None, updated(), source=source, jitter=jitter)) for jitter in (0, 1)
    )

    assert none == interval
    assert all_of_it == interval + timedelta(seconds=most)


def test_jitter_does_not_carry_a_back_off_beyond_a_day():
    """P14: a recovery is noticed within 24 h."""
    assert wait(after(None, *[failed()] * 9, jitter=1.0)) == DAY


def test_a_permanent_redirect_is_believed_after_five_polls_and_two_days():
    """P16: then the new address is asked, and its host's manners apply."""
    twelve = replace(A, interval=12 * HOUR)
    redirected = updated(moved_to=NEW_ADDRESS)

    row = after(None, *[redirected] * 4, source=twelve)
    assert row.fetch_url == A.url
    row = after(row, redirected, source=twelve)

    assert (row.url, row.fetch_url, row.moved) == (A.url, NEW_ADDRESS, None)
    assert row.host == "b.example"


def test_a_permanent_redirect_seen_often_but_not_for_long_is_not_believed():
    """P16: over at least 48 h."""
    row = after(None, *[updated(moved_to=NEW_ADDRESS)] * 48)

    assert row.fetch_url == A.url
    assert row.moved
    assert row.moved.polls == 48
    assert after(row, updated(moved_to=NEW_ADDRESS)).fetch_url == NEW_ADDRESS


def test_a_permanent_redirect_seen_for_long_but_not_often_is_not_believed():
    """P16: in at least 5 polls."""
    weekly = replace(A, interval=7 * DAY)

    row = after(None, *[updated(moved_to=NEW_ADDRESS)] * 4, source=weekly)

    assert row.fetch_url == A.url


@pytest.mark.parametrize(
    "between",
    [
        updated(),
        unchanged(),
        updated(moved_to="https://c.example/feed"),
        failed("html-page", status=200),
        failed("timeout"),
    ],
    ids=["in place", "304 in place", "elsewhere", "to a page", "timeout"],
)
def test_a_poll_that_ends_elsewhere_starts_the_watch_again(between):
    """P16: temporary, other or broken targets in between."""
    redirected = updated(moved_to=NEW_ADDRESS)

    row = after(None, *[redirected] * 60, source=replace(A, interval=30 * MINUTE))
    row = after(row, between, redirected)

    assert row.fetch_url == A.url
    assert row.moved
    assert row.moved.polls == 1


def test_a_learned_address_that_fails_for_long_is_given_up():
    row = replace(
        after(None, updated()),
        fetch_url=NEW_ADDRESS,
        host="b.example",
        validators=Validators(etag=b'"b"'),
    )

    assert after(row, *[failed()] * 4).fetch_url == NEW_ADDRESS
    row = after(row, *[failed()] * 5)

    assert (row.fetch_url, row.host) == (A.url, "a.example")
    assert row.validators == Validators()


def test_a_learned_address_that_is_gone_is_checked_at_the_configured_one():
    row = replace(after(None, updated()), fetch_url=NEW_ADDRESS)

    row = after(row, GONE)

    assert (row.fetch_url, row.gone) == (A.url, False)
    assert after(row, GONE).gone
    assert not after(row, updated()).gone_since


def test_a_fault_of_ours_does_not_make_the_next_poll_late():
    """A feed of thirty entries that is read once a day loses reports."""
    row = None
    for _ in range(8):
        row = after(row, failed("unexpected"))

    assert (wait(row), row.because) == (HOUR, "interval 1h")
    assert row.failures == 8


SILENT = replace(
    after(None, updated()),
    unchanged=pace.PATIENCE,
    last_changed_at=NOW,
    last_success_at=NOW + 7 * DAY,
)


@pytest.mark.parametrize(
    ("row", "days", "is_doubtful"),
    [
        (SILENT, 7, False),
        (SILENT, 8, True),
        (replace(SILENT, last_success_at=NOW + 8 * DAY), 15, False),
        (replace(SILENT, last_success_at=NOW + 8 * DAY), 16, True),
        # Of a source that never changed since the first time.
        (replace(SILENT, last_changed_at=None, first_success_at=NOW), 8, True),
        # It was not asked often enough for its silence to say something.
        (replace(SILENT, unchanged=pace.PATIENCE - 1), 8, False),
    ],
)
def test_a_silence_is_doubted_every_eight_days(row, days, is_doubtful):
    assert cadence.is_doubtful(row, now=NOW + days * DAY) is is_doubtful
