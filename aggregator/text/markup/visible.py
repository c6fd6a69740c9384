"""The words of an HTML text: what must be the same in the source and in what we publish.

In: HTML as a source sent it, or as we publish it. Out: its visible text.

**Visible text** is what a browser that runs no scripts and loads no stylesheets shows
as text: the document parsed by the rules of HTML5; without comments and without what
is inside `script`, `style`, `template`, `title`, `iframe`, `noembed`, `noframes`,
`datalist`, `canvas`, `audio`, `video`, `svg`, `rp` and formula annotations; with what
is inside `noscript`, `textarea`, `select`, `xmp`, `plaintext` and unknown elements;
character references decoded; alternative texts not included; a word ends at the edge
of every block, form control and line break; runs of white space (no-break spaces too)
become one space. Characters are treated as in `printable`. Text that only a stylesheet
or `hidden` would hide counts: feed readers show it.

The same parser (html5ever, in nh3) reads it here as when cleaning; libxml2's HTML
parser ends comments elsewhere and knows no `template`.
"""

import re
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from html import escape, unescape

import nh3

from aggregator.text.markup.allowed import BLOCKS, BOXES, HIDDEN, TRANSPARENT
from aggregator.text.markup.characters import printable, without_surrogates
from aggregator.text.markup.nesting import REST_OF_TAG, VOID, bounded
from aggregator.text.markup.tame import tame_words

HTML = "text/html"
XHTML = "application/xhtml+xml"

_TAG = re.compile(r"<[^>]*>")
_ELEMENT = re.compile(r"<([a-zA-Z][a-zA-Z0-9:-]*)")
_ANY_TAG = re.compile(rf"<([a-zA-Z][^\s/>]*+)({REST_OF_TAG})")
_EVERY_TAG = re.compile(rf"</?([a-zA-Z][^\s/>]*+){REST_OF_TAG}")
_ONLY_BLOCKS = nh3.Cleaner(
    tags=set(BLOCKS),
    attributes={},
    clean_content_tags=set(HIDDEN),
    link_rel=None,
)


def visible_text(html: str) -> str:
    """Return the visible text of `html` on one line; see the module for what that is."""
    words = tame_words(html)
    return text_of(prepared(html)) if words is None else one_line(words)


def one_line(words: str) -> str:
    """Return words with one space between them, without characters that harm.

    Of ASCII without a string for every word, in half the time.
    """
    text = printable(words)
    if not text.isascii():
        return " ".join(text.split())
    for blank in "\t\n\r":  # `printable` leaves no other
        text = text.replace(blank, " ")
    while "  " in text:
        text = text.replace("  ", " ")
    return text.strip()


def text_sha256(html: str) -> str:
    """Return the SHA-256 of the visible text in UTF-8, as 64 hex digits."""
    return sha256(visible_text(html).encode()).hexdigest()


def as_html(value: str, media_type: str) -> str:
    """Return what a feed carried as HTML: text becomes paragraphs.

    In XHTML any element may be closed at once (`<i/>`), which an HTML parser would read
    as left open. Every type but HTML and XHTML is text (`image/svg+xml`, too).
    """
    kind = media_type.partition(";")[0].strip().lower()
    if kind == HTML:
        return value
    if kind == XHTML:
        return _replace_tags(_ANY_TAG, _closed, value)
    return paragraphs(value)


def paragraphs(text: str) -> str:
    """Return text as HTML: blank lines part paragraphs, line breaks stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    blocks = re.split(r"\n[ \t]*\n\s*", lines) if lines else []
    return "\n".join(
        f"<p>{escape(block, quote=False)}</p>".replace("\n", "<br>\n")
        for block in blocks
    )


def prepared(html: str) -> str:
    """Return `html` as both readings of it start: for its words, and for cleaning."""
    html = bounded(without_surrogates(html))
    names = elements(html)
    if boxes := names & BOXES:
        html = _tag_start(frozenset(boxes)).sub(" <", html)
    if transparent := names & TRANSPARENT:
        html = _replace_tags(_EVERY_TAG, partial(_unless, transparent), html)
    return html


def elements(html: str) -> set[str]:
    """Return the names of all elements that `html` may hold, in lower case."""
    return {name.lower() for name in _ELEMENT.findall(html)}


def text_of(ready: str) -> str:
    """Return the visible text of prepared HTML."""
    return one_line(unescape(_TAG.sub(" ", _ONLY_BLOCKS.clean(for_parser(ready)))))


def for_parser(html: str) -> str:
    """Return `html` so that the parser keeps all of it: it drops one U+FEFF in front.

    Some feeds begin each body with this byte order mark, which is a character there.
    """
    return "\ufeff" + html if html.startswith("\ufeff") else html


def tags_of(html: str) -> set[tuple[str, str]]:
    """Return the name of every start tag of `html`, and what follows it in the tag."""
    return set(_ANY_TAG.findall(html, 0, html.rfind(">") + 1))


@lru_cache(maxsize=64)
def _tag_start(names: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"<(?=/?(?:{'|'.join(sorted(names))})(?![\w:-]))", re.IGNORECASE)


def _unless(names: set[str], tag: re.Match[str]) -> str:
    """Return a tag, nothing if its whole name is one of these.

    In `<y<math>` the name is `y<math`: taking `<math>` out would open what follows as a
    tag, and lose its words.
    """
    return "" if tag[1].lower() in names else tag[0]


def _replace_tags(
    tag: re.Pattern[str], by: str | Callable[[re.Match[str]], str], html: str
) -> str:
    # Up to the last `>` an attempt to read a tag always succeeds (see nesting).
    end = html.rfind(">") + 1
    return tag.sub(by, html[:end]) + html[end:]


def _closed(tag: re.Match[str]) -> str:
    name, rest = tag.groups()
    if not rest.endswith("/>") or name.lower() in VOID:
        return tag[0]
    return f"<{name}{rest[:-2]}></{name}>"
