"""In which order files of tests begin, and a log for each test."""

import functools
import gc
import importlib
import logging
import os
import pkgutil

import pytest
from hypothesis import settings

import aggregator
from aggregator.events import log

# The same examples at each run, however long each takes on a machine with other work;
# `--hypothesis-profile=default` draws new ones.
settings.register_profile("same", derandomize=True, deadline=None)
settings.load_profile("same")

# Files that take longest, in seconds on two idle cores or in waits, so that none of them
# is what a single worker does at the end. A file goes to one worker (`--dist loadfile`),
# in this order if pytest-xdist is told --no-loadscope-reorder; all others come after.
LONGEST = [
    "acceptance/test_corpus.py",
    "drills/test_disasters.py",
    "web/test_hostile_reports.py",
    "web/test_in_browser.py",
    "goals/test_politeness_weeks.py",
    "web/test_accessibility.py",
    "web/test_console.py",
    "publishing/test_direct_writing.py",
    "acceptance/test_operating.py",
    "goals/test_politeness_answers.py",
    "goals/test_hostile_words.py",
    "identity/test_churn.py",
    "acceptance/test_service.py",
    "reading/test_delta.py",
    "drills/test_kills.py",
    "acceptance/test_commands.py",
    "store/test_crashes.py",
    "app/test_history.py",
    "app/test_life.py",
    "acceptance/test_recorded_polls.py",
    "store/test_plans.py",
    "goals/test_costly_documents.py",
    "acceptance/test_streams.py",
    "acceptance/test_desk_commands.py",
    "drills/test_cut_off.py",
]


def pytest_collection():
    """Look for no garbage while tests are collected: next to nothing of it is any."""
    gc.disable()


def pytest_collection_finish():
    """Look for garbage from here on, and only in what tests make.

    What is loaded and collected by now lives to the end, and was walked through at each
    full look: 2 of 44 s of CPU.
    """
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(items):
    """Let the longest files come first; the order within a file stays."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(
        key=lambda item: places.get("/".join(item.path.parts[-2:]), len(LONGEST))
    )


def pytest_runtest_setup(item):
    """Let a property test find our modules loaded, whichever tests ran before it.

    Hypothesis takes some examples from the constants of what is loaded: one of two runs
    of the same commit failed.
    """
    test = getattr(item, "function", None)
    if getattr(test, "is_hypothesis_test", False):
        _load_everything()


@functools.cache
def _load_everything():
    for module in pkgutil.walk_packages(aggregator.__path__, "aggregator."):
        # What alembic runs by itself cannot be imported, nor may the command line run.
        if not module.name.startswith(("aggregator.store.migrations", "aggregator.__")):
            importlib.import_module(module.name)


@pytest.fixture(scope="session", autouse=True)
def _cache_of_their_own(tmp_path_factory):
    """Let commands keep configs where no other run finds them."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def _log_bound_anew():
    """Bind the log anew: what an earlier test bound still writes where that one wanted."""
    log.tell_from(logging.INFO, lambda: None)
