"""Capitals in headlines: who shouts, and how a headline looks that does not.

In: a headline, words that are always written one way, its language. Out: whether it is
set in capitals, or Every Word Begins With One; and the same headline in sentence case
or title case. Scripts without case (Persian, Arabic, Chinese) are never touched.
"""

import re
from collections.abc import Mapping
from itertools import takewhile

WORD = re.compile(r"[^\W\d_](?:[\w'’.&-]*\w)?\.?")
SENTENCE_END = re.compile(r"[.!?…:]\s+$")
QUOTES = "\"'“”‘’«»„([¿¡ "
DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")  # U.S., U.N.
# A headline shouts when it has at least this many words of two cased letters or more,
# and none of them has a small letter.
SHOUTED_WORDS = 2
# Every Word Begins With One: of at least this many words, all of four letters or more.
TITLED_WORDS = 4
LONG = 4
# What English title case leaves small, unless first or last (Chicago, section 8.159).
SMALL = frozenset(
    "a an and as at but by for from if in into nor of off on or per so the to up via "  # noqa: SIM905 - reads better
    "vs with yet".split()
)

Kept = Mapping[str, str]


def shouts(title: str) -> bool:
    """Return whether a headline is set in capitals."""
    letters = [
        [char for char in word if char.islower() or char.isupper()]
        for word in WORD.findall(title)
    ]
    cased = [word for word in letters if len(word) > 1]
    return len(cased) >= SHOUTED_WORDS and all(
        char.isupper() for word in cased for char in word
    )


def is_titled(title: str) -> bool:
    """Return whether Every Word of a Headline Begins With a Capital."""
    words = [word for word in WORD.findall(title) if word.lower() != word.upper()]
    long = [word for word in words if len(word) >= LONG]
    return (
        len(words) >= TITLED_WORDS
        and len(long) >= TITLED_WORDS - 1
        and not shouts(title)
        and all(word[0].isupper() or not _lower_begins(word) for word in long)
    )


def sentence_case(title: str, keep: Kept, language: str, *, shouted: bool) -> str:
    """Return the headline in small letters but for beginnings and the words to keep.

    A kept word also counts with an ending behind it: UN's, NATO-led, ANTI-UN. Unless
    the whole headline was `shouted`, words with capitals inside stay (NATO, McCartney).
    """

    def lowered(match: re.Match[str]) -> str:
        word = match[0]
        begins = _begins_a_sentence(title[: match.start()])
        small = _small(word, keep, language, shouted=shouted)
        return _capital(small, language) if begins and small != word else small

    return WORD.sub(lowered, title)


def title_case(title: str, keep: Kept, language: str, *, shouted: bool) -> str:
    """Return the headline with a capital on every word but short ones in between."""
    words = list(WORD.finditer(title))

    def capped(match: re.Match[str]) -> str:
        word = match[0]
        small = _small(word, keep, language, shouted=shouted)
        edge = match.start() in {words[0].start(), words[-1].start()}
        edge = edge or _begins_a_sentence(title[: match.start()])
        if small == word or (small in SMALL and not edge):
            return small
        return "-".join(
            part if part in SMALL and not edge else _capital(part, language)
            for part in small.split("-")
        )

    return WORD.sub(capped, title)


def _small(word: str, keep: Kept, language: str, *, shouted: bool) -> str:
    """Return a word in small letters, or just as it is always written."""
    if kept := keep.get(word.casefold()) or keep.get(word.rstrip(".").casefold()):
        return kept + word[len(kept) :]
    if DOTTED.fullmatch(word):
        return word
    parts = re.split(r"(['’-])", word)
    return "".join(
        keep.get(part.casefold(), _lower(part, language, shouted=shouted))
        for part in parts
    )


def _lower(part: str, language: str, *, shouted: bool) -> str:
    """Return a part in small letters; Turkish and Azeri keep the dotless i apart."""
    if not shouted and any(char.isupper() for char in part[1:]):
        return part
    if language.partition("-")[0] in {"tr", "az"}:
        part = part.replace("I", "ı").replace("İ", "i")
    return part.lower()


def _lower_begins(word: str) -> bool:
    """Return whether a word begins small and has no capital inside, unlike iPhone."""
    return word[0].islower() and not any(char.isupper() for char in word)


def _begins_a_sentence(before: str) -> bool:
    if not before.strip(QUOTES):
        return True
    abbreviated = DOTTED.fullmatch(before.rsplit(maxsplit=1)[-1])
    return bool(SENTENCE_END.search(before)) and not abbreviated


def _capital(word: str, language: str) -> str:
    head = "".join(takewhile(lambda char: not char.isalpha(), word))
    first, rest = word[len(head) : len(head) + 1], word[len(head) + 1 :]
    if first == "i" and language.partition("-")[0] in {"tr", "az"}:
        return f"{head}İ{rest}"
    return head + first.upper() + rest
