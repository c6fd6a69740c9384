"""Read one document: bytes in, articles out.

In: a ReadRequest, with the body of an answer and what is known of the source's last
document. Out: a Reading. A pure function that runs in a killable process (`workers`),
because the parsers below can be kept busy for minutes by 60 KB.

decode → parts (cut or whole, XML or JSON) → parse what is not known → normalise

Raises ReadError and nothing else, except MemoryError, which ends the worker.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.model import Article, Deletion, FeedInfo, Reading
from aggregator.reading import normalise
from aggregator.reading.decode import Decoded, decode
from aggregator.reading.jsonfeed import JsonFeed
from aggregator.reading.opening import refusal
from aggregator.reading.parsed import Feed
from aggregator.reading.parts import Parts
from aggregator.reading.passage import passage_of
from aggregator.reading.request import ReadRequest
from aggregator.reading.split import CUT_SHORT
from aggregator.reading.xmlfeed import Miscounted, whole, xml_parts

MAX_ITEMS: Final = 2_000  # of one document, from its top: the newest in nearly all
MAX_ITEM_BYTES: Final = 8 * 1024 * 1024


def read(request: ReadRequest) -> Reading:
    """Return what a document holds.

    Items whose digest is known, in an unchanged context, are not parsed. If all are,
    nothing is, and `feed` is None.

    Raises:
        ReadError: no articles can be read from it; the text names the source.
    """
    name = request.source.id
    try:
        return _read(request)
    except ReadError as error:
        raise ReadError(f"{name}: {error}", problem=error.problem) from error
    except MemoryError:
        raise
    except Exception as error:  # whatever the parsers below may raise
        raise ReadError(
            f"{name}: the document breaks the reader ({type(error).__name__})",
            problem="unreadable",
        ) from error


def _read(request: ReadRequest) -> Reading:
    found = decode(
        request.body, content_type=request.content_type, max_bytes=request.max_bytes
    )
    if found.json is not None:
        said = JsonFeed(said=found.json, url=request.url, document=found.document)
        return _taken(said, request, found)
    try:
        return _taken(xml_parts(found.document, url=request.url), request, found)
    except Miscounted:
        reason = "its items are not what they seem"
        parts = whole(found.document, url=request.url, reason=reason)
        return _taken(parts, request, found)


def _taken(parts: Parts, request: ReadRequest, found: Decoded) -> Reading:
    """Return the reading of a document in parts, parsing what is not known."""
    distinct, repeated = _distinct(parts)
    numbers, capped = _within_caps(parts, distinct)
    notes = (*found.notes, *parts.notes, *repeated, *capped)
    same = request.context == parts.context
    known = request.known if same and request.known else {}
    digests = [parts.parts[number].digest for number in numbers]
    unseen = [
        n for n, digest in zip(numbers, digests, strict=True) if digest not in known
    ]
    articles: dict[int, Article] = {}
    info: FeedInfo | None = None
    deletions: tuple[Deletion, ...] = ()
    if unseen or parts.restless or not numbers:
        parsed = parts.parsed(unseen)
        if not numbers:
            _refuse_nothing(parsed.feed, found.document)
        normalised = normalise.articles(
            parsed.feed, request.source, url=request.url, now=request.now
        )
        info = normalised.feed
        deletions = normalised.deletions
        notes += normalised.notes
        made = zip(parsed.numbers, normalised.articles, strict=True)
        articles = {number: one for number, one in made if isinstance(one, Article)}
    items = tuple(
        (digest, articles.get(number))
        for number, digest in zip(numbers, digests, strict=True)
        if digest in known or number in articles
    )
    told = bool(notes) or len(items) < len(parts.parts)
    return Reading(
        feed=info,
        context=parts.context,
        items=items,
        passage=None
        if told
        else passage_of(request.body, found.document, parts.extent),
        deletions=deletions,
        notes=tuple(dict.fromkeys(notes)),
        capped=capped,
        entries_parsed=len(unseen),
        cut_short=CUT_SHORT in notes,
    )


def _distinct(parts: Parts) -> tuple[list[int], tuple[str, ...]]:
    """Return the first of all parts that are the same to the byte."""
    first: dict[bytes, int] = {}
    for number, part in enumerate(parts.parts):
        first.setdefault(part.digest, number)
    repeated = len(parts.parts) - len(first)
    if not repeated:
        return list(first.values()), ()
    note = f"{repeated} entries left out: the same as another to the byte"
    return list(first.values()), (note,)


def _within_caps(
    parts: Parts, numbers: list[int]
) -> tuple[Sequence[int], tuple[str, ...]]:
    """Return which of these parts to look at: the first 2,000, none over 8 MiB."""
    notes: tuple[str, ...] = ()
    if len(numbers) > MAX_ITEMS:
        notes += (f"{len(numbers)} entries: the first {MAX_ITEMS} were read",)
        numbers = numbers[:MAX_ITEMS]
    fitting = [n for n in numbers if parts.parts[n].size <= MAX_ITEM_BYTES]
    if len(fitting) < len(numbers):
        large = len(numbers) - len(fitting)
        notes += (f"{large} entries left out: larger than {MAX_ITEM_BYTES >> 20} MiB",)
    return fitting, notes


def _refuse_nothing(feed: Feed, document: bytes) -> None:
    """Refuse a document that has the name of a feed and nothing else (`<rss/>`)."""
    if replace(feed, version="", notes=()) == Feed():
        raise refusal("the feed is empty: not even a title", document, "empty")
