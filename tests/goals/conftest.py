"""A scripted publisher, and a whole Media Wire that reads it."""

import pytest
import structlog
from newsdesk import Newsdesk
from origin import Origin


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


@pytest.fixture
def desk_of(tmp_path, origin):
    """Make newsdesks that read this origin; they are closed after the test."""
    desks = []

    def make(*paths, **given):
        desks.append(Newsdesk(tmp_path, origin, *paths, **given))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()
