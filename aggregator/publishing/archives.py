"""The months of a publication as files, for readers that were away (RFC 5005, section 4).

In: a month and its reports, newest first. Out: `feeds/{id}/archive/YYYY-MM.atom` and its
`.gz`, each whole at any moment. Entries are rendered and checked as in the live document;
`take_back` alone changes a document that is closed: it puts a tombstone in the place of
an entry and leaves every other byte as it is.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from aggregator.errors import PublishError
from aggregator.model import Publication, Report
from aggregator.publishing import files
from aggregator.publishing.check import check
from aggregator.publishing.document import compose
from aggregator.publishing.formats import named
from aggregator.publishing.gzipped import deflated, gzip_member
from aggregator.publishing.margin import Margin, Tombstone, tombstone_element
from aggregator.publishing.pieces import Pieces
from aggregator.publishing.showing import fingerprint

FORMAT = "atom"
# The open month is written now and then, with most of what it held the last time.
_KEPT_BYTES = 16 * 1024 * 1024
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
        self._kept = Pieces(_KEPT_BYTES)

    def address(self, publication_id: str, month: str) -> str:
        """Return where a month is found by readers."""
        feeds = f"{self._base_url}/{files.FOLDER}"
        return f"{feeds}/{publication_id}/archive/{month}.{FORMAT}"

    def exists(self, publication_id: str, month: str) -> bool:
        """Whether a month was written and is still there."""
        return (self._folder(publication_id) / f"{month}.{FORMAT}").is_file()

    def write(
        self,
        publication: Publication,
        month: str,
        reports: Sequence[Report],
        *,
        previous: str | None,
        now: datetime,
    ) -> None:
        """Write a month; raises PublishError or OSError, and the old file stays."""
        document = compose(
            publication,
            FORMAT,
            [(report, fingerprint(report)) for report in reports],
            base_url=self._base_url,
            kept=self._kept,
            margin=Margin(
                current=f"{self._base_url}/{files.FOLDER}/{publication.id}.{FORMAT}",
                previous=previous and self.address(publication.id, previous),
            ),
            address=self.address(publication.id, month),
        )
        check(document.body, named(FORMAT), document.marks)
        self._swap(publication.id, month, document.body, document.gzip, now)

    def take_back(
        self, publication_id: str, month: str, stone: Tombstone, *, now: datetime
    ) -> None:
        """Put a tombstone where an entry stands in a month, if it does."""
        path = self._folder(publication_id) / f"{month}.{FORMAT}"
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
                self._swap(publication_id, month, cut, gzip, now)
                return

    def _folder(self, publication_id: str) -> Path:
        return self._output / publication_id / "archive"

    def _swap(
        self, publication_id: str, month: str, body: bytes, gzip: bytes, now: datetime
    ) -> None:
        files.require_plain(publication_id)
        with files.folder(self._folder(publication_id)) as within:
            try:
                files.swap_pair(
                    f"{month}.{FORMAT}", body, gzip, within, at=now, step=self._step
                )
            except OSError as error:
                why = error.strerror or error
                where = self.address(publication_id, month)
                raise PublishError(f"{where} cannot be written: {why}") from error


def _escaped(text: str) -> bytes:
    """Return an id as it stands between the tags of an XML document."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode()
