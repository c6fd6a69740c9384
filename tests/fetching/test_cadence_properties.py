"""What holds for every row and every outcome, tried on generated ones."""

from datetime import timedelta

from cadence_world import NEW_ADDRESS, NOW, A, saying, updated
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.model import Advice, Hints, Outcome, Pause

MOST = timedelta(days=30)

lengths = st.timedeltas(timedelta(0), timedelta(days=400))
intervals = st.timedeltas(timedelta(seconds=1), timedelta(days=60))
jitters = st.floats(0, 1)
hints = st.none() | st.builds(
    Hints,
    ttl=st.none() | lengths,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
advices = st.builds(
    Advice,
    retry_after=st.none() | lengths,
    max_age=st.none() | st.timedeltas(-MOST, timedelta.max),
    expires=st.none() | st.timedeltas(-MOST, timedelta.max),
)
answers = st.builds(
    Outcome,
    kind=st.sampled_from(["updated", "unchanged"]),
    status=st.sampled_from([200, 304]),
    advice=advices,
    moved_to=st.sampled_from([None, None, NEW_ADDRESS]),
)
failures = st.builds(
    Outcome,
    kind=st.just("failed"),
    status=st.sampled_from([None, 410, 429, 500, 503]),
    problem=st.sampled_from(["timeout", "gone", "throttled", "status", "html-page"]),
    error=st.just("a: no"),
    advice=advices,
)
steps = st.lists(
    st.tuples(answers | failures, hints, jitters, lengths), min_size=1, max_size=8
)
sources = st.builds(
    lambda interval, pause: replace(A, interval=interval, paused=pause),
    intervals,
    st.none() | st.builds(Pause, until=st.none() | lengths.map(NOW.__add__)),
)


def histories(source, history):
    """Yield (before, time, outcome, after) of each poll, some of them late."""
    row = cadence.initial(replace(source, paused=None), now=NOW)
    for outcome, said, jitter, late in history:
        now = NOW if row.last_polled_at is None else row.last_polled_at + late
        now = max(now, row.next_poll_at) if row.next_poll_at < cadence.NEVER else now
        before = row
        row = cadence.after(source, saying(row, said), outcome, now=now, jitter=jitter)
        yield before, now, outcome, row


@given(sources, steps)
@settings(deadline=None)
def test_a_wait_is_never_shorter_than_anyone_allows(source, history):
    """P8, P10, P12: interval, freshness and Retry-After, each up to its cap."""
    for _, now, outcome, row in histories(source, history):
        waits = row.next_poll_at - now
        assert waits >= source.interval
        assert waits >= min(outcome.advice.retry_after or timedelta(0), MOST)
        believed = outcome.kind != "failed" or outcome.problem == "throttled"
        cap = MOST if believed else timedelta(days=1)
        for fresh in (outcome.advice.max_age, outcome.advice.expires):
            assert waits >= min(fresh or timedelta(0), cap)


@given(sources, steps)
@settings(deadline=None)
def test_a_wait_is_never_longer_than_a_month_and_a_skipped_week(source, history):
    """P10, P12: bounded, so that no answer silences a source for ever."""
    for _, now, _, row in histories(replace(source, paused=None), history):
        if not row.gone:
            longest = max(MOST, source.interval) + timedelta(days=7, minutes=1)
            assert row.next_poll_at - now <= longest


@given(sources, steps)
@settings(deadline=None)
def test_no_poll_is_planned_for_a_time_the_feed_skips(source, history):
    """P20: whatever the feed names, unless it names everything."""
    for _, _, _, row in histories(source, history):
        said = row.feed.hints
        if not row.hints_warning and row.next_poll_at < cadence.NEVER:
            assert row.next_poll_at.hour not in said.skip_hours
            assert row.next_poll_at.weekday() not in said.skip_days


@given(sources, steps, lengths)
@settings(deadline=None)
def test_an_unedited_source_keeps_its_row_at_any_later_time(source, history, passed):
    """D7: nothing is written, nothing is fetched."""
    for _, now, _, row in histories(source, history):
        assert cadence.reconfigured(source, row, now=now + passed) is row


@given(sources, sources, steps, lengths)
@settings(deadline=None)
def test_an_edit_is_applied_once(source, edited, history, passed):
    """D7, P8: a second look changes nothing, and the gap is the new interval's."""
    *_, (_, now, _, row) = histories(source, history)

    once = cadence.reconfigured(edited, row, now=now + passed)

    assert cadence.reconfigured(edited, once, now=now + passed) is once
    assert once.gone or once.next_poll_at >= now + edited.interval


@given(sources, steps)
@settings(deadline=None)
def test_a_row_reads_well_at_every_time(source, history):
    for _, now, _, row in histories(source, history):
        sentence = cadence.next_step(source, row, now=now)
        assert row.because
        assert "\n" not in sentence
        assert cadence.word(source, row, now=now)


@given(steps, jitters, jitters)
@settings(deadline=None)
def test_jitter_only_adds(history, some, more):
    """P8, P20: never more than a minute, but for what the feed skips from then on."""
    some, more = sorted((some, more))
    *_, (before, now, outcome, _) = histories(A, history)

    none, earlier, later = (
        cadence.after(A, before, outcome, now=now, jitter=jitter)
        for jitter in (0, some, more)
    )

    assert none.next_poll_at <= earlier.next_poll_at <= later.next_poll_at
    for row in (earlier, later):
        if not is_skipping(row):
            assert row.next_poll_at - none.next_poll_at <= timedelta(minutes=1)
            assert row.because == none.because or is_skipping(none)


def is_skipping(row):
    return row.because.startswith("skip")


def test_jitter_that_reaches_into_a_skipped_hour_waits_for_its_end():
    """P20: 14:59:50 and half a minute is in the hour that the feed skips."""
    hints = Hints(skip_hours=frozenset({15}))
    now = NOW.replace(hour=13, minute=59, second=50)
    row = saying(cadence.initial(A, now=now), hints)

    none, half = (
        cadence.after(A, row, updated(), now=now, jitter=jitter) for jitter in (0, 0.5)
    )

    assert none.next_poll_at == NOW.replace(minute=59, second=50)
    assert none.because == "interval 1h"
    assert half.next_poll_at == NOW.replace(hour=16, minute=0)
    assert half.because == "skipHours of the feed until 16:00 UTC"
