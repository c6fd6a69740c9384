"""Served houses for the tests of the web room."""

import pytest
from browser import chromium
from edition import PERSIAN, SOURCES, WIRE, long_read, stories
from house import House, served


@pytest.fixture(scope="session")
def newspaper(tmp_path_factory):
    """A house of 64 stories in five languages, published; nobody changes it."""
    house = House(
        tmp_path_factory.mktemp("newspaper"),
        publications=(WIRE, PERSIAN),
        sources=SOURCES,
    )
    return house.take(long_read(), *stories(64)[1:]).publish()


@pytest.fixture(scope="session")
def site(newspaper):
    """The newspaper, served."""
    with served(newspaper) as running:
        yield running


@pytest.fixture
def house(tmp_path):
    """A house of one's own, empty."""
    return House(tmp_path)


# While Playwright is at work, asyncio takes this thread for one that runs a loop: the
# tests of other files, which run loops of their own, must not meet it.
@pytest.fixture(scope="module")
def browser():
    """One Chromium for the tests of a file."""
    with chromium() as running:
        yield running
