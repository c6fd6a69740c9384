"""file: URLs of the config, as conditional as the web."""

import os

import pytest

from aggregator.errors import FetchError
from aggregator.model import NotModified

FEED = b"<rss/>"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "wire feed#1.xml"
    path.write_bytes(FEED)
    return path


def test_a_file_is_read_whole(path, fetch):
    fetched = fetch(path.as_uri())

    assert (fetched.body, fetched.url) == (FEED, path.as_uri())


def test_an_unchanged_file_is_not_modified(path, fetch):
    """P8: conditional, too."""
    first = fetch(path.as_uri())

    second = fetch(path.as_uri(), validators=first.validators)

    assert second == NotModified(url=path.as_uri(), validators=first.validators)


@pytest.mark.parametrize("change", ["size", "time"])
def test_a_changed_file_is_read_again(path, fetch, change):
    first = fetch(path.as_uri())
    if change == "size":
        path.write_bytes(FEED + b" ")
    else:
        os.utime(path, ns=(1, 1))

    assert fetch(path.as_uri(), validators=first.validators).body.startswith(FEED)


def test_a_missing_file_is_a_sentence(path, fetch):
    path.unlink()

    with pytest.raises(FetchError, match="no such file") as failure:
        fetch(path.as_uri())

    assert failure.value.problem == "file"


def test_what_is_no_plain_file_is_refused(path, fetch):
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)

    for what in (pipe, path.parent):
        with pytest.raises(FetchError) as failure:
            fetch(what.as_uri())
        assert failure.value.problem == "file"


@pytest.mark.parametrize(
    "url", ["file://host.example/etc/passwd", "file:", "file:a.xml"]
)
def test_a_file_of_another_machine_or_of_no_place_is_refused(fetch, url):
    with pytest.raises(FetchError) as failure:
        fetch(url)

    assert failure.value.problem == "file"


def test_a_file_is_read_up_to_the_cap(path, fetch):
    """N9: error says "too large"."""
    path.write_bytes(b"x" * 100_001)

    with pytest.raises(FetchError, match="too large") as failure:
        fetch(path.as_uri())

    assert failure.value.problem == "too-large"
