"""Check a finished entry once more against the rights of its source.

In: a document with one entry, as it will stand before readers, and the Report that it
was written from. Out: what in it the source does not allow, or what it demands and is
missing. `showing` is the one place where rights are applied; this is the second look,
by other means: it reads what was written.
"""

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.parsers import expat

from msgspec import Struct, field

from aggregator.model import Report, Rights
from aggregator.publishing.credit import ALSO_START, BLOCK_START
from aggregator.publishing.showing import EXCERPT_WORDS, PICTURE, is_picture
from aggregator.text import markup

# Rights that nothing breaks, so that no document need be made to ask `breach`.
NO_CONDITIONS = Rights()
# Where an entry names a file: in RSS and Media RSS, in Atom, in JSON Feed.
_FILES = ("url", "href")


class _Said(Struct):
    """All texts and values that a document holds, and whether one is a picture's."""

    values: set[str] = field(default_factory=set)
    pictures: bool = False


def breach(report: Report, document: bytes, content: str) -> str | None:
    """Return how an entry breaks the rights of its source; None: it does not.

    `content` is the body that a reader found in the document.
    """
    return next(_breaches(report, document, content), None)


def _breaches(report: Report, document: bytes, content: str) -> Iterator[str]:
    rights = report.rights
    said = _json(document) if document.startswith(b"{") else _xml(document)
    if rights.body != "full":
        words = rights.words or EXCERPT_WORDS if rights.body == "excerpt" else 0
        for text in (_words(content), report.lead, _borrowed(report)):
            if markup.excerpt(text, words)[1]:
                yield f"it shows more than the {words} words that its source allows"
    if not rights.images and (said.pictures or _pictured(content)):
        yield "it shows a picture, which its source does not allow"
    for demanded in (rights.license, rights.notice):
        if demanded and demanded not in said.values:
            yield f"it does not say {demanded!r}, which its source demands"


def _words(content: str) -> str:
    """Return what a body shows before its credit."""
    ends = (content.rfind(start) for start in (ALSO_START, BLOCK_START))
    end = min((at for at in ends if at >= 0), default=len(content))
    return markup.visible_text(content[:end])


def _borrowed(report: Report) -> str:
    """Return what of the headline is of the text, because the source sent no headline."""
    article = report.article
    if article.source_title or article.override:
        return ""
    return "" if report.title == article.attribution.title else report.title


def _pictured(content: str) -> bool:
    """Return whether a body shows a picture; an attribute may name a tag and does not."""
    if not PICTURE.search(content):
        return False
    found: list[str] = []

    class Finder(HTMLParser):
        def handle_starttag(
            self, tag: str, attrs: list[tuple[str, str | None]]
        ) -> None:
            is_film = tag == "video" and "poster" in dict(attrs)
            if is_film or tag in {"img", "picture"}:
                found.append(tag)

    Finder().feed(content)
    return bool(found)


def _xml(document: bytes) -> _Said:
    said = _Said()
    text: list[str] = []

    def start(_name: str, attributes: dict[str, str]) -> None:
        text.clear()
        said.values.update(attributes.values())
        if attributes.get("rel", "enclosure") == "enclosure":
            said.pictures |= attributes.get("medium") == "image" or any(
                is_picture(attributes.get("type"), attributes[name])
                for name in _FILES
                if name in attributes
            )

    def end(_name: str) -> None:
        said.values.add("".join(text))
        text.clear()

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.Parse(document, True)  # noqa: FBT003 - expat takes it by position only
    return said


def _json(document: bytes) -> _Said:
    said = _Said()

    def look(value: object, key: str = "") -> None:
        if isinstance(value, str):
            said.values.add(value)
            said.pictures |= key == "image"
        elif isinstance(value, dict):
            if key == "attachments":
                said.pictures |= is_picture(value.get("mime_type"), value["url"])
            for name, member in value.items():
                look(member, name)
        elif isinstance(value, list):
            for member in value:
                look(member, key)

    look(json.loads(document))
    return said
