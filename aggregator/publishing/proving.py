"""Compare what stands on disk with what the store makes of it today.

In: a file's path, and the document that ought to stand there. Out: a sentence for each
thing that differs, naming the entry where a reader can tell which. Nothing is written.
"""

import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import Representation
from aggregator.publishing import files, formats

_UNPAIRED = "it and its compressed form are not the same document"
_ONE = "; remove the damaged one, and `mediawire publish` makes it from the other"
_BOTH = "; remove both of its forms, and `mediawire publish` makes it anew"


def differences(output: Path, meant: Representation) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for a document on disk that is not what was meant.

    Its compressed form counts too: browsers are served that one.
    """
    found = _content(output / meant.path)
    if found is None:
        yield meant.path, "the file is missing"
    elif found != meant.body:
        yield meant.path, _difference(found, meant)
    if not _is_packed(output / (meant.path + files.GZIP), meant.body):
        yield meant.path + files.GZIP, "it is not the same document, compressed"


def left_standing(output: Path, path: str) -> str | None:
    """Return what is wrong with a document that could not be replaced, None for nothing.

    What was meant when it was written is not known any more, so its two forms, which
    take their places together, are each other's witness.
    """
    body = _content(output / path)
    if body is None:
        return "the file is missing, and was refused last"
    if not _is_packed(output / (path + files.GZIP), body):
        return f"{_UNPAIRED}, and a newer one was refused last"
    return None


def unpaired(
    output: Path, agrees: Callable[[str, str, int, int], bool]
) -> Iterator[tuple[str, str]]:
    """Yield (path, sentence) for each archived month that is not what was written.

    A month that is closed is not made again, so its two forms are each other's witness;
    `agrees` is the other: it is given publication, month, length and CRC-32 of each.
    """
    for plain in sorted(output.glob("feeds/*/archive/*.atom")):
        body = _content(plain)
        path = plain.relative_to(output).as_posix()
        packed = plain.with_name(plain.name + files.GZIP)
        if body is None or not _is_packed(packed, body):
            yield path, f"{_UNPAIRED}{_ONE}"
        elif not agrees(plain.parts[-3], plain.stem, len(body), zlib.crc32(body)):
            yield path, f"it is not the document that was written{_BOTH}"


def _difference(found: bytes, meant: Representation) -> str:
    """Return what differs: the first entry that does, else the first byte."""
    at = next(n for n, (a, b) in enumerate(zip_longest(found, meant.body)) if a != b)
    place = f"it differs from byte {at} on"
    read = formats.named(meant.path.rpartition(".")[2]).read
    try:
        entries = read(found)
    except PublishError as error:
        return f"{place}: {error}"
    for entry, expected in zip(entries, read(meant.body), strict=False):
        if entry != expected:
            return f"{place}: the entry {expected.id}"
    return place


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is_packed(packed: Path, body: bytes) -> bool:
    """Return whether a file is a document, compressed."""
    try:
        return gzip.decompress(packed.read_bytes()) == body
    except (OSError, EOFError, zlib.error):
        return False
