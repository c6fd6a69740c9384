"""Rows under a config that is edited, a clock that jumps, and an engine that is late."""

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
)
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.model import FeedInfo, Hints, Moved, Pause, Validators

LATER = NOW + 10 * MINUTE
VALIDATORS = Validators(etag=b'"1"')
HALF = replace(A, interval=HOUR / 2)

ROWS = {
    "new": cadence.initial(A, now=NOW),
    "updated": after(None, updated(), jitter=1.0),
    "max-age": after(None, updated(max_age=5 * HOUR), jitter=0.5),
    "ttl": after(None, updated(), hints=Hints(ttl=3 * HOUR), jitter=1.0),
    "skipping": after(
        None, updated(), hints=Hints(skip_hours=frozenset({15, 16})), jitter=1.0
    ),
    "failing": after(None, *[failed()] * 4, jitter=1.0),
    "throttled": after(None, throttled(429, retry_after=5 * HOUR), jitter=1.0),
    "429": after(None, throttled(429), jitter=1.0),
    "gone": after(None, GONE, GONE),
    "first 410": after(None, GONE, jitter=1.0),
    "slowed": after(
        replace(after(None, updated()), unchanged=99), unchanged(), at=NOW + 9 * DAY
    ),
}


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("passed", [timedelta(0), 10 * MINUTE, DAY, 60 * DAY])
def test_a_source_that_was_not_edited_keeps_its_very_row(row, passed):
    """D7: unchanged sources are not fetched again."""
    now = (row.last_polled_at or NOW) + passed

    assert cadence.reconfigured(A, row, now=now) is row


def test_another_address_is_due_at_once_and_the_history_stays():
    """D8: what belonged to the old address is forgotten, what we know is kept."""
    row = replace(
        after(None, updated(), failed(), failed()),
        validators=VALIDATORS,
        body_digest=b"1",
        moved=Moved(url=NEW_ADDRESS, since=NOW, polls=2),
        feed=FeedInfo(
            title="A",
            site="https://a.example/",
            domain="a.example",
            hints=Hints(skip_hours=frozenset({14})),
        ),
    )
    moved = replace(A, url="https://c.example/feed")

    edited = cadence.reconfigured(moved, row, now=LATER)

    assert (edited.url, edited.fetch_url, edited.host) == (
        moved.url,
        moved.url,
        "c.example",
    )
    assert (edited.next_poll_at, edited.because) == (LATER, "new address")
    assert (edited.validators, edited.body_digest) == (Validators(), None)
    assert (edited.failures, edited.error, edited.moved) == (0, None, None)
    assert edited.first_success_at == edited.last_success_at == row.last_success_at
    assert edited.feed == FeedInfo(title="A")
    assert cadence.put_off(moved, edited, now=LATER) is None


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("https://a.example:443/feed", True),
        ("HTTPS://A.Example/feed#news", True),
        ("https://a.example/Feed", False),
        ("http://a.example/feed", False),
        ("https://ed:pw@a.example/feed", False),
        ("file:feed.xml", False),
    ],
)
def test_an_address_that_is_asked_with_the_same_bytes_is_no_other(url, is_same):
    """P8: it was asked once more, at once and whole."""
    row = replace(ROWS["updated"], validators=VALIDATORS)
    learned = replace(row, fetch_url=NEW_ADDRESS, host="b.example")

    edited = cadence.reconfigured(replace(A, url=url), row, now=LATER)
    further = cadence.reconfigured(replace(A, url=url), learned, now=LATER)

    assert (edited == replace(row, url=url, fetch_url=url)) is is_same
    assert (further == replace(learned, url=url)) is is_same


def test_another_address_is_a_new_chance_for_a_gone_source():
    """P15: the operator found where it went."""
    moved = replace(A, url=NEW_ADDRESS)

    row = cadence.reconfigured(moved, ROWS["gone"], now=LATER)

    assert (row.gone, row.gone_since, row.next_poll_at) == (False, None, LATER)


@pytest.mark.parametrize(
    ("url", "waits"),
    [("https://a.example/other", True), ("https://c.example/feed", False)],
)
def test_a_retry_after_holds_for_another_address_on_its_host(url, waits):
    """P12: an edit in the config does not break the promise."""
    row = ROWS["throttled"]

    edited = cadence.reconfigured(replace(A, url=url), row, now=LATER)

    assert edited.next_poll_at == (NOW + 5 * HOUR if waits else LATER)
    assert bool(cadence.may_force(A, edited, now=LATER)) is waits


@pytest.mark.parametrize(
    ("url", "waits"), [(A.url, True), (f"{A.url}#top", True), (f"{A.url}?a=b", False)]
)
def test_a_retry_after_holds_for_its_address_under_another_id(url, waits):
    """P12: nor does a source that is renamed, or removed and added anew."""
    renamed = replace(A, id="renamed", url=url)

    rows = cadence.configured([renamed], {A.id: ROWS["throttled"]}, now=LATER)

    row = rows[renamed.id]
    assert row.next_poll_at == (NOW + 5 * HOUR if waits else LATER)
    assert bool(cadence.may_force(renamed, row, now=LATER)) is waits


@pytest.mark.parametrize("edited", [True, False], ids=["edited", "added"])
@pytest.mark.parametrize(("row", "wait"), [("throttled", 5 * HOUR), ("429", 4 * HOUR)])
def test_a_source_goes_by_what_a_former_one_of_its_address_was_told(row, wait, edited):
    """P12: it kept its own promises only, and asked that publisher at once."""
    former = replace(ROWS[row], source_id="former")
    other = replace(A, url="https://c.example/")
    stored = {"former": former, "twice": replace(former, advised_until=NOW + HOUR)}
    if edited:
        stored[A.id] = cadence.initial(other, now=NOW)

    state = cadence.configured([A], stored, now=LATER)[A.id]

    assert (state.url, state.next_poll_at) == (A.url, NOW + wait)
    assert bool(cadence.may_force(A, state, now=LATER)) is (row == "throttled")
    assert cadence.configured([A], {A.id: state}, now=LATER)[A.id] is state


def test_a_429_holds_for_another_address_on_its_host():
    """P12: it names no time, and is meant all the same."""
    other = replace(A, url="https://a.example/other")

    edited = cadence.reconfigured(other, ROWS["429"], now=LATER)

    assert edited.next_poll_at == NOW + 4 * HOUR


def test_a_retry_after_holds_for_the_host_that_a_redirect_led_to():
    """P12: an operator who follows a redirect into the config breaks no promise."""
    row = replace(ROWS["throttled"], feed=FeedInfo(domain="c.example"))

    edited = cadence.reconfigured(
        replace(A, url="https://www.c.example/feed"), row, now=LATER
    )

    assert edited.next_poll_at == NOW + 5 * HOUR
    assert cadence.may_force(A, edited, now=LATER)


def test_the_address_a_feed_moved_to_of_late_costs_nothing_to_write_down():
    """P8, P16: what came from there is known, and it was asked a moment ago."""
    row = after(ROWS["updated"], unchanged(moved_to=NEW_ADDRESS), at=NOW + HOUR)
    row = replace(row, validators=VALIDATORS)

    edited = cadence.reconfigured(replace(A, url=NEW_ADDRESS), row, now=NOW + 2 * HOUR)

    assert (edited.url, edited.fetch_url) == (NEW_ADDRESS, NEW_ADDRESS)
    assert (edited.host, edited.moved) == ("b.example", None)
    assert edited.next_poll_at == row.next_poll_at
    assert edited.validators == VALIDATORS


def test_the_address_we_had_learned_costs_nothing_to_write_down():
    """P16: an operator who follows status into the config is not punished for it."""
    row = replace(
        ROWS["updated"], fetch_url=NEW_ADDRESS, host="b.example", validators=VALIDATORS
    )

    edited = cadence.reconfigured(replace(A, url=NEW_ADDRESS), row, now=LATER)

    assert edited == replace(row, url=NEW_ADDRESS)


def test_a_shorter_interval_brings_the_next_poll_forward():
    row = cadence.reconfigured(HALF, ROWS["updated"], now=LATER)

    assert (row.next_poll_at, row.because) == (NOW + HOUR / 2, "interval 30m")


def test_a_longer_interval_puts_the_next_poll_back():
    """P8: the gap is never shorter than the interval."""
    row = cadence.reconfigured(
        replace(A, interval=6 * HOUR), ROWS["updated"], now=LATER
    )

    assert (row.next_poll_at, row.because) == (NOW + 6 * HOUR, "interval 6h")


@pytest.mark.parametrize("advised", ["max-age", "ttl", "throttled", "429"])
def test_a_shorter_interval_does_not_override_the_publishers_advice(advised):
    """P10, P12 and P20: advice outlives an edit."""
    row = ROWS[advised]

    assert cadence.reconfigured(HALF, row, now=LATER) is row


def test_a_pause_keeps_a_source_out_of_the_schedule():
    paused = replace(A, paused=Pause(why="they asked"))

    row = cadence.reconfigured(paused, ROWS["updated"], now=LATER)

    assert (row.next_poll_at, row.because) == (cadence.NEVER, "paused: they asked")
    assert cadence.reconfigured(paused, row, now=NOW + DAY) is row


def test_a_pause_with_an_end_lasts_until_then():
    paused = replace(A, paused=Pause(until=NOW + 2 * DAY))

    row = cadence.reconfigured(paused, ROWS["updated"], now=LATER)

    assert row.next_poll_at == NOW + 2 * DAY
    assert row.because == "paused until 2026-11-26 14:05 UTC"
    assert cadence.put_off(paused, row, now=NOW + 2 * DAY) is None


def test_a_pause_that_was_edited_ends_when_it_says():
    row = cadence.reconfigured(
        replace(A, paused=Pause(until=NOW + DAY)), ROWS["updated"], now=LATER
    )
    sooner = replace(A, paused=Pause(until=NOW + DAY - MINUTE))

    row = cadence.reconfigured(sooner, row, now=LATER)

    assert row.next_poll_at == NOW + DAY - MINUTE


def test_a_pause_shorter_than_the_wait_changes_nothing():
    paused = replace(A, paused=Pause(until=NOW + HOUR / 2))
    row = ROWS["updated"]

    assert cadence.reconfigured(paused, row, now=LATER) is row


def test_a_lifted_pause_leaves_the_wait_that_was_due():
    """P8: lifting a pause is no reason to come early."""
    paused = cadence.reconfigured(
        replace(A, paused=Pause()), ROWS["updated"], now=LATER
    )

    assert cadence.reconfigured(A, paused, now=LATER).next_poll_at == NOW + HOUR


@pytest.mark.parametrize("pause", [Pause(), Pause(until=NOW + DAY)])
def test_a_new_source_may_start_paused(pause):
    source = replace(A, paused=pause)
    row = cadence.initial(source, now=NOW)

    assert row.next_poll_at == (pause.until or cadence.NEVER)
    assert cadence.reconfigured(source, row, now=NOW) is row
    assert cadence.reconfigured(A, row, now=LATER).next_poll_at == LATER


def test_a_source_paused_while_it_was_polled_stays_paused():
    row = after(None, updated(), source=replace(A, paused=Pause()), at=NOW)

    assert row.next_poll_at == cadence.NEVER


def test_a_poll_that_may_go_ahead_is_not_put_off():
    assert cadence.put_off(A, ROWS["updated"], now=NOW + 2 * HOUR) is None


def test_a_poll_of_a_paused_source_is_put_off():
    paused = replace(A, paused=Pause())

    row = cadence.put_off(paused, ROWS["updated"], now=NOW + 2 * HOUR)

    assert row
    assert row.next_poll_at == cadence.NEVER


@pytest.mark.parametrize(
    "row",
    [updated(), updated(max_age=5 * HOUR), unchanged()],
    ids=["", "max-age", "304"],
)
def test_a_source_whose_hub_told_of_news_is_due_before_its_interval_is_over(row):
    """And stays so across an edit of the config, but is not asked twice a minute."""
    polled = after(None, row)

    told = cadence.hastened(A, polled, now=NOW + 5 * MINUTE)
    at_once = cadence.hastened(A, polled, now=NOW + MINUTE / 2)

    assert told.next_poll_at == NOW + 5 * MINUTE
    assert cadence.reconfigured(A, told, now=NOW + 5 * MINUTE) is told
    assert cadence.put_off(A, told, now=NOW + 5 * MINUTE) is None
    assert at_once.next_poll_at == NOW + MINUTE
    assert cadence.put_off(A, at_once, now=NOW + MINUTE / 2) is not None
    assert cadence.hastened(A, told, now=NOW + 6 * MINUTE) is None


@pytest.mark.parametrize("row", ["throttled", "gone"])
def test_a_hub_moves_no_source_that_wants_to_be_left_alone(row):
    assert cadence.hastened(A, ROWS[row], now=NOW + HOUR) is None


def test_a_retry_after_that_came_later_goes_before_what_a_hub_told():
    told = cadence.hastened(A, after(None, updated()), now=NOW + 5 * MINUTE)
    until = NOW + 3 * HOUR
    told = replace(told, retry_after_until=until, advised_until=until)

    assert cadence.put_off(A, told, now=NOW + 5 * MINUTE).next_poll_at == until


def test_a_late_poll_waits_for_the_end_of_the_skipped_hours():
    """P20: the backlog after a downtime respects them too."""
    row = after(None, updated(), hints=Hints(skip_hours=frozenset({20, 21})))
    assert row.next_poll_at == NOW + HOUR

    row = cadence.put_off(A, row, now=NOW.replace(hour=20, minute=30))

    assert row
    assert row.next_poll_at == NOW.replace(hour=22, minute=0)
    assert row.because == "skipHours of the feed until 22:00 UTC"


def test_a_spread_backlog_survives_a_reload_of_the_config():
    """D7: what waits its turn is not pulled forward by an edit elsewhere."""
    rows = [(A, replace(ROWS["updated"], source_id=f"s{n}")) for n in range(900)]

    spread = cadence.spread(rows, now=NOW + DAY)

    assert all(cadence.reconfigured(A, row, now=NOW + DAY) is row for row in spread)


def test_a_backlog_leaves_out_what_is_new_gone_or_not_due():
    rows = [
        (A, ROWS["new"]),
        (A, ROWS["gone"]),
        (A, replace(ROWS["updated"], next_poll_at=NOW + 3 * DAY)),
    ]

    assert cadence.spread(rows, now=NOW + 2 * DAY) == []


@pytest.mark.parametrize("by", [-HOUR, HOUR, 3652 * DAY, -3652 * DAY])
@pytest.mark.parametrize("kind", ROWS)
def test_a_jump_of_the_clock_leaves_every_wait_as_long_as_it_was(kind, by):
    """D20: polling goes on as if the clock had always been right."""
    row = ROWS[kind]
    now = (row.last_polled_at or NOW) + MINUTE

    jumped = cadence.rebase(A, row, now=now + by, by=by)

    if kind == "gone":
        assert jumped.next_poll_at == cadence.NEVER
    elif kind != "skipping":
        assert jumped.next_poll_at == row.next_poll_at + by
    assert cadence.rebase(A, jumped, now=now, by=-by) == row


def test_a_promise_moves_with_the_clock():
    """D20: Retry-After is a length of time, not a date."""
    row = cadence.rebase(A, ROWS["throttled"], now=NOW + DAY, by=DAY)

    assert cadence.may_force(A, row, now=NOW + DAY + 4 * HOUR)
    assert not cadence.may_force(A, row, now=NOW + DAY + 5 * HOUR)


def test_a_pause_does_not_move_with_the_clock():
    """D20: it is a date that the operator wrote."""
    paused = replace(A, paused=Pause(until=NOW + 2 * DAY))
    row = cadence.reconfigured(paused, ROWS["updated"], now=NOW)

    row = cadence.rebase(paused, row, now=NOW + HOUR, by=HOUR)

    assert row.next_poll_at == NOW + 2 * DAY


def test_a_410_moves_with_the_clock():
    """D20 and P15: the hour between two of them is a real one."""
    row = cadence.rebase(A, ROWS["first 410"], now=NOW + DAY, by=DAY)

    assert not after(row, GONE, at=NOW + DAY + MINUTE).gone


def test_a_watched_redirect_moves_with_the_clock():
    """D20: ten wrong years do not make two days of watching."""
    row = after(None, updated(moved_to=NEW_ADDRESS))

    row = cadence.rebase(A, row, now=NOW + 3652 * DAY, by=3652 * DAY)

    assert row.moved
    assert row.moved.since == NOW + 3652 * DAY


@pytest.mark.parametrize("ahead", [HOUR, 3652 * DAY])
def test_a_row_from_the_future_counts_as_polled_now(ahead):
    """D20: the clock was put back while we were off; the wait is the usual one."""
    row = after(None, updated(), at=NOW + ahead)

    row = cadence.reconfigured(A, row, now=NOW)

    assert (row.last_polled_at, row.next_poll_at) == (NOW, NOW + HOUR)


def test_a_source_that_was_added_in_the_future_is_due_now():
    """D20: put right, nothing waits for a year that is far away."""
    row = cadence.initial(A, now=NOW + 3652 * DAY)

    assert cadence.reconfigured(A, row, now=NOW).next_poll_at == NOW


@pytest.mark.parametrize(
    ("kind", "wait", "because"),
    [
        ("updated", HOUR, "interval 1h"),
        ("max-age", 5 * HOUR, "asked by the publisher to wait until 19:05 UTC"),
        ("throttled", 5 * HOUR, "Retry-After until 19:05 UTC"),
        ("429", 4 * HOUR, "asked by the publisher to wait until 18:05 UTC"),
    ],
)
def test_a_wait_that_nothing_explains_is_cut_to_what_is_allowed(kind, wait, because):
    """D20: whatever went wrong with a row, it heals at the next start, and says why."""
    row = replace(ROWS[kind], next_poll_at=NOW + 400 * DAY)

    healed = cadence.reconfigured(A, row, now=LATER)

    assert (healed.next_poll_at, healed.because) == (NOW + wait, because)


def test_a_source_that_is_being_asked_waits_as_if_it_had_answered():
    """P8: what a process finds that was started after a crash in mid-poll."""
    row = after(None, updated())

    asked = cadence.asked(A, row, now=NOW + 2 * HOUR)

    assert asked.next_poll_at == NOW + 3 * HOUR
    assert cadence.reconfigured(A, asked, now=NOW + 2 * HOUR) == asked
    assert asked.because == (
        "interval 1h; asked at 2026-11-24 16:05 UTC, no answer recorded"
    )


def test_a_source_that_is_being_asked_says_which_hours_it_skips():
    row = after(None, updated(), hints=Hints(skip_hours=frozenset({17})))

    asked = cadence.asked(A, row, now=NOW + 2 * HOUR)

    assert asked.next_poll_at == NOW.replace(hour=18, minute=0)
    assert asked.because.startswith("skipHours of the feed until 18:00 UTC; asked at ")


def test_a_pause_is_named_whatever_the_feed_skips():
    row = after(None, updated(), hints=Hints(skip_hours=frozenset({0})))

    row = cadence.reconfigured(replace(A, paused=Pause()), row, now=NOW)

    assert (row.next_poll_at, row.because) == (cadence.NEVER, "paused")


def test_a_source_that_was_never_polled_is_asked_again_after_a_crash():
    row = cadence.initial(A, now=NOW)

    assert cadence.asked(A, row, now=NOW) == row
