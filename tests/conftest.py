"""In which order files of tests begin, and a log for each test."""

import logging

import pytest
from hypothesis import settings

from aggregator.events import log

# The same examples at each run; `--hypothesis-profile=default` draws new ones.
settings.register_profile("same", derandomize=True)
settings.load_profile("same")

# Files that take longest, in seconds on two idle cores or in waits, so that none of them
# is what a single worker does at the end. A file goes to one worker (`--dist loadfile`),
# in this order if pytest-xdist is told --no-loadscope-reorder; all others come after.
LONGEST = [
    "drills/test_disasters.py",
    "drills/test_kills.py",
    "web/test_hostile_reports.py",
    "acceptance/test_recorded_polls.py",
    "web/test_in_browser.py",
    "acceptance/test_corpus.py",
    "acceptance/test_changes_at_the_source.py",
    "acceptance/test_service.py",
    "drills/test_cut_off.py",
    "web/test_accessibility.py",
    "acceptance/test_commands.py",
    "acceptance/test_desk_commands.py",
    "acceptance/test_operating.py",
    "goals/test_politeness_weeks.py",
    "goals/test_hostile_words.py",
    "drills/test_migrating.py",
    "reading/test_normalise_corpus.py",
    "text/test_markup_corpus.py",
]


def pytest_collection_modifyitems(items):
    """Let the longest files come first; the order within a file stays."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: places.get("/".join(item.path.parts[-2:]), len(LONGEST))
    )


@pytest.fixture(autouse=True)
def _log_bound_anew():
    """Bind the log anew: what an earlier test bound still writes where that one wanted."""
    log.tell_from(logging.INFO, lambda: None)
