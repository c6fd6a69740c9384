"""The table `meta`: single facts about the whole store, text under a name."""

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


def put_fact(connection: Connection, key: str, value: str) -> None:
    """Write one fact."""
    execute_each(connection, _put, [{"key": key, "value": value}])


def forget_fact(connection: Connection, key: str) -> None:
    """Delete one fact, if it was ever written."""
    connection.execute(_forget, {"which": key})


def fact(connection: Connection, key: str) -> str | None:
    """Return one fact, None if it was never written."""
    return connection.scalar(_one, {"which": key})
