"""Every claim about the store is made twice: on SQLite and on PostgreSQL.

PostgreSQL is found by MEDIAWIRE_TEST_POSTGRES (a SQLAlchemy URL whose user may create
databases); set to the empty string, it is left out, and said so. Each test process makes
a database of its own, and each test a schema in it.
"""

import os
from collections.abc import Iterator
from itertools import count
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text

from aggregator.store import Store, open_store

POSTGRESQL = os.environ.get(
    "MEDIAWIRE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/postgres"
)
DATABASES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]

_schemas = count()


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str]:
    """An empty database of this test process, as a URL."""
    name = f"mediawire_test_{uuid4().hex[:12]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        url = make_url(POSTGRESQL).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


@pytest.fixture
def postgresql_url(postgresql_database) -> str:
    """A URL that leads to an empty schema."""
    schema = f"desk_{next(_schemas)}"
    engine = create_engine(postgresql_database)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    engine.dispose()
    url = make_url(postgresql_database)
    options = {"options": f"-csearch_path={schema}"}
    return url.update_query_dict(options).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path) -> str:
    return f"sqlite:///{tmp_path}/data/mediawire.db"


@pytest.fixture(params=DATABASES)
def store_url(request) -> str:
    """Where there is no store yet, once for each database."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def store(store_url) -> Iterator[Store]:
    with open_store(store_url) as opened:
        yield opened
