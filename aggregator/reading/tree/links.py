"""Which of an entry's links is its own, and its guid, both as written."""

from lxml.etree import _Element

from aggregator.reading.parsed import Link
from aggregator.reading.tree.document import Item
from aggregator.reading.tree.names import RDF_ABOUT, Groups
from aggregator.reading.tree.texts import characters

_PAGES = {"", "text/html", "html", "application/xhtml+xml", "xhtml"}


def links(groups: Groups) -> tuple[Link, ...]:
    """Return all links that carry an address in an attribute (Atom), in order."""
    return tuple(
        Link(
            href=href,
            rel=(element.get("rel") or "alternate").strip().lower(),
            type=element.get("type"),
            length=element.get("length"),
            title=element.get("title"),
            language=element.get("hreflang"),
        )
        for element in groups.get("link", ())
        if (href := address(element))
    )


def own(groups: Groups) -> str | None:
    """Return the address of the entry or site itself, None if there is none.

    The last `link` wins, as in feedparser: RSS by its text, Atom by `rel=alternate`
    and a page's media type. An alternate of another type is better than nothing.
    """
    found: str | None = None
    spare: str | None = None
    for element in groups.get("link", ()):
        href = address(element)
        if href is None:
            found = characters(element) or found
        elif (element.get("rel") or "alternate").strip().lower() == "alternate":
            spare = spare or href
            if (element.get("type") or "").strip().lower() in _PAGES:
                found = href
    return found or spare


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
