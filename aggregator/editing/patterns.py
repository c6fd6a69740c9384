r"""Regular expressions of operators, on texts of strangers, within a time.

In: an expression as `re` reads it, texts. Out: what it finds, as `re` would; but where
that takes longer than a text is worth, it finds nothing, and whoever asked within
`listening` hears of it.

Of a repeat inside a repeat, as in `(a+)+$`, the time can double with every letter, and a
publisher chooses the letters. `re` cannot be stopped, not even by a signal outside the
main thread, and lets no other thread run. So an expression with a repeat goes to the
package regex, which takes a time limit and lets others run; it is loaded by the first
text. The others, most of those that operators write, stay with `re`: what they cost is
in their own length.

A text that is too slow costs 0.2 s of CPU at first, half of that the next time, and so
on down to 2 ms. An expression is never skipped: ordinary texts take it some microseconds,
and whoever sent the slow ones would otherwise have switched off a rule for all others.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any, NamedTuple

PATIENCE = 0.2  # seconds of CPU for one expression on one text
# What is left of it however many texts were slow, and for each character beside: a
# headline takes 5 us, and a body of 1 MB its 0.2 s.
LEAST = 0.002
LEAST_PER_CHARACTER = 2e-7
# Each doubles what there is to try.
FEW_OPTIONS = 10

# What makes a repeat, when escapes are taken away.
_REPEATS = re.compile(r"[*+{]")
_ESCAPE = re.compile(r"\\.", re.DOTALL)
# The parts of an expression that the two packages read differently, and those in which
# the same characters mean something else.
_PARTS = (
    r"(?P<named>\\N\{[^}]*\})"
    r"|(?P<escape>\\.)"
    r"|(?P<remark>\(\?\#[^)]*\))"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])"
    r"|(?P<brace>\{(?!(?:[0-9]+,?|[0-9]*,[0-9]*)\}))"
)
_PART = re.compile(_PARTS, re.DOTALL)
_VERBOSE_PART = re.compile(rf"{_PARTS}|(?P<line>\#[^\n]*)", re.DOTALL)
_IN_SET = re.compile(r"\\N\{[^}]*\}|\\.|[\[^]", re.DOTALL)
# Letters and numbers, as in `re`. In regex marks are part of a word, too, such as the
# vowels of Hindi: a word would have another end there.
_WORD = r"\p{L}\p{N}_"
_BOUNDARY = rf"(?:(?<![{_WORD}])(?=[{_WORD}])|(?<=[{_WORD}])(?![{_WORD}]))"
_WITHIN = rf"(?:(?<![{_WORD}])(?![{_WORD}])|(?<=[{_WORD}])(?=[{_WORD}]))"
_SPELLED = {
    r"\w": f"[{_WORD}]",
    r"\W": f"[^{_WORD}]",
    r"\b": _BOUNDARY,
    r"\B": _WITHIN,
}

_heard: ContextVar[list[str] | None] = ContextVar("heard", default=None)


@contextmanager
def listening() -> Iterator[list[str]]:
    """Yield a list that names every expression that was not finished within."""
    unfinished: list[str] = []
    token = _heard.set(unfinished)
    try:
        yield unfinished
    finally:
        _heard.reset(token)


class Pattern:
    """A regular expression that comes to an end. Raises re.error if it is none."""

    def __init__(self, written: str) -> None:
        self.written = written
        self._plain = re.compile(written)
        self._is_plain = not repeats(written)
        self._patience = PATIENCE

    def __repr__(self) -> str:
        return f"Pattern({self.written!r})"

    def found_in(self, text: str) -> str | None:
        """Return what is found first, which may be empty; None for nothing."""
        if self._is_plain:
            found = self._plain.search(text)
            return found[0] if found else None

        def search(timeout: float) -> str | None:
            match = self._bounded.search(text, timeout=timeout)
            return str(match[0]) if match else None

        return self._within(text, search, None)

    def replaced(self, replacement: str, text: str) -> str:
        """Return a text with all that is found replaced; as it is if that takes too long.

        Raises re.error or IndexError if the replacement is none.
        """
        if self._is_plain or not text:
            return self._plain.sub(replacement, text)

        def substitute(timeout: float) -> str | None:
            return str(self._bounded.sub(replacement, text, timeout=timeout))

        return self._within(text, substitute, text) or ""

    def _within(
        self, text: str, act: Callable[[float], str | None], otherwise: str | None
    ) -> str | None:
        least = LEAST + LEAST_PER_CHARACTER * len(text)
        try:
            return act(min(PATIENCE, max(self._patience, least)))
        except TimeoutError:
            self._patience /= 2
            heard = _heard.get()
            if heard is not None and self.written not in heard:
                heard.append(self.written)
            return otherwise

    @cached_property
    def _bounded(self) -> Any:  # noqa: ANN401 - regex has no types
        import regex

        try:
            return regex.compile(translated(self._plain), regex.VERSION0)
        except regex.error:
            # What it alone refuses is found without a limit, rather than not at all.
            return _Unbounded(self._plain)


class _Unbounded(NamedTuple):
    """An expression of `re` in the place of one of regex."""

    plain: re.Pattern[str]

    def search(self, text: str, *, timeout: float) -> re.Match[str] | None:
        """Return what is found first, however long that takes."""
        del timeout
        return self.plain.search(text)

    def sub(self, replacement: str, text: str, *, timeout: float) -> str:
        """Return a text with all that is found replaced, however long that takes."""
        del timeout
        return self.plain.sub(replacement, text)


def repeats(written: str) -> bool:
    """Return whether an expression may take much longer than its own length says."""
    bare = _ESCAPE.sub("", written)
    return bool(_REPEATS.search(bare)) or bare.count("?") > FEW_OPTIONS


def translated(pattern: re.Pattern[str]) -> str:
    """Return an expression of `re` in such words that regex finds the same by it.

    There, words and their ends are others (see _WORD), braces that count nothing allow
    mistakes, and `[:alpha:]` within a set names one.
    """
    words_are_ascii = bool(pattern.flags & re.ASCII)

    def spelled(part: re.Match[str]) -> str:
        if part.lastgroup in {"remark", "line"}:
            return ""
        if part.lastgroup == "brace":
            return r"\{"
        if part.lastgroup == "set":
            return _set(part[0], words_are_ascii=words_are_ascii)
        return part[0] if words_are_ascii else _SPELLED.get(part[0], part[0])

    parts = _VERBOSE_PART if pattern.flags & re.VERBOSE else _PART
    return parts.sub(spelled, pattern.pattern)


def _set(written: str, *, words_are_ascii: bool) -> str:
    """Return a set of characters as regex reads it.

    One that takes in all that is not of a word becomes a choice of two sets.
    """
    negated = written.startswith("[^")
    without_words = False

    def spelled(part: re.Match[str]) -> str:
        nonlocal without_words
        if part[0] in "[^":
            return f"\\{part[0]}"
        if words_are_ascii or part[0] not in {r"\w", r"\W"}:
            return part[0]
        without_words |= part[0] == r"\W"
        return _WORD if part[0] == r"\w" else ""

    inner = _IN_SET.sub(spelled, written[2 if negated else 1 : -1])
    if not without_words:
        return f"[{'^' * negated}{inner}]"
    if negated:
        return f"(?:(?![{inner}])[{_WORD}])" if inner else f"[{_WORD}]"
    return f"(?:[{inner}]|[^{_WORD}])" if inner else f"[^{_WORD}]"
