"""A store in which nothing stands yet, for tests that are not about how one is made.

store = open_store(emptystore.at(folder))    # folder/wire.db

It is copied: hundreds of tests want one, and the migrations take 45 ms of CPU, a copy 2.
That they make it is shown by tests/store, and by every `Installation`.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.store import open_store


def at(folder):
    """Lay an empty store into a folder if it has none yet, and return its URL."""
    path = Path(folder) / "wire.db"
    if not path.exists():
        path.write_bytes(content())
    return f"sqlite:///{path}"


@cache
def content():
    """Return the bytes of its file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wire.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()
