"""Words are folded by better rules: articles that hold styled letters are indexed again.

Capitals that are a style of letters or stand in a unit (𝐅𝐥𝐨𝐨𝐝, ℃) were kept as capitals,
and no query found them. Of all other capitals none was left, which tells these apart.
Korean letters written one by one (ㅋㅠ) were kept so, and are a syllable in a query now.

Revision ID: 0010
"""

import sqlalchemy as sa
from alembic import op

from aggregator.store.columns import chunks
from aggregator.store.search import index_again

revision = "0010"
down_revision = "0009"

# A capital; or a consonant and a vowel of Korean, side by side.
HOLDING = {
    "sqlite": (
        "SELECT article_id FROM search WHERE words GLOB '*[A-ZÆĦƎƐȢΑ-ΩςϜ]*' "
        "OR words GLOB '*[\u1100-\u1112][\u1161-\u1175]*'"
    ),
    "postgresql": (
        "SELECT article_id FROM search WHERE words::text ~ "
        "'[A-ZÆĦƎƐȢΑ-ΩςϜ]|[\u1100-\u1112][\u1161-\u1175]'"
    ),
}


def upgrade() -> None:
    """Fold what stands in these articles anew; one that is damaged keeps no store shut."""
    connection = op.get_bind()
    found = connection.scalars(sa.text(HOLDING[connection.dialect.name])).all()
    for some in chunks(found):
        index_again(connection, some, leave_out=lambda _damaged: None)
