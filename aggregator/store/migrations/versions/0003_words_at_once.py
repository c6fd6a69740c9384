"""New words are indexed by the store, all of a transaction at once.

A trigger did it before, row by row; what it left in many small parts is made one.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"

# As before but for `columnsize`: nobody asks how long a report is.
FTS5 = (
    "DROP TRIGGER search_added",
    "DROP TABLE search_index",
    """CREATE VIRTUAL TABLE search_index USING fts5(
        words, content='search', content_rowid='number', columnsize=0,
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
    )""",
    "INSERT INTO search_index(search_index) VALUES ('rebuild')",
)


def upgrade() -> None:
    """Make the index anew; PostgreSQL indexes by itself and has none."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in FTS5:
            op.execute(statement)
