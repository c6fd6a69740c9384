"""Read a JSON Feed, 1.0 or 1.1, and what people take for one.

In: the parsed document (an object with a list of `items`) and the address it came from.
Out: `Parts`, whose items become `parsed.Entry`. Values of a wrong type count as absent:
a document is never refused for one of them, and an item that is no object is left out.

The bytes of an item are its canonical form (sorted keys, no blanks), so that another
order of keys or another indentation is not a change.

Source: https://www.jsonfeed.org/version/1.1/
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import islice
from typing import Any, Final

from msgspec import Struct

from aggregator.reading.parsed import Category, Entry, Feed, Link, Picture, Text
from aggregator.reading.parts import MOST_AROUND, Extent, Parsed, RawPart
from aggregator.reading.split import digest

_VERSIONS: Final = {
    "https://jsonfeed.org/version/1": "json1",
    "https://jsonfeed.org/version/1.0": "json1",
    "https://jsonfeed.org/version/1.1": "json11",
}
_INHERITED: Final = ("author", "authors", "language")
_ITEMS: Final = re.compile(r'"items"\s*+:\s*+\[\s*+')
_MOST_TRIED: Final = 4  # beginnings, and as many ends for each

Said = Mapping[str, Any]


class JsonFeed(Struct, frozen=True, kw_only=True, dict=True):
    """A JSON Feed in parts. `document` is what was parsed, for its `extent`."""

    said: Said
    url: str
    document: bytes = b""

    @cached_property
    def context(self) -> bytes:
        """What an item inherits: authors, language and the address of the document."""
        inherited = {key: self.said.get(key) for key in _INHERITED}
        return digest(b"json\n" + _written(inherited) + b"\n" + self.url.encode())

    @cached_property
    def parts(self) -> tuple[RawPart, ...]:
        """The items that are objects, in document order."""
        raws = [_written(item) for item in self._items]
        return tuple(RawPart(raw=raw, digest=digest(raw)) for raw in raws)

    @property
    def extent(self) -> Extent | None:
        """Where the items stand: what is left without them is the document without items."""
        if not self.said["items"]:
            return None
        text = self.document.decode()
        empty = {**self.said, "items": []}
        for begin in islice(_ITEMS.finditer(text), _MOST_TRIED):
            for last in islice(_ends(text, begin.end()), _MOST_TRIED):
                if begin.end() + len(text) - last > MOST_AROUND:
                    break
                with suppress(ValueError, RecursionError):
                    if json.loads(text[: begin.end()] + text[last:]) == empty:
                        return _extent(text, begin.end(), last)
        return None

    @property
    def restless(self) -> bool:
        """JSON Feed has no way to take an item back."""
        return False

    @property
    def notes(self) -> tuple[str, ...]:
        """How many items were no objects, if any."""
        odd = len(self.said["items"]) - len(self._items)
        return (f"{odd} items left out: they are not JSON objects",) if odd else ()

    def parsed(self, numbers: Sequence[int]) -> Parsed:
        """Return the feed with these items; never raises."""
        said = self.said
        version = _string(said.get("version")) or ""
        authors = _authors(said)
        entries = tuple(
            _entry(
                self._items[number],
                raw=self.parts[number].raw,
                authors=authors,
            )
            for number in numbers
        )
        feed = Feed(
            version=_VERSIONS.get(
                version.rstrip("/").replace("http:", "https:"), "json"
            ),
            title=_text(said.get("title")),
            site=_string(said.get("home_page_url")),
            links=_links(
                (said.get("feed_url"), "self"),
                (said.get("next_url"), "next"),
                *((hub, "hub") for hub in _hubs(said.get("hubs"))),
            ),
            author=", ".join(authors) or None,
            language=_string(said.get("language")),
            finished=said.get("expired") is True,
            image=_string(said.get("icon")) or _string(said.get("favicon")),
            entries=entries,
        )
        return Parsed(feed=feed, numbers=tuple(numbers))

    @cached_property
    def _items(self) -> tuple[Said, ...]:
        return tuple(item for item in self.said["items"] if isinstance(item, dict))


def _hubs(said: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON value
    """Yield the addresses of hubs that speak WebSub (JSON Feed 1.1, `hubs`)."""
    for hub in said if isinstance(said, list) else ():
        if isinstance(hub, dict) and str(hub.get("type")).lower() == "websub":
            yield hub.get("url")


def _ends(text: str, start: int) -> Iterator[int]:
    """Yield where arrays end, the last first."""
    end = len(text)
    while (end := text.rfind("]", start, end)) >= 0:
        yield end


def _extent(text: str, start: int, last: int) -> Extent:
    """Return positions in a text as those in its bytes, without blanks at the end."""
    _, after_first = json.JSONDecoder().raw_decode(text, start)
    end = len(text[:last].rstrip())
    return Extent(*(len(text[:place].encode()) for place in (start, after_first, end)))


def _entry(item: Said, *, raw: bytes, authors: tuple[str, ...]) -> Entry:
    url = _string(item.get("url"))
    external = _string(item.get("external_url"))
    return Entry(
        guid=_string(item.get("id")),
        link=url or external,
        links=_links((external if url else None, "related")) + _attachments(item),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        contents=_contents(item),
        authors=_authors(item) or authors,
        categories=_categories(item.get("tags")),
        published=_string(item.get("date_published")),
        updated=_string(item.get("date_modified")),
        pictures=tuple(
            Picture(url=url)
            for key in ("image", "banner_image")
            if (url := _string(item.get(key)))
        ),
        language=_string(item.get("language")),
        raw=raw,
    )


def _contents(item: Said) -> tuple[Text, ...]:
    """Return the body: HTML where there is any, else the plain text (both are one)."""
    html = _string(item.get("content_html"))
    if html:
        return (Text(value=html, type="text/html"),)
    plain = _string(item.get("content_text"))
    return (Text(value=plain),) if plain else ()


def _authors(said: Said) -> tuple[str, ...]:
    """Return the authors' names: `authors` (1.1), else `author` (1.0)."""
    listed = said.get("authors")
    people = listed if isinstance(listed, list) and listed else [said.get("author")]
    names = (
        _string(one.get("name")) or _string(one.get("url"))
        if isinstance(one, dict)
        else _string(one)
        for one in people
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _categories(tags: object) -> tuple[Category, ...]:
    listed = tags.split(",") if isinstance(tags, str) else tags
    terms = map(_string, listed) if isinstance(listed, list) else ()
    return tuple(Category(term=term) for term in dict.fromkeys(terms) if term)


def _attachments(item: Said) -> tuple[Link, ...]:
    listed = item.get("attachments")
    return tuple(
        Link(
            href=href,
            rel="enclosure",
            type=_string(one.get("mime_type")),
            length=_size(one.get("size_in_bytes")),
            title=_string(one.get("title")),
            duration=_string(one.get("duration_in_seconds")),
        )
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict) and (href := _string(one.get("url")))
    )


def _size(value: object) -> str | None:
    """Return a number of bytes: to JSON `1000`, `1000.0` and `1e3` are the same."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _string(value)


def _links(*found: tuple[object, str]) -> tuple[Link, ...]:
    return tuple(
        Link(href=href, rel=rel) for value, rel in found if (href := _string(value))
    )


def _text(value: object) -> Text | None:
    said = _string(value)
    return Text(value=said) if said else None


def _string(value: object) -> str | None:
    """Return a text, or a number as the specification lets ids be; None for the rest."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def _written(said: object) -> bytes:
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "ignore")
