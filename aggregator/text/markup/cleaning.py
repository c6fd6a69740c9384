"""Make HTML of strangers harmless without touching a word.

In: a body as a source sent it, its media type, and the address it is relative to.
Out: HTML that holds only what `allowed` lists, with absolute http(s) addresses; its
visible text; and every kind of change by name.

The words are kept by construction: the visible text of the result is computed and
compared, and should markup ever read differently once cleaned, the words are published
as plain paragraphs instead. The one exception is a body cut at `max_bytes`.

Order matters. Lone surrogates go first (nh3 raises), then nesting is bounded (nh3 is
quadratic), then nh3, and only then characters that XML cannot carry: nh3 makes new ones
from references (`&#11;`).
"""

import re
import threading
from typing import Final, NamedTuple

import nh3

from aggregator.text.markup.allowed import (
    ADDRESSES,
    ATTRIBUTES,
    HIDDEN,
    KEPT_HIDDEN,
    LINK_REL,
    SCHEMES,
    TAGS,
)
from aggregator.text.markup.characters import printable_html, without_surrogates
from aggregator.text.markup.nesting import DEEPEST, bounded
from aggregator.text.markup.tame import tame_words
from aggregator.text.markup.visible import (
    as_html,
    elements,
    for_parser,
    one_line,
    paragraphs,
    prepared,
    tags_of,
    text_of,
    visible_text,
)
from aggregator.text.urls import resolve, resolve_content

ABSOLUTE: Final = "made addresses absolute"
ADDRESSES_GONE: Final = "removed addresses that are not http or https"
CHARACTERS: Final = "removed characters that break XML or other text"
FLATTENED: Final = "flattened markup that was nested too deep"
IMAGES_GONE: Final = "removed images without address"
LINKS_MARKED: Final = "marked links as not followed"
PIXELS_GONE: Final = "removed tracking pixels"
SOURCES_GONE: Final = "removed source elements that no audio or video plays"
WORDS_ONLY: Final = "kept the words only, because the markup was broken"

_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]+)(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'>]*+))?+"""
)
_ALLOWED = {tag: ATTRIBUTES["*"].union(ATTRIBUTES.get(tag, ())) for tag in TAGS}
_SIZES = frozenset({"height", "width"})
_IMAGE = re.compile(r"<img\b[^>]*>")
_SOURCE = re.compile(r'\ssrc="')
_TINY = re.compile(r'\s(?:width|height)="0*[01](?:px)?"')
_PLAYED = re.compile(r"<(/?)(audio|video|source)\b[^>]*>")
_SIZE = re.compile(r"\s*[0-9]{1,5}(?:px|%)?\s*")


class Cleaned(NamedTuple):
    """A body fit to publish: its HTML, its visible text, and what was changed."""

    html: str
    text: str
    changes: tuple[str, ...] = ()


def clean(
    html: str,
    *,
    base: str | None = None,
    media_type: str = "text/html",
    max_bytes: int | None = None,
) -> Cleaned:
    """Return `html` cleaned; nothing raises, whatever it is.

    A relative address needs an http(s) `base`, else it is dropped with its attribute.
    `max_bytes` bounds the UTF-8 length of the result: it is cut between characters
    after cleaning, closed again, and says so in `changes`.
    """
    body = as_html(html, media_type)
    ready, words = _ready(body)
    text = text_of(ready) if words is None else one_line(words)
    raw, changes, gone = _judged(ready, base)
    changes |= _named(body, gone, tame=words is not None and ready is body)
    if LINK_REL in raw:
        changes.add(LINKS_MARKED)
    cleaned = printable_html(raw)
    if cleaned != raw or without_surrogates(body) != body:
        changes.add(CHARACTERS)
    if "<img" in cleaned:
        cleaned = _IMAGE.sub(lambda image: _worth_keeping(image[0], changes), cleaned)
    if "<source" in cleaned:
        cleaned = _without_orphans(cleaned, changes)
    if body.count("<") > DEEPEST and bounded(body) != body:
        changes.add(FLATTENED)
    kept = words is not None and (cleaned == body or words == tame_words(cleaned))
    if not kept and visible_text(cleaned) != text:
        cleaned = paragraphs(text)
        changes.add(WORDS_ONLY)
    if max_bytes is not None and len(cleaned.encode()) > max_bytes:
        cleaned = _cut(cleaned, max_bytes)
        text = visible_text(cleaned)
        changes.add(f"cut at {max_bytes} bytes")
    return Cleaned(html=cleaned, text=text, changes=tuple(sorted(changes)))


def _ready(body: str) -> tuple[str, str | None]:
    """Return a body prepared, and its words if it is tame; then it is ready as it is."""
    words = tame_words(body)
    if words is not None:
        return body, words
    ready = prepared(body)
    return ready, None if ready == body else tame_words(ready)


def _judged(ready: str, base: str | None) -> tuple[str, set[str], set[str]]:
    """Return HTML as nh3 leaves it, what happened to addresses, and attributes gone."""
    judge, cleaner = _tools.judge, _tools.cleaner
    judge.base, judge.changes, judge.gone = base, set(), set()
    return cleaner.clean(for_parser(ready)), judge.changes, judge.gone


class _Attributes:
    """Judges the attributes of one body, and remembers what it did to them."""

    base: str | None
    changes: set[str]
    gone: set[str]

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        """Return the value to keep, or None to drop the attribute."""
        if name in _SIZES:
            if _SIZE.fullmatch(value):
                return value
            self.gone.add(name)
            return None
        if name not in ADDRESSES:
            return value
        absolute = resolve_content if (tag, name) == ("a", "href") else resolve
        address = absolute(self.base, value)
        if address is None:
            self.changes.add(ADDRESSES_GONE)
        elif "://" not in value[:12] and not address.startswith("mailto:"):
            self.changes.add(ABSOLUTE)
        return address


class _Tools(threading.local):
    """A cleaner and its judge for each thread: making them costs as much as cleaning."""

    def __init__(self) -> None:
        self.judge = _Attributes()
        self.cleaner = nh3.Cleaner(
            tags=set(TAGS),
            attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
            attribute_filter=self.judge,
            clean_content_tags=set(HIDDEN - KEPT_HIDDEN),
            link_rel=LINK_REL,
            url_schemes=set(SCHEMES),
        )


_tools = _Tools()


def _named(body: str, more: set[str], *, tame: bool) -> set[str]:
    """Return what of a body's markup goes, as sentences; `more` attributes go as well.

    The attributes of an element that goes are not told apart from it. Where the markup
    is `tame`, there are no elements but those whose tags are found.
    """
    attributes = set(more)
    tags = tags_of(body)
    names = {tag.lower() for tag, _ in tags} if tame else elements(body)
    for tag, rest in tags:
        if len(rest) > 1 and (allowed := _ALLOWED.get(tag.lower())):
            attributes |= {a.lower() for a in _ATTRIBUTE.findall(rest)} - allowed
    gone = {"elements": names - TAGS, "attributes": attributes}
    return {
        f"removed {kind}: {', '.join(sorted(names))}"
        for kind, names in gone.items()
        if names
    }


def _worth_keeping(image: str, changes: set[str]) -> str:
    """Return an image tag, or nothing if there is nothing to see."""
    if _SOURCE.search(image) is None:
        changes.add(IMAGES_GONE)
        return ""
    if len(_TINY.findall(image)) > 1:
        changes.add(PIXELS_GONE)
        return ""
    return image


def _without_orphans(html: str, changes: set[str]) -> str:
    """Return cleaned HTML without `source` outside of a player, or without address.

    Those of a `picture`, which goes, name their files in `srcset`, which goes as well.
    """
    players = 0

    def judged(tag: re.Match[str]) -> str:
        nonlocal players
        end, name = tag.groups()
        if name != "source":
            players += -1 if end else 1
        elif not players or _SOURCE.search(tag[0]) is None:
            changes.add(SOURCES_GONE)
            return ""
        return tag[0]

    return _PLAYED.sub(judged, html)


def _cut(html: str, max_bytes: int) -> str:
    """Return the beginning of cleaned HTML, its elements closed, within `max_bytes`."""
    room = max_bytes
    while room > 0:
        start = html.encode()[:room].decode("utf-8", "ignore")
        if start.rfind("<") > start.rfind(">"):
            start = start[: start.rfind("<")]
        if start.rfind("&") > start.rfind(";"):
            start = start[: start.rfind("&")]
        closed = printable_html(_judged(start, None)[0])
        excess = len(closed.encode()) - max_bytes
        if excess <= 0:
            return closed
        room -= excess
    return ""
