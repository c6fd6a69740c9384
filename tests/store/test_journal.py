"""When things came: reports by the hour, polls by the source."""

from datetime import timedelta

from msgspec.structs import replace
from newsroom import polled, source

from aggregator.model import Outcome
from tests.builders import NOON, article, attribution

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def reports(source_id, *minutes_ago):
    return tuple(
        article(
            n,
            url=f"https://{source_id}.example/{n}",
            attribution=attribution(source_id=source_id),
            listed_at=NOON - n * MINUTE,
        )
        for n in minutes_ago
    )


def test_reports_are_counted_by_the_hour_they_were_first_seen_in(store):
    store.put_states([source("a")], configured=["a"])
    store.record([polled("a", new=reports("a", 0, 1, 59, 60, 61, 300))])

    assert store.journal.by_hour(NOON - 2 * HOUR) == {
        NOON: 1,
        NOON - HOUR: 3,
        NOON - 2 * HOUR: 1,
    }


def test_reports_of_a_first_poll_count_when_they_were_seen_not_by_their_dates(store):
    """Their dates are hours and weeks back, when the service may not have run yet."""
    store.put_states([source("a")], configured=["a"])
    dated = reports("a", 1, 90, 91, 6_000, 60_000)
    old = [replace(each, first_seen=NOON + MINUTE) for each in dated]
    store.record([polled("a", new=(*old, *reports("a", -1, 100)))])

    assert store.journal.by_hour(NOON - 48 * HOUR) == {NOON: 6, NOON - 2 * HOUR: 1}


def test_the_rhythm_of_a_source_is_its_own(store):
    store.put_states([source("a"), source("b")], configured=["a", "b"])
    store.record(
        [polled("a", new=reports("a", 5, 1, 300)), polled("b", new=reports("b", 2))]
    )
    since = NOON - 2 * HOUR

    assert store.journal.listed("a", since=since, limit=9) == [
        NOON - timedelta(minutes=1),
        NOON - timedelta(minutes=5),
    ]
    assert len(store.journal.listed("a", since=since, limit=1)) == 1
    assert store.journal.listed("c", since=since, limit=9) == []


def test_the_last_poll_of_each_source_that_is_asked_for(store):
    store.put_states([source(id_) for id_ in "abc"], configured=["a", "b", "c"])
    for minute, id_ in ((3, "a"), (2, "a"), (1, "b"), (4, "c")):
        result = polled(id_, at=NOON - timedelta(minutes=minute))
        outcome = Outcome(kind="failed", error=f"{id_} {minute}")
        store.record([replace(result, outcome=outcome)])

    found = store.journal.last_polls(["a", "b", "nobody"])

    assert {id_: past.error for id_, past in found.items()} == {"a": "a 2", "b": "b 1"}
    assert store.journal.last_polls([]) == {}
