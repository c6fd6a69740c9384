"""The months of a publication as files, for readers that were away (RFC 5005, section 4).

In: a month and what is to stand in it, newest first. Out: `YYYY-MM.atom` and its `.gz` in
`feeds/{id}/archive`, each whole at any moment, and beside them an index of their entries
(see `volume`). Entries are rendered and checked as in the live document; `take_back`
changes a document that is closed: it puts a tombstone in the place of an entry and
leaves every other byte as it is.
"""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Protocol
from xml.sax.saxutils import escape

from aggregator.epoch import micros
from aggregator.errors import PublishError
from aggregator.model import Article, Publication
from aggregator.publishing import files
from aggregator.publishing.bound import (
    Parts,
    Sum,
    copied,
    entries_of,
    entry_ranges,
    struck,
)
from aggregator.publishing.collating import Shelved, shelved
from aggregator.publishing.document import masthead
from aggregator.publishing.index import SHOWN, place_of
from aggregator.publishing.margin import Margin, Tombstone, tombstone_element
from aggregator.publishing.ranges import Fresh, Standing, opened
from aggregator.publishing.volume import Volume

FORMAT = "atom"
_CHUNK = 256 * 1024
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])", re.ASCII)


class Ledger(Protocol):
    """Who is told what the months are like."""

    def agrees(self, publication_id: str, month: str, size: int, crc: int) -> bool:
        """Tell whether a month of this length and CRC-32 is as it was written."""

    def expect(self, publication_id: str, month: str, size: int) -> None:
        """Hear that a month is about to have this length."""

    def stands(self, publication_id: str, month: str, size: int, crc: int) -> None:
        """Hear what a month is like that stands on disk now."""

    def forget(self, publication_id: str, month: str) -> None:
        """Hear that a month was removed on purpose."""


class Archives:
    """Writes the archive documents below one folder."""

    def __init__(
        self,
        output: Path,
        *,
        base_url: str,
        ledger: Ledger | None = None,
        step: files.Step = files.pass_by,
    ) -> None:
        self._output = output / files.FOLDER
        self._base_url = base_url.rstrip("/")
        self._ledger = ledger
        self._step = step

    def address(self, publication_id: str, month: str) -> str:
        """Return where a month is found by readers."""
        return f"{self._base_url}/{self.path(publication_id, month)}"

    def path(self, publication_id: str, month: str) -> str:
        """Return the path of a month, seen from the output folder."""
        return f"{files.FOLDER}/{publication_id}/archive/{month}.{FORMAT}"

    def exists(self, publication_id: str, month: str) -> bool:
        """Whether a month was written and is still there."""
        return self._path(publication_id, month).is_file()

    def months(self, publication_id: str) -> set[str]:
        """Return the months that stand on disk."""
        found = self._folder(publication_id).glob(f"*.{FORMAT}")
        return {path.stem for path in found if _MONTH.fullmatch(path.stem)}

    def standing(
        self, publication_id: str, month: str, published_ids: Iterable[str]
    ) -> set[str]:
        """Return under which of these ids an entry stands in a month."""
        path = self._path(publication_id, month)
        try:
            said = path.stat()
        except OSError:
            return set()
        state = (said.st_ino, said.st_size, said.st_mtime_ns)
        return set(_found(path, state, frozenset(published_ids)))

    def holds(self, publication_id: str, month: str, article: Article) -> bool:
        """Return whether an article stands in a month, and not another with its id.

        Of a month that lost its index nobody knows: it does if either stands there.
        """
        if not self.standing(publication_id, month, [article.published_id]):
            return False
        old = self._shelved(publication_id, month)
        if old is None:
            return True
        place = place_of(micros(article.listed_at), article.id)
        number = old.index.find(place)
        return number is not None and old.index.line(number).kind == SHOWN

    def length(self, publication_id: str, month: str) -> int | None:
        """Return the length of a month, None if it or its compressed form is missing."""
        path = self._path(publication_id, month)
        with suppress(OSError):
            if _packed(path).stat().st_size:
                return path.stat().st_size
        return None

    def restore(
        self,
        publication_id: str,
        month: str,
        is_it: Callable[[int, int], bool],
        *,
        now: datetime,
    ) -> bool:
        """Make a month whole again by that of its two forms which is; False: neither.

        `is_it` tells from length and CRC-32 whether a plain form is what it was.
        """
        path = self._path(publication_id, month)
        body = opened(path)
        if body and is_it(body.size, body.checksum()):
            whole = copied(body)
        else:
            found = _unpacked(_packed(path))
            if not (found and is_it(found[1].size, found[1].crc)):
                return False
            whole = copied(found[0])
        self._put(publication_id, month, whole, now)
        return True

    def volume(self, publication: Publication, month: str) -> Volume:
        """Return a month to be put together anew from what stands and what is new."""
        folder, path = self._folder(publication.id), self._path(publication.id, month)
        with files.folder(folder):
            body, old = opened(path), self._shelved(publication.id, month)
            if old or (body and not self._agrees(publication.id, month, body)):
                body = None
            top = masthead(publication, FORMAT, self._base_url)
            return Volume(FORMAT, top, old, folder, body)

    def write(
        self,
        publication: Publication,
        month: str,
        volume: Volume,
        *,
        previous: str | None,
        tombstones: tuple[Tombstone, ...] = (),
        now: datetime,
    ) -> bool:
        """Write a month, and what was taken back in it; False if nothing stands in it.

        Raises PublishError or OSError, and the old file stays.
        """
        bound = volume.bound(
            address=self.address(publication.id, month),
            spoken=publication.language,
            margin=Margin(
                current=f"{self._base_url}/{publication.paths[FORMAT]}",
                previous=previous and self.address(publication.id, previous),
                tombstones=tombstones,
            ),
        )
        if bound is None:
            return False
        self._put(publication.id, month, bound, now)
        return True

    def thin_out(
        self,
        publication_id: str,
        month: str,
        barred: Callable[[bytes], bool],
        *,
        now: datetime,
    ) -> None:
        """Take entries out of a month, and leave every other byte as it is."""
        body = opened(self._path(publication_id, month))
        if body:
            entries = [
                (first, last, b"")
                for first, last in entry_ranges(body)
                if barred(body.read(first, last))
            ]
            self._put(publication_id, month, struck(body, entries), now)

    def remove(self, publication_id: str, month: str) -> None:
        """Remove a month of which nothing may be shown any more."""
        path = self._path(publication_id, month)
        for file in (path, _packed(path), path.with_name(_index_of(month))):
            file.unlink(missing_ok=True)
        if self._ledger:
            self._ledger.forget(publication_id, month)

    def take_back(
        self,
        publication_id: str,
        month: str,
        stones: Iterable[Tombstone],
        *,
        now: datetime,
    ) -> None:
        """Put tombstones where their entries stand in a month, as far as they do."""
        body = opened(self._path(publication_id, month))
        if not body:
            return
        instead = {_escaped(s.ref): tombstone_element(s).encode() for s in stones}
        entries = [
            (first, last, instead[own])
            for first, last, own in entries_of(body, instead.keys())
        ]
        if entries:
            self._put(publication_id, month, struck(body, entries), now)

    def _shelved(self, publication_id: str, month: str) -> Shelved | None:
        """Return the entries of a month by its index, None if that tells nothing."""
        path = self._path(publication_id, month)
        pieces = opened(path.with_name(_index_of(month)))
        return shelved(pieces, opened(path), opened(_packed(path)))

    def _agrees(self, publication_id: str, month: str, body: Standing) -> bool:
        return self._ledger is None or self._ledger.agrees(
            publication_id, month, body.size, body.checksum()
        )

    def _folder(self, publication_id: str) -> Path:
        return self._output / publication_id / "archive"

    def _path(self, publication_id: str, month: str) -> Path:
        return self._folder(publication_id) / f"{month}.{FORMAT}"

    def _put(
        self, publication_id: str, month: str, parts: Parts, now: datetime
    ) -> None:
        """Put a month in place, as far as it differs; and after it its index."""
        files.require_plain(publication_id)
        if self._ledger:
            self._ledger.expect(publication_id, month, parts.size)
        name = f"{month}.{FORMAT}"
        with files.folder(self._folder(publication_id)) as within:
            files.clear(within, keep=(), endings=())
            before = files.changed_at(name, within)
            try:
                forms = self._differing(publication_id, month, parts)
                at = files.later(now, before) if "" in forms else before or now
                files.swap(name, forms, within, at=at, step=self._step)
                # Last: an index that was not written says nothing of these files.
                lines = {"": parts.index()}
                files.swap(_index_of(month), lines, within, at=now, step=files.pass_by)
            except OSError as error:
                why = error.strerror or error
                where = self.address(publication_id, month)
                raise PublishError(f"{where} cannot be written: {why}") from error
        if self._ledger:
            passed = parts.passed
            self._ledger.stands(publication_id, month, passed.size, passed.crc)

    def _differing(
        self, publication_id: str, month: str, parts: Parts
    ) -> dict[str, Iterator[bytes]]:
        """Return what of a month is not as it stands, by the ending of its file."""
        path = self._path(publication_id, month)
        body, gzip = opened(path), opened(_packed(path))
        if not (body and body.size == parts.size and body.holds(parts.body())):
            return {"": parts.body(), files.GZIP: parts.gzip()}
        if not (gzip and gzip.holds(parts.gzip())):
            return {files.GZIP: parts.gzip()}
        return {}


# Whoever publishes asks the same of a closed month again and again: one of 84 MB takes
# 0.16 s.
@lru_cache(maxsize=32)
def _found(
    path: Path, _state: tuple[int, ...], published_ids: frozenset[str]
) -> frozenset[str]:
    """Return under which ids an entry stands in a month that is in this state."""
    body = opened(path)
    names = {_escaped(id_): id_ for id_ in published_ids}
    found = entries_of(body, names.keys()) if body else ()
    return frozenset(names[own] for _, _, own in found)


def _index_of(month: str) -> str:
    return f".{month}.pieces"


def _packed(path: Path) -> Path:
    return path.with_name(path.name + files.GZIP)


def _escaped(text: str) -> bytes:
    """Return an id as it stands between the tags of an XML document."""
    return escape(text).encode()


def _unpacked(path: Path) -> tuple[Fresh, Sum] | None:
    """Return what a compressed month holds, None if it is damaged or none."""
    fresh, total = Fresh(path.parent), Sum()
    try:
        with gzip.open(path) as packed:
            for part in total.of(iter(lambda: packed.read(_CHUNK), b"")):
                fresh.add(part)
    except (OSError, EOFError, zlib.error):
        return None
    return fresh, total
