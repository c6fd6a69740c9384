"""Render an entry once, check it, and keep it while it stands in its document.

In: a report, a format, a masthead. Out: a Piece: the entry's bytes, and what a reader
finds in it; or why it cannot be published. Rendering is a function of its arguments
alone, so a kept piece is as good as a new one.

Entries are deflated in runs, which end where the entries themselves say (`ends_run`): a
new entry changes the run in which it stands and no other, and the same entries make the
same bytes whatever was published before. A long entry is a run of its own.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from msgspec import Struct

from aggregator.deflate import crc32, deflated
from aggregator.errors import PublishError
from aggregator.model import Report
from aggregator.publishing import formats
from aggregator.publishing.check import check, meant, unfit
from aggregator.publishing.essentials import Essentials
from aggregator.publishing.formats import EMPTY_UPDATED, Head, Masthead
from aggregator.publishing.terms import NO_CONDITIONS, breach

# Bytes of a run: an entry as long as that ends one, of shorter ones the fewer the
# shorter they are. Alone they have nothing to refer to: 100 headlines made 44 KB, and
# make 13 KB in runs (8 KB in one go), for the same CPU.
RUN = 8192


class Piece(Struct, frozen=True, kw_only=True):
    """One entry in one format. `unfit` is why there is none; the rest is then empty.

    `ends_run`: what is deflated at once ends behind it.
    """

    entry: bytes = b""
    ends_run: bool = False
    essentials: Essentials | None = None
    unfit: str | None = None


def piece(report: Report, name: str, masthead: Masthead) -> Piece:
    """Return a report rendered in a format, read back, and found to be what was meant."""
    made = _rendered(report, name, masthead)
    try:
        _read_back([made], name, masthead)
    except PublishError as error:
        return Piece(unfit=f"it cannot be written as {name}: {error}")
    return _permitted(made, report, name, masthead)


def pieces_of(reports: Sequence[Report], name: str, masthead: Masthead) -> list[Piece]:
    """Return the pieces of reports.

    They are read back all at once, in a fifth of the time that each alone would take;
    one by one only if a reader does not find in them what was meant.
    """
    made = [_rendered(report, name, masthead) for report in reports]
    try:
        _read_back(made, name, masthead)
    except PublishError:
        return [piece(report, name, masthead) for report in reports]
    return [
        _permitted(each, report, name, masthead)
        for each, report in zip(made, reports, strict=True)
    ]


def _rendered(report: Report, name: str, masthead: Masthead) -> Piece:
    if reason := unfit(report):
        return Piece(unfit=reason)
    try:
        entry = formats.named(name).entry(report, masthead)
    except (ValueError, PublishError) as error:
        return Piece(unfit=f"it cannot be written as {name}: {error}")
    ends_run = crc32(entry) % max(1, RUN // len(entry)) == 0
    return Piece(entry=entry, ends_run=ends_run, essentials=meant(report, masthead))


def _read_back(made: Iterable[Piece], name: str, masthead: Masthead) -> None:
    """Raise PublishError unless a reader finds in these pieces what was meant."""
    fit = [(each.entry, each.essentials) for each in made if each.essentials]
    if not fit:
        return
    document = frame(name, masthead).parts([entry for entry, _ in fit])
    check(
        b"".join(document), formats.named(name), [essentials for _, essentials in fit]
    )


def _permitted(made: Piece, report: Report, name: str, masthead: Masthead) -> Piece:
    """Return a piece that was read back, or that it breaks the rights of its source."""
    if made.essentials is None or report.rights == NO_CONDITIONS:
        return made
    document = b"".join(frame(name, masthead).parts([made.entry]))
    reason = breach(report, document, made.essentials.content)
    return Piece(unfit=reason) if reason else made


def runs(pieces: Iterable[Piece]) -> Iterator[tuple[bytes, ...]]:
    """Yield which of the entries of a document are deflated at once."""
    run: list[bytes] = []
    for each in pieces:
        run.append(each.entry)
        if each.ends_run:
            yield tuple(run)
            run = []
    if run:
        yield tuple(run)


@lru_cache(maxsize=256)
def shelf(name: str, masthead: Masthead) -> bytes:
    """Return 16 bytes that stand for a format and a masthead.

    To hash a masthead for each of 100 entries took a third of publishing one new one.
    """
    return blake2b(repr((name, masthead)).encode(), digest_size=16).digest()


@lru_cache(maxsize=256)
def frame(name: str, masthead: Masthead) -> Head:
    """Return a head to check single entries in."""
    return formats.named(name).head(masthead, language=None, updated=EMPTY_UPDATED)


class Pieces:
    """What was rendered of the last document of each publication in each format.

    All of it is kept, however long it is: the documents that stand hold it anyway. When
    the least recently used was thrown out beyond 64 MiB, 12 publications of 100 entries
    of 4 KB rendered all 3,600 pieces for each new entry. What has left its document
    seldom comes back, and goes: of 1,000 sources, 33 MB of it were kept after a day.
    """

    def __init__(self) -> None:
        # By document, the shelf it stands on; by shelf, pieces by fingerprint, and runs.
        self._shelves: dict[str, bytes] = {}
        self._standing: dict[bytes, dict[bytes, Piece]] = {}
        self._packed: dict[bytes, dict[tuple[bytes, ...], bytes]] = {}

    def take(
        self,
        document: str,
        shelf: bytes,
        fingerprints: Sequence[bytes],
        render: Callable[[Sequence[int]], Sequence[Piece]],
    ) -> list[Piece]:
        """Return the pieces of these reports; those that are not kept are rendered now.

        `render` is given their numbers, and makes all of them at once. What stood in the
        document before and does not now is let go. A document with other words of its
        own has another shelf: the one before is cleared.
        """
        before = self._standing.get(shelf, {})
        lacking = {each: n for n, each in enumerate(fingerprints) if each not in before}
        made = dict(zip(lacking, render([*lacking.values()]), strict=True))
        now = {each: made.get(each) or before[each] for each in fingerprints}
        left = self._shelves.get(document, shelf)
        if left != shelf:
            self._clear(left)
        self._shelves[document] = shelf
        self._standing[shelf] = now
        return [now[each] for each in fingerprints]

    def packed(
        self, shelf: bytes, between: bytes, standing: Sequence[Piece]
    ) -> tuple[bytes, ...]:
        """Return what stands on a shelf in deflated runs; of these some are kept.

        `between` parts two entries in a run, as it does in the document.
        """
        before = self._packed.get(shelf, {})
        found = list(runs(standing))
        now = {run: before.get(run) or deflated(between.join(run)) for run in found}
        self._packed[shelf] = now
        return tuple([now[run] for run in found])

    def let_go(self, documents: Collection[str]) -> None:
        """Let go of what stands in any document but these."""
        for document in self._shelves.keys() - documents:
            self._clear(self._shelves.pop(document))

    def _clear(self, shelf: bytes) -> None:
        self._standing.pop(shelf, None)
        self._packed.pop(shelf, None)
