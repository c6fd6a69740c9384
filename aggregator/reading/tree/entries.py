"""One entry, refined: what feedparser said, with what its element says put right.

Primary is the element for: guid and permalink, link and links, bodies and summary,
authors, pictures, enclosures, duration, origin, licence, language and base. feedparser
stays primary for: title, categories, dates, rights. Where the document was not
well-formed, lxml may have lost a stray character which feedparser kept, so bodies stay
feedparser's.
"""

from collections.abc import Iterable, Iterator

from lxml.etree import _Element
from msgspec.structs import replace

from aggregator.reading.parsed import DRAFT, Entry, Text, TextType
from aggregator.reading.tree import head, links, media, people, texts
from aggregator.reading.tree.document import Item
from aggregator.reading.tree.names import RDF_VALUE, Groups, children, grouped

_BODIES: tuple[tuple[str, TextType], ...] = (
    ("content:encoded", texts.HTML),
    ("content", texts.PLAIN),
    ("fullitem", texts.HTML),
    ("xhtml:body", texts.XHTML),
    ("body", texts.XHTML),
)
_SUMMARIES: tuple[tuple[str, TextType], ...] = (
    ("description", texts.HTML),
    ("summary", texts.PLAIN),
    ("abstract", texts.PLAIN),
    ("dc:description", texts.HTML),
    ("dcterms:abstract", texts.PLAIN),
)
_REPEATS: tuple[tuple[str, TextType], ...] = (("itunes:summary", texts.PLAIN),)
_LAST_RESORTS: tuple[tuple[str, TextType], ...] = (
    ("media:description", texts.PLAIN),
    ("itunes:subtitle", texts.PLAIN),
)


def refined(said: Entry, item: Item, *, url: str | None, loose: bool) -> Entry:
    """Return the entry with what its element says.

    `url` is the document's address, None if no `xml:base` occurs in it (then nobody
    climbs for one). `loose` tells that the document was not well-formed.
    """
    groups = grouped(item.children)
    guid, is_permalink = links.guid(item)
    own_links = links.links(groups)
    language = head.language(item.element, groups)
    if loose:
        contents, summary, retold = said.contents, said.summary, said.retold
    else:
        contents, summary, retold = _texts(groups, url=url, language=language)
    return Entry(
        guid=guid,
        guid_is_permalink=is_permalink,
        link=links.own(item.element, groups) or item.element.get("href"),
        links=own_links + media.enclosures(groups),
        title=said.title,
        summary=summary,
        contents=contents,
        retold=retold,
        authors=people.authors(groups),
        categories=said.categories,
        published=said.published,
        updated=said.updated,
        pictures=media.pictures(groups),
        origin=people.origin(groups, url=url),
        rights=said.rights,
        license=head.licence(groups, own_links),
        language=language,
        base=texts.base(item.element, url) if url else None,
        duration=media.duration(groups),
        draft=_is_draft(groups),
        raw=said.raw,
    )


def _is_draft(groups: Groups) -> bool:
    """Tell whether an entry is not to be seen by the public yet.

    Source: RFC 5023 section 13.1.1 (`app:draft`); Blogger's Atom 0.3 (`draft`).
    """
    said = list(groups.get("draft", ()))
    for control in groups.get("app:control", ()):
        said += children(control).get("app:draft", ())
    return bool(said) and any(texts.characters(one).lower() in DRAFT for one in said)


def _texts(
    groups: Groups, *, url: str | None, language: str | None
) -> tuple[tuple[Text, ...], Text | None, Text | None]:
    """Return the bodies, the summary and what tells one of them again.

    `content:encoded` and Atom content are bodies, `description` and Atom summary the
    summary. `itunes:summary` repeats one of them, and steps in for a missing summary.
    `media:description` is often a picture's caption: it speaks only where nothing else
    does.
    """

    def read(*words: tuple[str, TextType]) -> list[Text]:
        return [
            found
            for word, default in words
            for element in groups.get(word, ())
            if (
                found := texts.text(
                    element, default=default, url=url, language=language
                )
            )
        ]

    if any(map(len, groups.get("content", ()))):
        groups = groups | {"content": [*_forms(groups["content"])]}
    bodies, summaries = read(*_BODIES), read(*_SUMMARIES)
    if not bodies and "content:items" in groups:
        bodies += _values(groups, url=url, language=language)
    retold = [_sniffed(text) for text in read(*_REPEATS)]
    if not summaries:
        summaries, retold = retold, []
    if not bodies and not summaries:
        summaries = [_sniffed(text) for text in read(*_LAST_RESORTS)]
    return tuple(bodies), next(iter(summaries), None), next(iter(retold), None)


def _forms(elements: Iterable[_Element]) -> Iterator[_Element]:
    """Yield the elements, or the several forms of one text that one of them holds.

    Source: Atom 0.3, "content" (`type="multipart/alternative"`).
    """
    for element in elements:
        if len(element) and (element.get("type") or "").startswith("multipart/"):
            yield from children(element).get("content", ())
        else:
            yield element


def _values(groups: Groups, *, url: str | None, language: str | None) -> Iterator[Text]:
    """Yield the bodies in the first form of the content module of RSS 1.0."""
    for element in groups["content:items"]:
        for value in element.iter(RDF_VALUE):
            found = texts.text(value, default=texts.HTML, url=url, language=language)
            if found:
                yield found


def _sniffed(text: Text) -> Text:
    """Return text of a plain element as HTML where it plainly is."""
    if text.type != texts.PLAIN:
        return text
    return replace(text, type=texts.sniffed(text.value))
