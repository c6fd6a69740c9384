"""A scripted publisher, and a whole Media Wire that reads it."""

import pytest
import structlog
from newsdesk import UNHURRIED, Lent, Newsdesk
from origin import Origin

from aggregator.reading import Workers


@pytest.fixture(autouse=True)
def _quiet():
    """Thousands of polls are not worth a line each."""
    kept = structlog.get_config()
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    yield
    structlog.configure(**kept)


@pytest.fixture
def origin():
    with Origin() as origin:
        yield origin


@pytest.fixture(scope="session")
def readers():
    """One reading process for all tests that do not mean to kill it."""
    workers = Workers(UNHURRIED)
    yield Lent(workers)
    workers.close()


@pytest.fixture
def desk_of(tmp_path, origin, readers):
    """Make newsdesks that read this origin; they are closed after the test.

    One with `reading` limits of its own has processes of its own.
    """
    desks = []

    def make(*paths, **given):
        lent = {} if "reading" in given else {"readers": readers}
        desks.append(Newsdesk(tmp_path, origin, *paths, **lent, **given))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()
