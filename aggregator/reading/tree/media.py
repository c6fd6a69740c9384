"""Enclosures and pictures of an entry, from six vocabularies.

RSS `enclosure`, Atom `link rel=enclosure`, Media RSS (`media:content`,
`media:thumbnail`, within a `media:group` or not), `itunes:image`, RSS `image` and Atom
`content src`. Addresses are as sent; `normalise` decides what is believed.

Source: Media RSS 1.5.1; RSS 2.0 "enclosure"; RFC 4287 section 4.1.3.2.
"""

from collections.abc import Callable
from functools import cache, partial

from lxml.etree import _Element

from aggregator.reading.parsed import Link, Picture
from aggregator.reading.tree.links import address
from aggregator.reading.tree.names import Groups, children, name
from aggregator.reading.tree.texts import characters, words

_PICTURE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")
_WITHIN = ("media:", "enclosure")  # what stands in a group or an entry
_AVATARS = "gravatar.com/"  # WordPress.com sends the author's portrait as media:content


def enclosures(groups: Groups) -> tuple[Link, ...]:
    """Return what goes with the entry as files, apart from Atom's own links."""
    found = [
        Link(
            href=href,
            rel="enclosure",
            type=element.get("type"),
            length=element.get("length"),
        )
        for element in groups.get("enclosure", ())
        if (href := address(element))
    ]
    for element in groups.get("media:content", ()):
        href = address(element)
        if href and not _is_picture(element):
            found.append(
                Link(
                    href=href,
                    rel="enclosure",
                    type=element.get("type"),
                    length=element.get("fileSize"),
                    title=_first(children(element), "media:title"),
                    duration=element.get("duration"),
                )
            )
    for element in groups.get("content", ()):
        source = (element.get("src") or "").strip()
        if source and (element.get("type") or "") not in {"", "html", "text/html"}:
            found.append(Link(href=source, rel="enclosure", type=element.get("type")))
    return tuple(found)


def duration(groups: Groups) -> str | None:
    """Return how long what the entry is about plays, as sent."""
    return _first(groups, "itunes:duration")


def pictures(groups: Groups) -> tuple[Picture, ...]:
    """Return the pictures an entry names for itself, the most telling kind first."""
    found: list[Picture] = []
    contents = [(each, children(each)) for each in groups.get("media:content", ())]
    said = (groups, *(within for _, within in contents))
    is_credited = any("media:credit" in names for names in said)
    # Of a group all pictures ask: 4,000 in one took 6 s where each looked by itself.
    credit = (
        partial(_credit, beside=groups, own=cache(_own_credit))
        if is_credited
        else _nobody
    )
    thumbnails = list(groups.get("media:thumbnail", ()))
    for element, within in contents:
        thumbnails += within.get("media:thumbnail", ())
        if _is_picture(element):
            found += _picture(element, within, credit(element))
    for element in groups.get("itunes:image", ()):
        found += _picture(element, {}, None)
    for element in groups.get("image", ()):
        inside = children(element).get("url")
        url = address(element) or characters(inside[0] if inside else element)
        if url:
            found.append(Picture(url=url))
    for element in thumbnails:
        found += _picture(element, {}, credit(element))
    if "media:credit" in groups:
        # Of an enclosed picture only this says whose it is.
        for element in filter(_is_picture, groups.get("enclosure", ())):
            found += _picture(element, {}, credit(element))
    return tuple(found)


def _picture(element: _Element, within: Groups, credit: str | None) -> list[Picture]:
    url = address(element) or characters(element)
    if not url or _AVATARS in url:
        return []
    return [
        Picture(
            url=url,
            type=element.get("type"),
            width=element.get("width"),
            height=element.get("height"),
            alt=_first(within, "media:description") or _first(within, "media:title"),
            credit=credit,
        )
    ]


def _credit(
    element: _Element, *, beside: Groups, own: Callable[[_Element], str | None]
) -> str | None:
    """Return whose a picture is: the word of the nearest element that holds one.

    That of one group is not taken for another. A picture beside a group has its credit
    where the entry has no other.

    Source: Media RSS 1.5.1, "Optional Elements".
    """
    holder: _Element | None = element
    while holder is not None:
        if found := own(holder):
            return found
        holder = holder.getparent() if name(holder).startswith(_WITHIN) else None
    is_only = len(beside.get("media:credit", ())) == 1
    return _first(beside, "media:credit") if is_only else None


def _nobody(_element: _Element) -> None:
    """Say of no picture whose it is."""


def _own_credit(holder: _Element) -> str | None:
    """Return the first credit among what stands right in an element."""
    own = [child for child in holder if name(child) == "media:credit"]
    return _first({"media:credit": own}, "media:credit")


def _is_picture(element: _Element) -> bool:
    medium = (element.get("medium") or "").strip().lower()
    kind = (element.get("type") or "").strip().lower()
    if medium or kind:
        return medium == "image" or kind.startswith("image/")
    path = (element.get("url") or "").partition("?")[0].lower()
    return path.endswith(_PICTURE_ENDINGS)


def _first(groups: Groups, word: str) -> str | None:
    for element in groups.get(word, ()):
        if value := words(element):
            return value
    return None
