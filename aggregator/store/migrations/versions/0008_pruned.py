"""By which keys articles were known that are pruned, so that they do not come again.

Revision ID: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make room for it; what was pruned before is not known any more."""
    name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "pruned",
        sa.Column("source_id", name, primary_key=True),
        sa.Column("digest", sa.LargeBinary(), primary_key=True),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
