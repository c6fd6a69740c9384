"""Keep the secrets of a source out of sentences that quote its server.

In: a sentence, and the source that it is about. Out: the sentence without what only we
and the server may know. Servers repeat what they were asked with, whole or in part, and
spell it as their language does: `a/b` in a path, `a%2fb` in a link, `a&#47;b` in a page.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from html import escape
from urllib.parse import unquote, unquote_plus

from aggregator.config.masking import SECRET_NAME, secrets
from aggregator.model import Source

# What is shorter is no secret, and may be a part of any word.
SHORTEST_SECRET = 6  # characters

_LONGEST_SPELLING = len("%25f0%259f%2598%2580")

# `Bearer X`, `sid=X; theme=dark`: a server repeats the X.
_BETWEEN = re.compile(r'[\s;,="]+')


def discreet(text: str, source: Source) -> str:
    """Return a sentence without the secrets of its source, however they are spelled.

    It may quote an answer; where the quote is cut in the middle of a secret, its
    beginning goes, too.
    """
    told = {secret for secret in _told(source) if len(secret) >= SHORTEST_SECRET}
    for secret in sorted(told, key=lambda each: (-len(each), each)):
        text = _without(text, secret)
    return text


def _told(source: Source) -> Iterator[str]:
    """Yield what the server of a source is told and nobody else."""
    for secret in secrets(source.url):
        yield from (secret, unquote_plus(secret))
    user = source.url.partition("://")[2].partition("/")[0].rpartition("@")[0]
    pairs = [unquote(user)] if ":" in user else []
    if source.auth:
        yield source.auth.password
        pairs.append(f"{source.auth.username}:{source.auth.password}")
    for pair in pairs:
        yield b64encode(pair.encode(errors="replace")).decode().rstrip("=")
    for name, value in source.headers:
        yield value
        if SECRET_NAME.search(name):
            yield from _BETWEEN.split(value)


@cache
def _spellings(letter: str) -> tuple[str, ...]:
    """Return how a server may write a letter of what it was told, in small letters.

    Source: RFC 3986 section 2.1, RFC 8259 section 7, HTML (character references).
    """
    if letter.isascii() and letter.isalnum():
        return (letter.lower(),)
    in_url = "".join(f"%{byte:02x}" for byte in letter.encode(errors="replace"))
    units = letter.encode("utf-16-be", "replace").hex(" ", 2).split(" ")
    in_json = "".join(f"\\u{unit}" for unit in units)
    in_html = (escape(letter), f"&#{ord(letter)};", f"&#x{ord(letter):x};")
    in_form = ("+",) if letter == " " else ()
    written = (letter.lower(), f"\\{letter}", *in_form)
    # Longer ones first: a bare & is the beginning of `&amp;`, too.
    return (in_url, in_url.replace("%", "%25"), in_json, *in_html, *written)


def _without(text: str, secret: str) -> str:
    """Return a text with *** for each place where all the letters follow one another.

    Where the first of them do is looked for at once: 8,000 characters of an address took
    2 s with the twenty values of a cookie, letter by letter, and take 10 ms.
    """
    beginning = "".join(map(_any_spelling, secret[:SHORTEST_SECRET]))
    begins = re.compile(beginning, re.IGNORECASE)
    kept, at = "", 0
    while begun := begins.search(text, at):
        start = begun.start()
        end = _end(text, start, secret)
        kept += text[at:start] + ("***" if end else text[start])
        at = end or start + 1
    return kept + text[at:]


def _any_spelling(letter: str) -> str:
    return f"(?:{'|'.join(map(re.escape, _spellings(letter)))})"


def _end(text: str, at: int, secret: str) -> int | None:
    """Return where a secret that begins at a place ends, None if none begins there."""
    for known, letter in enumerate(secret):
        spellings = _spellings(letter)
        rest = text[at : at + _LONGEST_SPELLING].lower()
        if not rest:
            return at if known >= SHORTEST_SECRET else None
        found = next((each for each in spellings if rest.startswith(each)), None)
        if found is None:
            is_cut = any(each.startswith(rest) for each in spellings)
            return len(text) if is_cut and known >= SHORTEST_SECRET else None
        at += len(found)
    return at
