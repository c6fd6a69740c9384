"""Fold text to the words it is searched by, and a reader's query to the same words.

In: text in any script, without markup. Out: words of letters and digits only, so that
nothing in them can be mistaken for the syntax of a database. What one person writes in
two ways becomes one: capitals; Arabic and Persian kaf, yeh, heh and alef; digits of all
scripts in common use; diacritics of Latin, Greek, Cyrillic, Arabic and Hebrew; tatweel
and invisible marks; ligatures and full width. The joiner of Persian parts two words
(می‌خواهم is found as می خواهم). Scripts that put no blank between words are cut into
single characters, and a word of them becomes a phrase.

What is stored and what is asked must be folded by the same rules: whoever changes them
must let the store index everything again (`store.search`).

Source: FACTS, "Choice of libraries", full-text search: neither FTS5 nor PostgreSQL
joins these by itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

from msgspec import Struct

# Of one report; what stands behind this is not searched.
MOST_CHARACTERS: Final = 100_000

# The first digits of scripts that have their own, each followed by nine more.
_ZEROS = "٠۰߀०০੦૦୦௦౦೦൦෦๐໐༠၀០᠐"
_LETTERS = {
    "ك": "ک", "ڪ": "ک", "ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ة": "ه", "ۀ": "ه",
    "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ٱ": "ا", "ـ": "",
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe",
    "\N{ZERO WIDTH NON-JOINER}": " ", "\N{SOFT HYPHEN}": "",
    "\N{ZERO WIDTH SPACE}": " ", "\N{ZERO WIDTH JOINER}": "",
}  # fmt: skip
_INVISIBLE = "\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
# Marks that writers add or leave out; those of Indic scripts are vowels, and stay.
_ADDED = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
# Thai, Lao, Burmese and Khmer; Japanese and Chinese.
_UNPARTED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
# Marks of scripts whose words hold them.
_VOWELS = "\u0900-\u0903\u093a-\u0963\u0981-\u0983\u09bc-\u09e3\u0a01-\u0a03\u0a3c-\u0a71\u0a81-\u0a83\u0abc-\u0ae3\u0b01-\u0b03\u0b3c-\u0b63\u0b82\u0bbe-\u0bd7\u0c00-\u0c04\u0c3c-\u0c63\u0c81-\u0c83\u0cbc-\u0ce3\u0d00-\u0d03\u0d3b-\u0d63\u0d81-\u0d83\u0dca-\u0ddf\u0f18-\u0fbc"

_PLAIN_WORD = re.compile("[a-z0-9]+")
_QUERY = re.compile(r'(-?)(?:"([^"]*)"?|([^\s"]+))')


class _Kinds(NamedTuple):
    """Characters that are left out, that are of words, and that are words alone."""

    dropped: re.Pattern[str]
    kept: re.Pattern[str]
    alone: re.Pattern[str]


@cache
def _kinds() -> _Kinds:
    """Return what tells characters apart; it takes 3 ms to make, so who needs it does."""
    return _Kinds(
        dropped=re.compile(f"[{_INVISIBLE}{_ADDED}]"),
        kept=re.compile(rf"[^\W_]|[{_VOWELS}{_UNPARTED}\u3099\u309a]"),
        alone=re.compile(f"[{_UNPARTED}]"),
    )


class _Folds(dict[int, str]):
    """What each character is folded to, found out when it first comes."""

    def __missing__(self, code: int) -> str:
        kinds = _kinds()
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        # What has a style of its own hides its capital from the first: 𝐅, ℃.
        plain = unicodedata.normalize("NFKD", plain).casefold()
        kept = kinds.dropped.sub("", plain).translate(_FOLDED)
        joined = unicodedata.normalize("NFC", kept)
        fold = "".join(c if kinds.kept.match(c) else " " for c in joined)
        fold = kinds.alone.sub(r" \g<0> ", fold)
        self[code] = fold
        return fold


_FOLDED = str.maketrans(
    _LETTERS | {chr(ord(zero) + n): str(n) for zero in _ZEROS for n in range(10)}
)
_folds = _Folds()


class Term(Struct, frozen=True, kw_only=True):
    """A part of a query: words that stand side by side.

    `prefix`: the last of them is a beginning. `unwanted`: what holds them is not found.
    """

    words: tuple[str, ...]
    prefix: bool = False
    unwanted: bool = False


def folded(text: str) -> str:
    """Return a text of which all that is neither letter nor digit parts words.

    Measured: 2 KB of English in 2 µs, of French or Persian in 80.
    """
    text = text[:MOST_CHARACTERS]
    if text.isascii():
        return text.lower()
    folds = unicodedata.normalize("NFC", text).translate(_folds)
    return unicodedata.normalize("NFC", folds)


def words(text: str) -> list[str]:
    """Return the folded words of a text, in its order."""
    plain = folded(text)
    return _PLAIN_WORD.findall(plain) if plain.isascii() else plain.split()


def terms(query: str) -> tuple[Term, ...]:
    """Return what a query asks for, whatever a person typed.

    `flood`, `"flood in spring"` (side by side), `flood*` (a beginning), `-sport`
    (without). A minus or star that is not right before or behind a word says nothing.
    """
    return tuple(_terms(query))


def spans(text: str, query: str) -> list[tuple[int, int]]:
    """Return where a text holds what a query wants: (start, end), in order, apart.

    Places are those of the text in composed form (NFC), which is how reports are kept.
    """
    places, folds = [], []
    for place, character in enumerate(text):
        for fold in _folds[ord(character)]:
            places.append(place)
            folds.append(fold)
    plain, found = "".join(folds), []
    for term in terms(query):
        if not term.unwanted:
            words_ = " +".join(map(re.escape, term.words))
            end = r"\S*" if term.prefix else r"(?!\S)"
            found += [m.span() for m in re.finditer(rf"(?<!\S){words_}{end}", plain)]
    apart: list[tuple[int, int]] = []
    for start, end_ in sorted((places[a], places[b - 1] + 1) for a, b in found):
        if apart and start <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end_, apart[-1][1])
        else:
            apart.append((start, end_))
    return apart


def _terms(query: str) -> Iterator[Term]:
    for minus, phrase, word in _QUERY.findall(query):
        said = tuple(words(phrase or word))
        if said:
            is_prefix = word.endswith("*")
            yield Term(words=said, prefix=is_prefix, unwanted=bool(minus))
