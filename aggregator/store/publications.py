"""The table `publication_status`: how the last attempt to publish each path went."""

from collections.abc import Iterable, Sequence

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    Table,
    Text,
    bindparam,
    delete,
    select,
)

from aggregator.epoch import micros, moment
from aggregator.model import PublicationStatus
from aggregator.store.columns import (
    Moment,
    Name,
    execute_each,
    metadata,
    micros_or_none,
    moment_or_none,
    packed,
    unpacked,
    upsert,
)

publication_status = Table(
    "publication_status",
    metadata,
    Column("path", Name, primary_key=True),
    Column("checked_at", Moment, nullable=False),
    Column("written_at", Moment),
    Column("entries", Integer, nullable=False),
    Column("refused", Text),
    Column("left_out", Text),
)

_put = upsert(publication_status)
_forget = delete(publication_status).where(
    publication_status.c.path == bindparam("which")
)
_all = select(publication_status).order_by(publication_status.c.path)


def put_statuses(connection: Connection, statuses: Sequence[PublicationStatus]) -> None:
    """Write the status of each path, replacing what was known of it."""
    rows = [
        {
            "path": status.path,
            "checked_at": micros(status.checked_at),
            "written_at": micros_or_none(status.written_at),
            "entries": status.entries,
            "refused": status.refused,
            "left_out": packed(status.left_out),
        }
        for status in sorted(statuses, key=lambda status: status.path)
    ]
    execute_each(connection, _put, rows)


def forget_statuses(connection: Connection, paths: Iterable[str]) -> None:
    """Forget how paths fared, as far as anything is known of them."""
    execute_each(connection, _forget, [{"which": path} for path in sorted(paths)])


def statuses(connection: Connection) -> list[PublicationStatus]:
    """Return the status of every path ever published, by path."""
    return [
        PublicationStatus(
            path=row.path,
            checked_at=moment(row.checked_at),
            written_at=moment_or_none(row.written_at),
            entries=row.entries,
            refused=row.refused,
            left_out=tuple((id_, reason) for id_, reason in unpacked(row.left_out)),
        )
        for row in connection.execute(_all)
    ]
