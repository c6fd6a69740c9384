"""Note whom an article leaves behind that is taken back, split off or changed.

In: the ids of articles that are about to leave their twins, and when. Out: facts in
`meta`, one for each that had to do with them and one for each that goes. Any of these may
begin to stand by it; who publishes asks for those since a time, and finds out which do.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, delete, select

from aggregator.epoch import micros, moment
from aggregator.store.arriving import coming
from aggregator.store.columns import digest
from aggregator.store.meta import meta, put_fact, put_facts
from aggregator.store.readable import bare, say_left_out
from aggregator.store.twins import twins

# Another text whenever somebody was left.
LEFT: Final = "left lately"

_KEY = "left {:020} {}"
_END = "left :"  # above all of them, and below `LEFT`
_since = (
    select(meta.c.key)
    .where(meta.c.key >= bindparam("since"), meta.c.key < _END)
    .order_by(meta.c.key)
)
_before = delete(meta).where(
    meta.c.key >= _KEY.format(0, ""), meta.c.key < bindparam("before")
)


class Left(NamedTuple):
    """An article that may stand since then, for another one left it."""

    at: datetime
    id: str


def note_leaving(
    connection: Connection, article_ids: Collection[str], at: datetime
) -> None:
    """Note all that have to do with articles which leave; nothing where nobody has."""
    leaving = bare(connection, article_ids, leave_out=say_left_out, shown=True)
    if not leaving:
        return
    left = sorted(twins(connection, leaving.values()).tied())
    if not left:
        return
    at = coming(connection, at)
    put_facts(connection, {_KEY.format(micros(at), id_): "" for id_ in left})
    who = digest(" ".join([*sorted(leaving), *left])).hex()
    put_fact(connection, LEFT, f"{micros(at)} {who}")


def left(connection: Connection, since: datetime) -> list[Left]:
    """Return who was left since a time, in the order of time."""
    keys = connection.scalars(_since, {"since": _KEY.format(micros(since), "")})
    return [Left(moment(int(at)), id_) for _, at, id_ in map(str.split, keys)]


def forget_left(connection: Connection, before: datetime) -> None:
    """Forget who was left before a time."""
    connection.execute(_before, {"before": _KEY.format(micros(before), "")})
