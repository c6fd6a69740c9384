"""What is left of reports that were taken back, and which of them a publication tells.

In: the store, the desk. Out: tombstones, the latest first. Apart from the months they
stand in, because every round of polls asks for them, and hardly any writes a month.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from aggregator.app.editorial import Editorial
from aggregator.errors import StoreDamaged
from aggregator.events import log
from aggregator.model import Article, Publication
from aggregator.publishing import Tombstone
from aggregator.store import Store

# Nobody takes back more than this; each is looked for in its months once.
WITHDRAWN: Final = 10_000
# So many of the latest stand in the live document, or as many as it may have entries: all
# that it showed can be taken back at once.
_TOLD: Final = 50


def withdrawn(store: Store) -> list[Article]:
    """Return the articles that were taken back, without those that cannot be read.

    These are said in the log: publications go on without their tombstones, and months
    get them once they can be read.
    """
    return store.withdrawn(limit=WITHDRAWN, leave_out=_tell)


def _tell(damaged: StoreDamaged) -> None:
    log.once("error", "no tombstone", article_id=damaged.id, reason=str(damaged))


def tombstone(article: Article) -> Tombstone:
    """Return what is left of an article that was taken back."""
    why = article.withdrawn
    assert why is not None  # noqa: S101 - only withdrawn articles are asked for
    return Tombstone(ref=article.published_id, at=why.at, reason=why.reason)


def tombstones(
    store: Store, editorial: Editorial, publication: Publication, now: datetime
) -> tuple[Tombstone, ...]:
    """Return what was taken back last of what the publication would show."""
    most = max(_TOLD, publication.limit)
    return stones(taken_back(store, editorial, publication, now))[:most]


def taken_back(
    store: Store, editorial: Editorial, publication: Publication, now: datetime
) -> list[Article]:
    """Return the withdrawn articles that the publication would show.

    What was taken back before its embargo ended was never shown; what another source
    carries under the same published id is still there.
    """
    found = []
    for article in withdrawn(store):
        shown_at = editorial.grants.released(article)
        was_held = article.listed_at < shown_at and tombstone(article).at < shown_at
        bare = replace(article, withdrawn=None)
        if not (was_held or editorial.refusal(bare, publication, shown_at)):
            found.append(article)
    still = carried_still(store, editorial, publication, found, now)
    return [article for article in found if article.published_id not in still]


def carried_still(
    store: Store,
    editorial: Editorial,
    publication: Publication,
    gone: Iterable[Article],
    now: datetime,
) -> set[str]:
    """Return the published ids of what was taken back under which another stands."""
    ids = {article.published_id for article in gone}
    others = [
        each
        for each in (store.carriers(ids) if ids else ())
        if not editorial.refusal(each, publication, now)
    ]
    if not others:
        return set()
    from aggregator.app.twins import Families

    standing = Families(store, editorial).standing(others, publication, now)
    return {each.published_id for each, _ in standing}


def stones(taken_back: Iterable[Article]) -> tuple[Tombstone, ...]:
    """Return the tombstones of articles, the latest first.

    One for each published id: two sources may have carried a report under one, and a
    tombstone with the same `ref` and `when` as another says nothing (RFC 6721).
    """

    def place(stone: Tombstone) -> tuple[datetime, str]:
        return stone.at, stone.ref

    latest = {each.ref: each for each in sorted(map(tombstone, taken_back), key=place)}
    return tuple(sorted(latest.values(), key=place, reverse=True))
