"""What is killed comes back: nothing lost, nothing twice, nothing half-written."""

import pytest

from tests.drills import kills
from tests.drills.agencies import FIRST, WINDOW, Agencies
from tests.drills.doomed import STEPS
from tests.store.databases import POSTGRESQL, schema


def test_kills_at_random_moments_lose_and_double_nothing(tmp_path, store_url):
    """D1: at length `python -m tests.drills kills --times 200`."""
    tally = kills.at_random(tmp_path / "at", times=2, sources=8, store=store_url)

    assert tally.faults == []
    assert tally.kills == 2


def test_a_kill_at_any_step_loses_and_doubles_nothing(tmp_path):
    """D2: at every step from the fetch to the folder's sync."""
    tally = kills.at_steps(tmp_path / "at", STEPS, sources=3)

    assert tally.faults == []
    assert tally.kills == len(STEPS)


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_a_kill_around_a_commit_loses_and_doubles_nothing_on_postgresql(tmp_path):
    """D2: around the commit, where PostgreSQL differs."""
    steps = ("articles-written", "before-commit", "after-commit")
    with schema() as url:
        tally = kills.at_steps(tmp_path / "at", steps, sources=3, store=url)

    assert tally.faults == []
    assert tally.kills == len(steps)


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_kills_of_a_scheduler_and_its_workers_lose_and_double_nothing(tmp_path):
    """D1: at length `python -m tests.drills workers --times 100 --postgresql`."""
    with schema() as url:
        tally = kills.among_workers(tmp_path / "at", times=3, sources=8, store=url)

    assert tally.faults == []
    assert tally.kills == 3


def test_a_correction_arrives_if_the_next_document_still_has_it(tmp_path):
    """D1: however many documents nobody lived to record; what left is as it was seen."""
    left, stays = 0, FIRST - 1
    with Agencies(1, seed=1) as agencies:
        agencies.still()
        drill = kills.Drill(tmp_path / "at", agencies)
        [agency] = agencies.agencies.values()
        agency.correct(left)
        agency.correct(stays)
        agency.gain(WINDOW - 1)

        drill.polls_again("then")

    [fault] = drill.tally.faults
    assert fault.startswith("not corrected: s00-0 is 'Report 0 of s00',")
