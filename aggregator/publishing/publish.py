"""Publish: render what a publication shows, check it, and swap in what changed.

In: a publication and its reports, newest first. Out: files below the output folder,
`feeds/{id}.{format}` and the same with `.gz`, and how it went. A document replaces the
last good one only after a reader found in it what was meant; an entry that cannot be
written is left out with the reason, never the document. Nothing written holds the time
of writing, so the same reports are the same bytes.

A file and its `.gz` carry the same time of change: whoever serves the compressed form
can tell whether it belongs to the plain one.
"""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from msgspec import Struct

from aggregator.errors import PublishError
from aggregator.model import Publication, PublicationStatus, Report, Representation
from aggregator.publishing import files, formats
from aggregator.publishing.check import check
from aggregator.publishing.document import (
    Common,
    Document,
    Fingerprinted,
    common,
    compose,
    essentials,
)
from aggregator.publishing.files import FOLDER
from aggregator.publishing.margin import NOTHING, Margin
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint
from aggregator.publishing.timing import withheld

NO_DOCUMENT = Document()
# Of a file and its gzip form.
Seals = tuple[files.Seal | None, files.Seal | None]


class Draft(Struct):
    """A document on its way to its file.

    `seals` are those of what stands there before; `refused` is why it may not stay.
    """

    file: str
    document: Document = NO_DOCUMENT
    seals: Seals = (None, None)
    refused: str | None = None

    def hindered_by(self, error: OSError) -> None:
        """Note that its file cannot be written."""
        why = error.strerror or error
        self.refused = f"{FOLDER}/{self.file} cannot be written: {why}"


class Publisher:
    """Writes publications below one folder. Safe to use from several threads."""

    def __init__(
        self, output: Path, *, base_url: str, step: files.Step = files.pass_by
    ) -> None:
        self._folder = output / FOLDER
        self._base_url = base_url.rstrip("/")
        self._step = step
        self._kept = Pieces()
        # By file: the last document that passed its check, and what stands on disk.
        self._passed: dict[str, Document] = {}
        self._standing: dict[str, tuple[Document, Seals]] = {}
        self._fingerprints: dict[str, list[Fingerprinted]] = {}
        self._lock = threading.Lock()

    def make_folder(self) -> None:
        """Make the folder if it is absent; raises PublishError or OSError."""
        with files.folder(self._folder):
            pass

    def publish(
        self,
        publication: Publication,
        reports: Sequence[Report],
        *,
        now: datetime,
        margin: Margin = NOTHING,
    ) -> list[PublicationStatus]:
        """Write what changed, and return how each format of the publication fared.

        What hinders one document (a failed check, a full disk) is told in its status;
        the file that stood there stays, byte for byte. Raises PublishError or OSError
        where nothing can be written at all: the folder is a link or cannot be made, the
        id no file name.
        """
        shown, untimely = timely(self._fingerprinted(publication, reports), now)
        with self._lock, files.folder(self._folder) as within:
            drafts = self._swapped(publication, shown, margin, within, now)
            return [
                PublicationStatus(
                    path=f"{FOLDER}/{draft.file}",
                    checked_at=now,
                    written_at=files.changed_at(draft.file, within),
                    entries=len(draft.document.pieces),
                    refused=draft.refused,
                    left_out=(*untimely, *draft.document.left_out),
                )
                for draft in drafts
            ]

    def would_change(
        self,
        publication: Publication,
        reports: Sequence[Report],
        margin: Margin = NOTHING,
    ) -> list[str]:
        """Return the paths whose bytes `publish` would change, and write nothing.

        The compressed form is named where it alone would change. Raises PublishError
        where a document fails its check.
        """
        differing = []
        with self._lock:
            for name, document in self._documents(publication, reports, margin):
                path = publication.paths[name]
                file = self._folder.parent / path
                packed = file.with_name(file.name + files.GZIP)
                if not files.holds(file, document.body):
                    differing.append(path)
                elif not files.holds(packed, document.gzip):
                    differing.append(path + files.GZIP)
        return differing

    def render(
        self,
        publication: Publication,
        reports: Sequence[Report],
        margin: Margin = NOTHING,
    ) -> list[Representation]:
        """Return the publication in all its formats, checked, and write nothing.

        Raises PublishError where a document fails its check.
        """
        with self._lock:
            return [
                Representation(
                    path=publication.paths[name],
                    media_type=formats.named(name).media_type,
                    body=document.body,
                )
                for name, document in self._documents(publication, reports, margin)
            ]

    def remove_others(self, publications: Iterable[Publication]) -> list[str]:
        """Remove what we wrote for publications and formats that are no more.

        Goes by the ending of a name; anything else in the folder stays. Also removes
        what a crash left half-written, and lets go of what is in memory of them.
        Returns the names removed.
        """
        offered = {publication.id: publication.formats for publication in publications}
        plain = [f"{id_}.{name}" for id_, names in offered.items() for name in names]
        keep = [f"{file}{gz}" for file in plain for gz in ("", files.GZIP)]
        endings = [
            f".{name}{gz}" for name in formats.names() for gz in ("", files.GZIP)
        ]
        with self._lock, files.folder(self._folder) as within:
            self._let_go(offered, plain)
            return files.clear(within, keep=keep, endings=endings)

    def _let_go(self, offered: Collection[str], plain: Collection[str]) -> None:
        """Forget what is in mind of publications and documents that are no more."""
        self._kept.let_go(plain)
        for memory, keep in (
            (self._passed, plain),
            (self._standing, plain),
            (self._fingerprints, offered),
        ):
            for name in memory.keys() - keep:
                del memory[name]

    def _documents(
        self, publication: Publication, reports: Sequence[Report], margin: Margin
    ) -> Iterator[tuple[str, Document]]:
        """Yield what ought to stand in each format, checked, with the format's name."""
        shown = fingerprinted(publication, reports)
        for name in publication.formats:
            document = self._composed(publication, name, shown, margin)
            yield name, checked(name, document)

    def _composed(
        self,
        publication: Publication,
        name: str,
        shown: Sequence[Fingerprinted],
        margin: Margin,
        of_all: Common | None = None,
    ) -> Document:
        return compose(
            publication,
            name,
            shown,
            base_url=self._base_url,
            kept=self._kept,
            margin=margin,
            of_all=of_all,
        )

    def _check(self, name: str, file: str, document: Document) -> None:
        """Raise PublishError unless a reader finds in a document what was meant.

        Read back are its head and the entries that were not in the last document that
        passed, with one that was, for what stands between. That is as good as reading
        all: after an entry, a reader has the same elements open as before it, for it
        came to the end in another document with the same ones. Of 100 entries, three
        formats are read back in 0.3 ms instead of 9 when one is new.
        """
        passed = set(map(id, self._passed.get(file, NO_DOCUMENT).pieces))
        read = [piece for piece in document.pieces if id(piece) not in passed]
        old = (piece for piece in document.pieces if id(piece) in passed)
        read += islice(old, 1)
        excerpt = document.head.parts([piece.entry for piece in read])
        check(b"".join(excerpt), formats.named(name), essentials(read))
        # The pieces are kept with their ids: an id of one that is gone may come again.
        self._passed[file] = document

    def _fingerprinted(
        self, publication: Publication, reports: Sequence[Report]
    ) -> list[Fingerprinted]:
        """Return what `fingerprinted` does; a report that was here before keeps its own."""
        kept = {
            id(r): digest for r, digest in self._fingerprints.get(publication.id, ())
        }
        shown = [
            (r, kept.get(id(r)) or fingerprint(r)) for r in reports[: publication.limit]
        ]
        self._fingerprints[publication.id] = shown
        return shown

    def _swapped(
        self,
        publication: Publication,
        shown: Sequence[Fingerprinted],
        margin: Margin,
        within: int,
        now: datetime,
    ) -> list[Draft]:
        """Put in place what changed, in all formats; return what was meant to stand."""
        of_all = common([report for report, _ in shown])
        drafts = []
        with files.Swap(within, step=self._step) as swap:
            for name in publication.formats:
                draft = Draft(file=f"{publication.id}.{name}")
                files.require_plain(draft.file)
                try:
                    draft.document = self._composed(
                        publication, name, shown, margin, of_all
                    )
                    self._lay_beside(name, draft, within, swap, now)
                except PublishError as error:
                    draft.refused = str(error)
                except OSError as error:
                    draft.hindered_by(error)
                drafts.append(draft)
            hindered = swap.settle()
        for draft in drafts:
            if draft.file in hindered:
                draft.hindered_by(hindered[draft.file])
            self._note(draft, swap.sealed)
        return drafts

    def _lay_beside(
        self, name: str, draft: Draft, within: int, swap: files.Swap, now: datetime
    ) -> None:
        """Write beside the files of a document what is to take their places, if it differs.

        What we wrote, or found to be what we meant, is not read again while its seals
        are whole.
        """
        file, document = draft.file, draft.document
        packed = file + files.GZIP
        draft.seals = files.seal(file, within), files.seal(packed, within)
        known = self._standing.get(file)
        if known and known[1] == draft.seals:
            differs = differs_packed = not document.is_as(known[0])
        else:
            differs = files.content(file, within) != document.body
            differs_packed = differs or files.content(packed, within) != document.gzip
        before = draft.seals[0] and draft.seals[0].modified
        if differs:
            self._check(name, file, document)
            swap.add(file, document.forms(), at=files.later(now, before))
        elif differs_packed:
            swap.add(file, {files.GZIP: [document.gzip]}, at=before or now)

    def _note(self, draft: Draft, sealed: Mapping[str, files.Seal]) -> None:
        """Keep in mind what stands now, by its seals."""
        names = (draft.file, draft.file + files.GZIP)
        plain, packed = map(sealed.get, names, draft.seals)
        if draft.refused:
            self._standing.pop(draft.file, None)
        else:
            self._standing[draft.file] = draft.document, (plain, packed)


def fingerprinted(
    publication: Publication, reports: Sequence[Report]
) -> list[Fingerprinted]:
    """Return the reports that find room in a publication, with their fingerprints."""
    return [(report, fingerprint(report)) for report in reports[: publication.limit]]


def timely(
    shown: list[Fingerprinted], now: datetime
) -> tuple[list[Fingerprinted], tuple[tuple[str, str], ...]]:
    """Return the reports that may be shown now, and (id, reason) of those that may not."""
    untimely = tuple(
        (report.article.id, reason)
        for report, _ in shown
        if (report.rights.embargo or report.rights.expires)
        and (reason := withheld(report.article, report.rights, now))
    )
    if not untimely:
        return shown, ()
    barred = {article_id for article_id, _ in untimely}
    return [each for each in shown if each[0].article.id not in barred], untimely


def checked(name: str, document: Document) -> Document:
    """Return a document in which a reader finds what was meant, or raise PublishError."""
    check(document.body, formats.named(name), document.essentials)
    return document
