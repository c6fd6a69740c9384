"""Bring back articles that a wrong clock saw in the future.

In: the time, after the clock was put right. Out: how many articles were ahead of it. All
of them move by the same span, so that the last of them was seen now and their order
stays; names and words stay too. Both kinds are found by an index: what is listed ahead,
and what is listed by its own date but was seen ahead.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from aggregator.epoch import micros, moment
from aggregator.store import seals
from aggregator.store.articles import CAME_LATE, articles, note_changed
from aggregator.store.columns import execute_each
from aggregator.store.listing import listed, relist
from aggregator.store.search import number_again

_TIMES = ("first_seen", "listed_at", "published", "updated")
_SEALS = tuple(
    name
    for name, columns in seals.OF_ARTICLES.items()
    if any(column in _TIMES for column in columns)
)
_listed_ahead = (articles.c.listed_at > bindparam("now"),)
_seen_ahead = (
    CAME_LATE,
    articles.c.first_seen > bindparam("now"),
    articles.c.listed_at <= bindparam("now"),
)
_ahead = [select(articles).where(*which) for which in (_listed_ahead, _seen_ahead)]
_counts = [
    select(func.count(), func.min(articles.c.first_seen)).where(*which)
    for which in (_listed_ahead, _seen_ahead)
]
_redate = (
    update(articles)
    .where(articles.c.article_id == bindparam("which"))
    .values({name: bindparam(name) for name in (*_TIMES, *_SEALS)})
)


def ahead(connection: Connection, now: datetime) -> tuple[int, datetime | None]:
    """Return how many articles were seen or listed after this time, and the first of it."""
    counts = [connection.execute(each, {"now": micros(now)}).one() for each in _counts]
    seen = [first for _, first in counts if first is not None]
    return sum(many for many, _ in counts), moment(min(seen)) if seen else None


def bring_back(connection: Connection, now: datetime) -> int:
    """Move articles seen or listed after this time to it; return how many."""
    at = micros(now)
    rows: dict[str, dict[str, Any]] = {
        row.article_id: dict(row._mapping)  # noqa: SLF001 - the public name of it
        for query in _ahead
        for row in connection.execute(query, {"now": at})
    }
    if not rows:
        return 0
    before = listed(connection, rows)
    note_changed(connection, rows)
    by = at - max(max(row["first_seen"], row["listed_at"]) for row in rows.values())
    for id_, row in rows.items():
        row.update({name: row[name] + by for name in _TIMES if row[name] > at})
        row.update(seals.seals(id_, row, _SEALS), which=id_)
    wanted = ("which", *_TIMES, *_SEALS)
    execute_each(
        connection, _redate, [{n: row[n] for n in wanted} for row in rows.values()]
    )
    note_changed(connection, rows)
    relist(connection, before, rows)
    number_again(connection, sorted(rows, key=lambda id_: rows[id_]["listed_at"]))
    return len(rows)
