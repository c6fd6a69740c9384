"""The databases that every claim about the store is tried on.

PostgreSQL is found by MEDIAWIRE_TEST_POSTGRES (a SQLAlchemy URL whose user may create
schemas); if it does not answer, the tests fail; set to the empty string, it is left out.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import Engine, create_engine, event, make_url, text

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


@contextmanager
def sessions_ended_at(moment: str, when: Callable[..., bool]) -> Iterator[None]:
    """End sessions of this process at an event of SQLAlchemy's, when its arguments say so.

    The first of them is the connection; the server has ended it when it goes on.
    """
    server = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with server.connect() as other:

        def end(connection, *arguments):
            if when(connection, *arguments):
                pid = connection.connection.dbapi_connection.info.backend_pid
                ended = text("SELECT pg_terminate_backend(:pid, 5000)")
                other.execute(ended, {"pid": pid})

        event.listen(Engine, moment, end)
        try:
            yield
        finally:
            event.remove(Engine, moment, end)
    server.dispose()
