"""Every claim about the store is made twice: on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from databases import DATABASES, schema

from aggregator.store import Store, open_store
from aggregator.store.columns import metadata
from tests import emptystore


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


@pytest.fixture
def sqlite_store(tmp_path, monkeypatch) -> Iterator[Store]:
    # Kills and power cuts have their own tests; here nobody waits for the disk.
    monkeypatch.setattr("aggregator.store.connecting._PRAGMAS", ("synchronous = OFF",))
    with open_store(emptystore.at(tmp_path)) as store:
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
