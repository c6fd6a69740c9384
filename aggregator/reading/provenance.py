"""Follow the words of an article from the raw item to the published body.

In: an article as stored, raw item included. Out: a sentence for each step at which the
words are not the source's own. Pure. Nothing is parsed again: the parsers need the head
of a document that is long gone, and a new version of them would find other "changes".
It is enough that the body as sent stands in the raw item, and that its visible text is
that of the published body, which is what `text_sha256` says.

What stands in a raw item is found with its character references decoded, its CDATA
opened and its white space left out, since parsers treat these in several ways (measured
on 13,000 real items: 11,600 bodies stand there to the letter, the rest but for blanks
or by their visible text). Text that came encoded twice was repaired, says so in
`changes`, and is not looked for.
"""

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from html import escape, unescape

from aggregator.model import Article
from aggregator.reading.normalise.words import FORBIDDEN, REPAIRED
from aggregator.text import markup

_SECTION = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|<!--.*?-->|<\?.*?\?>", re.DOTALL)
_BASE64 = re.compile(r"(?<=[>\[])[\sA-Za-z0-9+/]{4,}={0,2}\s*(?=[<\]])")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CUT = "cut at "
_OF_OTHERS = re.compile(rb"<(?:atom:)?source\b.*?</(?:atom:)?source\s*>", re.DOTALL)
_ID = re.compile(rb"<(?:atom:)?(?:guid|id)(?:\s[^>]*)?>\s*(?:[^\s<]|<!\[CDATA\[)")


def doubts(article: Article) -> Iterator[str]:
    """Yield what speaks against the published body being the source's own words."""
    sent = markup.as_html(article.source_body, article.source_type)
    if article.source_body and REPAIRED not in article.changes:
        raw = FORBIDDEN.sub("", article.raw.decode("utf-8", "replace"))
        if not _stands_in(article.source_body, sent, raw):
            yield "the body as sent does not stand in the raw item"
    was_cut = any(change.startswith(_CUT) for change in article.changes)
    if not was_cut and markup.text_sha256(sent) != article.text_sha256:
        yield "the body as sent has another text than text_sha256 says"
    if markup.text_sha256(article.body) != article.text_sha256:
        yield "the published body has another text than text_sha256 says"


def carries_id(raw: bytes) -> bool:
    """Return whether a raw item has an id of its own, not that of a feed it is from."""
    if raw.startswith(b"{"):
        return json.loads(raw).get("id") not in (None, "")
    return _ID.search(_OF_OTHERS.sub(b"", raw)) is not None


def _stands_in(body: str, sent: str, raw: str) -> bool:
    """Return whether a raw item holds a body, cheapest look first."""
    if body in raw:
        return True
    texts = _texts(raw)
    if body in texts:
        return True
    bare, read = _bare(body), _bare(texts)
    if bare in read or bare in _bare(unescape(raw)):
        return True
    words = _bare(markup.visible_text(sent))
    marked_up = (texts, markup.as_html(_opened(raw), "application/xhtml+xml"))
    if any(words in _bare(markup.visible_text(html)) for html in marked_up):
        return True
    return any(bare in _bare(text) for text in _decoded(raw))


def _texts(raw: str) -> str:
    """Return all that an item says, with references decoded and CDATA opened."""
    if raw.startswith("{"):
        return "\0".join(FORBIDDEN.sub("", one) for one in _strings(json.loads(raw)))
    parts: list[str] = []
    at = 0
    for section in _SECTION.finditer(raw):
        parts += (unescape(raw[at : section.start()]), section[1] or "")
        at = section.end()
    return "".join((*parts, unescape(raw[at:])))


def _opened(raw: str) -> str:
    """Return an item with its CDATA as escaped text: what it is within mark-up."""
    return _SECTION.sub(lambda section: escape(section[1] or ""), raw)


def _strings(value: object) -> Iterator[str]:
    """Yield every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)


def _decoded(raw: str) -> Iterator[str]:
    """Yield what stands in an item as base64 (Atom 0.3 and 1.0 may carry text so)."""
    for found in _BASE64.findall(raw):
        try:
            yield b64decode(found).decode("utf-8", "replace")
        except ValueError:
            continue


def _bare(text: str) -> str:
    """Return text without blanks, and without bidi controls, which a body's end closes."""
    return "".join(_BIDI.sub("", text).split())
