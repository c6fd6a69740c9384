"""What Alembic runs around the migrations: our connection, our transaction."""

from alembic import context

from aggregator.store.migrations import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
