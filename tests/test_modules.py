"""What is found by itself is found the next time, if it cannot be read the first."""

import errno
import os

import pytest

from aggregator.editing import edit
from aggregator.errors import MediaWireError
from aggregator.fetching import Fetcher, kinds
from aggregator.model import FetchLimits
from aggregator.publishing import formats


@pytest.fixture
def no_descriptor(monkeypatch):
    """Let no folder be listed until it is told to."""

    def refuse(*_):
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    with monkeypatch.context() as moment:
        moment.setattr("os.listdir", refuse)
        yield moment


@pytest.mark.parametrize("found", [kinds.by_scheme, formats.names, edit.kinds])
def test_a_moment_without_a_file_descriptor_is_not_remembered(found, no_descriptor):
    """An empty list was kept: no source could be fetched until the next start."""
    found.cache_clear()
    with pytest.raises(MediaWireError, match="is a file descriptor free"):
        found()
    no_descriptor.undo()

    assert found()


def test_a_fetcher_is_not_made_without_any_kind_of_source(no_descriptor):
    kinds.by_scheme.cache_clear()
    with pytest.raises(MediaWireError, match="is a file descriptor free"):
        Fetcher(FetchLimits(), contact="")
    no_descriptor.undo()

    Fetcher(FetchLimits(), contact="").close()
