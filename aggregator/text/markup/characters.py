"""Keep characters that do harm out of text: to XML, to screens, to neighbours.

In: text, or HTML as our cleaner writes it. Out: the same without
    what XML 1.0 cannot carry, lone surrogates, noncharacters and C1 controls;
    bidi controls without their counterpart (openers left open are closed at the end);
    more than eight combining marks or zero-width characters in a row.

The zero-width non-joiner is a letter joiner in Persian and stays, as do the bidi marks.
"""

import re
import unicodedata
from functools import cache

MARKS_IN_A_ROW = 8  # a flag of tag characters takes 7, Hebrew with accents 5
OPEN_AT_ONCE = 60  # of bidi embeddings; the algorithm itself stops at 125 (UAX 9, BD2)

# XML 1.0 section 2.2, and what it discourages: C1 controls and noncharacters. The two
# planes are apart because `re` has fast tables for the first only (1.6 ms against
# 0.1 ms for 8 KB of Persian).
ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
# Letters, signs and blanks of the first plane among which none needs a second look: no
# control, no mark, no zero width. What holds only these is told in a quarter of the time.
SOUND = (
    "\t\n -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0590\u05d0-\u05ea\u0620-\u064a"
    "\u0660-\u066f\u0671-\u06d5\u0904-\u0939\u0e01-\u0e30\u10a0-\u135c\u1e00-\u200a"
    "\u2010-\u2027\u202f-\u205f\u2070-\u20cf\u2100-\u2cee\u2e00-\u3029\u3030-\u3098"
    "\u309b-\ua66e\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uffdc"
)
UNSOUND = re.compile(f"[^{SOUND}]")
SOUND_ASCII = b"\t\n" + bytes(range(0x20, 0x7F))
ASTRAL = re.compile("[\U00010000-\U0010ffff]")
ILLEGAL_ASTRAL = re.compile(
    "["
    + "".join(
        chr(plane + last)
        for plane in range(1 << 16, 17 << 16, 1 << 16)
        for last in (0xFFFE, 0xFFFF)
    )
    + "]"
)
# No run of marks is too long where this is not found: U+00AD is the first of them.
FAR_RUN = re.compile(f"[^\x00-\xac]{{{MARKS_IN_A_ROW + 1}}}")
PDF, PDI = "\u202c", "\u2069"
CLOSERS = {
    **dict.fromkeys("\u202a\u202b\u202d\u202e", PDF),
    **dict.fromkeys("\u2066\u2067\u2068", PDI),
}
# What Unicode calls white space or default ignorable, and the empty cell of Braille.
UNSEEN = re.compile(
    r"[\s\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    r"\U000e0000-\U000e0fff]*"
)
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
BIDI_OR_TAG = re.compile("[\u202a-\u202e\u2066-\u2069]|<[^>]*>")


def printable(text: str) -> str:
    """Return `text` without characters that harm; see the module. Idempotent."""
    if is_sound(text):
        return text
    return _short_runs(_balanced(_legal(text), BIDI))


def printable_html(html: str) -> str:
    """Return HTML with the same done to its text; attributes lose all bidi controls.

    `html` must be as nh3 writes it: no `>` inside attribute values.
    """
    if is_sound(html):
        return html
    return _short_runs(_balanced(_legal(html), BIDI_OR_TAG))


def is_sound(text: str) -> bool:
    """Tell whether `text` holds nothing that needs a second look.

    All of ASCII at a sixth of a search's cost (0.8 us against 4.7 for 1,500 characters).
    """
    if text.isascii():
        return not text.encode().translate(None, SOUND_ASCII)
    return UNSOUND.search(text) is None


def shows(text: str) -> bool:
    """Tell whether anything of a text can be seen.

    Source: UAX 44, `White_Space` and `Default_Ignorable_Code_Point`.
    """
    return UNSEEN.fullmatch(text) is None


def cap(text: str, max_chars: int) -> str:
    """Return at most `max_chars` characters of `text`, never half of a letter.

    A cut steps back over the marks that belong to the letter before it, and leaves
    room to close what it left open.
    """
    end = len(text)
    cut = text
    while len(cut) > max_chars:
        end = _letter_start(text, min(end - 1, max_chars, end + max_chars - len(cut)))
        cut = printable(text[:end].rstrip())
    return cut


def without_surrogates(text: str) -> str:
    """Return `text` without lone surrogates, which no encoding can carry."""
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _legal(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = ILLEGAL.sub("", text.replace("\f", " "))
    return ILLEGAL_ASTRAL.sub("", text) if _has_astral(text) else text


def _short_runs(text: str) -> str:
    """Return text with no more than `MARKS_IN_A_ROW`; it has to be balanced already.

    Dropping a lone bidi control can join two runs; the paired ones are never cut here.
    """
    if text.isascii() or FAR_RUN.search(text) is None:
        return text
    return _long_runs(far=_has_astral(text)).sub(r"\1", text)


def _has_astral(text: str) -> bool:
    # UTF-16 takes two units for each: told in 1 us for 2,000 characters, searched in 8.
    return not text.isascii() and len(
        text.encode("utf-16-le", "surrogatepass")
    ) > 2 * len(text)


@cache
def _long_runs(*, far: bool) -> re.Pattern[str]:
    """Return what finds runs of marks and zero-width characters that are too long.

    `far`: also those outside the first plane.
    """
    mark = f"[{_class_of_marks(range(0xAD, 0x10000))}]"
    if far:
        tags_and_selectors = range(0xE0000, 0xE0200)
        others = _class_of_marks(range(0x10000, 0x20000))
        others += _class_of_marks(tags_and_selectors)
        mark = f"(?:{mark}|(?={ASTRAL.pattern})[{others}])"
    return re.compile(f"({mark}{{{MARKS_IN_A_ROW}}}){mark}+")


def _class_of_marks(codes: range) -> str:
    """Return the marks among `codes` as the inside of a character class."""
    ranges: list[tuple[int, int]] = []
    for code in codes:
        if not _adds_no_width(chr(code)) or BIDI.fullmatch(chr(code)):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _adds_no_width(letter: str) -> bool:
    return unicodedata.category(letter) in {"Mn", "Me", "Cf"}


def _letter_start(text: str, end: int) -> int:
    """Return where to cut at or before `end`, so that no letter loses its marks."""
    for at in range(end, max(0, end - MARKS_IN_A_ROW - 1), -1):
        if text[at - 1] != "\u200d" and not _adds_no_width(text[at]):
            return at
    return 0 if end <= MARKS_IN_A_ROW else end


def _balanced(text: str, pattern: re.Pattern[str]) -> str:
    if text.isascii() or BIDI.search(text) is None:
        return text
    bidi = _Embeddings()
    return pattern.sub(bidi.place, text) + bidi.close_all()


class _Embeddings:
    """The bidi embeddings and isolates open at one point of a text.

    Each is the control that will close it, or None if its opener was dropped for
    being too many. Source: UAX 9, sections 3.1.2 and X6a.
    """

    def __init__(self) -> None:
        self.open: list[tuple[str, bool]] = []
        self.isolates = 0

    def place(self, match: re.Match[str]) -> str:
        """Return what stands in place of one control (or of a tag)."""
        control = match[0]
        if control[0] == "<":
            return BIDI.sub("", control)
        if control in CLOSERS:
            kept = len(self.open) < OPEN_AT_ONCE
            self.open.append((CLOSERS[control], kept))
            self.isolates += CLOSERS[control] == PDI
            return control if kept else ""
        if control == PDF:
            return self._close() if self.open and self.open[-1][0] == PDF else ""
        closed = ""
        if self.isolates:
            while self.open[-1][0] == PDF:
                closed += self._close()
            closed += self._close()
        return closed

    def close_all(self) -> str:
        """Return the closers that are missing at the end."""
        closed = ""
        while self.open:
            closed += self._close()
        return closed

    def _close(self) -> str:
        closer, kept = self.open.pop()
        self.isolates -= closer == PDI
        return closer if kept else ""
