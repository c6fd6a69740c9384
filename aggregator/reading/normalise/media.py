"""Enclosures and the one picture of an article, as far as they can be believed."""

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from aggregator.model import Enclosure, Image
from aggregator.reading.normalise import caps
from aggregator.reading.normalise.caps import Caps
from aggregator.reading.parsed import Entry, Link, Picture
from aggregator.text import markup

_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_MOST_BYTES = 2**63 - 1  # what a database column holds
_MOST_PIXELS = 32_767
_MOST_SECONDS = 31 * 24 * 3600
# Hours, minutes and seconds, minutes and seconds, or seconds; parts of one are let go.
_DURATION = re.compile(r"(?:(?:([0-9]{1,3}):)?([0-9]{1,4}):)?([0-9]{1,7})(?:\.[0-9]*)?")
_PLAYS = ("audio/", "video/")
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

    One that is among the `named` pictures, too, has the credit of that. The duration of
    an entry is that of its first file that can play, of which an entry of a podcast has
    but one.
    """
    whose = {one.url: one.credit for one in named if one.credit}
    found: dict[str, Enclosure] = {}
    for link in entry.links:
        if link.rel == "enclosure":
            url = tally.url(base, link.href, "enclosures")
            if not url:
                continue
            if url not in found:
                found[url] = _enclosure(url, link, whose.get(url))
            elif link.duration and not found[url].duration:
                found[url] = replace(found[url], duration=seconds(link.duration))
    files = tuple(found.values())
    if entry.duration:
        files = _lasting(files, seconds(entry.duration))
    return tally.items(files, caps.ENCLOSURES, "enclosures")


def _lasting(
    files: tuple[Enclosure, ...], duration: int | None
) -> tuple[Enclosure, ...]:
    """Return the files, of which the first that can play has a duration."""
    for place, file in enumerate(files):
        if file.type is None or file.type.startswith(_PLAYS):
            lasting = replace(file, duration=file.duration or duration)
            return (*files[:place], lasting, *files[place + 1 :])
    return files


def seconds(raw: str) -> int | None:
    """Return a duration in seconds, None for 0 (which means unknown) and nonsense.

    Source: Apple, "A Podcaster's Guide to RSS" (itunes:duration); Media RSS 1.5.1,
    "media:content"; JSON Feed 1.1, "duration_in_seconds".
    """
    said = _DURATION.fullmatch(raw.strip())
    if said is None:
        return None
    hours, minutes, rest = (int(part or 0) for part in said.groups())
    found = hours * 3600 + minutes * 60 + rest
    return found if 0 < found <= _MOST_SECONDS else None


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
        duration=seconds(link.duration) if link.duration else None,
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
