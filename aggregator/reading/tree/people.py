"""Who wrote it, and from where an aggregate has it; names as sent.

Everybody named in any vocabulary is an author, the most telling one first: Atom `author`
and `dc:creator`, then RSS `author`, then `itunes:author`. That two of them name one person
in different forms is for `normalise` to see. A `managingEditor` is none of them: whoever
is "responsible for editorial content" (RSS 2.0) answers for it and did not write it.
"""

from collections.abc import Iterable

from lxml.etree import _Element

from aggregator.reading.parsed import Origin
from aggregator.reading.tree import links
from aggregator.reading.tree.names import Groups, children
from aggregator.reading.tree.texts import base, words


def authors(groups: Groups) -> tuple[str, ...]:
    """Return the names (RSS: perhaps `mail (name)`), each written form once."""
    persons: list[str] = []
    plain: list[str] = []
    for element in groups.get("author", ()):
        within = children(element)
        if within:
            persons.append(_text(within, "name") or _text(within, "email") or "")
        else:
            plain.append(words(element))
    said = [*persons, *_said(groups, "dc:creator", "dc:author")]
    said += [*plain, *_said(groups, "itunes:author")]
    return tuple([name for name in dict.fromkeys(said) if name])


def _said(groups: Groups, *names: str) -> list[str]:
    return [words(element) for name in names for element in groups.get(name, ())]


def origin(groups: Groups, *, url: str | None) -> Origin | None:
    """Return the first source of an aggregated entry, both kinds of `source` merged.

    `url` is the document's address, None if no `xml:base` occurs in it.
    Source: RFC 4287 section 4.2.11; RSS 2.0 "source" (the url is the feed's).
    """
    said = [_atom(element) for element in groups.get("source", ()) if len(element)]
    said += [_rss(element) for element in groups.get("source", ()) if not len(element)]
    if not said:
        return None
    merged = Origin(
        title=_any(one.title for one in said),
        feed_url=_any(one.feed_url for one in said),
        site_url=_any(one.site_url for one in said),
        id=_any(one.id for one in said),
        rights=_any(one.rights for one in said),
        author=_any(one.author for one in said),
    )
    if merged == Origin():
        return None
    if url:
        merged.base = _any(base(element, url) for element in groups["source"])
    return merged


def _atom(source: _Element) -> Origin:
    within = children(source)
    names = authors(within)
    feeds = [link.href for link in links.links(within) if link.rel == "self"]
    return Origin(
        title=_text(within, "title"),
        feed_url=feeds[0] if feeds else None,
        site_url=links.own(source, within),
        id=_text(within, "id"),
        rights=_text(within, "rights") or _text(within, "dc:rights"),
        author=names[0] if names else None,
    )


def _rss(source: _Element) -> Origin:
    return Origin(title=words(source) or None, feed_url=links.address(source))


def _text(groups: Groups, word: str) -> str | None:
    return _any(words(element) for element in groups.get(word, ()))


def _any(values: Iterable[str | None]) -> str | None:
    return next((value for value in values if value), None)
