"""Real feeds that nobody on this project wrote: where they are, if they are here.

They lie beside the project in `../shared/corpus` and are never copied into it.
"""

import csv
import functools
import os
import pickle
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import feedparser
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


class Told(NamedTuple):
    """What feedparser says of an entry: what tells it apart, and its bodies.

    A body is its value, its base and its type.
    """

    name: object
    bodies: tuple[tuple[str, str, str], ...]


@functools.cache
def told(path):
    """Return what feedparser, which changes no word then, says of a file's entries.

    All snapshots take it 7 s of CPU: of the workers of one run the first that asks for a
    file leaves the answer to the others, where `python -m tests` says.
    """
    kept = None
    if folder := os.environ.get("MEDIAWIRE_TEST_SHARED"):
        kept = Path(folder, f"told-{sha256(str(path).encode()).hexdigest()}")
        if kept.exists():
            return pickle.loads(kept.read_bytes())
    feed = feedparser.parse(
        path.read_bytes(), sanitize_html=False, resolve_relative_uris=False
    )
    found = [Told(_name(entry), _bodies(entry)) for entry in feed.entries]
    if kept:
        # Whole or not there: another worker may look for it meanwhile.
        written = kept.with_suffix(f".{os.getpid()}")
        written.write_bytes(pickle.dumps(found))
        written.rename(kept)
    return found


def _name(entry):
    """Return the id, link or words of an entry."""
    return (
        entry.get("id")
        or entry.get("link")
        or (entry.get("title"), entry.get("published"), entry.get("summary"))
    )


def _bodies(entry):
    texts = [*entry.get("content", ()), entry.get("summary_detail")]
    return tuple((text.value, text.base, text.type) for text in texts if text)
