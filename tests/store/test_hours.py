"""Whatever is written to an article counts in the hour in which it is listed."""

import pytest
from msgspec.structs import replace
from newsroom import HOUR, NOW, article, polled, source

from aggregator.epoch import HOUR as COUNTED_BY
from aggregator.epoch import micros
from aggregator.model import Dropped, Selection

OLD = article("old", first_seen=NOW - 9 * HOUR, listed_at=NOW - 9 * HOUR)
NEW = article("new")
LATE = article("late", first_seen=NOW, listed_at=NOW - 9 * HOUR)
BESIDE = article("beside", first_seen=NOW - 4 * HOUR, listed_at=NOW - 4 * HOUR)


def hour_of(time):
    return micros(time) // COUNTED_BY


@pytest.fixture
def desk(store):
    store.put_states([source()], configured={"bbc"})
    store.record([polled(new=(OLD, NEW, BESIDE))])
    return store


def numbers(desk):
    return desk.journal.changes(hour_of(NOW) - 100, hour_of(NOW) + 1)


def marks(desk, time):
    """Return what tells whether the articles of an hour are as they were."""
    found = desk.marks(Selection(), now=NOW, limit=99)
    return {each for each in found if each.at // COUNTED_BY == hour_of(time)}


WRITES = {
    "new": lambda desk: desk.record([polled(new=(LATE,))]),
    "changed by its source": lambda desk: desk.record(
        [polled(changed=(replace(OLD, source_title="B", title="B", revision=2),))]
    ),
    "under another rule": lambda desk: desk.retitle([replace(OLD, title="C")]),
    "dropped by a rule": lambda desk: desk.retitle(
        [replace(OLD, dropped=Dropped(rule="r", reason="x"))]
    ),
    "tagged": lambda desk: desk.retag("bbc", ("world",)),
    "under a headline of the desk": lambda desk: desk.override(OLD.id, "D"),
    "taken back": lambda desk: desk.withdraw(OLD.id, at=NOW, reason="x", by="desk"),
    "taken back by its source": lambda desk: desk.record(
        [polled(deletions=((OLD.id, "gone"),))]
    ),
    "pruned": lambda desk: desk.prune(NOW - 8 * HOUR),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_an_hour_changes_with_any_of_its_articles(desk, write):
    before, were = numbers(desk), marks(desk, OLD.listed_at)

    write(desk)

    hour = hour_of(OLD.listed_at)
    assert marks(desk, OLD.listed_at) != were
    assert numbers(desk)[hour] > before[hour]


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
def test_an_hour_without_a_change_holds_what_it_held(desk, write):
    before = numbers(desk)
    were = {time: marks(desk, time) for time in (NOW, BESIDE.listed_at)}

    write(desk)

    for time, then in were.items():
        if numbers(desk)[hour_of(time)] == before[hour_of(time)]:
            assert marks(desk, time) == then


def test_what_is_brought_back_changes_where_it_was_and_where_it_is(desk):
    ahead = NOW + 50 * HOUR
    desk.record([polled(new=(article("ahead", first_seen=ahead, listed_at=ahead),))])
    before = desk.journal.changes(hour_of(NOW), hour_of(ahead) + 1)

    desk.bring_back(NOW)

    after = desk.journal.changes(hour_of(NOW), hour_of(ahead) + 1)
    changed = {hour for hour, number in after.items() if number > before.get(hour, 0)}
    assert changed == {hour_of(NOW), hour_of(ahead)}


def test_only_hours_that_are_asked_for_are_told(desk):
    hour = hour_of(OLD.listed_at)

    assert set(desk.journal.changes(hour, hour + 1)) == {hour}
    assert desk.journal.changes(hour + 1, hour + 1) == {}
