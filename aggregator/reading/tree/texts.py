"""Text constructs: the characters of an element, and how they want to be read.

In: an element. Out: its text as a person typed it, or a `parsed.Text` with media type,
base and language. Three conventions meet here: Atom 1.0 (`type`), Atom 0.3 (`mode` and
`type`) and RSS, which says nothing and means HTML.
"""

import base64
import html
import re
from contextlib import suppress

from lxml import etree
from lxml.etree import _Element

from aggregator.reading.parsed import Text, TextType
from aggregator.reading.tree.names import BASE, LANG
from aggregator.text import urls

HTML: TextType = "text/html"
XHTML: TextType = "application/xhtml+xml"
PLAIN: TextType = "text/plain"

_TYPES: dict[str, TextType] = {
    "text": PLAIN,
    "plain": PLAIN,
    "html": HTML,
    "xhtml": XHTML,
    "text/html": HTML,
    "application/xhtml+xml": XHTML,
}
_SECTION = "<![CDATA["
_WINDOWS = {
    code: character
    for code in range(0x80, 0xA0)
    if (character := bytes([code]).decode("cp1252", "ignore"))
}
_CONTROL = re.compile("[\x80-\x9f]")
_MARKUP = re.compile(
    r"</[a-z][a-z0-9]*\s*>|<(?:br|img|p)\b[^>]*>|&#?\w+;", re.IGNORECASE
)


def characters(element: _Element) -> str:
    """Return the characters directly in an element, stripped, references resolved.

    A reference to an HTML name that XML does not know (`&nbsp;` without a DTD) is read
    as HTML reads it.
    """
    if not len(element):
        return (element.text or "").strip()
    parts = []
    for node in element.iter():
        if node.tag is etree.Entity:
            parts.append(html.unescape(node.text or ""))
        elif isinstance(node.tag, str):
            parts.append(node.text or "")
        if node is not element:
            parts.append(node.tail or "")
    return "".join(parts).strip()


def words(element: _Element) -> str:
    """Return the words of an element that holds no markup, as a name is, mended."""
    return unscrambled(characters(element))[0]


def text(
    element: _Element,
    *,
    default: TextType,
    url: str | None,
    language: str | None = None,
) -> Text | None:
    """Return a text construct, None where the element holds no readable text.

    Elements inside are markup whatever `type` says (some feeds forget to escape).
    `default` holds where the element names no type. `language` is inherited. `url` is
    the document's address where an `xml:base` may be in force, None where none can.

    Source: RFC 4287 sections 3.1 and 4.1.3; Atom 0.3 section 3.1.
    """
    declared = (element.get("type") or "").strip().lower()
    kind = _kind(declared, default)
    value, repaired = "", False
    if element.get("mode") == "base64" or kind is None:
        value = _decoded(element, declared)
        kind = kind or PLAIN
    elif len(element) and any(isinstance(child.tag, str) for child in element):
        value, repaired = unscrambled(_inner(element))
        kind = XHTML
    else:
        value, repaired = unscrambled(characters(element))
        if kind == XHTML:  # escaped although it said otherwise, or plain characters
            kind = HTML
            value = value if _MARKUP.search(value) else html.escape(value, quote=False)
    if not value:
        return None
    return Text(
        value=value,
        type=kind,
        base=base(element, url) if url else None,
        language=element.get(LANG) or language,
        repaired=repaired,
    )


def sniffed(value: str) -> TextType:
    """Return how to read text of which nobody said what it is: HTML if it shows."""
    return HTML if _MARKUP.search(value) else PLAIN


def unscrambled(value: str) -> tuple[str, bool]:
    """Undo what false encodings did to a text; say whether there was anything to undo.

    UTF-8 that was read as Latin-1 and encoded again (whole texts only: that every
    sequence beyond ASCII happens to be valid UTF-8 does not occur by chance), and the
    dashes and quotes of windows-1252 that became control characters. feedparser does
    both, silently. And a CDATA section that was escaped with its text (see `opened`).
    """
    mended = opened(value)
    if not mended.isascii():
        with suppress(UnicodeError):
            mended = mended.encode("latin-1").decode("utf-8")
        mended = windows_marks(mended)
    return mended, mended != value


def opened(value: str) -> str:
    """Return a text out of the one CDATA section around all of it.

    Some programs write it and escape it then. HTML takes what follows for a comment up
    to the next `>`: of text nothing is left, of markup the first element is gone.

    Source: https://github.com/kurtmckee/feedparser/issues/440
    """
    if value.startswith(_SECTION) and value.find("]]>") == len(value) - 3:
        return value[len(_SECTION) : -3].strip()
    return value


def windows_marks(value: str) -> str:
    """Return a text with the dashes and quotes that became control characters."""
    return value.translate(_WINDOWS) if _CONTROL.search(value) else value


def base(element: _Element, url: str) -> str | None:
    """Return the address in force by `xml:base`, None where no ancestor sets one.

    A base that is no http(s) address is passed over (XML Base section 4.2 would let a
    feed point every link at `javascript:`).
    """
    steps = [
        step
        for node in (element, *element.iterancestors())
        if (step := node.get(BASE)) is not None
    ]
    if not steps:
        return None
    found = url
    for step in reversed(steps):
        found = urls.resolve(found, step) or found
    return found


def _kind(declared: str, default: TextType) -> TextType | None:
    """Return how to read a declared type; None for what is not text (RFC 4287 4.1.3)."""
    if not declared:
        return default
    known = _TYPES.get(declared.partition(";")[0].strip())
    if known:
        return known
    is_text = "/" not in declared or declared.startswith("text/")
    return PLAIN if is_text else None


def _decoded(element: _Element, declared: str) -> str:
    """Return text that was sent as base64; empty if it is not text after all."""
    if declared and _kind(declared, PLAIN) is None and element.get("mode") != "base64":
        return ""
    try:
        raw = base64.b64decode(characters(element), validate=False)
        return raw.decode("utf-8").strip()
    except ValueError:
        return ""


def _inner(element: _Element) -> str:
    """Return the markup inside an element as HTML, without prefixes.

    The one `div` around an xhtml construct is not part of it (RFC 4287 section
    3.1.1.3). HTML serialisation, because `<p/>` and `<script/>` mean something else
    to whoever reads this next.
    """
    parts = [html.escape(element.text or "", quote=False)]
    for child in element:
        if child.tag is etree.Entity:
            parts.append(html.escape(html.unescape(child.text or ""), quote=False))
        elif isinstance(child.tag, str):
            for node in child.iter():
                if isinstance(node.tag, str) and node.tag.startswith("{"):
                    node.tag = etree.QName(node).localname
            parts.append(
                etree.tostring(
                    child, method="html", encoding="unicode", with_tail=False
                )
            )
        parts.append(html.escape(child.tail or "", quote=False))
    return _unwrapped("".join(parts).strip())


_WRAPPER = re.compile(r"<div(?:\s[^>]*)?>(.*)</div>", re.DOTALL | re.IGNORECASE)


def _unwrapped(markup: str) -> str:
    outer = _WRAPPER.fullmatch(markup)
    if not outer:
        return markup
    inner = outer[1]
    depth = 0
    for tag in re.finditer(r"<(/?)div\b", inner, re.IGNORECASE):
        depth += -1 if tag[1] else 1
        if depth < 0:  # two divs side by side: none of them is a wrapper
            return markup
    return inner.strip()
