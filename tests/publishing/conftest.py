import pytest

from aggregator.publishing import Publisher


@pytest.fixture
def output(tmp_path):
    """Where publications are written; not there yet."""
    return tmp_path / "public"


@pytest.fixture
def publisher(output):
    return Publisher(output, base_url="https://wire.example/")
