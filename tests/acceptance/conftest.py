"""A publisher, and an installation that polls it and may serve; for each test its own."""

import pytest

from tests.installation import Installation, free_port
from tests.origin import Origin


@pytest.fixture
def origin():
    with Origin() as server:
        yield server


@pytest.fixture
def at(tmp_path, origin):
    return Installation(tmp_path, {"gazette": origin.url()}, port=free_port())
