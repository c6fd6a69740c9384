"""What stands in for a headline is kept apart from what our desk made of it.

It is made again of the text of each report that came without a headline, as reading
makes it. The rules then go over all headlines once more: they were run on their own
result before.

Revision ID: 0006
"""

import json
import struct
import zlib
from hashlib import blake2b

import sqlalchemy as sa
from alembic import op

from aggregator.text import markup

revision = "0006"
down_revision = "0005"

WORDS = 12
LONGEST = 500  # characters
PAGE = 500  # reports in memory at a time
LENGTHS = struct.Struct(">II")  # of raw and source_body; the rest is the body

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ARTICLES = sa.table(
    "articles",
    sa.column("article_id", NAME),
    sa.column("source_title"),
    sa.column("attribution"),
    sa.column("stand_in", sa.Text()),
    sa.column("seal_stand_in", sa.LargeBinary()),
)
BODIES = sa.table("bodies", sa.column("article_id", NAME), sa.column("texts"))
NEXT = (
    sa.select(ARTICLES.c.article_id, ARTICLES.c.attribution, BODIES.c.texts)
    .join(BODIES, BODIES.c.article_id == ARTICLES.c.article_id)
    .where(ARTICLES.c.source_title == "", ARTICLES.c.article_id > sa.bindparam("above"))
    .order_by(ARTICLES.c.article_id)
    .limit(PAGE)
)
KEEP = (
    sa.update(ARTICLES)
    .where(ARTICLES.c.article_id == sa.bindparam("which"))
    .values(
        stand_in=sa.bindparam("stand_in"), seal_stand_in=sa.bindparam("seal_stand_in")
    )
)


def upgrade() -> None:
    """Make room for it, fill it, and have the headlines edited again."""
    op.add_column("articles", sa.Column("stand_in", sa.Text()))
    op.add_column("articles", sa.Column("seal_stand_in", sa.LargeBinary()))
    connection = op.get_bind()
    above = ""
    while page := connection.execute(NEXT, {"above": above}).all():
        for article_id, attribution, texts in page:
            stand_in = _stand_in(attribution, texts)
            connection.execute(
                KEEP,
                {
                    "which": article_id,
                    "stand_in": stand_in,
                    "seal_stand_in": _seal(article_id, stand_in),
                },
            )
        above = page[-1].article_id
    op.execute("UPDATE meta SET value = '' WHERE key = 'rules'")


def _stand_in(attribution: str, texts: bytes) -> str:
    told = zlib.decompress(texts)
    body = told[LENGTHS.size + sum(LENGTHS.unpack_from(told)) :].decode()
    words = markup.excerpt(markup.visible_text(body), WORDS)[0]
    words = words or str(json.loads(attribution)["title"])
    return words if len(words) <= LONGEST else markup.cap(words, LONGEST - 1) + "…"


def _seal(article_id: str, stand_in: str) -> bytes | None:
    if not stand_in:
        return None
    written = repr((article_id, stand_in)).encode("utf-8", "surrogatepass")
    return blake2b(written, digest_size=8).digest()
