"""A trial of sources ends with nothing left open, however it ends."""

from pathlib import Path

import pytest

from aggregator.app import trial
from aggregator.engines.local import LocalEngine
from aggregator.fetching import Fetcher
from aggregator.model import Config
from aggregator.reading import Workers

NOTHING = Config(folder=Path())


class BrokenOffError(Exception):
    """What ends a trial in its midst."""


def breaks(*_arguments, **_keys):
    raise BrokenOffError


@pytest.fixture
def ended(monkeypatch):
    """Return what was closed or stopped, in this order."""
    heard = []

    def listen(kind, ending):
        real = getattr(kind, ending)

        def end(self, *arguments):
            heard.append(kind)
            return real(self, *arguments)

        monkeypatch.setattr(kind, ending, end)

    listen(LocalEngine, "stop")
    listen(Workers, "close")
    listen(Fetcher, "close")
    return heard


def test_a_trial_that_is_broken_off_asks_nobody_any_more(monkeypatch, ended):
    monkeypatch.setattr(LocalEngine, "drain", breaks)

    with pytest.raises(BrokenOffError):
        trial.try_sources(NOTHING, but=())

    assert ended == [LocalEngine, Workers, Fetcher]


def test_what_was_opened_is_closed_though_the_next_room_does_not_open(
    monkeypatch, ended
):
    monkeypatch.setattr(trial, "Workers", breaks)

    with pytest.raises(BrokenOffError):
        trial.try_sources(NOTHING, but=())

    assert ended == [Fetcher]
