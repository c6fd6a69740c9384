"""What happens to the store, the config and the network while polls are under way."""

import pytest

from aggregator.app.round import poll_round
from aggregator.app.wire import BROKEN_OFF
from aggregator.errors import StoreAway
from tests.app.agency import agency, away, feed


@pytest.fixture
def desk(tmp_path):
    with agency(tmp_path, "a", "b") as opened:
        yield opened


def polled_before(desk):
    """Let all sources have been polled, and be due again with a new report."""
    desk.tick()
    rows = desk.is_due(*desk.wire.sources)
    for id_ in desk.wire.sources:
        desk.says(id_, feed("2", "1"))
    desk.asked.clear()
    return rows


# -- the store is away


@pytest.mark.parametrize("question", ["document", "known"])
def test_a_store_that_is_away_during_a_poll_is_held_against_no_source(
    desk, monkeypatch, question
):
    rows = polled_before(desk)
    real = getattr(desk.wire.store, question)
    monkeypatch.setattr(desk.wire.store, question, away(2, real))

    desk.tick()

    assert sorted(desk.asked) == ["a", "b"]
    assert [state.outcome for state in desk.wire.states().values()] == ["updated"] * 2
    assert desk.wire.store.counts() == {"a": 1, "b": 1}

    desk.tick()

    assert sorted(desk.asked) == ["a", "a", "b", "b"]
    assert desk.wire.store.counts() == {"a": 2, "b": 2}
    assert [row.failures for row in rows] == [0, 0]
    assert [state.failures for state in desk.wire.states().values()] == [0, 0]
    assert all(len(strip) == 2 for strip in desk.wire.store.recent_polls().values())


def test_a_row_that_cannot_be_read_again_and_again_does_not_trouble_the_publisher(
    desk, monkeypatch
):
    polled_before(desk)
    real = desk.wire.store.known
    monkeypatch.setattr(desk.wire.store, "known", away(1000, real))

    for _ in range(BROKEN_OFF + 3):
        desk.tick()

    assert desk.asked.count("a") == BROKEN_OFF + 1
    assert desk.state("a").problem == "unexpected"
    assert desk.state("a").because == "interval 1h"


def test_a_round_ends_as_soon_as_the_store_is_away(desk, monkeypatch):
    polled_before(desk)
    monkeypatch.setattr(desk.wire.store, "known", away(2, desk.wire.store.known))

    with pytest.raises(StoreAway, match="the connection failed"):
        poll_round(desk.wire, list(desk.wire.states().values()))

    assert [state.failures for state in desk.wire.states().values()] == [0, 0]
