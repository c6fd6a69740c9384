"""Which of an entry's links is its own, and its guid, both as written."""

from lxml.etree import _Element

from aggregator.reading.parsed import Link
from aggregator.reading.tree.document import Item
from aggregator.reading.tree.head import spoken
from aggregator.reading.tree.names import RDF_ABOUT, Groups
from aggregator.reading.tree.texts import characters, opened

_REGISTERED = "http://www.iana.org/assignments/relation/"
_PAGES = {"", "text/html", "html", "application/xhtml+xml", "xhtml"}


def links(groups: Groups) -> tuple[Link, ...]:
    """Return all links that carry an address in an attribute (Atom), in order."""
    return tuple(
        Link(
            href=href,
            rel=relation(element),
            type=element.get("type"),
            length=element.get("length"),
            title=element.get("title"),
            language=element.get("hreflang"),
        )
        for element in groups.get("link", ())
        if (href := address(element))
    )


def relation(link: _Element) -> str:
    """Return what a link is, by its registered name where it is an address of one.

    Source: RFC 4287 section 4.2.7.2.
    """
    said = (link.get("rel") or "alternate").strip().lower()
    return said.removeprefix(_REGISTERED)


def own(element: _Element, groups: Groups) -> str | None:
    """Return the address of the entry or site itself, None if there is none.

    `groups` are the children of the element. RSS says it in a `link` with text, of
    which the last wins, as in feedparser. Atom says it by `rel=alternate`, perhaps
    several times: in other formats, of which a page goes first, and in other languages
    (`hreflang`), of which that of the element does. Of equals the first wins.

    Source: RFC 4287 section 4.2.7.
    """
    text: str | None = None
    alternates: list[tuple[_Element, str]] = []
    for link in groups.get("link", ()):
        if relation(link) != "alternate":
            continue
        if href := address(link):
            alternates.append((link, href))
        else:
            text = opened(characters(link)) or text
    if text or not alternates:
        return text
    if len(alternates) == 1:
        return alternates[0][1]
    translated = any(link.get("hreflang") for link, _ in alternates)
    language = spoken(element) if translated else None
    return min(alternates, key=lambda one: _strangeness(one[0], language))[1]


def _strangeness(link: _Element, language: str | None) -> int:
    """Return how far a link is from being a page in a language, 0 if it is one."""
    if (link.get("type") or "").strip().lower() not in _PAGES:
        return 3
    named, wanted = _subtags(link.get("hreflang")), _subtags(language)
    if not named or named == wanted:
        return 0
    return 1 if named[:1] == wanted[:1] else 2


def _subtags(language: str | None) -> list[str]:
    return (language or "").lower().replace("_", "-").replace("-", " ").split()


def guid(item: Item) -> tuple[str | None, bool]:
    """Return the raw text of guid or id, and whether it claims to be a permalink.

    The last one wins, as in feedparser; `rdf:about` counts where there is none. Only an
    RSS guid can be a permalink, and is one unless it denies it (RSS 2.0, "guid").
    """
    for word, element in reversed(item.children):
        if word in {"guid", "id"} and (value := characters(element)):
            return value, word == "guid" and _permalink(element)
    return (item.element.get(RDF_ABOUT) or "").strip() or None, False


def address(element: _Element) -> str | None:
    """Return the address in an element's attribute, under whichever name it is sent."""
    for attribute in ("href", "url", "uri"):
        if value := (element.get(attribute) or "").strip():
            return value
    return None


def _permalink(element: _Element) -> bool:
    for attribute, value in element.items():
        if str(attribute).lower() == "ispermalink":
            return str(value).strip().lower() == "true"
    return True
