"""From one schema to the next: all of it or nothing, and no row lost."""

import shutil

import pytest
from newsroom import article, document, polled, source
from sqlalchemy import inspect, text
from victims import killed, migrating

from aggregator.errors import SchemaMismatch
from aggregator.store import migrate, migrations, open_store, schema_version
from aggregator.store.connecting import connect, parsed_url
from aggregator.store.migrations import HEAD
from tests.earlier import back_to

# Rebuilds the table that most others refer to, row by row, and takes its time.
NEXT = f"{int(HEAD) + 1:04}"
MIGRATION = f"""
import sqlalchemy as sa
from alembic import op

revision = "{NEXT}"
down_revision = "{HEAD}"


def upgrade():
    op.add_column("sources", sa.Column("colour", sa.Text()))
    with op.batch_alter_table("articles", recreate="auto") as table:
        table.add_column(sa.Column("colour", sa.Text()))
        table.alter_column("title", new_column_name="headline")
    op.execute("UPDATE articles SET colour = 'red'")
    op.create_table("colours", sa.Column("name", sa.Text(), primary_key=True))
"""


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """The program of a later day, which has one migration more."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.FOLDER, folder)
    (folder / "versions" / f"{NEXT}_next.py").write_text(MIGRATION)

    def arrive():
        monkeypatch.setattr(migrations, "FOLDER", folder)
        monkeypatch.setattr(migrations, "VERSIONS", (*migrations.VERSIONS, NEXT))
        monkeypatch.setattr(migrations, "HEAD", NEXT)

    return arrive


def filled(url, articles=3):
    reports = tuple(article(f"n{n}") for n in range(articles))
    with open_store(url) as store:
        store.put_states([source()], configured={"bbc"})
        store.record([polled(new=reports, document=document(*reports))])


def rows(url):
    """Return how many rows each table has."""
    engine = connect(parsed_url(url), "read")
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
        counts = {
            table: connection.scalar(text(f"SELECT count(*) FROM {table}"))
            for table in tables
        }
    engine.dispose()
    return counts


def test_an_older_sqlite_store_is_migrated_when_it_is_opened(sqlite_url, next_version):
    """D11: row counts are kept, also of the tables that refer to a rebuilt one."""
    filled(sqlite_url)
    before = rows(sqlite_url)
    next_version()

    open_store(sqlite_url).close()

    assert schema_version(sqlite_url) == NEXT
    assert rows(sqlite_url) == before | {"colours": 0}


def test_an_older_postgresql_store_waits_for_the_operator(postgresql_url, next_version):
    """D11: other hosts may still run the older program."""
    filled(postgresql_url)
    before = rows(postgresql_url)
    next_version()

    with pytest.raises(SchemaMismatch, match="run `mediawire db migrate`"):
        open_store(postgresql_url)
    assert schema_version(postgresql_url) == HEAD

    assert migrate(postgresql_url) == NEXT
    open_store(postgresql_url).close()

    assert rows(postgresql_url) == before | {"colours": 0}


def test_a_reader_does_not_migrate(store_url, next_version):
    filled(store_url)
    next_version()

    with pytest.raises(SchemaMismatch, match=f"{HEAD}, this program needs {NEXT}"):
        open_store(store_url, read_only=True)

    assert schema_version(store_url) == HEAD


def test_a_migration_that_fails_leaves_the_old_schema(store_url, next_version):
    """D11: old or new, never between."""
    filled(store_url)
    before = rows(store_url)
    next_version()
    broken = migrations.FOLDER / "versions" / f"{NEXT}_next.py"
    broken.write_text(MIGRATION + "    raise RuntimeError('power cut')\n")

    with pytest.raises(RuntimeError):
        migrate(store_url)

    assert schema_version(store_url) == HEAD
    assert rows(store_url) == before


def test_kill_minus_nine_during_a_migration_leaves_old_or_new(
    sqlite_url, next_version, tmp_path
):
    """D11: never between; row counts are kept."""
    filled(sqlite_url, articles=300)
    before = rows(sqlite_url)
    next_version()
    template = tmp_path / "before.db"
    path = parsed_url(sqlite_url).database
    shutil.copy(path, template)
    seen = set()

    for attempt in range(20):
        shutil.copy(template, path)
        folder = str(migrations.FOLDER)
        killed(migrating, sqlite_url, folder, after=attempt * 0.01)

        version = schema_version(sqlite_url)
        seen.add(version)
        extra = {"colours": 0} if version == NEXT else {}
        assert rows(sqlite_url) == before | extra

    assert seen <= {HEAD, NEXT}
    open_store(sqlite_url).close()
    assert schema_version(sqlite_url) == NEXT


def test_what_stands_in_for_a_headline_is_made_again_of_the_text(store_url):
    """It was stored as the house's rules had left it, and is kept apart since."""
    long = " ".join(f"word{n}" for n in range(13))
    without = (
        article(
            "n1", source_title="", title="X: It rained", body="<p>It <b>rained.</b>"
        ),
        article("n2", source_title="", title="X: word0", body=f"<p>{long}</p>"),
        article("n3", source_title="", title="[X] BBC", body=""),
        article("n4", source_title="Rain", title="X: Rain"),
    )
    with open_store(store_url) as store:
        store.put_states([source()], configured={"bbc"})
        store.record([polled(new=without, document=document(*without))])
        store.put_meta("rules", "as they were")
    engine = connect(parsed_url(store_url), "migrate")
    with engine.begin() as connection:
        for statement in back_to("0005"):
            connection.execute(text(statement))
    engine.dispose()

    migrate(store_url)

    with open_store(store_url) as store:
        kept = store.whole([each.id for each in without])
        assert [each.headline for each in kept] == [
            "It rained.",
            " ".join(f"word{n}" for n in range(12)) + "…",
            without[2].attribution.title,
            "Rain",
        ]
        assert store.meta("rules") == ""
        assert [
            p.wrong for p in store.evidence.proofs() if "stand_in" in str(p.wrong)
        ] == []
