"""What tells, without reading an article, whether it is as it was.

In: ids. Out: a Mark for each: its place, its source, and the seals of its row. Whatever
is written into a row of `articles` is sealed anew, and another body is another
revision: an article whose seals are the same says the same.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from aggregator.epoch import moment
from aggregator.store import seals
from aggregator.store.articles import articles
from aggregator.store.columns import Name, chunks

# Who takes an article follows from it and the config.
_SEALS = [name for name in seals.OF_ARTICLES if name != "seal_taken_by"]
_some = select(
    articles.c.article_id,
    articles.c.source_id,
    articles.c.listed_at,
    *(articles.c[name] for name in _SEALS),
).where(articles.c.article_id.in_(bindparam("which", type_=Name, expanding=True)))

# In the place of a seal that there is none of, as long as one.
_NO_SEAL = bytes(8)


class Mark(NamedTuple):
    """An article as far as it takes to see that nothing changed.

    `at` is when it is listed, in microseconds since 1970. `seals` (8 bytes) are others
    whenever the article is another; None for a row that was never sealed.
    """

    id: str
    source_id: str
    at: int
    seals: bytes | None

    @property
    def listed_at(self) -> datetime:
        """Return when it is listed."""
        return moment(self.at)


def marks(connection: Connection, article_ids: Sequence[str]) -> list[Mark]:
    """Return the marks of articles in the order of the ids; unknown ones left out."""
    found = {
        row[0]: Mark(row[0], row[1], row[2], _digest(row[3:]))
        for some in chunks(article_ids)
        for row in connection.execute(_some, {"which": some})
    }
    return [found[id_] for id_ in article_ids if id_ in found]


def _digest(sealed: Sequence[bytes | None]) -> bytes | None:
    if not any(sealed):
        return None
    *others, stand_in = sealed
    # Most articles have none, and their digests are those of before there was one.
    whole = b"".join([seal or _NO_SEAL for seal in others]) + (stand_in or b"")
    return blake2b(whole, digest_size=8).digest()
