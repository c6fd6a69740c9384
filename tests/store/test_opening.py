"""What is opened, what is created, what is migrated, and what is refused."""

import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from newsroom import NOW, article, polled, source
from sqlalchemy import Index, MetaData, create_engine, make_url, text

from aggregator.errors import SchemaMismatch, StoreError
from aggregator.store import migrate, migrations, open_store, schema_version
from aggregator.store.articles import CAME_LATE
from aggregator.store.columns import metadata
from aggregator.store.connecting import connect, parsed_url
from aggregator.store.migrations import HEAD, VERSION_TABLE, VERSIONS


def path_of(url):
    return Path(make_url(url).database)


def execute(url, *statements):
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def filled(url):
    """Make a store that holds one article."""
    with open_store(url) as store:
        store.put_states([source()], configured={"bbc"})
        store.record([polled(new=(article(),))])


def test_a_new_store_is_empty_and_speaks_the_newest_schema(store_url):
    assert schema_version(store_url) is None

    with open_store(store_url) as store:
        assert store.count() == 0

    assert schema_version(store_url) == HEAD


def test_a_store_keeps_what_it_holds_when_it_is_opened_again(store_url):
    filled(store_url)

    with open_store(store_url) as store:
        assert list(store.articles(bodies=True)) == [article()]


def test_migrating_a_store_of_the_newest_schema_changes_nothing(store_url):
    filled(store_url)

    assert migrate(store_url) == HEAD

    with open_store(store_url) as store:
        assert store.count() == 1


def with_special_indexes():
    """The tables, and the indexes that stand in migrations only: they load a dialect."""
    whole = MetaData()
    for each in metadata.sorted_tables:
        each.to_metadata(whole)
    articles, search = (whole.tables[name].c for name in ("articles", "search"))
    for name, column, condition in (
        ("ix_articles_late", articles.first_seen, CAME_LATE),
        ("ix_articles_withdrawn", articles.listed_at, text("withdrawn IS NOT NULL")),
    ):
        where = {"sqlite_where": condition, "postgresql_where": condition}
        Index(name, column, articles.article_id, **where)
    words = Index("ix_search_words", search.words, postgresql_using="gin")
    words.ddl_if("postgresql")
    return whole


def test_migrations_end_in_the_tables_that_the_program_knows(store_url):
    """D11: a migration that was forgotten would show here."""
    migrate(store_url)
    engine = connect(parsed_url(store_url), "read")

    def is_of_sqlites_search(name):
        """What FTS5 makes for itself is no table of ours, and stands for the index."""
        theirs = ("search_index", "ix_search_words")
        return engine.dialect.name == "sqlite" and (name or "").startswith(theirs)

    with engine.connect() as connection:
        options = {
            "version_table": VERSION_TABLE,
            "compare_type": True,
            "include_object": lambda _, name, *__: not is_of_sqlites_search(name),
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, with_special_indexes())
    engine.dispose()

    assert differences == []


def test_the_versions_are_those_of_the_migration_files():
    """D11: a store of an unlisted version would be called newer."""
    scripts = ScriptDirectory(str(migrations.FOLDER))

    steps = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(steps)) == VERSIONS


def test_without_leave_nothing_is_created(store_url):
    with pytest.raises(StoreError):
        open_store(store_url, create=False)
    with pytest.raises(StoreError):
        open_store(store_url, read_only=True)

    assert schema_version(store_url) is None


def test_a_newer_schema_is_refused_and_left_alone(store_url):
    """D11: newer is refused with a message."""
    filled(store_url)
    execute(store_url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    for opening in (open_store, migrate, schema_version):
        with pytest.raises(SchemaMismatch, match="9999, newer than"):
            opening(store_url)


def test_another_programs_database_is_refused_and_left_alone(store_url):
    if store_url.startswith("sqlite"):
        path_of(store_url).parent.mkdir()
    execute(store_url, "CREATE TABLE articles (id INTEGER)")

    for opening in (open_store, migrate, schema_version):
        with pytest.raises(SchemaMismatch, match="another program"):
            opening(store_url)

    execute(store_url, "INSERT INTO articles VALUES (1)")


def test_a_reader_reads_and_cannot_write(store_url):
    filled(store_url)

    with open_store(store_url, read_only=True) as store:
        assert store.count() == 1
        with pytest.raises(StoreError):
            store.put_meta("a", "b")

    with open_store(store_url) as store:
        assert store.meta("a") is None


def test_stores_opened_at_once_create_one(store_url):
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(open_store, [store_url] * 4))

    for store in stores:
        assert store.count() == 0
        store.close()


def test_an_empty_postgresql_schema_is_migrated_only_by_leave(postgresql_url):
    with pytest.raises(SchemaMismatch, match="mediawire db migrate"):
        open_store(postgresql_url, create=False)

    migrate(postgresql_url)

    open_store(postgresql_url, create=False).close()


def test_a_server_that_does_not_answer_is_a_sentence_without_password():
    url = "postgresql+psycopg://desk:SECRET@127.0.0.1:1/desk"

    with pytest.raises(StoreError) as refusal:
        open_store(url)

    assert "SECRET" not in str(refusal.value)
    assert "the connection failed" in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mediawire.db", "no URL"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://root@127.0.0.1/x", "sqlite or postgresql"),
    ],
)
def test_an_address_that_is_no_store_is_refused(url, sentence):
    with pytest.raises(StoreError, match=sentence):
        open_store(url)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"just some notes\n" * 400, "not an SQLite database"),
        (bytes(8_192), "not an SQLite database"),
    ],
)
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path, content, sentence
):
    path = tmp_path / "mediawire.db"
    path.write_bytes(content)

    with pytest.raises(StoreError, match=sentence):
        open_store(f"sqlite:///{path}")

    assert path.read_bytes() == content
    assert [each.name for each in tmp_path.iterdir()] == ["mediawire.db"]


@pytest.mark.parametrize("kept", [0.9, 0.5, 0.05])
def test_a_file_that_was_cut_short_is_refused_and_left_alone(sqlite_url, kept):
    filled(sqlite_url)
    path = path_of(sqlite_url)
    whole = path.stat().st_size
    os.truncate(path, int(whole * kept))

    with pytest.raises(StoreError, match=r"damaged|not an SQLite"):
        open_store(sqlite_url)

    assert path.stat().st_size == int(whole * kept)


def test_a_folder_in_the_place_of_the_file_is_named_as_such(tmp_path):
    with pytest.raises(StoreError, match="a folder"):
        open_store(f"sqlite:///{tmp_path}")


def test_a_place_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="cannot be created: Not a directory"):
        open_store(f"sqlite:///{tmp_path}/file/data/mediawire.db")


@pytest.mark.parametrize("look", [open_store, schema_version])
def test_a_place_that_may_not_be_looked_at_is_a_sentence(tmp_path, monkeypatch, look):
    def refused(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", refused)

    with pytest.raises(StoreError, match="check the owner of file and folder"):
        look(f"sqlite:///{tmp_path}/wire.db")


def test_a_store_survives_power_cuts_as_sqlite_promises(sqlite_url):
    with open_store(sqlite_url) as store, store._reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 5_000,
    }


def test_a_writer_that_never_ends_is_a_sentence_not_a_crash(sqlite_url, monkeypatch):
    monkeypatch.setattr("aggregator.store.connecting._PRAGMAS", ("busy_timeout = 50",))
    with open_store(sqlite_url) as store:
        with closing(sqlite3.connect(path_of(sqlite_url))) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="another process keeps it locked"):
                store.put_meta("a", "b")

        store.put_meta("a", "b")
        assert store.meta("a") == "b"


def test_a_full_disk_is_a_sentence_and_leaves_what_was_there(sqlite_url):
    """D4: the database passes its check, and goes on when there is space again."""
    filled(sqlite_url)
    with open_store(sqlite_url) as store:
        event_limit(store, pages=60)
        big = tuple(article(f"n{n}", body=os.urandom(9_000).hex()) for n in range(200))
        with pytest.raises(StoreError, match="the disk is full"):
            store.record([polled(new=big)])

        assert store.count() == 1
        event_limit(store, pages=100_000)
        store.record([polled(new=big)])
        with store._reading() as connection:
            check = connection.exec_driver_sql("PRAGMA integrity_check").scalar()

        assert store.count() == 201
        assert check == "ok"


def event_limit(store, pages):
    """Let SQLite believe that the disk has room for so many pages."""
    store.close()
    with store._writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_connection_that_breaks_is_a_sentence_and_the_next_one_works(postgresql_url):
    with open_store(postgresql_url) as store:
        with pytest.raises(StoreError), store._writing() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        store.put_meta("a", "b")
        assert store.meta("a") == "b"


def test_the_door_opens_without_loading_sqlalchemy():
    """Commands that need no store must not wait for it."""
    lines = "import sys, aggregator.store; sys.exit('sqlalchemy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", lines], timeout=60, check=False)

    assert done.returncode == 0


def test_many_threads_write_and_read_one_store(store):
    """64 polls at a time, and pages served meanwhile."""
    ids = [f"s{n:02}" for n in range(32)]
    store.put_states([source(id_) for id_ in ids], configured=set(ids))

    def poll(id_):
        store.record([polled(id_, new=(article("a", id_), article("b", id_)))])
        return store.count(), len(store.due(NOW, 99))

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(poll, ids))

    assert store.counts() == dict.fromkeys(ids, 2)
