"""A month in the making: entries taken over from its file on disk, or rendered now.

In: what stands on disk of a month, and in its order, newest first: slips (what an entry
depends on, as a digest), what is not shown, and stretches of what is as it was. Out: the
month's document, plain and gzipped, and the index by which the next one finds its entries
again. An entry is rendered once and for all: while nothing that it depends on changes,
its bytes are copied from the file.

Nothing here holds a month. What is kept of each entry that stands are the 16 bytes that
stand for its published id; the rest is ranges of files. A month of 30,000 entries of
2.5 KB took 320 MB to write when it was held whole.

If the index (`.YYYY-MM.pieces` beside the month) is missing, of another version, or
disagrees with the files by a byte, all is rendered anew; but what nobody can render any
more is taken over from the plain file, if that is as it was written (see `loose`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from aggregator.epoch import HOUR, micros, moment
from aggregator.errors import PublishError
from aggregator.model import Report
from aggregator.publishing import index
from aggregator.publishing.bound import Bound
from aggregator.publishing.collating import Collation, Sheet, Sheets, Shelved
from aggregator.publishing.comparing import Known, Marked, Missing, compared, stretches
from aggregator.publishing.formats import Masthead, named
from aggregator.publishing.hours import Calm
from aggregator.publishing.index import (
    HIDDEN,
    LONG_AGO,
    NO_LANGUAGE,
    SHOWN,
    UNFIT,
    Line,
    Page,
    Stretch,
)
from aggregator.publishing.loose import Loose, loose
from aggregator.publishing.margin import Margin
from aggregator.publishing.particulars import language
from aggregator.publishing.pieces import pieces_of
from aggregator.publishing.ranges import Fresh, Standing
from aggregator.publishing.slips import Slip


class Volume:
    """The entries of a month, put in newest first, page by page."""

    def __init__(
        self,
        name: str,
        masthead: Masthead,
        old: Shelved | None,
        folder: Path,
        body: Standing | None = None,
    ) -> None:
        """Begin a month; what does not fit into memory goes into a folder.

        `body` is its plain file, if that is all that stands and is as it was written.
        """
        self._name = name
        self._masthead = masthead
        self._old = old
        self._body = body
        self._place = index.TOP
        self._walk = Sheets(old.index) if old else None
        self._entries = Collation(old, folder)
        self._lines = Fresh(folder)
        languages = old.index.preface.languages if old else ()
        self._languages: dict[str | None, int] = {s: n for n, s in enumerate(languages)}
        self._spoken: set[int] = set()
        self._latest = LONG_AGO
        self._is_empty = True
        self._basis = ""
        # Digests of published ids: of what was put in, and of what was taken over.
        self._names: set[bytes] = set()
        self._kept_names = bytearray()
        # Hours in which something may be decided otherwise that does not change itself.
        self.unsettled: set[int] = set()
        # The name of the first entry that is shown, and its length.
        self._first: tuple[bytes, int] | None = None

    @property
    def is_new(self) -> bool:
        """Return whether nothing can be taken over from disk."""
        return not self._old

    @property
    def is_continued(self) -> bool:
        """Return whether what was decided when it was written last holds still."""
        return self._old is not None and self._old.index.preface.basis == self._basis

    @property
    def sum(self) -> tuple[int, int] | None:
        """Return length and CRC-32 of what stands on disk, None if nothing does."""
        return self._old.index.preface.body if self._old else None

    def compared(
        self, basis: str, marked: Iterable[Marked | Calm]
    ) -> Iterator[Known | Missing]:
        """Yield articles, newest first; what is as it was, as stretches of the index.

        Nothing is as it was on another basis: on that, all decisions depend. What stands
        in the month and is not among the articles is yielded, too.
        """
        self._basis = basis
        if self._old is None:
            return (each for each in marked if isinstance(each, Marked))
        return compared(marked, self._old.index, holds=self.is_continued)

    def shown(self, missing: Missing) -> Iterator[tuple[int, str]]:
        """Yield the number and the article id of each of these lines that is an entry."""
        if not self._old:
            return
        number = missing.first
        for lines in self._old.index.pages(Stretch(*missing)):
            page = index.unpacked(lines)
            for place, kind in zip(page.place, page.kind, strict=True):
                if kind == SHOWN:
                    yield number, index.id_of(place)
                number += 1

    def entry(self, number: int) -> bytes:
        """Return the bytes of an entry that stands on disk."""
        if not self._old:
            return b""
        # Another walk: that of what is taken over only goes forward at no cost.
        sheets = Sheets(self._old.index).of(Stretch(number, number + 1))
        return b"".join(
            self._old.body.read(sheet.first, sheet.first + sheet.page.length[0])
            for sheet in sheets
        )

    def without(
        self, known: Iterable[Known], others: Mapping[str, Marked]
    ) -> Iterator[Known]:
        """Yield the same, but articles that are to be looked at again, by their ids."""
        for each in known:
            if isinstance(each, Marked) or not self._old:
                yield each
                continue
            first = number = each.first
            for lines in self._old.index.pages(each):
                for place in index.unpacked(lines).place:
                    if other := others.get(index.id_of(place)):
                        yield from stretches(first, number)
                        yield other
                        first = number + 1
                    number += 1
            yield from stretches(first, each.last)

    def lacks(self, slip: Slip) -> bool:
        """Return whether an entry has to be rendered."""
        return self._number(slip) is None

    def add(self, page: Sequence[Slip | Known], reports: Mapping[str, Report]) -> None:
        """Put in what follows; `reports` by id are those that it lacks, as far as they are.

        What is only marked is not shown. Of two entries with one published id, the first
        stands.
        """
        missing = [
            each
            for each in page
            if isinstance(each, Slip)
            and each.article_id in reports
            and self.lacks(each)
        ]
        rendered = pieces_of(
            [reports[each.article_id] for each in missing], self._name, self._masthead
        )
        made = {s.article_id: p.entry for s, p in zip(missing, rendered, strict=True)}
        for each in page:
            if isinstance(each, Stretch):
                self._keep(each)
                continue
            self._place = each.place
            if isinstance(each, Slip):
                is_in = self._put(each, made.get(each.article_id))
            else:
                is_in = bool(each.mark)
                if is_in:
                    self._lines.add(Line(each.place, each.mark).written())
            if not (is_in and each.mark):
                self._unsettle(each.place)

    def loose(self) -> Iterator[Loose]:
        """Yield what stands on disk of a month that lost its index."""
        return loose(self._body) if self._body else iter(())

    def adopt(self, each: Loose) -> None:
        """Put in an entry of which only the file tells, behind all that are in."""
        if self._repeats(each.name):
            return
        self._names.add(each.name)
        language = self._languages.setdefault(each.language, len(self._languages))
        packed = self._entries.add(each.entry)
        line = each.line(self._place, language=language, packed=packed)
        self._place = line.place
        self._enter(line)

    def bound(
        self, *, address: str, spoken: str | None, margin: Margin
    ) -> Bound | None:
        """Return the document, to be found at an address; None if nothing was put in.

        `spoken` is the publication's language, if it has one. Nothing can be put in
        after this.
        """
        if self._is_empty:
            return None
        languages = tuple(self._languages)
        spoken_in = self._spoken - {NO_LANGUAGE}
        common = languages[min(spoken_in)] if len(spoken_in) == 1 else None
        writer = named(self._name)
        head = writer.head(
            replace(self._masthead, feed_url=address),
            language=language(spoken) or language(common),
            updated=moment(self._latest) if self._first else None,
        )
        told = [
            stone
            for stone in margin.tombstones
            if not self._repeats(index.digest_of(stone.ref))
        ]
        head = writer.beside(head, replace(margin, tombstones=tuple(told)))
        # What was taken over was read back when it was new, and every page of new ones
        # within a head of its own: what is left to see is this head, before an entry.
        name, length = self._first or (b"", 0)
        first = head.parts([self._entries.first(length)] if self._first else [])
        found = [index.digest_of(entry.id) for entry in writer.read(b"".join(first))]
        if found != ([name] if self._first else []):
            raise PublishError("a reader does not find the first entry after this head")
        return Bound(
            head=head,
            entries=self._entries,
            rest=self._entries.close(),
            basis=self._basis,
            languages=languages,
            lines=self._lines,
        )

    def _number(self, slip: Slip) -> int | None:
        """Return the line of an entry that stands as its slip says; None: it does not."""
        if self._old is None:
            return None
        number = self._old.index.find(slip.place)
        if number is None:
            return None
        line = self._old.index.line(number)
        stands = line.kind != HIDDEN and line.slip == index.digest_of(slip.digest)
        return number if stands else None

    def _keep(self, stretch: Stretch) -> None:
        """Take over what stands, with all that was decided of it."""
        for some in self._without_repeats(stretch):
            for sheet in self._sheets(some):
                self._kept_names += b"".join(sheet.page.name)
                ended = self._entries.keep(sheet)
                self._note(sheet.page)
                lines = sheet.lines
                if ended and sheet.page.packed[ended[0]] != ended[1]:
                    lines = index.with_packed(lines, *ended)
                self._lines.add(lines)

    def _put(self, slip: Slip, rendered: bytes | None) -> bool:
        """Put in an entry that stands on disk, or was rendered just now; tell if it is."""
        number = self._number(slip)
        entry: Sheet | bytes | None = rendered
        is_fit = bool(rendered)
        if number is not None:
            entry = next(self._sheets(Stretch(number, number + 1)))
            is_fit = entry.page.kind[0] == SHOWN
        if entry is None:
            return False
        line = Line(slip.place, slip.mark, index.digest_of(slip.digest), UNFIT)
        if is_fit:
            name = index.digest_of(slip.published_id)
            if self._repeats(name):
                return False
            self._names.add(name)
            length, packed = self._bytes(entry)
            line = line._replace(
                kind=SHOWN,
                name=name,
                latest=micros(slip.latest),
                language=self._languages.setdefault(
                    slip.language, len(self._languages)
                ),
                length=length,
                packed=packed,
            )
        self._enter(line)
        return True

    def _unsettle(self, place: bytes) -> None:
        self.unsettled.add(index.listed_at(place) // HOUR)

    def _enter(self, line: Line) -> None:
        """Put in the line of one entry."""
        self._note(Page._make([(said,) for said in line]))
        self._lines.add(line.written())

    def _bytes(self, entry: Sheet | bytes) -> tuple[int, int]:
        """Put in the bytes of an entry; return its length, and that of the run it ends."""
        if isinstance(entry, bytes):
            return len(entry), self._entries.add(entry)
        ended = self._entries.keep(entry)
        return entry.page.length[0], ended[1] if ended else 0

    def _note(self, page: Page) -> None:
        """Note what the head has to say of entries."""
        if self._first is None:
            shown = zip(page.name, page.length, strict=True)
            self._first = next((each for each in shown if each[1]), None)
        self._spoken.update(page.language)
        self._latest = max(self._latest, *page.latest)
        self._is_empty = self._is_empty and not any(page.kind)

    def _sheets(self, stretch: Stretch) -> Iterator[Sheet]:
        """Yield what stands on disk."""
        return self._walk.of(stretch) if self._walk else iter(())

    def _without_repeats(self, stretch: Stretch) -> Iterator[Stretch]:
        """Yield a stretch without entries whose published ids were put in already."""
        if self._old is None or not self._names:
            yield stretch
            return
        first = number = stretch.first
        for lines in self._old.index.pages(stretch):
            page = index.unpacked(lines)
            if not self._names.isdisjoint(page.name):
                for at, name in enumerate(page.name, number):
                    if name in self._names:
                        yield from stretches(first, at)
                        first = at + 1
                        self._unsettle(page.place[at - number])
            number += len(page.name)
        yield from stretches(first, stretch.last)

    def _repeats(self, name: bytes) -> bool:
        """Return whether an entry with a published id is in already."""
        at = self._kept_names.find(name)
        while at % len(name) and at >= 0:
            at = self._kept_names.find(name, at + 1)
        return at >= 0 or name in self._names
