"""Rooms that open late offer what they say, and nothing else."""

import subprocess
import sys
from importlib import import_module

import pytest

LATE = ("config", "store", "publishing", "reading", "text.markup")


@pytest.mark.parametrize("room", LATE)
def test_all_that_a_room_offers_is_there(room):
    package = import_module(f"aggregator.{room}")

    assert all(getattr(package, name) is not None for name in package.__all__)


@pytest.mark.parametrize("room", LATE)
def test_what_a_room_does_not_offer_is_told_with_its_name(room):
    package = import_module(f"aggregator.{room}")

    with pytest.raises(AttributeError, match=f"aggregator.{room}.*nothing"):
        _ = package.nothing


def test_what_is_behind_a_door_is_loaded_when_it_is_asked_for():
    lines = """
import sys, aggregator.text.markup as markup
print("aggregator.text.markup.oneline" in sys.modules)
markup.plain("a")
print("aggregator.text.markup.oneline" in sys.modules, "plain" in vars(markup))
"""
    asked = [sys.executable, "-c", lines]

    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout

    assert said.split() == ["False", "True", "True"]
