"""The table `meta`: single facts about the whole store, text under a name."""

from collections.abc import Collection, Mapping

from sqlalchemy import Column, Connection, Table, Text, bindparam, delete, select

from aggregator.store.columns import Name, execute_each, metadata, upsert

meta = Table(
    "meta",
    metadata,
    Column("key", Name, primary_key=True),
    Column("value", Text, nullable=False),
)

_put = upsert(meta)
_forget = delete(meta).where(meta.c.key == bindparam("which"))
_one = select(meta.c.value).where(meta.c.key == bindparam("which"))
_some = select(meta).where(meta.c.key.in_(bindparam("which", expanding=True)))


def put_fact(connection: Connection, key: str, value: str) -> None:
    """Write one fact."""
    put_facts(connection, {key: value})


def put_facts(connection: Connection, said: Mapping[str, str]) -> None:
    """Write some facts."""
    rows = [{"key": key, "value": value} for key, value in said.items()]
    execute_each(connection, _put, rows)


def forget_fact(connection: Connection, key: str) -> None:
    """Delete one fact, if it was ever written."""
    connection.execute(_forget, {"which": key})


def fact(connection: Connection, key: str) -> str | None:
    """Return one fact, None if it was never written."""
    return connection.scalar(_one, {"which": key})


def facts(connection: Connection, keys: Collection[str]) -> dict[str, str]:
    """Return some facts by their names, without those that were never written."""
    rows = connection.execute(_some, {"which": list(keys)})
    return {row.key: row.value for row in rows}
