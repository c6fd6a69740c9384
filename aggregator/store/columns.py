"""How our values become columns: the same on SQLite and PostgreSQL.

Times are integer microseconds since 1970 in UTC, so that order and equality agree on
both databases. Small compounds are JSON text, empty ones NULL. Names compare by code
point on both. Long names (a guid, an address) are found by a 16-byte digest, because
PostgreSQL refuses index entries over 2,704 bytes and a guid may have 10,000.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from hashlib import blake2b
from importlib import import_module
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, TypeVar

from msgspec import Struct
from msgspec.structs import asdict
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
from sqlalchemy.types import TypeDecorator

from aggregator.epoch import micros, moment

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
# To ask for one takes 35 us, for each further one of the same statement 2.5: from here on
# it is worth asking first whether there is anything to be found at all.
MANY = 12

T = TypeVar("T")
AnyRow: TypeAlias = Row[*tuple[Any, ...]]

# The standard has no INSERT that meets an existing row; both databases have the same
# one, as two classes: this makes a statement for the dialect of a name, once. The other
# dialect is never loaded (asyncio would come with PostgreSQL's: 24 ms).
ByDialect = Callable[[str], Insert]


def _insert_into(dialect: str, table: Table) -> Any:  # noqa: ANN401 - one of two classes
    return import_module(f"sqlalchemy.dialects.{dialect}").insert(table)


def micros_or_none(time: datetime | None) -> int | None:
    """Return microseconds since 1970, or None for None."""
    return None if time is None else micros(time)


def moment_or_none(value: int | None) -> datetime | None:
    """Return the aware UTC datetime of a stored number, or None for None."""
    return None if value is None else moment(value)


def digest(name: str) -> bytes:
    """Return the 16 bytes by which a key or an address is found."""
    return blake2b(name.encode(), digest_size=16).digest()


def _members(value: object) -> dict[str, Any]:
    """Return the fields of a noun that say something, for JSON."""
    if not isinstance(value, Struct):
        raise TypeError(f"no JSON for {type(value).__name__}")
    return {name: said for name, said in asdict(value).items() if said is not None}


_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_members
).encode
_quoted = json.encoder.encode_basestring
_decode = json.JSONDecoder().raw_decode


def packed(value: Any) -> str | None:  # noqa: ANN401 - whatever JSON and our nouns can say
    """Return JSON text, or None for anything empty. Nouns become objects."""
    return _encode(value) if value else None


def packed_texts(texts: Sequence[str]) -> str | None:
    """Return what `packed` does of nothing but texts, at a third of its cost."""
    return f"[{','.join([_quoted(text) for text in texts])}]" if texts else None


def unpacked(text: str | None) -> Any:  # noqa: ANN401 - the caller knows what it put in
    """Return what `packed` was given, with lists for tuples; () for NULL.

    `json.loads` would look for blanks around it first, which `packed` never writes: two
    thirds of its cost. Raises ValueError for what is no JSON text.
    """
    if text is None:
        return ()
    value, end = _decode(text)
    if end != len(text):
        raise ValueError(f"something stands behind {text[:end]!r}")
    return value


def unpacked_texts(text: str | None) -> tuple[str, ...]:
    """Return what `packed_texts` was given."""
    return tuple(unpacked(text)) if text is not None else ()


def values_of(names: Sequence[str]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what takes the values of these names out of a row, in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    (name,) = names
    return lambda row: (row[name],)


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


def add_to(table: Table, column: str) -> ByDialect:
    """Return the insert that adds to a column of an existing row."""
    key = [column.name for column in table.primary_key]

    @cache
    def statement(dialect: str) -> Insert:
        insert = _insert_into(dialect, table)
        added: Insert = insert.on_conflict_do_update(
            index_elements=key,
            set_={column: table.c[column] + insert.excluded[column]},
        )
        return added

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

    `values` takes the parameters out of a row, in their order; None if the driver takes
    them by name. `processed` is what types of our own do to values of their names;
    `constants` are values that stand in the statement itself.
    """

    sql: str
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]] | None
    processed: Mapping[str, Callable[[Any], Any]]
    constants: Mapping[str, Any]

    def parameters(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Return what the driver wants for each row: tuples, or dicts by name."""
        if self.constants or self.processed:
            rows = [
                {
                    **self.constants,
                    **row,
                    **{n: process(row[n]) for n, process in self.processed.items()},
                }
                for row in rows
            ]
        return list(map(self.values, rows) if self.values else rows)


@lru_cache(maxsize=256)
def _written(
    statement: Executable, dialect: Dialect, names: tuple[str, ...]
) -> _Written:
    assert isinstance(statement, ClauseElement)  # noqa: S101 - all that executes is one
    # For many rows nothing is returned. From Python 3.12 on, executing a statement that
    # returns something for each of them is refused ("other API misuse").
    compiled = statement.compile(
        dialect=dialect, column_keys=list(names), for_executemany=True
    )
    assert isinstance(compiled, SQLCompiler)  # noqa: S101 - no statement here is DDL
    # Both drivers take our bytes, numbers and truth values as they are; what SQLAlchemy
    # does to them before costs 2 us an article.
    processed = {
        name: process
        for bind, name in compiled.bind_names.items()
        if isinstance(bind.type, TypeDecorator)
        and (process := bind.type.bind_processor(dialect))
    }
    in_order = compiled.positiontup
    return _Written(
        sql=str(compiled),
        values=values_of(in_order) if in_order is not None else None,
        processed=processed,
        constants={n: v for n, v in compiled.params.items() if n not in names},
    )
