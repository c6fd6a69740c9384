"""Read rows of which one may hold a text that nobody can decode.

In: a statement that selects rows by the ids of articles, or of sources. Out: its rows,
and of each that holds bytes which are no UTF-8 what is wrong. SQLite hands such a text
out, the driver raises in the middle of a page, and nothing says whose it is: then the rest
are read one by one. PostgreSQL takes no such text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select
from sqlalchemy.exc import DBAPIError

from aggregator.errors import StoreDamaged
from aggregator.store.columns import AnyRow, Name

# Is given what cannot be read.
LeaveOut = Callable[[StoreDamaged], None]

_UNDECODABLE = re.compile(r"Could not decode to UTF-8 column '(\w+)'")


def raised(damaged: StoreDamaged) -> None:
    """Leave nothing out: raise that an article cannot be read."""
    raise damaged


def undecodable(error: BaseException | None) -> str | None:
    """Return the column whose text is no UTF-8, None if that is not what is wrong."""
    found = _UNDECODABLE.match(str(error)) if error else None
    return found[1] if found else None


def undecoded(error: DBAPIError) -> str:
    """Return the column whose text is no UTF-8; raises any other error again."""
    column = undecodable(error.orig)
    if column is None:
        raise error
    return column


def isolated(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    parameters: Mapping[str, Any],
    *,
    leave_out: LeaveOut,
) -> Iterator[AnyRow]:
    """Yield the rows of a statement, one for each id, which is its first column.

    They come in its order. What cannot be decoded is given to `leave_out`.
    """
    seen = set[str]()
    try:
        for row in connection.execute(statement, parameters):
            seen.add(row[0])
            yield row
    except DBAPIError as error:
        undecoded(error)
    else:
        return
    # An index tells the ids in their order, and nothing of the rows is decoded.
    key = next(iter(statement.selected_columns))
    ids = connection.scalars(statement.with_only_columns(key), parameters).all()
    unseen = [id_ for id_ in dict.fromkeys(ids) if id_ not in seen]
    yield from one_by_one(connection, statement, unseen, leave_out=leave_out)


def one_by_one(
    connection: Connection,
    statement: Select[*tuple[Any, ...]],
    article_ids: Iterable[str],
    *,
    leave_out: LeaveOut,
) -> Iterator[AnyRow]:
    """Yield all rows that a statement has for each id, or none of them."""
    alone = _alone(statement)
    for id_ in article_ids:
        yield from _one(connection, alone, id_, leave_out)


def _alone(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return the statement for one row, by its id."""
    key = next(iter(statement.selected_columns))
    by_id = select(*statement.selected_columns).where(
        key == bindparam("alone", type_=Name)
    )
    return by_id.select_from(*statement.get_final_froms())


def _one(
    connection: Connection,
    alone: Select[*tuple[Any, ...]],
    article_id: str,
    leave_out: LeaveOut,
) -> Iterator[AnyRow]:
    try:
        rows = connection.execute(alone, {"alone": article_id}).all()
    except DBAPIError as error:
        leave_out(StoreDamaged(article_id, undecoded(error)))
    else:
        yield from rows
