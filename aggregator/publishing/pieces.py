"""Render an entry once, check it, and keep it while there is room.

In: a report, a format, a masthead. Out: a Piece: the entry's bytes, and what a reader
finds in it; or why it cannot be published. Rendering is a function of its arguments
alone, so a kept piece is as good as a new one.

Entries are deflated in runs, which end where the entries themselves say (`ends_run`): a
new entry changes the run in which it stands and no other, and the same entries make the
same bytes whatever was published before. A long entry is a run of its own.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import ParamSpec

from msgspec import Struct

from aggregator.deflate import crc32, deflated
from aggregator.errors import PublishError
from aggregator.model import Report, Rights
from aggregator.publishing import formats
from aggregator.publishing.check import check, meant, unfit
from aggregator.publishing.formats import EMPTY_UPDATED, Head, Masthead
from aggregator.publishing.mark import Mark
from aggregator.publishing.terms import breach

# 64 MiB hold some 5,000 entries of the average feed: 100 in each of 17 publications,
# in three formats.
MAX_BYTES = 64 * 1024 * 1024

# Bytes of a run: an entry as long as that ends one, of shorter ones the fewer the
# shorter they are. Alone they have nothing to refer to: 100 headlines made 44 KB, and
# make 13 KB in runs (8 KB in one go), for the same CPU.
RUN = 8192

NO_CONDITIONS = Rights()

P = ParamSpec("P")

# The digest of format and masthead (`shelf`), then the fingerprint of the report.
Key = bytes


class Piece(Struct, frozen=True, kw_only=True):
    """One entry in one format. `unfit` is why there is none; the rest is then empty.

    `ends_run`: what is deflated at once ends behind it.
    """

    entry: bytes = b""
    ends_run: bool = False
    mark: Mark | None = None
    unfit: str | None = None

    @property
    def size(self) -> int:
        """Return about how many bytes of memory this takes, with its share of a run."""
        return 1024 + len(self.entry) * 3


def piece(report: Report, name: str, masthead: Masthead) -> Piece:
    """Return a report rendered in a format, read back, and found to be what was meant."""
    if reason := unfit(report):
        return Piece(unfit=reason)
    mark, around = meant(report, masthead), frame(name, masthead)
    try:
        entry = formats.named(name).entry(report, masthead)
        document = b"".join(around.parts([entry]))
        check(document, formats.named(name), [mark])
        if reason := breach(report, document, mark.content):
            return Piece(unfit=reason)
    except (ValueError, PublishError) as error:
        return Piece(unfit=f"it cannot be written as {name}: {error}")
    ends_run = crc32(entry) % max(1, RUN // len(entry)) == 0
    return Piece(entry=entry, ends_run=ends_run, mark=mark)


def entries(reports: Sequence[Report], name: str, masthead: Masthead) -> list[bytes]:
    """Return reports rendered in a format, nothing for one that cannot be published.

    They are read back all at once, in a fifth of the time that each alone would take;
    one by one only if a reader does not find in them what was meant, and where rights
    have conditions that are to be found in what was written.
    """
    format_ = formats.named(name)
    rendered: list[bytes] = []
    marks: list[Mark] = []
    unsure: list[int] = []
    for at, report in enumerate(reports):
        if report.rights != NO_CONDITIONS or unfit(report):
            unsure.append(at)
            rendered.append(b"")
            continue
        try:
            rendered.append(format_.entry(report, masthead))
            marks.append(meant(report, masthead))
        except ValueError:
            unsure.append(at)
            rendered.append(b"")
    around = frame(name, masthead)
    try:
        written = [entry for entry in rendered if entry]
        check(b"".join(around.parts(written)), format_, marks)
    except PublishError:
        unsure = list(range(len(reports)))
    for at in unsure:
        rendered[at] = piece(reports[at], name, masthead).entry
    return rendered


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
    """Return 16 bytes that stand for a format and a masthead in keys.

    To hash a masthead for each of 100 entries took a third of publishing one new one.
    """
    return blake2b(repr((name, masthead)).encode(), digest_size=16).digest()


@lru_cache(maxsize=256)
def frame(name: str, masthead: Masthead) -> Head:
    """Return a head to check single entries in."""
    return formats.named(name).head(masthead, language=None, updated=EMPTY_UPDATED)


class Pieces:
    """What was rendered, the least recently used thrown out beyond `max_bytes`.

    What has left its document seldom comes back, and goes: of 1,000 sources, 33 MB of
    it were kept after a day.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._kept: OrderedDict[Key, Piece] = OrderedDict()
        self._standing: dict[bytes, set[Key]] = {}
        self._packed: dict[bytes, dict[tuple[bytes, ...], bytes]] = {}
        self._bytes = 0
        self._max_bytes = max_bytes

    def get(
        self, key: Key, render: Callable[P, Piece], *of: P.args, **how: P.kwargs
    ) -> Piece:
        """Return the piece of this key, rendered now if it is not kept."""
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = render(*of, **how)
        self._bytes += made.size
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))
        return made

    def stand(self, shelf: bytes, keys: Sequence[Key]) -> None:
        """Keep these of a shelf, and let go of what stood there before beside them."""
        now = set(keys)
        for key in self._standing.get(shelf, now) - now:
            self._drop(key)
        self._standing[shelf] = now

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

    def _drop(self, key: Key) -> None:
        dropped = self._kept.pop(key, None)
        self._bytes -= dropped.size if dropped else 0
