"""What the operator last said of each source's reports.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

# Of sources that are gone already it is not known what was said: little is shown.
UNKNOWN = b'{"rights": {"body": "excerpt", "images": false}}'


def upgrade() -> None:
    """Make room for it."""
    name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    grants = op.create_table(
        "grants",
        sa.Column("source_id", name, primary_key=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
    )
    sources = sa.table("sources", sa.column("source_id"), sa.column("configured"))
    gone = sa.select(sources.c.source_id, sa.literal(UNKNOWN, sa.LargeBinary())).where(
        sources.c.configured == sa.false()
    )
    op.execute(sa.insert(grants).from_select(["source_id", "said"], gone))
