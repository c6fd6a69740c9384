"""Write lists of feeds as OPML 2.0: what we read, and what we offer.

In: the config, and of sources what they say of themselves. Out: bytes, the same for the
same. An address that holds credentials is shown without them; a source that is a file on
our disk not at all.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from aggregator.model import Config, Publication, Source
from aggregator.reading.address import public
from aggregator.text.markup import printable
from aggregator.web.metadata import address

MEDIA_TYPE = "text/x-opml; charset=utf-8"


def sources(config: Config, standings: Iterable[Mapping[str, Any]]) -> bytes:
    """Return what we read, sources of one group together.

    `standings` have the `title` and the `site` of each `id`, by the config or the feed.
    """
    known = {each["id"]: each for each in standings}
    groups: dict[str | None, list[dict[str, str]]] = {}
    for source in config.sources:
        if outline := _source(source, known.get(source.id, {})):
            groups.setdefault(source.group, []).append(outline)
    root, body = _opml(f"What {config.title} reads")
    for group, outlines in groups.items():
        parent = body
        if group:
            parent = ET.SubElement(body, "outline", {"text": printable(group)})
        _add(parent, outlines)
    return _bytes(root)


def publications(config: Config) -> bytes:
    """Return what we offer: every publication in its first XML format."""
    root, body = _opml(f"What {config.title} offers")
    _add(body, [_publication(each, config.base_url) for each in config.publications])
    return _bytes(root)


def _source(source: Source, known: Mapping[str, Any]) -> dict[str, str] | None:
    feed_url = address(public(source.url))
    if not feed_url:
        return None
    outline = {
        "type": "rss",
        "text": source.title or known.get("title") or source.id,
        "xmlUrl": feed_url,
        "htmlUrl": address(public(source.site or known.get("site") or "")) or "",
        "language": source.language or "",
        "category": ",".join(source.tags),
    }
    return {key: value for key, value in outline.items() if value}


def _publication(publication: Publication, base_url: str) -> dict[str, str]:
    page = f"{base_url}/feeds/{publication.id}"
    formats = publication.formats
    name = next((each for each in ("atom", "rss") if each in formats), formats[0])
    outline = {
        "type": "rss",
        "text": publication.title,
        "description": publication.description,
        "xmlUrl": f"{page}.{name}",
        "htmlUrl": page,
        "language": publication.language or "",
    }
    return {key: value for key, value in outline.items() if value}


def _opml(title: str) -> tuple[ET.Element, ET.Element]:
    root = ET.Element("opml", {"version": "2.0"})
    ET.SubElement(ET.SubElement(root, "head"), "title").text = printable(title)
    return root, ET.SubElement(root, "body")


def _add(parent: ET.Element, outlines: Iterable[dict[str, str]]) -> None:
    for outline in outlines:
        said = {name: printable(value) for name, value in outline.items()}
        ET.SubElement(parent, "outline", said)


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
