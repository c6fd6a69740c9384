r"""`kind: headline`: bring headlines to house style.

    house-style:
      kind: headline
      unshout: true                       # ALL CAPS to sentence case
      keep: [UN, NATO, IAEA, "U.S."]      # written just like this wherever unshout works
      strip_prefix: ["BREAKING: "]
      strip_suffix: [" | Example"]
      replace: {"\\s+[–-]\\s+live$": ""}   # regular expression: replacement

The parts run in this order: suffixes, prefixes, replacements, unshout. A headline that
a part would leave empty stays as it was before that part.
"""

import re
from dataclasses import dataclass, replace
from itertools import takewhile

from aggregator.editing.options import Options
from aggregator.editing.subject import Subject

WORD = re.compile(r"[^\W\d_](?:[\w'’.&-]*\w)?\.?")
SENTENCE_END = re.compile(r"[.!?…:]\s+$")
QUOTES = "\"'“”‘’«»„([¿¡ "
DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")  # U.S., U.N.
# A headline shouts when it has at least this many words of two cased letters or more,
# and none of them has a small letter.
SHOUTED_WORDS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """House style for headlines. The original stays with the article."""

    id: str
    unshout: bool
    keep: dict[str, str]
    strip_prefix: tuple[str, ...]
    strip_suffix: tuple[str, ...]
    replacements: tuple[tuple[re.Pattern[str], str], ...]

    def __call__(self, subject: Subject) -> Subject:
        """Return the subject with its headline in house style."""
        title = subject.title
        for suffix in self.strip_suffix:
            title = title.removesuffix(suffix).rstrip() or title
        for prefix in self.strip_prefix:
            title = title.removeprefix(prefix).lstrip() or title
        for pattern, replacement in self.replacements:
            title = pattern.sub(replacement, title).strip() or title
        if self.unshout and _shouts(title):
            title = _sentence_case(title, self.keep, subject.language)
        return replace(subject, title=title)


def read(rule_id: str, options: Options) -> Headline:
    """Return the rule these options describe."""
    options.only({"unshout", "keep", "strip_prefix", "strip_suffix", "replace"})
    return Headline(
        id=rule_id,
        unshout=options.flag("unshout"),
        keep={word.casefold(): word for word in options.words("keep")},
        strip_prefix=options.words("strip_prefix"),
        strip_suffix=options.words("strip_suffix"),
        replacements=options.replacements("replace"),
    )


def _shouts(title: str) -> bool:
    """Return whether a headline is set in capitals. Scripts without case never are."""
    letters = [
        [char for char in word if char.islower() or char.isupper()]
        for word in WORD.findall(title)
    ]
    cased = [word for word in letters if len(word) > 1]
    return len(cased) >= SHOUTED_WORDS and all(
        char.isupper() for word in cased for char in word
    )


def _sentence_case(title: str, keep: dict[str, str], language: str) -> str:
    """Return the headline in small letters but for beginnings and the words to keep.

    A kept word also counts with an ending behind it: UN's, NATO-led, ANTI-UN.
    """

    def lowered(match: re.Match[str]) -> str:
        word = match[0]
        begins = _begins_a_sentence(title[: match.start()])
        if kept := keep.get(word.casefold()) or keep.get(word.rstrip(".").casefold()):
            return kept + word[len(kept) :]
        if DOTTED.fullmatch(word):
            return word
        parts = re.split(r"(['’-])", word)
        small = "".join(
            keep.get(part.casefold(), _lower(part, language)) for part in parts
        )
        return _capital(small, language) if begins else small

    return WORD.sub(lowered, title)


def _begins_a_sentence(before: str) -> bool:
    if not before.strip(QUOTES):
        return True
    abbreviated = DOTTED.fullmatch(before.rsplit(maxsplit=1)[-1])
    return bool(SENTENCE_END.search(before)) and not abbreviated


def _lower(word: str, language: str) -> str:
    """Return the word in small letters; Turkish and Azeri keep the dotless i apart."""
    if language.partition("-")[0] in {"tr", "az"}:
        word = word.replace("I", "ı").replace("İ", "i")
    return word.lower()


def _capital(word: str, language: str) -> str:
    head = "".join(takewhile(lambda char: not char.isalpha(), word))
    first, rest = word[len(head) : len(head) + 1], word[len(head) + 1 :]
    if first == "i" and language.partition("-")[0] in {"tr", "az"}:
        return f"{head}İ{rest}"
    return head + first.upper() + rest
