"""In which order files of tests begin."""

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
