"""Write what polls found, all of it in the transaction of the caller.

In: PollResults. Out: the same, as they came (see `arriving`); every table is as if the
polls had been recorded one after another. A source's new validators and the articles
that came with them stand or fall together, so a crash at any moment costs a refetch and
never a report.

A poll that found nothing new costs its share of one UPDATE of `sources`.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from aggregator.model import SHARED, Article, PollResult, Withdrawn
from aggregator.store.arriving import arrived, coming
from aggregator.store.articles import (
    change_articles,
    existing,
    insert_articles,
    rows_of,
)
from aggregator.store.bodies import change_bodies, insert_bodies, keep_revisions
from aggregator.store.columns import AnyRow
from aggregator.store.desk import withdraw
from aggregator.store.documents import put_documents
from aggregator.store.keys import add_aliases, name_articles
from aggregator.store.leaving import note_leaving
from aggregator.store.listing import list_articles, listed, relist
from aggregator.store.polls import log_polls
from aggregator.store.search import index, index_again
from aggregator.store.sightings import note_sightings
from aggregator.store.sources import record_states
from aggregator.store.succession import succeeding
from aggregator.store.twins import decide_anew


def record(
    connection: Connection,
    results: Sequence[PollResult],
    *,
    now: datetime | None = None,
) -> list[PollResult]:
    """Write everything that these polls change, and return it as it came.

    `now` is when they are recorded; None for polls that say themselves when all came.
    """
    record_states(connection, results)
    log_polls(connection, results)
    if now and any(r.new or r.changed or r.deletions for r in results):
        now = coming(connection, now)
        results = [arrived(result, now) for result in results]
    known = now or max(result.at + result.took for result in results)
    documents = {r.source_id: r.document for r in results if r.document is not None}
    put_documents(connection, documents)
    if new := {article.id: article for r in results for article in r.new}:
        _add(connection, new)
    if changed := {article.id: article for r in results for article in r.changed}:
        _change(connection, changed, known)
    if aliases := [(r.source_id, *alias) for r in results for alias in r.aliases]:
        _alias(connection, aliases)
    _see(connection, results)
    taken_back = {
        id_: Withdrawn(at=r.at, reason=reason, by="source")
        for r in results
        for id_, reason in r.deletions
    }
    if taken_back:
        withdraw(connection, taken_back, known)
    return list(results)


def _add(connection: Connection, new: dict[str, Article]) -> None:
    """Insert articles; one that is stored already stays as it is.

    That happens when a process died between a commit and its answer, and records the
    same poll again.
    """
    stored = existing(connection, new)
    fresh = [article for article in new.values() if article.id not in stored]
    if fresh:
        fresh = succeeding(connection, fresh)
        insert_articles(connection, fresh)
        insert_bodies(connection, fresh)
        list_articles(connection, fresh)
        index(connection, fresh)
    name_articles(connection, list(new.values()))


def _change(connection: Connection, changed: dict[str, Article], now: datetime) -> None:
    """Update articles; one that was deleted since it was recognised comes back."""
    stored = rows_of(connection, changed)
    _add(connection, {id_: each for id_, each in changed.items() if id_ not in stored})
    rest = [_headed(changed[id_], row) for id_, row in stored.items()]
    before = listed(connection, stored)
    note_leaving(connection, stored, now)
    keep_revisions(connection, rest)
    change_articles(connection, rest)
    change_bodies(connection, rest)
    name_articles(connection, rest)
    relist(connection, before, stored)
    index_again(connection, list(stored))
    reworded = [each for each in rest if each.revision != stored[each.id].revision]
    decide_anew(connection, [each.id for each in reworded])


def _headed(article: Article, row: AnyRow) -> Article:
    """Return an article under the desk's headline, which it may have got or lost since."""
    if row.override:
        return replace(article, title=row.override, override=row.override)
    if article.override:
        return replace(article, title=row.title, override=None)
    return article


def _alias(connection: Connection, aliases: Sequence[tuple[str, str, str]]) -> None:
    """Register further keys, except of articles that were deleted meanwhile."""
    stored = existing(connection, {article_id for _, _, article_id in aliases})
    add_aliases(connection, [alias for alias in aliases if alias[2] in stored])


def _see(connection: Connection, results: Sequence[PollResult]) -> None:
    """Note in which polls articles were changed, had other names, or stood repeatedly."""
    seen: dict[tuple[str, datetime], list[str]] = {}
    for result in results:
        for article in result.changed:
            what = f"changed: revision {article.revision}"
            seen.setdefault((article.id, result.at), []).append(what)
        for key, article_id in result.aliases:
            shared = key.removeprefix(SHARED)
            what = (
                f"recognised under another name: {key}"
                if shared == key
                else f"{shared} stands on several entries, and names none of them"
            )
            seen.setdefault((article_id, result.at), []).append(what)
        for article_id, what in result.remarks:
            seen.setdefault((article_id, result.at), []).append(what)
    stored = existing(connection, {article_id for article_id, _ in seen})
    note_sightings(
        connection,
        [
            (article_id, at, "; ".join(whats))
            for (article_id, at), whats in seen.items()
            if article_id in stored
        ],
    )
