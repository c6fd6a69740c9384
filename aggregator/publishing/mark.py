"""What a reader must find of an entry in a published document, and how to find it.

In: an XML document and where in it an entry says what. Out: one Mark for each entry.
The parser is expat, used bare: it shares nothing with the library that wrote the
document, refuses what is not well-formed, and takes a megabyte in a few milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from xml.parsers import expat

from aggregator.errors import PublishError

Field = Literal["id", "title", "link", "source", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The parts of an entry that must never be lost or mixed up."""

    id: str
    title: str
    link: str | None
    source: str
    content: str


def read_xml(
    document: bytes,
    *,
    entry: str,
    texts: Mapping[str, Field],
    link: Mapping[str, str] | None = None,
) -> list[Mark]:
    """Return the Marks of a document.

    `entry` is the path of an entry from the root (`feed/entry`), `texts` says which
    path below it holds the text of which field. `link` describes attributes of a `link`
    element below the entry whose `href` is the entry's address. Names are as written,
    with their prefixes. Raises PublishError if the document is not well-formed.
    """
    found: list[dict[Field, str]] = []
    path: list[str] = []
    fields = {f"{entry}/{below}": field for below, field in texts.items()}
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 20

    def keep(field: Field) -> None:
        found[-1].setdefault(field, "")

        def text(data: str) -> None:
            found[-1][field] += data

        parser.CharacterDataHandler = text

    def start(name: str, attributes: dict[str, str]) -> None:
        here = f"{path[-1]}/{name}" if path else name
        path.append(here)
        if here == entry:
            found.append({})
        elif field := fields.get(here):
            keep(field)
        elif link and here == f"{entry}/link" and link.items() <= attributes.items():
            found[-1].setdefault("link", attributes["href"])

    def end(_name: str) -> None:
        path.pop()
        parser.CharacterDataHandler = None

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes it by position only
    except expat.ExpatError as error:
        message = f"the document is not well-formed: {error}"
        raise PublishError(message) from error
    return [
        Mark(
            id=entry.get("id", ""),
            title=entry.get("title", ""),
            link=entry.get("link"),
            source=entry.get("source", ""),
            content=entry.get("content", ""),
        )
        for entry in found
    ]
