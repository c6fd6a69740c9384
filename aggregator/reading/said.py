"""feedparser's dictionaries as Feed and Entry, all they hold that we use.

In: the result of `feedparser.parse` and its entries. Out: `parsed.Feed`, `parsed.Entry`.
Read with `dict.get`: feedparser's own `get` answers `updated` with `published`, behind a
warning. Everything is taken; which of it is then replaced by the second look is said in
`parse`.
"""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from aggregator.reading.parsed import (
    DRAFT,
    Category,
    Entry,
    Feed,
    Link,
    Origin,
    Picture,
    Text,
    TextType,
)
from aggregator.reading.tree.texts import opened

Said = Mapping[str, Any]

_TYPES: dict[str, TextType] = {
    "text/html": "text/html",
    "application/xhtml+xml": "application/xhtml+xml",
}


def feed(said: Said) -> Feed:
    """Return the feed with all its entries, in document order."""
    channel: Said = said["feed"]
    image = _get(channel, "image") or {}
    version: str = said["version"]
    return Feed(
        version=version,
        title=_title(channel, version),
        site=_string(channel, "link"),
        links=_links(channel),
        feed_id=_string(channel, "id"),
        author=_string(_get(channel, "author_detail") or {}, "name"),
        rights=_words(channel, "rights"),
        license=_licence(channel),
        language=_string(channel, "language"),
        image=_string(image, "href") or _string(channel, "logo"),
        entries=tuple(_entry(one, version) for one in said["entries"]),
    )


def _entry(said: Said, version: str) -> Entry:
    return Entry(
        guid=_string(said, "id"),
        guid_is_permalink=bool(_get(said, "guidislink")),
        link=_string(said, "link"),
        links=_links(said),
        title=_title(said, version),
        summary=_text(said, "summary"),
        contents=tuple(
            text for one in _get(said, "content") or () if (text := _construct(one))
        ),
        authors=_authors(said),
        categories=tuple(
            Category(
                term=term, scheme=_string(tag, "scheme"), label=_string(tag, "label")
            )
            for tag in _get(said, "tags") or ()
            if (term := _words(tag, "term") or _string(tag, "label"))
        ),
        published=_string(said, "published") or _string(said, "created"),
        updated=_string(said, "updated"),
        pictures=_pictures(said),
        origin=_origin(_get(said, "source") or {}),
        rights=_words(said, "rights"),
        license=_licence(said),
        duration=_string(said, "itunes_duration"),
        draft=any(
            (_string(said, word) or "").lower() in DRAFT
            for word in ("app_draft", "draft")
        ),
    )


def _get(said: Said, key: str) -> Any:  # noqa: ANN401 - feedparser's values are of any type
    return dict.get(said, key) if isinstance(said, dict) else None


def _string(said: Said, key: str) -> str | None:
    """Return a non-blank text value, None for anything else."""
    value = _get(said, key)
    return value.strip() or None if isinstance(value, str) else None


def _words(said: Said, key: str) -> str | None:
    """Return a text out of a CDATA section that was escaped with it."""
    return opened(_string(said, key) or "") or None


def untyped(feed: Feed) -> Feed:
    """Return a feed of RSS, which does not say what a title is, as such."""
    if feed.version.startswith("atom"):
        return feed
    return replace(
        feed,
        title=_untyped(feed.title),
        entries=tuple(
            one
            if (title := _untyped(one.title)) is one.title
            else replace(one, title=title)
            for one in feed.entries
        ),
    )


def _title(said: Said, version: str) -> Text | None:
    title = _text(said, "title")
    return title if version.startswith("atom") else _untyped(title)


def _untyped(title: Text | None) -> Text | None:
    if title is None or title.type != "text/html":
        return title
    return replace(title, type="text/plain")


def _text(said: Said, key: str) -> Text | None:
    """Return a text with the type that its detail names.

    The value counts where both differ: feedparser keeps an entry's own title there, and
    in the detail the last one, which may be that of an `image` inside the entry.
    """
    detail = _get(said, f"{key}_detail")
    value = _words(said, key)
    if isinstance(detail, dict) and (text := _construct(detail)):
        return replace(text, value=value) if value else text
    return Text(value=value) if value else None


def _construct(detail: Said) -> Text | None:
    value = _words(detail, "value")
    if not value:
        return None
    return Text(value=value, type=_TYPES.get(_get(detail, "type") or "", "text/plain"))


def _links(said: Said) -> tuple[Link, ...]:
    media = [
        {
            **one,
            "rel": "enclosure",
            "href": one.get("url"),
            "length": one.get("filesize"),
        }
        for one in _get(said, "media_content") or ()
        if not _is_picture(one)
    ]
    return tuple(
        Link(
            href=href,
            rel=(_string(one, "rel") or "alternate").lower(),
            type=_string(one, "type"),
            length=_string(one, "length"),
            title=_string(one, "title"),
            language=_string(one, "hreflang"),
            duration=_string(one, "duration"),
        )
        for one in [*(_get(said, "links") or ()), *media]
        if (href := _string(one, "href"))
    )


def _licence(said: Said) -> str | None:
    return next((one.href for one in _links(said) if one.rel == "license"), None)


def _authors(said: Said) -> tuple[str, ...]:
    names = (
        _words(one, "name") or _string(one, "email")
        for one in _get(said, "authors") or ()
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _pictures(said: Said) -> tuple[Picture, ...]:
    media = [one for one in _get(said, "media_content") or () if _is_picture(one)]
    image = _get(said, "image") or {}
    return tuple(
        Picture(
            url=url,
            type=_string(one, "type"),
            width=_string(one, "width"),
            height=_string(one, "height"),
        )
        for one in [*media, image, *(_get(said, "media_thumbnail") or ())]
        if (url := _string(one, "url") or _string(one, "href"))
    )


def _is_picture(media: Said) -> bool:
    kind = _string(media, "type") or ""
    return _string(media, "medium") == "image" or kind.startswith("image/")


def _origin(said: Said) -> Origin | None:
    feeds = [one.href for one in _links(said) if one.rel == "self"]
    found = Origin(
        title=_string(said, "title"),
        feed_url=_string(said, "href") or (feeds[0] if feeds else None),
        site_url=_string(said, "link"),
        id=_string(said, "id"),
        rights=_string(said, "rights"),
        author=_string(_get(said, "author_detail") or {}, "name"),
    )
    return found if found != Origin() else None
