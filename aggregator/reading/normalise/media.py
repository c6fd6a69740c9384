"""Enclosures and the one picture of an article, as far as they can be believed."""

import re
from collections.abc import Iterable, Sequence

from aggregator.model import Enclosure, Image
from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.parsed import Entry, Link, Picture
from aggregator.text import markup

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_MOST_BYTES = 2**63 - 1  # what a database column holds
_MOST_PIXELS = 32_767
_TYPES = {
    "aac": "audio/aac",
    "avif": "image/avif",
    "epub": "application/epub+zip",
    "flac": "audio/flac",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "m3u8": "application/vnd.apple.mpegurl",
    "m4a": "audio/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "oga": "audio/ogg",
    "ogg": "audio/ogg",
    "ogv": "video/ogg",
    "opus": "audio/ogg",
    "pdf": "application/pdf",
    "png": "image/png",
    "torrent": "application/x-bittorrent",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "zip": "application/zip",
}


def pictures(entry: Entry, *, base: str, tally: Caps) -> tuple[Image, ...]:
    """Return the pictures that an entry names for itself, http and https only."""
    found = (_image(each, base=base, tally=tally) for each in entry.pictures)
    return tuple(image for image in found if image)


def enclosures(
    entry: Entry, named: Iterable[Image], *, base: str, tally: Caps
) -> tuple[Enclosure, ...]:
    """Return the files of an entry, each address once, http and https only.

    One that is among the `named` pictures, too, has the credit of that.
    """
    whose = {one.url: one.credit for one in named if one.credit}
    found: dict[str, Enclosure] = {}
    for link in entry.links:
        if link.rel == "enclosure":
            url = tally.url(base, link.href, "enclosures")
            if url and url not in found:
                found[url] = _enclosure(url, link, whose.get(url))
    return tally.items(tuple(found.values()), caps.ENCLOSURES, "enclosures")


def image(named: Sequence[Image], files: Iterable[Enclosure]) -> Image | None:
    """Return the picture of an entry, None if it names none.

    The first that the entry names for itself (`named`), unless a later one is known to be wider;
    else the first enclosed picture. Pictures in the body are the body's: one of them at
    the head of the article would show twice.
    """
    enclosed = [
        Image(url=file.url, type=file.type, alt=file.title)
        for file in files
        if (file.type or "").startswith("image/")
    ]
    if not named:
        return next(iter(enclosed), None)
    if named[0].width is None:
        return named[0]
    return max(named, key=lambda one: one.width or 0)


def media_type(declared: str | None, url: str) -> str | None:
    """Return a declared media type if it has the shape of one, else the ending's."""
    bare = (declared or "").partition(";")[0].strip().lower()
    if _TYPE.fullmatch(bare):
        return bare
    path = url.partition("?")[0].partition("#")[0]
    return _TYPES.get(path.rpartition(".")[2].lower())


def _enclosure(url: str, link: Link, credit: str | None) -> Enclosure:
    return Enclosure(
        url=url,
        type=media_type(link.type, url),
        length=_whole(link.length, _MOST_BYTES),
        title=_words(link.title),
        credit=credit,
    )


def _image(picture: Picture, *, base: str, tally: Caps) -> Image | None:
    url = tally.url(base, picture.url, "pictures")
    if not url:
        return None
    kind = media_type(picture.type, url)
    return Image(
        url=url,
        type=kind if kind and kind.startswith("image/") else None,
        width=_whole(picture.width, _MOST_PIXELS),
        height=_whole(picture.height, _MOST_PIXELS),
        alt=_words(picture.alt),
        credit=_words(picture.credit),
    )


def _whole(raw: str | None, most: int) -> int | None:
    """Return a positive whole number, None for 0 (which means unknown) and nonsense."""
    digits = (raw or "").strip().removesuffix("px")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(most)):
        return None
    number = int(digits)
    return number if 0 < number <= most else None


def _words(raw: str | None) -> str | None:
    if not raw:
        return None
    return markup.cap(markup.plain(raw[: caps.NOTICE]), caps.TITLE) or None
