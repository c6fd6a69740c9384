"""The store's door to what happened when: reports by the hour, polls by the source.

Each method reads in one short transaction of `Store`, which opens this door (`journal`).
None looks at more rows than it tells of.
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select, tuple_

from aggregator.epoch import HOUR, micros, moment
from aggregator.model import OutcomeKind, PastPoll
from aggregator.store import sources
from aggregator.store.articles import CAME_LATE, articles
from aggregator.store.columns import chunks
from aggregator.store.hours import changes
from aggregator.store.polls import past_poll, poll_log, polls
from aggregator.store.transactions import Transaction

# No index orders all articles by `first_seen`. All but the late ones are listed as they
# are seen, and the late ones have an index: counted by `listed_at`, those are moved.
_seen = (articles.c.first_seen // HOUR).label("seen")
_hour = (articles.c.listed_at // HOUR).label("hour")
_by_hour = (
    select(_hour, func.count())
    .where(articles.c.listed_at >= bindparam("since"))
    .group_by(_hour)
)
_counted = articles.c.listed_at >= bindparam("since")
_late = (
    select(_seen, _hour, _counted.label("counted"), func.count())
    .where(CAME_LATE, articles.c.first_seen >= bindparam("since"))
    .group_by(_seen, _hour, _counted)
)
_times = (
    select(articles.c.listed_at)
    .where(
        articles.c.source_id == bindparam("which"),
        articles.c.listed_at >= bindparam("since"),
    )
    .order_by(articles.c.listed_at.desc())
    .limit(bindparam("rows"))
)
_newest = (
    select(polls.c.source_id, func.max(polls.c.at))
    .where(polls.c.source_id.in_(bindparam("names", expanding=True)))
    .group_by(polls.c.source_id)
)
_last = select(polls).where(tuple_(polls.c.source_id, polls.c.at).in_(_newest))


class Journal:
    """Reads what happened when."""

    def __init__(self, reading: Transaction) -> None:
        self._reading = reading

    def by_hour(self, since: datetime) -> dict[datetime, int]:
        """Return how many articles were first seen in each hour (its start) since a time.

        By whatever date they are listed: those of a first poll have dates of their own.
        """
        bounds = {"since": micros(since)}
        with self._reading() as connection:
            listed = connection.execute(_by_hour, bounds).all()
            late = connection.execute(_late, bounds).all()
        hours: Counter[int] = Counter()
        for hour, count in listed:
            hours[hour] += count
        for seen, hour, counted, count in late:
            hours[seen] += count
            hours[hour] -= count if counted else 0
        return {moment(hour * HOUR): count for hour, count in (+hours).items()}

    def changes(self, first: int, last: int) -> dict[int, int]:
        """Return how often anything changed among the articles listed in an hour.

        By hour, numbered from the beginning of 1970, from the first on and before the
        last; what has none never changed.
        """
        with self._reading() as connection:
            return changes(connection, first, last)

    def listed(self, source_id: str, *, since: datetime, limit: int) -> list[datetime]:
        """Return when a source's newest articles were listed, newest first."""
        bounds = {"which": source_id, "since": micros(since), "rows": limit}
        with self._reading() as connection:
            return [moment(at) for at in connection.scalars(_times, bounds)]

    def last_polls(self, source_ids: Collection[str]) -> dict[str, PastPoll]:
        """Return the last poll of each source that found something or failed."""
        with self._reading() as connection:
            return {
                row.source_id: past_poll(row)
                for some in chunks(list(source_ids))
                for row in connection.execute(_last, {"names": list(some)})
            }

    def recent_polls(self) -> dict[str, tuple[tuple[datetime, OutcomeKind], ...]]:
        """Return the last 50 polls of every source, newest first, to the minute."""
        with self._reading() as connection:
            return sources.strips(connection)

    def poll_log(self, source_id: str, *, limit: int = 50) -> list[PastPoll]:
        """Return a source's latest polls that found something or failed."""
        with self._reading() as connection:
            return poll_log(connection, source_id, limit)
