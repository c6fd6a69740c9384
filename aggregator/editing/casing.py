"""Capitals in headlines: who shouts, and how a headline looks that does not.

In: a headline, words that are always written one way, its language. Out: whether it is
set in capitals, or Every Word Begins With One; and the same headline in sentence case
or title case. A headline with letters of a script without case (Persian, Arabic,
Chinese) is never touched.

No list of names is needed for O'Neil and McDonald, Roman numerals, G7 and F-16, nor for
the English I. In German every noun has a capital and nobody knows them all: there, what
shouts gets a capital on all but its small words, and what does not stays as it is.
"""

import re
import unicodedata
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

_GERMAN = frozenset({"de", "gsw", "lb", "nds"})
_GERMAN_SMALL = frozenset(
    {
        *("aber", "als", "am", "an", "auch", "auf", "aus", "bei", "beim", "bis", "das"),
        *("dass", "dem", "den", "der", "des", "die", "durch", "ein", "eine", "einem"),
        *("einen", "einer", "eines", "für", "gegen", "haben", "hat", "im", "in", "ins"),
        *(
            "ist",
            "kann",
            "kein",
            "keine",
            "mehr",
            "mit",
            "muss",
            "nach",
            "nicht",
            "noch",
        ),
        *("ob", "oder", "ohne", "sein", "sich", "sie", "sind", "soll", "über", "um"),
        *("und", "unter", "vom", "von", "vor", "war", "weil", "wenn", "wie", "will"),
        *("wird", "werden", "wurde", "zu", "zum", "zur", "zwischen"),
    }
)
# Of I, V and X. Not VI, a word in five languages, and not XI, a president.
_ROMAN = re.compile(r"(?!XI$)(?!VI$)(?=..)X{0,3}(?:IX|IV|V?I{0,3})")
_MODEL = re.compile(r"[^\W\d_]{1,2}-?\d[\w-]*")  # G7, F-16, H5N1
_MC = re.compile(r"(Mc|MC)([^\W\d_]{3,})")  # the vowel tells it from MCCC
_SMALL_IN_CAPITALS = re.compile(r"\bMc(?=[^\W\d_]{2})|(?<=[^\W\d_]{2})s\b")
_VOWEL = re.compile("[AEIOUYaeiouy]")
_MTAVRULI = re.compile("[\u1c90-\u1cbf]")  # capitals of whole Georgian words only

Kept = Mapping[str, str]


def shouts(title: str) -> bool:
    """Return whether a headline is set in capitals."""
    if _has_uncased(title):
        return False
    letters = [
        [char for char in word if char.islower() or char.isupper()]
        for word in map(_in_capitals, WORD.findall(title))
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
        and not _has_uncased(title)
        and not shouts(title)
        and all(word[0].isupper() or not _lower_begins(word) for word in long)
    )


def sentence_case(title: str, keep: Kept, language: str, *, shouted: bool) -> str:
    """Return the headline in small letters but for beginnings and the words to keep.

    A kept word also counts with an ending behind it: UN's, NATO-led, ANTI-UN. Unless
    the whole headline was `shouted`, words with capitals inside stay (NATO, McCartney).
    """
    if _base(language) in _GERMAN:
        return title_case(title, keep, language, shouted=True) if shouted else title

    def lowered(match: re.Match[str]) -> str:
        word = match[0]
        before = title[: match.start()]
        begins = _begins_a_sentence(before)
        small = _small(word, keep, language, before, shouted=shouted)
        return _capital(small, language) if begins and small != word else small

    return WORD.sub(lowered, title)


def title_case(title: str, keep: Kept, language: str, *, shouted: bool) -> str:
    """Return the headline with a capital on every word but short ones in between."""
    starts = [match.start() for match in WORD.finditer(title)]
    if _base(language) in _GERMAN:
        unstressed, edges = _GERMAN_SMALL, starts[:1]
    else:
        unstressed, edges = SMALL, [*starts[:1], *starts[-1:]]

    def capped(match: re.Match[str]) -> str:
        word = match[0]
        before = title[: match.start()]
        small = _small(word, keep, language, before, shouted=shouted)
        if before[-1:].isdigit():  # 21st, 6pm, the 1980s
            return small
        is_stressed = match.start() in edges or _begins_a_sentence(before)
        if small == word or (small in unstressed and not is_stressed):
            return small
        parts = small.split("-")
        inner = range(1, len(parts) - 1)
        return "-".join(
            part if n in inner and part in unstressed else _capital(part, language)
            for n, part in enumerate(parts)
        )

    return WORD.sub(capped, title)


def _small(word: str, keep: Kept, language: str, before: str, *, shouted: bool) -> str:
    """Return a word in small letters, or just as it is always written.

    `before` is the headline up to it.
    """
    if kept := keep.get(word.casefold()) or keep.get(word.rstrip(".").casefold()):
        return kept + word[len(kept) :]
    if DOTTED.fullmatch(word) or _MODEL.fullmatch(word) or _ROMAN.fullmatch(word):
        return word
    if before[-1:].isdigit() and len(word) == 1 and word != "S":  # 5G, not the 1920s
        return word
    parts = re.split(r"(['’-])", word)
    small = [
        part
        if DOTTED.fullmatch(part)
        else keep.get(part.casefold(), _lower(part, language, shouted=shouted))
        for part in parts
    ]
    if small[0] == "o" and small[1:] and small[1] in "'’" and small[2] != "clock":
        small[0], small[2] = "O", _capital(small[2], language)
    if small[0] == "i" and small[1:2] != ["-"] and _base(language) in {"", "en"}:
        small[0] = "I"
    return "".join(small)


def _lower(part: str, language: str, *, shouted: bool) -> str:
    """Return a part in small letters; Turkish and Azeri keep the dotless i apart."""
    if not shouted and any(char.isupper() for char in part[1:]):
        return part
    bare = _in_capitals(part)
    if bare != part and bare.isupper() and not _MC.fullmatch(part):  # MPs
        return part
    if _base(language) in {"", "en", "ga", "gd"} and (mc := _MC.fullmatch(part)):
        head, name = mc.groups()
        if head == "Mc" or _VOWEL.search(name):
            return f"Mc{name[0].upper()}{name[1:].lower()}"
    if _base(language) in {"tr", "az"}:
        part = part.replace("I", "ı")
    # In small letters it would be two characters, an i and a dot above it.
    return part.replace("İ", "i").lower()


def _base(language: str) -> str:
    return language.partition("-")[0].lower()


def _in_capitals(word: str) -> str:
    """Return a word without the small letters that stand in capitals: McDONALD, MPs."""
    return _SMALL_IN_CAPITALS.sub("", word) if not word.isupper() else word


def _has_uncased(title: str) -> bool:
    """Return whether letters of a script without case stand in a headline."""
    return not title.isascii() and any(
        unicodedata.category(char) == "Lo" and char not in "ªº" for char in title
    )


def _lower_begins(word: str) -> bool:
    """Return whether a word begins small and has no capital inside, unlike iPhone."""
    return word[0].islower() and not any(char.isupper() for char in word)


def _begins_a_sentence(before: str) -> bool:
    if not before.strip(QUOTES):
        return True
    before = before.rstrip(QUOTES.strip())
    abbreviated = DOTTED.fullmatch(before.rsplit(maxsplit=1)[-1])
    return bool(SENTENCE_END.search(before)) and not abbreviated


def _capital(word: str, language: str) -> str:
    head = "".join(takewhile(lambda char: not char.isalpha(), word))
    if any(char.isdigit() for char in head):  # mid-21st
        return word
    first, rest = word[len(head) : len(head) + 1], word[len(head) + 1 :]
    if first == "i" and _base(language) in {"tr", "az"}:
        return f"{head}İ{rest}"
    if first == "i" and rest[:1] == "j" and _base(language) == "nl":
        return f"{head}IJ{rest[1:]}"
    if _MTAVRULI.match(first.upper()):
        return word
    return head + first.upper() + rest
