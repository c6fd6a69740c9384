"""Where the items of a source's last document stood.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Remember it beside them; what was read before is not known to have stood anywhere."""
    op.add_column("documents", sa.Column("passage", sa.LargeBinary(), nullable=True))
