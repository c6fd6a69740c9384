"""Every claim about the store is made twice: on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import DATABASES, schema

from aggregator.store import Store, open_store
from aggregator.store.columns import metadata


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    with schema() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/data/mediawire.db"


@pytest.fixture(params=DATABASES)
def store_url(request) -> str:
    """Where there is no store yet, once for each database."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    """An empty store's file: a copy is quicker than the migrations."""
    path = tmp_path_factory.mktemp("template") / "mediawire.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_store(sqlite_template, tmp_path, monkeypatch) -> Iterator[Store]:
    # Kills and power cuts have their own tests; here nobody waits for the disk.
    monkeypatch.setattr("aggregator.store.connecting._PRAGMAS", ("synchronous = OFF",))
    path = shutil.copy(sqlite_template, tmp_path / "mediawire.db")
    with open_store(f"sqlite:///{path}") as store:
        yield store


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[Store]:
    with schema() as url, open_store(url) as store:
        yield store


@pytest.fixture
def postgresql_store(postgresql_template) -> Iterator[Store]:
    yield postgresql_template
    with postgresql_template._writing() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(params=DATABASES)
def store(request) -> Store:
    """An empty store, once in each database."""
    return request.getfixturevalue(f"{request.param}_store")
