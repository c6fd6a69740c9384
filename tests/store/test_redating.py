"""A clock that was ahead leaves nothing in the future."""

from datetime import timedelta

from newsroom import HOUR, MINUTE, NOW, article, polled, source

from aggregator.model import Selection
from aggregator.store import seals

YEARS = timedelta(days=3_650)


def test_what_a_wrong_clock_saw_ahead_is_brought_back_in_its_order(store):
    """D20: no entry with first-seen in the future after the clock is put right."""
    store.put_states([source()], configured={"bbc"})
    ahead = {"first_seen": NOW + YEARS, "updated": NOW + YEARS, "desk_tags": ("world",)}
    reports = (
        article("before", first_seen=NOW - HOUR, listed_at=NOW - HOUR),
        article("first", listed_at=NOW + YEARS - MINUTE, **ahead),
        article("last", listed_at=NOW + YEARS, **ahead),
        article("old", listed_at=NOW - 9 * HOUR, **ahead),
    )
    store.record([polled(new=reports)])

    assert store.ahead(NOW) == (3, NOW + YEARS)
    assert store.bring_back(NOW) == 3

    found = {each.id: each for each in store.articles()}
    assert [found[each.id].listed_at for each in reports] == [
        NOW - HOUR,
        NOW - MINUTE,
        NOW,
        NOW - 9 * HOUR,
    ]
    assert all(
        each.first_seen <= NOW and each.updated <= NOW for each in found.values()
    )
    newest = store.latest(Selection(tags=("world",)), now=NOW, limit=9)
    assert [each.id for each in newest] == [reports[2].id, reports[1].id, reports[3].id]
    assert store.ahead(NOW) == (0, None)
    assert store.bring_back(NOW) == 0


def test_what_is_brought_back_is_sealed_again(store):
    store.put_states([source()], configured={"bbc"})
    late = article("late", first_seen=NOW + YEARS, listed_at=NOW + YEARS)
    store.record([polled(new=(late,))])

    store.bring_back(NOW)

    with store._reading() as connection:
        row = connection.exec_driver_sql("SELECT * FROM articles").mappings().one()
        assert list(seals.broken(late.id, row, seals.OF_ARTICLES)) == []


def test_what_is_brought_back_is_found_in_its_order(store):
    """Search listed it above all that came later, until the wrong date had passed."""
    store.put_states([source()], configured={"bbc"})
    ahead = {"first_seen": NOW + YEARS, "listed_at": NOW + YEARS}
    early = article("early", title="Rain one", **ahead)
    store.record([polled(new=(early,))])
    store.bring_back(NOW)
    late = article("late", title="Rain two", listed_at=NOW + HOUR)
    store.record([polled(at=NOW + HOUR, new=(late,))])

    found = store.search("rain", limit=9)

    assert [each.title for each in found] == ["Rain two", "Rain one"]
    assert [each.title for each in store.search("one", limit=9)] == ["Rain one"]


def test_what_is_listed_after_2039_is_found(store):
    """Its number was above what was taken for the end of all numbers."""
    store.put_states([source()], configured={"bbc"})
    report = article("later", title="Rain", listed_at=NOW + 2 * YEARS)
    store.record([polled(new=(report,))])

    assert [each.title for each in store.search("rain", limit=9)] == ["Rain"]
