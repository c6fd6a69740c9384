"""Tell that a document lists what it listed before, without looking at an item.

In: a question with the passage of the source's last document: how the bytes from its
first item to the end of its last began, how many they were, and their digest. Out: the
reading that `read` would return, or None where that is not certain.

Most documents that come again with nothing new differ in a date of their head. What stands
around the passage is then cut as any document, with the first item in it: the same item
in the same context means that the rest of the passage is where it was, too. That costs
0.06 ms for 45 KB, where cutting and comparing 30 items takes 0.26, and needs no process:
nothing is parsed, and what is cut has at most 64 KB.

Certain it is only where decoding leaves every byte as it is, so: UTF-8 (a passage and
its surroundings that are valid apart are so together), no entities of the document's own,
and nothing that an operator should be told of.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from aggregator.errors import ReadError
from aggregator.model import Passage, Reading
from aggregator.reading.parts import MOST_AROUND
from aggregator.reading.request import ReadRequest

if TYPE_CHECKING:
    from aggregator.reading.parts import Extent, Parts

# Enough to find it at once: a start tag, and the beginning of a title or an id.
_BEGINNING: Final = 64
_DIGEST_BYTES: Final = 16


def unread(request: ReadRequest) -> Reading | None:
    """Return the reading of a document in which every item is as it was, else None."""
    passage, body = request.passage, request.body
    if passage is None or not request.known:
        return None
    start = body.find(passage.begin)
    end = start + passage.size
    if start < 0 or not end <= len(body) <= passage.size + MOST_AROUND:
        return None
    # What came on top is seen at once; all else that came is seen below.
    if b"</item>" in body[:start] or b"</entry>" in body[:start]:
        return None
    if _digest(body[start:end]) != passage.digest:
        return None
    first = next(iter(request.known))
    if _around(request, start, start + passage.first, end) != (request.context, first):
        return None
    return Reading(
        feed=None,
        context=request.context or b"",
        items=tuple([(digest, None) for digest in request.known]),
        passage=passage,
    )


def passage_of(body: bytes, document: bytes, extent: "Extent | None") -> Passage | None:
    """Return where the items stand in a body, None if decoding changed a byte of them.

    `document` is what the body was decoded to, `extent` where its items stand there.
    """
    if extent is None:
        return None
    items = document[extent.start : extent.end]
    begin = items[:_BEGINNING]
    start = body.find(begin)
    if start < 0 or not body.startswith(items, start):
        return None
    first = extent.after_first - extent.start
    return Passage(begin=begin, size=len(items), first=first, digest=_digest(items))


def _around(
    request: ReadRequest, start: int, after_first: int, end: int
) -> tuple[bytes, bytes] | None:
    """Return context and digest of the first item where a document holds it alone.

    None if that is not what is left of the document, or decoding might change it.
    """
    from aggregator.reading.decode import is_utf8

    rest = b"".join((request.body[:after_first], request.body[end:]))
    if b"<!ENTITY" in request.body[:start] or not is_utf8(rest, request.content_type):
        return None
    try:
        parts = _parts(rest, request)
        if parts is None or parts.notes or parts.restless or len(parts.parts) != 1:
            return None
        return parts.context, parts.parts[0].digest
    except (ReadError, RecursionError):  # JSON can be as deep as Python's stack
        return None


def _parts(document: bytes, request: ReadRequest) -> "Parts | None":
    """Return a document in parts, None if it cannot be cut or there is more to say."""
    from aggregator.reading.decode import decode
    from aggregator.reading.jsonfeed import JsonFeed
    from aggregator.reading.split import Whole
    from aggregator.reading.xmlfeed import cut

    size = len(document)
    found = decode(document, content_type=request.content_type, max_bytes=size)
    if found.notes:
        return None
    if found.json is not None:
        return JsonFeed(said=found.json, url=request.url, document=found.document)
    parts = cut(found.document, url=request.url)
    return None if isinstance(parts, Whole) else parts


def _digest(items: bytes) -> bytes:
    # Not BLAKE2 as elsewhere: 23 us for 46 KB instead of 34, where processors help.
    return sha256(items).digest()[:_DIGEST_BYTES]
