"""Recompute everything from the raw items to the files on disk, and say what differs.

In: a Wire. Out: Differences, each with what it concerns and a sentence; none if all is
as it was written. Writes nothing.

raw item → body as sent → published body → rows → documents → files. Every row agrees
with its seals (`store.seals`), the words with the raw item (`reading.provenance`), and
each file with what the store would publish (`publishing.proving`).
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from aggregator.app.ledger import Ledger
from aggregator.app.wire import Wire
from aggregator.errors import PublishError
from aggregator.model import Publication, PublicationStatus
from aggregator.publishing import differences, left_standing, unpaired
from aggregator.reading import doubts

# Whoever was killed between a poll and its publishing has altered no file.
_NEWS = "; the store holds news that is not published yet: `mediawire publish`, then look again"


class Difference(Struct, frozen=True, kw_only=True):
    """Something that is not what was written: an article, a table or a file."""

    subject: str
    sentence: str


def article_differences(
    wire: Wire, checked: Callable[[], None] = lambda: None
) -> Iterator[Difference]:
    """Yield what differs in the store; `checked` is called after each article."""
    for proof in wire.store.evidence.proofs():
        wrong = [*proof.wrong, *(doubts(proof.article) if proof.article else ())]
        for sentence in wrong:
            yield Difference(
                subject=f"article {proof.article_id} of {proof.source_id}",
                sentence=sentence,
            )
        checked()
    for source_id, sentence in wire.store.evidence.unreadable_sources():
        yield Difference(subject=f"source {source_id}", sentence=sentence)
    for sentence in wire.store.evidence.dangling():
        yield Difference(subject="store", sentence=sentence)


def document_differences(wire: Wire) -> Iterator[Difference]:
    """Yield what differs in the published files.

    Each is compared with what the store makes of it for the time at which it was
    published last: articles leave by age in between. One that was refused when it was to
    be published last has nothing to be compared with but its compressed form.
    """
    statuses = {status.path: status for status in wire.store.publication_status()}
    for publication in wire.config.publications:
        for path, sentence in _of_publication(wire, publication, statuses):
            yield Difference(subject=path, sentence=sentence)
    for path, sentence in _of_months(wire):
        yield Difference(subject=path, sentence=sentence)


def _of_months(wire: Wire) -> Iterator[tuple[str, str]]:
    """Yield what differs in archived months."""
    ledger = Ledger(wire.store, base_url=wire.config.base_url)
    yield from unpaired(wire.config.output, ledger.agrees)
    for publication in wire.config.publications:
        is_archived = "atom" in publication.formats
        for month in sorted(ledger.of(publication.id)) if is_archived else ():
            path = f"feeds/{publication.id}/archive/{month}.atom"
            if not (wire.config.output / path).exists():
                yield path, "the file is missing; `mediawire publish` makes it again"


def _of_publication(
    wire: Wire, publication: Publication, statuses: dict[str, PublicationStatus]
) -> Iterator[tuple[str, str]]:
    paths = sorted(publication.paths.values())
    published = [statuses[path] for path in paths if path in statuses]
    if not published:
        return
    # A clock may have been ahead: nothing is meant to stand that is not to be seen yet.
    at = min(max(status.checked_at for status in published), wire.clock())
    try:
        meant = wire.printing.publisher.render(
            publication,
            wire.printing.shelf.reports(publication, at, limit=publication.limit),
            wire.printing.margin(publication, at),
        )
    except PublishError as error:
        yield published[0].path, f"it can no longer be made: {error}"
        return
    standing = {status.path for status in published if status.refused is None}
    remark = _NEWS if wire.printing.has_news(publication, at) else ""
    for document in meant:
        if document.path in standing:
            for path, sentence in differences(wire.config.output, document):
                yield path, f"{sentence}{remark}"
        elif wrong := left_standing(wire.config.output, document.path):
            yield document.path, wrong
