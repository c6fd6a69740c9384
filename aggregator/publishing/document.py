"""Compose a publication's document in one format from the pieces of its entries.

In: a publication and its reports, newest first. Out: a Document: its bytes, plain and
gzipped, what a reader must find in it, and which entries were left out and why. The bytes
stay in their parts until somebody needs them in one: files are written from parts.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from aggregator.deflate import deflated
from aggregator.errors import PublishError
from aggregator.model import Publication, Report
from aggregator.publishing import formats
from aggregator.publishing.essentials import Essentials
from aggregator.publishing.files import GZIP
from aggregator.publishing.formats import Head, Masthead
from aggregator.publishing.gzipped import member_parts
from aggregator.publishing.margin import NOTHING, Margin
from aggregator.publishing.particulars import language
from aggregator.publishing.pieces import Piece, Pieces, pieces_of, shelf

# A report and what `showing.fingerprint` says of it.
Fingerprinted = tuple[Report, bytes]


class Document(Struct, frozen=True, kw_only=True):
    """A publication in one format: what it is put together from.

    `packed` are its pieces deflated, several at once or each alone; `left_out` pairs of
    article id and reason.
    """

    head: Head = Head(before=b"", after=b"")
    pieces: tuple[Piece, ...] = ()
    packed: tuple[bytes, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def essentials(self) -> tuple[Essentials, ...]:
        """Return what a reader must find, in order."""
        return essentials(self.pieces)

    @property
    def body(self) -> bytes:
        """Return its bytes."""
        return b"".join(self._plain())

    @property
    def gzip(self) -> bytes:
        """Return the same, gzipped."""
        return b"".join(self._gzipped(self._plain()))

    def forms(self) -> dict[str, list[bytes]]:
        """Return both forms in parts, by the endings of their files.

        The gzip form stands first: it has to be in place before readers are told of a
        plain one that it belongs to.
        """
        plain = self._plain()
        return {GZIP: self._gzipped(plain), "": plain}

    def _plain(self) -> list[bytes]:
        return self.head.parts([piece.entry for piece in self.pieces])

    def _gzipped(self, plain: Iterable[bytes]) -> list[bytes]:
        head = Head(
            before=deflated(self.head.before),
            between=_deflated_once(self.head.between),
            after=_deflated_once(self.head.after),
        )
        return member_parts(head.parts(self.packed), plain)

    def is_as(self, other: "Document") -> bool:
        """Whether another document has the same bytes."""
        return self.head == other.head and self.pieces == other.pieces


# What stands between entries and after them is the same in all documents of a format.
_deflated_once = lru_cache(maxsize=64)(deflated)


def essentials(pieces: Iterable[Piece]) -> tuple[Essentials, ...]:
    """Return what a reader must find in each of these."""
    return tuple(piece.essentials for piece in pieces if piece.essentials)


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
        image=publication.image,
    )


class Common(NamedTuple):
    """What a head says of all its entries together.

    Their language, if they have one in common, and when the newest change among them
    was made; None without entries.
    """

    language: str | None
    updated: datetime | None


def common(reports: Sequence[Report]) -> Common:
    """Return what a head has to say of these reports."""
    return Common(common_language(reports), latest(reports))


def compose(
    publication: Publication,
    name: str,
    reports: Sequence[Fingerprinted],
    *,
    base_url: str,
    kept: Pieces,
    margin: Margin = NOTHING,
    of_all: Common | None = None,
) -> Document:
    """Return the document of these reports.

    `of_all` is what they have in common, where it is known. Raises PublishError if what
    the publication says of itself cannot be written.
    """
    top = masthead(publication, name, base_url)
    place = shelf(name, top)
    try:
        made = kept.take(
            f"{publication.id}.{name}",
            place,
            [digest for _, digest in reports],
            lambda new: pieces_of([reports[n][0] for n in new], name, top),
        )
        fit, left_out = sorted_out([report for report, _ in reports], made)
        if of_all is None or left_out:
            of_all = common([report for report, _ in fit])
        writer = formats.named(name)
        head = writer.head(
            top,
            language=language(publication.language) or of_all.language,
            updated=of_all.updated,
        )
        head = writer.beside(head, apart(margin, [report for report, _ in fit]))
    except ValueError as error:
        message = f"what {publication.id} says of itself cannot be written: {error}"
        raise PublishError(message) from error
    pieces = tuple([rendered for _, rendered in fit])
    packed = kept.packed(place, head.between, pieces)
    return Document(head=head, pieces=pieces, packed=packed, left_out=left_out)


def sorted_out(
    reports: Sequence[Report], made: Sequence[Piece]
) -> tuple[Sequence[tuple[Report, Piece]], tuple[tuple[str, str], ...]]:
    """Part what can be published from what cannot, with the reason.

    Of two reports with one id, the first stands: to readers both are one entry
    (RFC 4287, section 4.1.1).
    """
    both = list(zip(reports, made, strict=True))
    ids = {report.article.published_id for report in reports}
    # As a rule all are fit, which is told in a quarter of the time.
    if len(ids) == len(reports) and not any(p.unfit for p in made):
        return both, ()
    standing: dict[str, str] = {}
    fit, left_out = [], []
    for report, rendered in both:
        article = report.article
        twin = standing.get(article.published_id)
        reason = rendered.unfit or (f"same id as {twin}" if twin else None)
        if reason:
            left_out.append((article.id, reason))
        else:
            standing[article.published_id] = article.id
            fit.append((report, rendered))
    return fit, tuple(left_out)


def apart(margin: Margin, shown: Iterable[Report]) -> Margin:
    """Return a margin without tombstones of what stands in the document.

    Of two reports with one id, one may have been taken back: a reader would remove the
    other, which it is given in the same document.
    """
    if not margin.tombstones:
        return margin
    standing = {report.article.published_id for report in shown}
    stones = tuple(s for s in margin.tombstones if s.ref not in standing)
    return replace(margin, tombstones=stones)


def latest(reports: Iterable[Report]) -> datetime | None:
    """Return when the newest change among these was made, None for no reports."""
    times = [max(r.article.updated, r.article.published) for r in reports]
    return max(times, default=None)


def common_language(reports: Iterable[Report]) -> str | None:
    """Return the language of all these reports, None if they have not one in common."""
    spoken = {report.article.language for report in reports}
    return language(spoken.pop()) if len(spoken) == 1 else None
