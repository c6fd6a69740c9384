"""The table `grants`: what the operator last said of each source's reports.

In: Grants. Out: those of sources that are not configured any more, whose reports stay.
A source of which nothing is said has no row.
"""

from collections.abc import Collection, Mapping

from msgspec import json
from sqlalchemy import Column, Connection, Table, bindparam, delete, select

from aggregator.model import Grant
from aggregator.store.columns import Bytes, Name, execute_each, metadata, upsert
from aggregator.store.sources import sources

grants = Table(
    "grants",
    metadata,
    Column("source_id", Name, primary_key=True),
    Column("said", Bytes, nullable=False),
)

NOTHING_SAID = Grant()

_put = upsert(grants)
_drop = delete(grants).where(grants.c.source_id == bindparam("which"))
_all = select(grants.c.source_id, grants.c.said)
_ids = select(sources.c.source_id)


def former_grants(
    connection: Connection, configured: Collection[str]
) -> dict[str, Grant]:
    """Return what was said of every source that is not among the configured ones."""
    ids = set(connection.scalars(_ids)).difference(configured)
    said = _said(connection) if ids else {}
    return {id_: _grant(said.get(id_)) for id_ in sorted(ids)}


def changed_grants(
    connection: Connection, now: Mapping[str, Grant], configured: Collection[str]
) -> dict[str, Grant]:
    """Return what was said before of configured sources of which something else is now."""
    before = _said(connection)
    rows = {id_: json.encode(grant) for id_, grant in sorted(now.items())}
    spoken = [id_ for id_, said in rows.items() if before.get(id_) != said]
    silent = sorted((before.keys() & set(configured)) - rows.keys())
    return {id_: _grant(before.get(id_)) for id_ in (*spoken, *silent)}


def note_grants(
    connection: Connection, now: Mapping[str, Grant], changed: Collection[str]
) -> None:
    """Write what is said now of these sources, which may be nothing."""
    rows = [
        {"source_id": id_, "said": json.encode(now[id_])}
        for id_ in changed
        if id_ in now
    ]
    execute_each(connection, _put, rows)
    execute_each(connection, _drop, [{"which": i} for i in changed if i not in now])


def _grant(said: bytes | None) -> Grant:
    return json.decode(said, type=Grant) if said else NOTHING_SAID


def _said(connection: Connection) -> dict[str, bytes]:
    return {row.source_id: row.said for row in connection.execute(_all)}
