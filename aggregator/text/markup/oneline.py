"""Read a title, a name or a category as a person would: one line of text.

In: a value as the feed's XML carried it (decoded once) and what the feed says it is.
Out: text without markup, on one line; empty where nothing of it can be seen.

RSS does not say whether a title is text or HTML, and feeds disagree (the RSS Advisory
Board's profile leaves it open). So, where the format does not say, a value is HTML if
it holds a character reference (`AT&amp;T`, `a &lt;b&gt; c`) or a tag of an HTML element,
unless nothing would be left of its tags (`<script>`): then it is text.
"""

import re

from aggregator.text.markup.characters import shows
from aggregator.text.markup.visible import (
    HTML,
    XHTML,
    as_html,
    one_line,
    visible_text,
)

_REFERENCE = re.compile(
    r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
)
_KNOWN = (
    "a abbr article b big blockquote br center cite code dd del div dl dt em figure font "
    "h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s script small span strike "
    "strong style sub sup table td time tr tt u ul video wbr"
)
_KNOWN_TAG = re.compile(
    rf"</?(?:{'|'.join(_KNOWN.split())})(?:\s[^<>]*|/)?>", re.IGNORECASE
)


def plain(value: str, media_type: str | None = None) -> str:
    """Return `value` as one line of text, empty if there is nothing to see.

    `media_type` is what the format says for certain: `text/html` or
    `application/xhtml+xml` is read as such, any other type is text as it stands. None
    means that it does not say, as in RSS; the module tells how that is decided.
    """
    text = _line(value, media_type)
    return text if shows(text) else ""


def _line(value: str, media_type: str | None) -> str:
    kind = media_type and media_type.partition(";")[0].strip().lower()
    if kind in {HTML, XHTML}:
        return visible_text(as_html(value, kind))
    text = one_line(value)
    if kind is None and ("&" in value or "<" in value) and _is_html(value):
        return visible_text(value) or (text if "<" in value else "")
    return text


def _is_html(value: str) -> bool:
    return bool(_REFERENCE.search(value) or _KNOWN_TAG.search(value))
