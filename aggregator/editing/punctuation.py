"""Quotes and dashes in headlines, as the language writes them or as plain as can be.

In: a headline and its language. Out: the same words with other marks.
"""

import re

# Outer pair and inner pair, by language; what is not listed writes as English does.
_ENGLISH = "“”‘’"
_MARKS = {
    "ar": "«»‹›",
    "cs": "„“‚‘",
    "da": "»«›‹",
    "de": "„“‚‘",
    "es": "«»“”",
    "fa": "«»‹›",
    "it": "«»“”",
    "no": "«»‘’",
    "pl": "„”«»",
    "ru": "«»„“",
    "uk": "«»„“",
}
_APOSTROPHE = "’"
_PAIR = re.compile(r'(?<!\w)"(?=\S)([^"]*?)(?<=\S)"(?!\w)')
_INNER_PAIR = re.compile(r"(?<!\w)'(?=\S)([^']*(?:\w'\w[^']*)*)(?<=\S)'(?!\w)")
_WITHIN_A_WORD = re.compile(r"(?<=\w)'(?=\w)|(?<=\w)'(?!\S)|(?<!\w)'(?=\d\d\b)")
_STRAIGHT = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛‹›", "'"))
_DASH = re.compile(r"(?:\s+(?:-{1,3}|[–—―])\s+|\s*—\s*|(?<=\w)--(?=\w))")
_DASHES = {"en": " – ", "em": "—", "spaced-em": " — ", "hyphen": " - "}

DASHES = tuple(_DASHES)
QUOTES = ("typographic", "straight")


def quoted(style: str, language: str, title: str) -> str:
    """Return the headline with all quotation marks and apostrophes of one style (see QUOTES).

    A mark whose partner is missing stays straight, since nobody knows which it was.
    """
    if style == "straight":
        return title.translate(_STRAIGHT)
    marks = _MARKS.get(language.partition("-")[0].lower(), _ENGLISH)
    title = _PAIR.sub(rf"{marks[0]}\1{marks[1]}", title)
    title = _INNER_PAIR.sub(rf"{marks[2]}\1{marks[3]}", title)
    return _WITHIN_A_WORD.sub(_APOSTROPHE, title)


def dashed(style: str, title: str) -> str:
    """Return the headline with all dashes between words of one kind (see DASHES)."""
    return _DASH.sub(_DASHES[style], title)
