"""The table `sources`: what is remembered of a source, and which one is due."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from newsroom import (
    HOUR,
    MINUTE,
    NOW,
    article,
    document,
    left_at_default,
    polled,
    source,
)

from aggregator.model import (
    FeedInfo,
    Hints,
    Moved,
    Outcome,
    PastPoll,
    Validators,
)

EVERYTHING = source(
    fetch_url="https://new.example/feed?a=%20b",
    validators=Validators(
        etag=b'W/"\xe9\x01;"', last_modified=b"Mon, 01-Jan-26", url="https://x.example/"
    ),
    body_digest=bytes(range(16)),
    because="every 1 h",
    first_success_at=NOW - 9 * HOUR,
    last_polled_at=NOW - 2 * HOUR,
    last_success_at=NOW - 3 * HOUR,
    last_changed_at=NOW - 4 * HOUR,
    unchanged=3,
    failures=2,
    outcome="failed",
    problem="throttled",
    error="429 Too Many Requests – ایران",
    retry_after_until=NOW + 5 * HOUR,
    advised_until=NOW + 6 * HOUR,
    gone_since=NOW - HOUR,
    gone=True,
    held="held for review",
    moved=Moved(url="https://newer.example/", since=NOW - 48 * HOUR, polls=4),
    feed=FeedInfo(
        title="BBC – خبر",
        site="https://bbc.example/",
        feed_id="tag:bbc",
        author="BBC",
        rights="©",
        license="https://l.example/",
        language="en-GB",
        image="https://bbc.example/i.png",
        version="rss20",
        capped="2100 entries: the first 2000 were read",
        hints=Hints(
            ttl=timedelta(minutes=15, microseconds=1),
            period=timedelta(minutes=30),
            skip_hours=frozenset({0, 23}),
            skip_days=frozenset({6}),
        ),
    ),
    hints_warning="all hours skipped",
)


def test_every_field_of_a_source_comes_back_as_it_was(store):
    store.put_states([EVERYTHING], configured={"bbc"})

    assert not left_at_default(EVERYTHING)
    assert store.state("bbc") == EVERYTHING
    assert store.states() == {"bbc": EVERYTHING}


def test_a_poll_replaces_every_field_of_its_source(store):
    store.put_states([source()], configured={"bbc"})

    store.record([polled(state=EVERYTHING)])

    assert store.state("bbc") == EVERYTHING


def test_a_field_that_is_taken_back_is_gone(store):
    store.put_states([EVERYTHING], configured={"bbc"})

    store.record([polled(state=source())])

    assert store.state("bbc") == source()


def test_an_unknown_source_has_no_state(store):
    assert store.state("nobody") is None
    assert store.document("nobody") is None
    assert store.states() == {}


def test_the_longest_due_comes_first_and_the_future_not_at_all(store):
    times = {"late": -MINUTE, "later": -2 * MINUTE, "now": 0 * MINUTE, "soon": MINUTE}
    states = [source(id_, next_poll_at=NOW + ago) for id_, ago in times.items()]
    store.put_states(states, configured=set(times))

    due = store.due(NOW, 10)

    assert [state.source_id for state in due] == ["later", "late", "now"]


def test_due_asks_for_no_more_than_wanted_and_none_of_the_excluded(store):
    states = [source(f"s{n}", next_poll_at=NOW + n * MINUTE) for n in range(5)]
    store.put_states(states, configured={s.source_id for s in states})

    due = store.due(NOW + HOUR, 2, exclude={"s0", "s2", "elsewhere"})

    assert [state.source_id for state in due] == ["s1", "s3"]


def test_a_source_that_is_gone_is_never_due(store):
    store.put_states([source(gone=True)], configured={"bbc"})

    assert store.due(NOW, 10) == []
    assert store.next_due() is None


def test_next_due_is_the_earliest_time_of_a_source_that_is_polled(store):
    store.put_states(
        [
            source("a", next_poll_at=NOW + HOUR),
            source("b", next_poll_at=NOW + MINUTE),
            source("removed", next_poll_at=NOW - HOUR),
        ],
        configured={"a", "b"},
    )

    assert store.next_due() == NOW + MINUTE


def test_a_removed_source_keeps_all_it_has_and_is_due_again_when_it_comes_back(store):
    """D8: entries and validators are kept through remove and rename."""
    report = article()
    store.put_states([source()], configured={"bbc"})
    store.record([polled(new=(report,), document=document(report))])
    before = store.state("bbc")

    store.put_states([], configured=set())

    assert store.due(NOW + 9 * HOUR, 10) == []
    assert store.configured() == set()
    assert store.state("bbc") == before
    assert store.article(report.id) == report
    assert store.document("bbc") == document(report)

    store.put_states([], configured={"bbc"})

    assert store.due(NOW + 9 * HOUR, 10) == [before]
    assert store.configured() == {"bbc"}


def test_a_poll_under_way_does_not_bring_back_an_address_that_was_edited(store):
    """D8: the validators of the old address never go with the new one."""
    report = article()
    store.put_states([source()], configured={"bbc"})
    edited = source(url="https://bbc.example/new", fetch_url="https://bbc.example/new")
    store.put_states([edited], configured={"bbc"})

    store.record([polled(new=(report,))])

    assert store.state("bbc") == edited
    assert store.article(report.id) == report


def test_the_last_fifty_polls_are_marked_newest_first(store):
    store.put_states([source()], configured={"bbc"})
    for n in range(60):
        store.record([polled(at=NOW + n * MINUTE)])
    failed = Outcome(kind="failed", problem="dns", error="no such host")
    store.record([polled(at=NOW + HOUR, outcome=failed)])

    recent = store.journal.recent_polls()["bbc"]

    start = NOW.replace(second=0, microsecond=0)
    assert len(recent) == 50
    assert recent[0] == (start + HOUR, "failed")
    assert recent[1] == (start + 59 * MINUTE, "unchanged")
    assert recent[-1] == (start + 11 * MINUTE, "unchanged")


def test_polls_that_found_something_or_failed_are_logged_and_others_are_not(store):
    store.put_states([source()], configured={"bbc"})
    report = article()
    failed = Outcome(
        kind="failed", status=503, problem="throttled", error="503, come back later"
    )
    updated = Outcome(kind="updated", new=1, changed=2, status=200)

    store.record([polled(new=(report,), outcome=updated, notes=("1 left out",))])
    store.record([polled(at=NOW + HOUR)])
    took = timedelta(milliseconds=7)
    store.record([polled(at=NOW + 2 * HOUR, outcome=failed, took=took, wire_bytes=9)])

    assert store.journal.poll_log("bbc") == [
        PastPoll(
            source_id="bbc",
            at=NOW + 2 * HOUR,
            outcome="failed",
            status=503,
            problem="throttled",
            error="503, come back later",
            took=took,
            wire_bytes=9,
        ),
        PastPoll(
            source_id="bbc",
            at=NOW,
            outcome="updated",
            new=1,
            changed=2,
            status=200,
            notes=("1 left out",),
        ),
    ]
    assert len(store.journal.poll_log("bbc", limit=1)) == 1


@pytest.mark.parametrize("microseconds", [0, 1, 999_999])
def test_times_are_kept_to_the_microsecond(store, microseconds):
    at = NOW.replace(microsecond=microseconds)
    store.put_states([source(next_poll_at=at)], configured={"bbc"})

    assert store.next_due() == at


def test_many_results_of_one_batch_each_reach_their_own_source(store):
    ids = [f"s{n}" for n in range(40)]
    store.put_states([source(id_) for id_ in ids], configured=set(ids))

    store.record(
        [
            polled(id_, state=replace(source(id_), unchanged=n))
            for n, id_ in enumerate(ids)
        ]
    )

    unchanged = {id_: state.unchanged for id_, state in store.states().items()}
    assert unchanged == {id_: n for n, id_ in enumerate(ids)}


def test_a_poll_recorded_twice_leaves_one_mark(store):
    """A commit whose answer got lost; in the same minute another poll may end so, too."""
    store.put_states([source()], configured={"bbc"})
    first = polled(state=source(last_polled_at=NOW))
    second = polled(state=source(last_polled_at=NOW + timedelta(microseconds=1)))

    for result in (first, first, second, second):
        store.record([result])

    minute = NOW.replace(second=0, microsecond=0)
    assert store.journal.recent_polls()["bbc"] == ((minute, "unchanged"),) * 2


def test_rows_are_revised_by_what_stands_in_them(store):
    store.put_states([EVERYTHING, source("cnn")], configured=["cnn"])

    def failed_again(rows):
        return [replace(row, failures=row.failures + 1) for row in rows.values()]

    stored = store.revise(failed_again)
    some = store.revise(failed_again, among=["bbc", "nobody"], configured=["bbc"])

    assert stored == {"bbc": EVERYTHING, "cnn": source("cnn")}
    assert list(some) == ["bbc"]
    assert store.states() == {
        "bbc": replace(EVERYTHING, failures=EVERYTHING.failures + 2),
        "cnn": source("cnn", failures=1),
    }
    assert store.configured() == {"bbc"}


def test_to_reschedule_changes_the_next_poll_and_nothing_else(store):
    store.put_states([EVERYTHING, source("cnn")], configured=["bbc", "cnn"])

    store.reschedule(
        [
            source(
                next_poll_at=NOW + HOUR,
                because="asked",
                last_polled_at=NOW,
                failures=99,
            )
        ]
    )

    assert store.states() == {
        "bbc": replace(
            EVERYTHING, next_poll_at=NOW + HOUR, because="asked", last_polled_at=NOW
        ),
        "cnn": source("cnn"),
    }
