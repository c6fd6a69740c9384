r"""Tell whether bytes beyond ASCII that are no UTF-8 read like windows-1252.

In: a document that is nearly all ASCII. Out: yes or no. Accents, quotes and dashes have
their places in a text: letters stand in words, few in a row, capitals not after small
ones, a euro by a number. What a broken or cut character of UTF-8 would be in
windows-1252 (`\xff`, `\xc0\x80`, `caf\xc3`) stands nowhere, and neither does the text of
another alphabet.
"""

import re
from itertools import islice

_RUN = re.compile(rb"[\x80-\xff]+")
_MOST_RUNS = 1_000  # looked at
_MARKS = "‘’“”‚„‹›«»–—…•·©®°£§¡¿ºª´½²³\xa0"
_STRANGE = frozenset("ÿŸˆ")
_LONGEST = 3  # letters beyond ASCII in a row (créée)


def reads_as_western(body: bytes) -> bool:
    """Tell whether at least half of what is not ASCII is plausible as windows-1252."""
    verdicts = [_is_plausible(run) for run in islice(_RUN.finditer(body), _MOST_RUNS)]
    return any(verdicts) and 2 * sum(verdicts) >= len(verdicts)


def _is_plausible(run: re.Match[bytes]) -> bool:
    written = run[0][: 4 * _LONGEST].decode("cp1252", "replace")
    before = run.string[max(0, run.start() - 2) : run.start()]
    after = run.string[run.end() : run.end() + 2]
    if written.strip("\xa0") == "€":
        return any(chr(byte).isdigit() for byte in before + after)
    letters = written.strip(_MARKS)
    if not letters:
        return len(written) <= _LONGEST
    if len(letters) > _LONGEST or not letters.isalpha() or _STRANGE & set(letters):
        return False
    if letters[0].isupper() and before[-1:].islower():
        return False
    in_word = before[-1:].isalpha() or after[:1].isalpha()
    return in_word or len(letters) == 1
