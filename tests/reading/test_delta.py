"""An entry parsed from a cut document is the entry of the whole document, everywhere.

Every feed collected is taken in two halves, the even and the odd items, which separates
each item from both of its neighbours. With `MEDIAWIRE_DELTA=each` in the environment
every item is taken alone, which takes twice as long and has found nothing more.
"""

import os
from collections import Counter

import pytest
from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.reading import parse, xmlfeed
from aggregator.reading.decode import decode
from aggregator.reading.split import Whole, split
from tests.corpus import files, needs_corpus

URL = "https://source.example/feeds/all.xml"
EACH = os.environ.get("MEDIAWIRE_DELTA") == "each"

# How many files may fail to be cut, by reason. More means that `split` refuses more.
UNCUT = {
    "snapshots/": {
        "its items are not what they seem": 1,
        "an item stands in an unusual place": 1,
    },
    "conformance/": {
        "an item stands in an unusual place": 2,
        "there are items within items": 2,
        "its tags do not match": 2,
        "it ends before anything is complete": 1,
        "its items are not what they seem": 1,
        "not-a-feed": 3,
    },
}
LEAST = {"snapshots/": (430, 11_000), "conformance/": (1_900, 1_400)}  # files, entries


def documents(folder):
    for path in files(folder):
        try:
            found = decode(path.read_bytes(), content_type=None, max_bytes=10**8)
        except ReadError:
            continue
        if found.json is None:
            yield path, found.document


def shares(count):
    if EACH:
        return [[number] for number in range(count)]
    return [list(range(start, count, 2)) for start in (0, 1) if start < count] or [[]]


def told(feed):
    return replace(feed, entries=(), notes=())


def differences(pieces, whole):
    """Yield the numbers of items that are read otherwise alone, and -1 for the head."""
    cut = xmlfeed.CutFeed(split=pieces, url=URL)
    for numbers in shares(len(pieces.items)):
        found = cut.parsed(numbers)
        if told(found.feed) != told(whole):
            yield -1
        entries = [replace(entry, raw=b"") for entry in found.feed.entries]
        expected = [whole.entries[number] for number in found.numbers]
        yield from (
            n for n, a, b in zip(numbers, entries, expected, strict=True) if a != b
        )


@needs_corpus
@pytest.mark.parametrize("folder", ["snapshots/", "conformance/"])
def test_items_read_alone_are_equal_to_items_read_together(folder):
    uncut = Counter()
    wrong = {}
    well_formed = ill_formed = entries = 0
    for path, document in documents(folder):
        pieces = split(document)
        if isinstance(pieces, Whole):
            uncut[pieces.reason] += 1
            continue
        try:
            whole = parse.feed(pieces.document, url=URL)
        except ReadError as error:
            uncut[error.problem] += 1
            continue
        if len(whole.entries) != len(pieces.items):
            uncut["its items are not what they seem"] += 1
        elif not xmlfeed._well_formed(pieces.document):
            ill_formed += 1  # read item by item on purpose: better than whole
        else:
            well_formed += 1
            entries += len(whole.entries)
            if found := list(differences(pieces, whole)):
                wrong[path.name] = found

    assert wrong == {}
    assert uncut == UNCUT[folder]
    assert (well_formed, entries) >= LEAST[folder]
    assert ill_formed < well_formed / 20
