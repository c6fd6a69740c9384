"""Which publications take an article, of those whose rules leave articles out.

The rules go over all articles once more, and fill it.

Revision ID: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make room for it, and have all articles edited again."""
    op.add_column("articles", sa.Column("taken_by", sa.Text()))
    op.add_column("articles", sa.Column("seal_taken_by", sa.LargeBinary()))
    op.execute("UPDATE meta SET value = '' WHERE key = 'rules'")
