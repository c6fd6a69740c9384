"""What an operator wrote: plain values, and the place where each of them stands.

A Written is one file of the config folder after reading and before any meaning: texts,
lists and mappings only. Whoever finds something wrong with a value asks the Written for
the place and makes a Complaint of it.
"""

import re
from collections.abc import Callable, Collection
from difflib import get_close_matches
from itertools import islice
from typing import Any

from msgspec import Struct

from aggregator.errors import Complaint

# The way to a value: keys of mappings and indices of lists, from the top of the file.
Path = tuple[str | int, ...]

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
# How many words a sentence lists to choose from.
FEW = 12
# Characters of a sentence that are shown from either end: some value of 64 KB that stands
# in it by mistake (a variable named the wrong file) is not for the log and the console.
_END = 200


class Place(Struct, frozen=True, kw_only=True):
    """Where something stands; `line` and `column` count from 1.

    `file` is relative to the config folder. A value that stands in no file has the name
    of its flag or environment variable there, and no line.
    """

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """Return `file:line:column`, as far as known."""
        file = _one_line(self.file)
        return ":".join(str(p) for p in (file, self.line, self.column) if p)

    def complaint(self, path: Path, message: str) -> Complaint:
        """Return a complaint about what stands here, without control characters."""
        return Complaint(
            file=_one_line(self.file),
            line=self.line,
            column=self.column,
            path=_one_line(_shortened(dotted(path))),
            message=_one_line(_shortened(message)),
        )


class Written(Struct, frozen=True, kw_only=True):
    """One file: its values, and `find`, which tells the place of a path.

    `find(path, True)` is the place of the key, `find(path, False)` that of the value;
    a path that does not exist is found at its nearest ancestor that does. `empty` are the
    keys that stand there without a value: they are not among the values.
    """

    file: str
    values: dict[str, Any]
    empty: tuple[Path, ...] = ()
    find: Callable[[Path, bool], Place]

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Return the place of the value at `path`, or of its key."""
        return self.find(path, at_key)

    def complaint(self, path: Path, message: str, *, at_key: bool = False) -> Complaint:
        """Return a complaint about the value at `path`, or about its key."""
        return self.place(path, at_key=at_key).complaint(path, message)


def dotted(path: Path) -> str:
    """Return the path as a person reads it: `sources.2.interval`."""
    return ".".join(map(str, path))


def _shortened(text: str) -> str:
    return f"{text[:_END]}…{text[-_END:]}" if len(text) > 2 * _END else text


def _one_line(text: str) -> str:
    """Return a text that cannot break a line of the log or the terminal."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)


def nothing(file: str) -> Written:
    """Return what an empty or missing file says: nothing, so that defaults hold."""
    return Written(file=file, values={}, find=lambda *_: Place(file=file))


def near(word: str, known: Collection[str]) -> str:
    """Return `; did you mean X?`, or nothing with nothing near; case makes none far."""
    folded = {each.casefold(): each for each in known}
    found = get_close_matches(word.casefold(), folded, n=1)
    return f"; did you mean {folded[found[0]]}?" if found else ""


def nearest(word: str, known: Collection[str]) -> str:
    """Return `; did you mean X?` or, with nothing near, what there is to choose from."""
    if hint := near(word, known):
        return hint
    few = list(islice(known, FEW))
    more = f" and {len(known) - len(few)} more" if len(known) > len(few) else ""
    return f"; known: {', '.join(few)}{more}" if few else ""
