"""The store's door to what it knows of the same article from several sources.

Each method is one transaction, as those of `Store`, which opens this door (`twins`).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from aggregator.model import Article
from aggregator.store import comparing, leaving, twins
from aggregator.store.comparing import Band, Sketched
from aggregator.store.transactions import Transaction
from aggregator.store.twins import Join, Twins


class Twinship:
    """Reads and writes which articles belong together."""

    def __init__(self, reading: Transaction, writing: Transaction) -> None:
        self._reading = reading
        self._writing = writing

    def of(self, articles: Iterable[Article]) -> Twins:
        """Return these articles and all that belong to them, without bodies."""
        with self._reading() as connection:
            return twins.twins(connection, articles)

    def split(self, article_id: str, *, now: datetime) -> bool:
        """Let an article stand alone from now on; False if there is none."""
        with self._writing() as connection:
            leaving.note_leaving(connection, [article_id], now)
            return twins.split(connection, article_id)

    def unsplit(self, article_id: str) -> None:
        """Let an article be a twin again."""
        with self._writing() as connection:
            twins.unsplit(connection, article_id)

    def left(self, since: datetime) -> list[leaving.Left]:
        """Return what may stand since a time, for its twins left it, in that order."""
        with self._reading() as connection:
            return leaving.left(connection, since)

    def put(
        self, sketches: Sequence[tuple[Article, bytes]], joins: Sequence[Join]
    ) -> None:
        """Write the sketches of articles, and what they turned out to be like.

        What has other words by now stays undecided, and so does what is like it.
        """
        with self._writing() as connection:
            twins.put_decided(connection, sketches, joins)

    def sketched(
        self, since: datetime, sharing: Collection[Band] | None = None
    ) -> list[Sketched]:
        """Return the sketches of articles listed since a time.

        And of those that had to do with what is to be decided anew, whatever their age.
        Of all these only such as are `sharing` a band with others, if bands are given.
        """
        with self._reading() as connection:
            return comparing.sketched(connection, since, sharing)

    def undecided(self, since: datetime) -> list[str]:
        """Return the ids of articles of which nobody knows what their words are like.

        Of those that were never looked at, only such as are listed since a time.
        """
        with self._reading() as connection:
            return comparing.undecided(connection, since)
