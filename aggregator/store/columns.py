"""How our values become columns: the same on SQLite and PostgreSQL.

Times are integer microseconds since 1970 in UTC, so that order and equality agree on
both databases. Small compounds are JSON text, empty ones NULL. Names compare by code
point on both. Long names (a guid, an address) are found by a 16-byte digest, because
PostgreSQL refuses index entries over 2,704 bytes and a guid may have 10,000.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import import_module
from typing import Any, NamedTuple, TypeAlias, TypeVar

from sqlalchemy import (
    BigInteger,
    ClauseElement,
    Connection,
    Dialect,
    Executable,
    Insert,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Table,
    Text,
)
from sqlalchemy.sql.compiler import SQLCompiler

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

Name = Text().with_variant(Text(collation="C"), "postgresql")
Moment = BigInteger()
Bytes = LargeBinary()

# SQLite binds at most 32,766 values to a statement, PostgreSQL 65,535.
CHUNK = 1_000

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# The standard has no INSERT that meets an existing row; both databases have the same
# one, as two classes: this makes a statement for the dialect of a name, once. The other
# dialect is never loaded (asyncio would come with PostgreSQL's: 24 ms).
ByDialect = Callable[[str], Insert]


def _insert_into(dialect: str, table: Table) -> Any:  # noqa: ANN401 - one of two classes
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def micros(moment: datetime) -> int:
    """Return microseconds since the epoch; the datetime must be aware."""
    return (moment - _EPOCH) // _MICROSECOND


def micros_or_none(moment: datetime | None) -> int | None:
    """Return microseconds since the epoch, or None for None."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    """Return the aware UTC datetime of a stored number of microseconds."""
    return _EPOCH + timedelta(microseconds=value)


def moment_or_none(value: int | None) -> datetime | None:
    """Return the aware UTC datetime of a stored number, or None for None."""
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def digest(name: str) -> bytes:
    """Return the 16 bytes by which a key or an address is found."""
    return blake2b(name.encode(), digest_size=16).digest()


def _members(value: object) -> dict[str, Any]:
    """Return the fields of a dataclass that say something, for JSON."""
    if not is_dataclass(value):
        raise TypeError(f"no JSON for {type(value).__name__}")
    named = ((field.name, getattr(value, field.name)) for field in fields(value))
    return {name: member for name, member in named if member is not None}


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_members
).encode


def packed(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON and our nouns can say
    """Return JSON text, or None for anything empty. Dataclasses become objects."""
    return _encode(value) if value else None


def unpacked(text: str | None) -> Any:  # noqa: ANN401 - the caller knows what it put in
    """Return what `packed` was given, with lists for tuples; () for NULL."""
    return json.loads(text) if text is not None else ()


def upsert(table: Table, *, keep: Collection[str] = ()) -> ByDialect:
    """Return the insert that replaces all of an existing row but the columns to keep."""
    key = [column.name for column in table.primary_key]
    names = [c.name for c in table.c if c.name not in {*key, *keep}]

    @cache
    def statement(dialect: str) -> Insert:
        insert = _insert_into(dialect, table)
        replaced: Insert = insert.on_conflict_do_update(
            index_elements=key, set_={name: insert.excluded[name] for name in names}
        )
        return replaced

    return statement


def insert_unless_there(
    table: Table, rows: Select[*tuple[Any, ...]] | None = None
) -> ByDialect:
    """Return the insert that leaves an existing row alone; `rows` to copy, if any."""
    names = [column.name for column in table.c]

    @cache
    def statement(dialect: str) -> Insert:
        insert = _insert_into(dialect, table)
        if rows is not None:
            insert = insert.from_select(names, rows)
        kept: Insert = insert.on_conflict_do_nothing()
        return kept

    return statement


def chunks(values: Sequence[T], size: int = CHUNK) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most `size`."""
    return (values[at : at + size] for at in range(0, len(values), size))


def execute_each(
    connection: Connection,
    statement: Executable | ByDialect,
    rows: Sequence[Mapping[str, Any]],
) -> None:
    """Execute a statement once for each row; no rows, no statement.

    Every row has the same names. Always a list of parameters, never `values([...])`,
    which costs 7 to 14 times more. The statement is SQLAlchemy's, written out once: what
    it does for each row again (defaults, casts, several kinds of executing) took more
    CPU than SQLite does.
    """
    if rows:
        if not isinstance(statement, Executable):
            statement = statement(connection.dialect.name)
        written = _written(statement, connection.dialect, tuple(rows[0]))
        connection.exec_driver_sql(written.sql, written.parameters(rows))


class _Written(NamedTuple):
    """A statement as the driver takes it.

    `binds` are the names of its parameters in their order, each with what its type does
    to a value, if anything; `constants` are values that stand in the statement itself.
    """

    sql: str
    binds: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    constants: Mapping[str, Any]
    by_position: bool

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return what the driver wants for each row: tuples, or dicts by name."""
        if self.constants:
            rows = [{**self.constants, **row} for row in rows]
        if self.by_position:
            return [
                tuple([p(row[n]) if p else row[n] for n, p in self.binds])
                for row in rows
            ]
        return [{n: p(row[n]) if p else row[n] for n, p in self.binds} for row in rows]


@lru_cache(maxsize=256)
def _written(
    statement: Executable, dialect: Dialect, names: tuple[str, ...]
) -> _Written:
    assert isinstance(statement, ClauseElement)  # noqa: S101 - all that executes is one
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - no statement here is DDL
    types = {name: bind.type for bind, name in compiled.bind_names.items()}
    return _Written(
        sql=str(compiled),
        binds=tuple(
            (name, types[name].dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or types
        ),
        constants={n: v for n, v in compiled.params.items() if n not in names},
        by_position=compiled.positiontup is not None,
    )
