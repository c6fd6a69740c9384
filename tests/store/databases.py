"""The databases that every claim about the store is tried on.

PostgreSQL is found by MEDIAWIRE_TEST_POSTGRES (a SQLAlchemy URL whose user may create
schemas); if it does not answer, the tests fail; set to the empty string, it is left out.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

POSTGRESQL = os.environ.get(
    "MEDIAWIRE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1/postgres"
)
DATABASES = ["sqlite", "postgresql"] if POSTGRESQL else ["sqlite"]


@contextmanager
def schema() -> Iterator[str]:
    """Make an empty schema, give the URL that leads to it, and drop it."""
    name = f"mediawire_test_{uuid4().hex[:12]}"
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE SCHEMA {name}"))
    try:
        options = f"-csearch_path={name} -csynchronous_commit=off"
        url = make_url(POSTGRESQL).update_query_dict({"options": options})
        yield url.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP SCHEMA {name} CASCADE"))
        server.dispose()
