"""Every schema a store ever had, and the way from each to the next.

`versions/` holds one Alembic file for each step, the first of which starts from
nothing, and `env` is what Alembic runs around them. They run from the installed package,
all pending ones in one transaction. A file that was released is never edited: stores out
there have been through it.
"""

from pathlib import Path
from threading import Lock

from sqlalchemy import Connection, Text, column, select, table

VERSION_TABLE = "mediawire_version"

# All versions, oldest first; the last is the schema that this program speaks.
VERSIONS = (
    "0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010"
)  # fmt: skip
HEAD = VERSIONS[-1]


# Asks a database which version it has.
recorded = select(column("version_num", Text)).select_from(table(VERSION_TABLE))

FOLDER = Path(__file__).parent

# Alembic keeps what it works on in globals of its modules: one thread at a time.
_turn = Lock()


def upgrade(connection: Connection) -> None:
    """Run the migrations that a database still needs, within its open transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _turn:
        command.upgrade(config, HEAD)
