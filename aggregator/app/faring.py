"""Keep how documents fared that were to be published, and say in the log what is new.

In: the store, the publications of a config, statuses of what was printed. Out: the same
in the store, where `status`, alerts and metrics find them. Months are told of only while
they cannot be written: an archive that is told of no more is mended.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from aggregator.events import log
from aggregator.model import Publication, PublicationStatus
from aggregator.store import Store


def nothing(now: datetime) -> PublicationStatus:
    """Return how a path fared of which nothing stands."""
    return PublicationStatus(path="", checked_at=now, written_at=None, entries=0)


def keep(
    store: Store,
    publications: Iterable[Publication],
    statuses: Sequence[PublicationStatus],
) -> None:
    """Keep how documents fared, and say so in the log."""
    before = {status.path: status for status in store.publication_status()}
    told = {status.path for status in statuses}
    printed = (each for each in publications if told & {*each.paths.values()})
    archives = {publication.archive for publication in printed}
    mended = archives & before.keys() - told
    store.put_publication_status(statuses, gone=mended)
    for status in statuses:
        path, old = status.path, before.get(status.path)
        if status.refused:
            log.error("refused", path=path, reason=status.refused)
        elif old is None or status.written_at != old.written_at:
            log.info("published", path=path, entries=status.entries)
        known = old.left_out if old else ()
        if new := [each for each in status.left_out if each not in known]:
            id_, why = new[0]  # of many, as a rule all for one reason
            log.warning(
                "left out", path=path, entries=len(new), article_id=id_, reason=why
            )


def keep_hindered(
    store: Store, publications: Iterable[Publication], why: str, *, now: datetime
) -> None:
    """Keep that no document of these publications was replaced, and why."""
    before = {status.path: status for status in store.publication_status()}
    store.put_publication_status(
        [
            replace(
                before.get(path, nothing(now)), path=path, checked_at=now, refused=why
            )
            for publication in publications
            for path in publication.paths.values()
        ]
    )
