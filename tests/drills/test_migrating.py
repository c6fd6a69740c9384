"""`db migrate` of a store of the first release is killed: the old schema or the new."""

import json
import shutil
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import create_engine, inspect, text

from aggregator.store import HEAD, migrate, open_store, schema_version
from tests.drills.doomed import Doomed, command
from tests.earlier import back_to
from tests.installation import Installation
from tests.origin import Origin
from tests.store.databases import POSTGRESQL, schema

ITEM = (
    '<item><guid isPermaLink="false">{0}</guid><title>Report {0}</title>'
    "<description>Words of number {0}, and some more of them.</description></item>"
)
FIRST, REPORTS = "0001", 400


def first_release(tmp_path, url=None):
    """Return an installation with articles, whose store has the first schema."""
    items = "".join(map(ITEM.format, range(REPORTS)))
    with Origin() as origin:
        channel = f"<rss version='2.0'><channel><title>A</title>{items}</channel></rss>"
        origin.answers("/feed", channel.encode())
        at = Installation(tmp_path / "at", {"agency": origin.url()}, store=url)
        assert at.poll()["new"] == REPORTS
    put_back(at.store)
    return at


def put_back(url):
    """Take away what later schemas brought."""
    if schema_version(url) == FIRST:
        return
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in back_to(FIRST):
            connection.execute(text(statement))
    engine.dispose()


def rows(url):
    """Return how many rows each table has that the first schema knew."""
    engine = create_engine(url)
    with engine.connect() as connection:
        tables = [
            name
            for name in inspect(connection).get_table_names()
            if not name.startswith(("search", "grants", "pruned", "hours"))
        ]
        counts = {
            name: connection.scalar(text(f"SELECT count(*) FROM {name}"))
            for name in tables
        }
    engine.dispose()
    return counts


def killed(at, seconds):
    """Start `db migrate`, kill it so many seconds later; return the schema left."""
    process = Doomed(command, at.folder / "log", "-c", str(at.config), "db", "migrate")
    process.lives_for(seconds)
    process.kill()
    return schema_version(at.store)


def finds_all(at):
    found = json.loads(at.run("search", "words", "--json", "--limit", "1000").stdout)
    return len(found) == REPORTS


def test_killed_twenty_times_an_sqlite_store_is_old_or_new(tmp_path):
    """D11: kill -9 during `db migrate` x20; row counts kept, and the last one ends well."""
    at = first_release(tmp_path)
    path, template = at.folder / "wire.db", tmp_path / "first.db"
    shutil.copy(path, template)
    before, dice, seen = rows(at.store), Random(11), []

    for _ in range(20):
        for left in at.folder.glob("wire.db*"):
            left.unlink()
        shutil.copy(template, path)
        seen.append(killed(at, dice.uniform(0, 0.25)))
        assert rows(at.store) == before
    migrate(at.store)

    print("left at", {version: seen.count(version) for version in set(seen)})
    assert set(seen) <= {FIRST, HEAD}
    assert FIRST in seen
    assert schema_version(at.store) == HEAD
    assert finds_all(at)


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_killed_a_postgresql_store_is_old_or_new(tmp_path):
    """D11: kill -9 during `db migrate` on PostgreSQL."""
    with schema() as url:
        at = first_release(tmp_path, url)
        before, dice, seen = rows(url), Random(11), []
        for _ in range(6):
            put_back(url)
            seen.append(killed(at, dice.uniform(0, 0.4)))
            assert rows(url) == before
        at.run("db", "migrate")

        print("left at", {version: seen.count(version) for version in set(seen)})
        assert set(seen) <= {FIRST, HEAD}
        assert schema_version(url) == HEAD
        assert finds_all(at)


def test_a_newer_schema_is_refused_with_a_sentence_and_left_alone(tmp_path):
    """D11: by every command that would write."""
    at = Installation(tmp_path / "at", {})
    open_store(at.store).close()
    engine = create_engine(at.store)
    with engine.begin() as connection:
        connection.execute(text("UPDATE mediawire_version SET version_num = '0999'"))
    engine.dispose()
    held = Path(at.folder / "wire.db").read_bytes()

    for verb in (["poll"], ["db", "migrate"], ["publish"]):
        said = at.run(*verb, code=1).stderr
        assert "0999, newer than" in said

    assert Path(at.folder / "wire.db").read_bytes() == held
