"""Decide whether what was rendered may stand before readers.

In: bytes, and the reports they were made from. Out: nothing, or PublishError with what
is wrong. The bytes are read back by a parser that did not write them, and what it finds
of every entry (id, title, link, source, content with its credit) has to be what was
meant, in the same order.
"""

import re
from collections.abc import Iterator, Sequence

from aggregator.errors import PublishError
from aggregator.model import Report
from aggregator.publishing.credit import BLOCK_START
from aggregator.publishing.essentials import Essentials
from aggregator.publishing.formats import Format, Masthead
from aggregator.publishing.particulars import origin

# XML 1.0, section 2.2, and with it every format: what stands in one stands in all.
_LEGAL = "\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff"
# To match all that is legal takes half the time of looking for what is not.
LEGAL = re.compile(f"[{_LEGAL}]*")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def meant(report: Report, masthead: Masthead) -> Essentials:
    """Return what a reader has to find of a report, in every format."""
    return Essentials(
        id=report.article.published_id,
        title=report.title,
        link=report.article.url,
        source=origin(report, masthead).name,
        content=report.content,
    )


def check(document: bytes, format_: Format, expected: Sequence[Essentials]) -> None:
    """Raise PublishError unless a reader of the document finds these entries."""
    found = format_.read(document)
    if len(found) != len(expected):
        message = f"{len(expected)} entries were written, a reader finds {len(found)}"
        raise PublishError(message)
    for entry, expectation in zip(found, expected, strict=True):
        if entry != expectation:
            part = next(
                name
                for name in Essentials.__struct_fields__
                if getattr(entry, name) != getattr(expectation, name)
            )
            message = (
                f"a reader finds another {part} than was meant in {expectation.id}"
            )
            raise PublishError(message)


def unfit(report: Report) -> str | None:
    """Return why a report cannot be published in any format, None if it can."""
    if not LEGAL.fullmatch("".join([text or "" for _, text in texts(report)])):
        for part, text in texts(report):
            if illegal := ILLEGAL.search(text or ""):
                code = f"U+{ord(illegal[0]):04X}"
                return f"its {part} holds {code}, which no format may hold"
    if not report.article.published_id:
        return "it has no id"
    if not report.content[report.content.rfind("<p") :].startswith(BLOCK_START):
        return "its credit is not the last thing in the body"
    return None


def texts(report: Report) -> Iterator[tuple[str, str | None]]:
    """Return every text of strangers in a report, with the name of its place."""
    article, attribution = report.article, report.article.attribution
    yield "headline", report.title
    yield "original headline", report.original
    yield "body", report.content
    yield "excerpt", report.excerpt
    yield "rights", attribution.rights
    yield "rights of the feed", attribution.feed_rights
    if attribution.via:
        yield "rights of the first source", attribution.via.rights
    yield from (("author", name) for name in (*article.authors, attribution.author))
    for tag in article.tags:
        yield from (("tag", tag.term), ("tag", tag.label), ("tag", tag.scheme))
    for enclosure in article.enclosures:
        yield "title of a file", enclosure.title
        yield "credit of a file", enclosure.credit
    if article.image:
        yield "credit of a picture", article.image.credit
