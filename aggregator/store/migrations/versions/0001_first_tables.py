"""The first schema: sources and their schedule, articles, names and lists.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Name = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Create all tables of the first version."""
    _create_sources()
    _create_articles()
    _create_names()
    _create_histories()
    _create_rest()


def _create_sources() -> None:
    """Create the schedule, what documents held, and the log."""
    op.create_table(
        "sources",
        sa.Column("source_id", Name, nullable=False),
        sa.Column(
            "configured", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("next_poll_at", sa.BigInteger(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("etag", sa.LargeBinary()),
        sa.Column("last_modified", sa.LargeBinary()),
        sa.Column("validators_url", sa.Text()),
        sa.Column("body_digest", sa.LargeBinary()),
        sa.Column("first_success_at", sa.BigInteger()),
        sa.Column("last_polled_at", sa.BigInteger()),
        sa.Column("last_success_at", sa.BigInteger()),
        sa.Column("last_changed_at", sa.BigInteger()),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("problem", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("retry_after_until", sa.BigInteger()),
        sa.Column("advised_until", sa.BigInteger()),
        sa.Column("gone_since", sa.BigInteger()),
        sa.Column("held", sa.Text()),
        sa.Column("moved", sa.Text()),
        sa.Column("feed", sa.Text()),
        sa.Column("hints_warning", sa.Text()),
        sa.Column("strip", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_sources"),
    )
    op.create_index(
        "ix_sources_configured_gone_next_poll_at_source_id",
        "sources",
        ["configured", "gone", "next_poll_at", "source_id"],
    )
    op.create_table(
        "documents",
        sa.Column("source_id", Name, nullable=False),
        sa.Column("context", sa.LargeBinary(), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name="fk_documents_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("source_id", name="pk_documents"),
    )
    op.create_table(
        "polls",
        sa.Column("source_id", Name, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("problem", sa.Text()),
        sa.Column("error", sa.Text()),
        sa.Column("notes", sa.Text()),
        sa.Column("took_us", sa.BigInteger(), nullable=False),
        sa.Column("wire_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", "at", name="pk_polls"),
        sqlite_with_rowid=False,
    )


def _create_articles() -> None:
    """Create articles, their words and their earlier words."""
    op.create_table(
        "articles",
        sa.Column("article_id", Name, nullable=False),
        sa.Column("source_id", Name, nullable=False),
        sa.Column("published_id", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text()),
        sa.Column("url", sa.Text()),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("authors", sa.Text()),
        sa.Column("tags", sa.Text()),
        sa.Column("desk_tags", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("enclosures", sa.Text()),
        sa.Column("image", sa.Text()),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("dated", sa.BigInteger()),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Text()),
        sa.Column("withdrawn", sa.Text()),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("override", sa.Text()),
        *_seals("origin", "face", "said", "headline"),
        *_seals("dropped", "tags", "withdrawn", "override"),
        sa.ForeignKeyConstraint(
            ["source_id"], ["sources.source_id"], name="fk_articles_source_id_sources"
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_articles"),
    )
    op.create_index(
        "ix_articles_listed_at_article_id_shown",
        "articles",
        ["listed_at", "article_id", "shown"],
    )
    op.create_index(
        "ix_articles_source_id_listed_at_article_id_shown",
        "articles",
        ["source_id", "listed_at", "article_id", "shown"],
    )
    came_late = sa.text("listed_at < first_seen - 1000000")
    op.create_index(
        "ix_articles_late",
        "articles",
        ["first_seen", "article_id"],
        sqlite_where=came_late,
        postgresql_where=came_late,
    )
    withdrawn = sa.text("withdrawn IS NOT NULL")
    op.create_index(
        "ix_articles_withdrawn",
        "articles",
        ["listed_at", "article_id"],
        sqlite_where=withdrawn,
        postgresql_where=withdrawn,
    )
    op.create_table(
        "bodies",
        sa.Column("article_id", Name, nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("changes", sa.Text()),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        *_seals("words"),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.article_id"],
            name="fk_bodies_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", name="pk_bodies"),
    )
    op.create_table(
        "revisions",
        sa.Column("article_id", Name, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text()),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rules", sa.Text()),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("changes", sa.Text()),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        *_seals("face", "headline", "words"),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.article_id"],
            name="fk_revisions_article_id_articles",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "revision", name="pk_revisions"),
    )


def _seals(*names: str) -> list[sa.Column[bytes]]:
    """Return columns for the seals of other columns."""
    return [sa.Column(f"seal_{name}", sa.LargeBinary()) for name in names]


def _create_names() -> None:
    """Create the names of articles and the lists they stand in."""
    op.create_table(
        "keys",
        sa.Column("source_id", Name, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", Name, nullable=False),
        sa.PrimaryKeyConstraint("source_id", "digest", name="pk_keys"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "refs",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("article_id", Name, nullable=False),
        sa.PrimaryKeyConstraint("digest", "article_id", name="pk_refs"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "listing",
        sa.Column("scope", Name, nullable=False),
        sa.Column("listed_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", Name, nullable=False),
        sa.PrimaryKeyConstraint("scope", "listed_at", "article_id", name="pk_listing"),
        sqlite_with_rowid=False,
    )


def _create_histories() -> None:
    """Create what is known of articles beside themselves."""
    op.create_table(
        "sightings",
        _of_article(),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        _cascade("sightings"),
        sa.PrimaryKeyConstraint("article_id", "at", name="pk_sightings"),
    )
    op.create_table(
        "joins",
        _of_article(),
        sa.Column("like_id", Name, nullable=False),
        sa.Column("likeness", sa.Integer(), nullable=False),
        _cascade("joins"),
        sa.PrimaryKeyConstraint("article_id", name="pk_joins"),
    )
    op.create_index("ix_joins_like_id", "joins", ["like_id"])
    op.create_table(
        "splits",
        _of_article(),
        _cascade("splits"),
        sa.PrimaryKeyConstraint("article_id", name="pk_splits"),
    )
    op.create_table(
        "sketches",
        _of_article(),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        _cascade("sketches"),
        sa.PrimaryKeyConstraint("article_id", name="pk_sketches"),
    )
    op.create_index("ix_sketches_listed_at", "sketches", ["listed_at"])


def _of_article() -> sa.Column[str]:
    return sa.Column("article_id", Name, nullable=False)


def _cascade(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["article_id"],
        ["articles.article_id"],
        name=f"fk_{table}_article_id_articles",
        ondelete="CASCADE",
    )


def _create_rest() -> None:
    """Create what is known of publications, and single facts."""
    op.create_table(
        "publication_status",
        sa.Column("path", Name, nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.Column("written_at", sa.BigInteger()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Text()),
        sa.Column("left_out", sa.Text()),
        sa.PrimaryKeyConstraint("path", name="pk_publication_status"),
    )
    op.create_table(
        "meta",
        sa.Column("key", Name, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_meta"),
    )
