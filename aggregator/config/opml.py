"""Read a subscription list (OPML) as more sources.

In: the bytes of one file of sources.d. Out: a Written as if its outlines stood in YAML:
`xmlUrl` is the url, `title` or `text` the title, `htmlUrl` the site, folders and
`category` the tags. Refused, with the place: what is not well-formed, and any entity
declaration, so that nothing can be expanded.

A list that is imported once is read forgivingly where it is not well-formed: 13 of the
143 lists collected have bare quotes or `<` in their attributes, or bytes of another
encoding. A list that stays in sources.d is not: half a file would be half the sources.

An id is made of the feed's address, not of its title: readers rename feeds when they
export, and an id that changes would bring every report a second time. A feed that is
listed twice, or that a YAML file already has, is taken once.

Source: OPML 2.0, "Subscription lists" and "Directories"; attribute names are matched
whatever their case, as exporters differ.
"""

import codecs
import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from hashlib import blake2b
from html.parser import HTMLParser
from typing import Any
from xml.parsers import expat

from aggregator.config.addresses import public_address
from aggregator.config.names import language, slug
from aggregator.config.written import Path, Place, Written
from aggregator.errors import ConfigError

LONGEST_SLUG = 60
NO_LIST = "this is no OPML: there is no <opml> in it; export the list as OPML"

# Half of the lists that people pass around hold addresses with a bare "&".
_BARE = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)")

_DECLARED = re.compile(rb"""\s*<\?xml[^>]*encoding=["']([A-Za-z0-9._-]+)["']""")

_EXTRAS = (("site", "htmlurl", public_address), ("language", "language", language))


def read_opml(file: str, content: bytes, *, known: Collection[str]) -> Written:
    """Return the feeds of a list, but for those whose address is `known`."""
    return _written(_walked(file, content, known), file)


def _walked(file: str, content: bytes, known: Collection[str]) -> "_Outlines":
    outlines = _Outlines(file, known)
    try:
        _Strict(outlines).parse(content)
    except expat.ExpatError as error:
        message = f"this is no well-formed OPML: {expat.errors.messages[error.code]}"
        place = Place(file=file, line=error.lineno, column=error.offset + 1)
        raise ConfigError((place.complaint((), message),)) from error
    except (LookupError, ValueError) as error:  # what pyexpat says of odd encodings
        message = "the encoding that this list declares is not read; save it as UTF-8"
        place = Place(file=file, line=1, column=1)
        raise ConfigError((place.complaint((), message),)) from error
    return outlines


def read_any_opml(file: str, content: bytes) -> tuple[Written, list[str], str | None]:
    """Return all feeds of a list, the `type` of each, and a flaw: why it was forgiven.

    ConfigError where even forgivingly read it is no list of ours, or declares entities.
    """
    flaw = None
    try:
        written = _written(outlines := _walked(file, content, ()), file)
    except ConfigError as error:
        flaw = str(error)
        outlines = _Outlines(file, known=())
        _Forgiving(outlines).parse(content)
        written = _written(outlines, file)
    return written, outlines.types, flaw


def _written(outlines: "_Outlines", file: str) -> Written:
    """Return what was collected; ConfigError if no <opml> was among it."""
    if not outlines.is_opml:
        place = Place(file=file, line=1, column=1)
        raise ConfigError((place.complaint((), NO_LIST),))
    places = outlines.places

    def find(path: Path, at_key: bool) -> Place:  # noqa: FBT001 - as Written has it
        del at_key
        index = path[1] if len(path) > 1 else None
        return places[index] if isinstance(index, int) else Place(file=file)

    return Written(file=file, values={"sources": outlines.sources}, find=find)


class _Outlines:
    """Collects outlines with a feed while a parser walks the file.

    `here` is where the parser is: a line from 1, a column from 0.
    """

    def __init__(self, file: str, known: Collection[str]) -> None:
        self.sources: list[dict[str, Any]] = []
        self.places: list[Place] = []
        self.types: list[str] = []
        self.is_opml = False
        self.here: Callable[[], tuple[int, int]] = lambda: (1, 0)
        self._file = file
        self._known = set(known)
        self._ids: set[str] = set()
        # The name of each open outline; None for one that is no folder.
        self._open: list[str | None] = []

    def start(self, name: str, attributes: Mapping[str, str | None]) -> None:
        """Note an element that begins."""
        if name.lower() == "opml":
            self.is_opml = True
        if name.lower() != "outline":
            return
        said = {key.lower(): (value or "").strip() for key, value in attributes.items()}
        label = said.get("title") or said.get("text") or ""
        url = _address(said.get("xmlurl", ""))
        if not url:
            self._open.append(label)
            return
        self._open.append(None)
        if url not in self._known:
            self._known.add(url)
            self._add(url, label, said)

    def end(self, name: str) -> None:
        """Note an element that ends."""
        if name.lower() == "outline" and self._open:
            self._open.pop()

    def refuse_entities(self, *_: object) -> None:
        """Raise: whoever declares entities wants to have them expanded."""
        message = "this list declares entities; take the <!ENTITY …> lines out"
        raise ConfigError((self._place().complaint((), message),))

    def _add(self, url: str, label: str, said: dict[str, str]) -> None:
        source = {"id": self._id(url), "url": url, "title": label}
        # An exporter wrote these, so what cannot be used is left out, not complained of.
        for key, attribute, read in _EXTRAS:
            with suppress(ValueError):
                source[key] = read(said.get(attribute, ""))
        categories = re.split(r"[,/]", said.get("category", ""))
        tags = [*filter(None, self._open), *filter(None, map(str.strip, categories))]
        self.sources.append(
            {key: value for key, value in source.items() if value}
            | ({"tags": list(dict.fromkeys(tags))} if tags else {})
        )
        self.places.append(self._place())
        self.types.append(said.get("type", ""))

    def _place(self) -> Place:
        line, column = self.here()
        return Place(file=self._file, line=line, column=column + 1)

    def _id(self, url: str) -> str:
        id_ = identity_of(url)
        if id_ in self._ids:
            id_ = f"{id_}-{_digest(url)}"
        self._ids.add(id_)
        return id_


class _Strict:
    """Walks a well-formed file with expat, but for a bare "&"."""

    def __init__(self, outlines: _Outlines) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.StartElementHandler = outlines.start
        parser.EndElementHandler = outlines.end
        parser.EntityDeclHandler = outlines.refuse_entities
        outlines.here = lambda: (parser.CurrentLineNumber, parser.CurrentColumnNumber)

    def parse(self, content: bytes) -> None:
        readable = _BARE.sub(b"&amp;", content)
        self._parser.Parse(readable, True)  # noqa: FBT003 - expat takes no keywords


class _Forgiving(HTMLParser):
    """Walks any file as browsers walk a page; knows no entities but those of HTML."""

    def __init__(self, outlines: _Outlines) -> None:
        super().__init__()
        self._outlines = outlines
        outlines.here = self.getpos

    def parse(self, content: bytes) -> None:
        if b"<!ENTITY" in content:
            self._outlines.refuse_entities()
        self.feed(content.decode(_encoding(content), "replace"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._outlines.start(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self._outlines.end(tag)


def _encoding(content: bytes) -> str:
    """Return the encoding that a file declares, if it is one that we know."""
    declared = _DECLARED.match(content)
    try:
        return codecs.lookup(declared[1].decode("ascii")).name if declared else "utf-8"
    except LookupError:
        return "utf-8"


def identity_of(url: str) -> str:
    """Return an id for a feed's address: `https://www.a.example/news.xml` → a-example-news.

    Addresses with a query, and very long ones, end in six hex digits of their digest.
    User and password are no part of it.
    """
    address = re.sub(r"^[a-z]+://([^/?#]*@)?(www\.)?", "", url, flags=re.IGNORECASE)
    path, _, query = address.partition("?")
    name = slug(re.sub(r"\.(xml|rss|atom|rdf|json)$", "", path, flags=re.IGNORECASE))
    if query or len(name) > LONGEST_SLUG or not name:
        return f"{name[:LONGEST_SLUG]}-{_digest(url)}".lstrip("-")
    return name


def _address(url: str) -> str:
    """Return the address; `feed:` is how some readers write http or what follows it."""
    if not url.lower().startswith("feed:"):
        return url
    rest = url[len("feed:") :]
    return f"http:{rest}" if rest.startswith("//") else rest


def _digest(url: str) -> str:
    return blake2b(url.encode(), digest_size=3).hexdigest()
