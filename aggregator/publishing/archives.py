"""The months of a publication as files, for readers that were away (RFC 5005, section 4).

In: a month and what is to stand in it, newest first. Out: `YYYY-MM.atom` and its `.gz` in
`feeds/{id}/archive`, each whole at any moment, and beside them an index of their pieces
(see `volume`). Entries are rendered and checked as in the live document; `take_back`
alone changes a document that is closed: it puts a tombstone in the place of an entry and
leaves every other byte as it is.
"""

import re
from datetime import datetime
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import Publication
from aggregator.publishing import files
from aggregator.publishing.document import masthead
from aggregator.publishing.gzipped import deflated, gzip_member
from aggregator.publishing.margin import Margin, Tombstone, tombstone_element
from aggregator.publishing.volume import Bound, Volume, taken_over

FORMAT = "atom"
# What is within an entry is escaped, so its end tag is the first that follows.
_ENTRY = re.compile(rb"<entry[ >].*?</entry>", re.DOTALL)
_ID = re.compile(rb"<id>([^<]*)</id>")


class Archives:
    """Writes the archive documents below one folder."""

    def __init__(
        self, output: Path, *, base_url: str, step: files.Step = files.pass_by
    ) -> None:
        self._output = output / files.FOLDER
        self._base_url = base_url.rstrip("/")
        self._step = step

    def address(self, publication_id: str, month: str) -> str:
        """Return where a month is found by readers."""
        feeds = f"{self._base_url}/{files.FOLDER}"
        return f"{feeds}/{publication_id}/archive/{month}.{FORMAT}"

    def exists(self, publication_id: str, month: str) -> bool:
        """Whether a month was written and is still there."""
        return (self._folder(publication_id) / f"{month}.{FORMAT}").is_file()

    def volume(self, publication: Publication, month: str) -> Volume:
        """Return a month to be put together anew from what stands and what is new."""
        top = masthead(publication, FORMAT, self._base_url)
        path = self._path(publication.id, month)
        index = _content(self._index(publication.id, month))
        if index is None:
            return Volume(FORMAT, top)
        kept = taken_over(index, _content(path), _content(_packed(path)))
        return Volume(FORMAT, top, kept)

    def write(
        self,
        publication: Publication,
        month: str,
        volume: Volume,
        *,
        previous: str | None,
        now: datetime,
    ) -> bool:
        """Write a month; False if there is nothing in it.

        Raises PublishError or OSError, and the old file stays.
        """
        bound = volume.bound(
            address=self.address(publication.id, month),
            spoken=publication.language,
            margin=Margin(
                current=f"{self._base_url}/{files.FOLDER}/{publication.id}.{FORMAT}",
                previous=previous and self.address(publication.id, previous),
            ),
        )
        if bound is None:
            return False
        self._swap(publication.id, month, bound, now)
        return True

    def take_back(
        self, publication_id: str, month: str, stone: Tombstone, *, now: datetime
    ) -> None:
        """Put a tombstone where an entry stands in a month, if it does."""
        path = self._path(publication_id, month)
        if not self.exists(publication_id, month):
            return
        body = path.read_bytes()
        ref = _escaped(stone.ref)
        for found in _ENTRY.finditer(body):
            own = _ID.search(found[0])
            if own and own[1] == ref:
                stone_bytes = tombstone_element(stone).encode()
                cut = body[: found.start()] + stone_bytes + body[found.end() :]
                gzip = gzip_member([deflated(cut)], cut)
                self._swap(publication_id, month, Bound(cut, gzip, b""), now)
                return

    def _folder(self, publication_id: str) -> Path:
        return self._output / publication_id / "archive"

    def _path(self, publication_id: str, month: str) -> Path:
        return self._folder(publication_id) / f"{month}.{FORMAT}"

    def _index(self, publication_id: str, month: str) -> Path:
        return self._folder(publication_id) / _index_of(month)

    def _swap(
        self, publication_id: str, month: str, bound: Bound, now: datetime
    ) -> None:
        files.require_plain(publication_id)
        with files.folder(self._folder(publication_id)) as within:
            try:
                files.swap_pair(
                    f"{month}.{FORMAT}",
                    bound.body,
                    bound.gzip,
                    within,
                    at=now,
                    step=self._step,
                )
                # Last: an index that was not written says nothing of these files.
                if files.content(_index_of(month), within) != bound.pieces:
                    files.swap(
                        _index_of(month),
                        bound.pieces,
                        within,
                        at=now,
                        step=files.pass_by,
                    )
            except OSError as error:
                why = error.strerror or error
                where = self.address(publication_id, month)
                raise PublishError(f"{where} cannot be written: {why}") from error


def _index_of(month: str) -> str:
    return f".{month}.pieces"


def _packed(path: Path) -> Path:
    return path.with_name(path.name + files.GZIP)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _escaped(text: str) -> bytes:
    """Return an id as it stands between the tags of an XML document."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
