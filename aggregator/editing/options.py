"""The options of a rule as written in YAML, read with every complaint kept.

In: a mapping whose scalars are text (the config room reads every scalar as text).
Out: flags, words and patterns; and two lists of (dotted path, message): `problems`, that
the config room turns into complaints with file, line and column, and `doubts`, of what is
read as it stands and is likely not meant.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from difflib import get_close_matches
from typing import cast

from aggregator.editing.patterns import Pattern

TRUE = frozenset({"true", "yes", "on"})
PLACE = re.compile(r"\{[^{}]*\}")
DURATION = re.compile(r"([0-9]{1,6})([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
FALSE = frozenset({"false", "no", "off"})
EMPTY = "holds an empty text; write what is meant, or take it out"


class Options:
    """One rule's options. Every reader returns a usable value, whatever was written."""

    def __init__(self, written: Mapping[str, object], path: str = "") -> None:
        self._written = written
        self._path = path
        self.problems: list[tuple[str, str]] = []
        self.doubts: list[tuple[str, str]] = []

    def flag(self, name: str) -> bool:
        """Return a yes or no; absent is no."""
        value = str(self._written.get(name, "no")).lower()
        if value not in TRUE | FALSE:
            self.complain(name, f'"{value}" is neither true nor false')
        return value in TRUE

    def number(self, name: str, *, low: float, high: float) -> float | None:
        """Return a number between two others; absent is None."""
        value = self._written.get(name)
        if value is None:
            return None
        try:
            number = float(str(value))
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.complain(name, f'"{value}" is no number from {low:g} to {high:g}')
            return None
        return number

    def duration(self, name: str) -> timedelta | None:
        """Return a time span such as 36h or 30d; absent is None."""
        if name not in self._written:
            return None
        written = str(self._written[name])
        found = DURATION.fullmatch(written)
        if not found:
            self.complain(name, f'"{written}" is no duration; write 90s, 30m, 6h or 7d')
            return None
        return timedelta(seconds=int(found[1]) * SECONDS[found[2]])

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """Return one of some words; absent is None."""
        value = self._written.get(name)
        if value is None or value in choices:
            return cast("str | None", value)
        self.complain(name, f'"{value}" is none of {", ".join(choices)}')
        return None

    def text(self, name: str, *, places: Collection[str] = ()) -> str:
        """Return a text; absent is empty. `places` are the {words} it may hold."""
        value = self._written.get(name, "")
        if not isinstance(value, str):
            self.complain(name, "write one text")
            return ""
        for unknown in set(PLACE.findall(value)) - set(places):
            known = f"known: {', '.join(places)}" if places else "there are none"
            self.complain(name, f"{unknown} stands for nothing; {known}")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one.

        An empty one is complained of: as a pattern it is found in everything.
        """
        value = self._written.get(name, ())
        if isinstance(value, str):
            value = (value,)
        elif not isinstance(value, list | tuple) or not all(
            isinstance(word, str) for word in value
        ):
            self.complain(name, "write a list of texts, for example [UN, NATO]")
            return ()
        words = cast("Sequence[str]", value)
        if "" in words:
            self.complain(name, EMPTY)
        return tuple(filter(None, words))

    def languages(self, name: str) -> tuple[str, ...]:
        """Return a list of language tags, in the form that the config has them."""
        from aggregator.config.names import language  # loads time zones, too

        tags = self.words(name)
        for tag in tags:
            try:
                language(tag)
            except ValueError as error:
                self.complain(name, str(error))
        return tags

    def patterns(self, name: str) -> tuple[Pattern, ...]:
        """Return a list of regular expressions."""
        found = []
        for word in self.words(name):
            try:
                found.append(Pattern(word))
            except re.error as error:
                self.complain(name, f'"{word}" is no regular expression: {error}')
        return tuple(found)

    def replacements(self, name: str) -> tuple[tuple[Pattern, str], ...]:
        """Return pairs of pattern and replacement from a mapping of the two."""
        value = self._written.get(name, {})
        if not isinstance(value, Mapping):
            self.complain(name, "write a mapping of pattern: replacement")
            return ()
        pairs = []
        for pattern, replacement in value.items():
            if not pattern:
                self.complain(name, EMPTY)
                continue
            try:
                compiled = Pattern(pattern)
                compiled.replaced(str(replacement), "")
                pairs.append((compiled, str(replacement)))
            except (re.error, IndexError) as error:
                self.complain(name, f'"{pattern}" cannot be replaced: {error}')
        return tuple(pairs)

    def section(self, name: str) -> "Options":
        """Return the options below a name; its complaints land here too."""
        value = self._written.get(name, {})
        if not isinstance(value, Mapping):
            self.complain(name, "write a mapping, for example {title: football}")
            value = {}
        below = Options(value, path=f"{self._path}{name}.")
        below.problems = self.problems
        return below

    def only(self, names: Collection[str]) -> None:
        """Complain about every option that is none of these, naming the nearest."""
        for name in self._written:
            if name not in names:
                near = get_close_matches(name, names, n=1)
                hint = (
                    f"did you mean {near[0]}?"
                    if near
                    else f"known: {', '.join(sorted(names))}"
                )
                self.complain(name, f"unknown option; {hint}")

    def doubt(self, name: str, message: str) -> None:
        """Mention an option that is likely not meant; without a name, the whole rule."""
        self.doubts.append((f"{self._path}{name}", message))

    def __contains__(self, name: str) -> bool:
        """Return whether an option is written, whatever it holds."""
        return name in self._written

    def complain(self, name: str, message: str) -> None:
        """Add to the problems what is wrong with an option."""
        self.problems.append((f"{self._path}{name}", message))
