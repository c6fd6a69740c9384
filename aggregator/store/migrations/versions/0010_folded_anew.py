"""Words are folded by better rules: articles that hold styled letters are indexed again.

Capitals that are a style of letters or stand in a unit (𝐅𝐥𝐨𝐨𝐝, ℃) were kept as capitals,
and no query found them. Of all other capitals none was left, which tells these apart.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import chunks
from aggregator.store.search import index_again

revision = "0010"
down_revision = "0009"

HOLDING = {
    "sqlite": "SELECT article_id FROM search WHERE words GLOB '*[A-ZÆĦƎƐȢΑ-ΩςϜ]*'",
    "postgresql": "SELECT article_id FROM search WHERE words::text ~ '[A-ZÆĦƎƐȢΑ-ΩςϜ]'",
}


def upgrade() -> None:
    """Fold what stands in these articles anew."""
    connection = op.get_bind()
    found = connection.scalars(sa.text(HOLDING[connection.dialect.name])).all()
    for some in chunks(found):
        index_again(connection, some)
