"""Compose a publication's document in one format from the pieces of its entries.

In: a publication and its reports, newest first. Out: the document's bytes, plain and
gzipped, what a reader must find in it, and which entries were left out and why.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from aggregator.errors import PublishError
from aggregator.model import Publication, Report
from aggregator.publishing import formats
from aggregator.publishing.formats import Head, Masthead
from aggregator.publishing.gzipped import deflated, gzip_member
from aggregator.publishing.margin import NOTHING, Margin
from aggregator.publishing.mark import Mark
from aggregator.publishing.particulars import language
from aggregator.publishing.pieces import Piece, Pieces, piece, shelf

# A report and what `report.fingerprint` says of it.
Fingerprinted = tuple[Report, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A publication in one format: its bytes, and what they were put together from.

    `left_out` are pairs of article id and reason.
    """

    body: bytes = field(default=b"", repr=False)
    gzip: bytes = field(default=b"", repr=False)
    head: Head = field(default=Head(before=b"", after=b""), repr=False)
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Return what a reader must find, in order."""
        return marks(self.pieces)


def marks(pieces: Iterable[Piece]) -> tuple[Mark, ...]:
    """Return what a reader must find in each of these."""
    return tuple(piece.mark for piece in pieces if piece.mark)


def masthead(publication: Publication, name: str, base_url: str) -> Masthead:
    """Return what the head of a publication says in one format."""
    page_url = f"{base_url}/feeds/{publication.id}"
    said = filter(None, (publication.description, publication.disclaimer))
    return Masthead(
        title=publication.title,
        description=" ".join(said) or publication.title,
        base_url=base_url,
        page_url=page_url,
        feed_url=f"{page_url}.{name}",
    )


def compose(
    publication: Publication,
    name: str,
    reports: Sequence[Fingerprinted],
    *,
    base_url: str,
    kept: Pieces,
    margin: Margin = NOTHING,
    address: str | None = None,
) -> Document:
    """Return the document of these reports, to be found at `address` if it is not live.

    Raises PublishError if what the publication says of itself cannot be written.
    """
    top = masthead(publication, name, base_url)
    place = shelf(name, top)
    try:
        made = [
            (report, kept.get(place + digest, partial(piece, report, name, top)))
            for report, digest in reports
        ]
        fit, left_out = sorted_out(made)
        shown = [report for report, _ in fit]
        writer = formats.named(name)
        head = writer.head(
            replace(top, feed_url=address) if address else top,
            language=language(publication.language) or common_language(shown),
            updated=latest(shown),
        )
        head = writer.beside(head, margin)
    except ValueError as error:
        message = f"what {publication.id} says of itself cannot be written: {error}"
        raise PublishError(message) from error
    pieces = tuple(rendered for _, rendered in fit)
    body = b"".join(head.parts([piece.entry for piece in pieces]))
    packed = head.packed(deflated).parts([piece.packed for piece in pieces])
    return Document(
        body=body,
        gzip=gzip_member(packed, body),
        head=head,
        pieces=pieces,
        left_out=left_out,
    )


def sorted_out(
    made: Iterable[tuple[Report, Piece]],
) -> tuple[list[tuple[Report, Piece]], tuple[tuple[str, str], ...]]:
    """Part what can be published from what cannot, with the reason.

    Of two reports with one id, the first stands: an id is unique in a document
    (RFC 4287, section 4.1.2).
    """
    standing: dict[str, str] = {}
    fit, left_out = [], []
    for report, rendered in made:
        article = report.article
        twin = standing.get(article.published_id)
        reason = rendered.unfit or (f"same id as {twin}" if twin else None)
        if reason:
            left_out.append((article.id, reason))
        else:
            standing[article.published_id] = article.id
            fit.append((report, rendered))
    return fit, tuple(left_out)


def latest(reports: Iterable[Report]) -> datetime | None:
    """Return when the newest change among these was made, None for no reports."""
    times = (max(r.article.updated, r.article.published) for r in reports)
    return max(times, default=None)


def common_language(reports: Iterable[Report]) -> str | None:
    """Return the language of all these reports, None if they have not one in common."""
    spoken = {report.article.language for report in reports}
    return language(spoken.pop()) if len(spoken) == 1 else None
