"""Whoever is asked in vain is due again: once, and only if nothing came of it since."""

import pytest

from aggregator.app.asked import Asked
from aggregator.errors import StoreAway
from aggregator.fetching.cadence import initial
from tests.app.agency import source
from tests.builders import NOON

ROW = initial(source("a"), now=NOON)


class Desk:
    """A wire, and the schedule that keeps what it was told of sources; it may be away."""

    def __init__(self):
        self.schedule = self
        self.said = []
        self.is_away = False

    def ask(self, states):
        self._say("asked", states)

    def unask(self, states):
        self._say("due", states)

    def _say(self, what, states):
        if self.is_away:
            raise StoreAway("the connection failed")
        self.said += [(what, state.source_id) for state in states]


@pytest.fixture
def desk():
    return Desk()


@pytest.fixture
def asked(desk):
    asked = Asked(desk)
    asked.note([ROW])
    return asked


def test_who_was_asked_in_vain_is_given_back_once(asked, desk):
    """Again and again, the row would win over each poll that came later."""
    asked.let_go([ROW])
    asked.give_back()
    asked.give_back()

    assert desk.said == [("asked", "a"), ("due", "a")]


def test_who_is_given_back_in_vain_is_given_back_the_next_time(asked, desk):
    asked.let_go([ROW])
    desk.is_away = True
    with pytest.raises(StoreAway):
        asked.give_back()
    desk.is_away = False

    asked.give_back()

    assert desk.said == [("asked", "a"), ("due", "a")]


def test_who_is_asked_anew_is_not_given_back(asked, desk):
    asked.let_go([ROW])
    asked.note([ROW])

    asked.give_back()

    assert desk.said == [("asked", "a"), ("asked", "a")]


def test_who_was_let_go_before_is_not_given_back_as_it_was_then(asked, desk):
    """A clock that was put right has moved its row meanwhile."""
    asked.end()
    asked.let_go([ROW])

    asked.give_back()

    assert desk.said == [("asked", "a"), ("due", "a")]


def test_who_could_not_be_noted_is_given_back(asked, desk):
    """Perhaps it was written, and only the answer got lost."""
    desk.is_away = True
    with pytest.raises(StoreAway):
        asked.note([ROW])
    desk.is_away = False

    asked.give_back()

    assert desk.said == [("asked", "a"), ("due", "a")]


def test_at_the_end_only_who_did_not_answer_is_given_back(asked, desk):
    asked.note([initial(source("b"), now=NOON)])
    asked.answered(["a"])

    asked.end()

    assert desk.said == [("asked", "a"), ("asked", "b"), ("due", "b")]
