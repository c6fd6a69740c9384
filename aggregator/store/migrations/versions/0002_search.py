"""Search over the words of articles.

Revision ID: 0002
"""

import sqlalchemy as sa
from alembic import op

from aggregator.store.search import index_everything

revision = "0002"
down_revision = "0001"

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# An index of its own beside the words, which the triggers keep as SQLite's manual says
# (FTS5, "External Content Tables"). Marks stay in words: those of Indic scripts are
# vowels, and all others were folded away before.
FTS5 = (
    """CREATE VIRTUAL TABLE search_index USING fts5(
        words, content='search', content_rowid='number',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
    )""",
    """CREATE TRIGGER search_added AFTER INSERT ON search BEGIN
        INSERT INTO search_index(rowid, words) VALUES (new.number, new.words);
    END""",
    """CREATE TRIGGER search_removed AFTER DELETE ON search BEGIN
        INSERT INTO search_index(search_index, rowid, words)
            VALUES ('delete', old.number, old.words);
    END""",
    """CREATE TRIGGER search_changed AFTER UPDATE ON search BEGIN
        INSERT INTO search_index(search_index, rowid, words)
            VALUES ('delete', old.number, old.words);
        INSERT INTO search_index(rowid, words) VALUES (new.number, new.words);
    END""",
)


def upgrade() -> None:
    """Create the words of articles and their index, and fill both."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words: sa.types.TypeEngine[str] = sa.Text()
    number: sa.types.TypeEngine[int] = sa.Integer()
    if is_postgresql:
        from sqlalchemy.dialects.postgresql import TSVECTOR

        words, number = TSVECTOR(), sa.BigInteger()
    op.create_table(
        "search",
        sa.Column("number", number, autoincrement=False, nullable=False),
        sa.Column("article_id", Name, nullable=False),
        sa.Column("words", words, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.article_id"],
            name="fk_search_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_search"),
        sa.UniqueConstraint("article_id", name="uq_search_article_id"),
    )
    if is_postgresql:
        op.create_index("ix_search_words", "search", ["words"], postgresql_using="gin")
    else:
        for statement in FTS5:
            op.execute(statement)
    index_everything(op.get_bind())
