"""Real feeds that nobody on this project wrote: where they are, if they are here.

They lie beside the project in `../shared/corpus` and are never copied into it.
"""

import csv
import functools
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent.parent / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the corpus of real feeds is not beside the project"
)


@functools.cache
def manifest():
    """Return one mapping per file: path, format, entries, title, flags and more."""
    with (FOLDER / "MANIFEST.tsv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def files(folder):
    """Return the paths of all files below a folder of the corpus, in order."""
    return [
        FOLDER / row["path"] for row in manifest() if row["path"].startswith(folder)
    ]


def series(name):
    """Return the recorded polls of one feed, in the order of time."""
    return sorted((FOLDER / "snapshots" / "series" / name).iterdir())
