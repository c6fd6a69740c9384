"""What every kind of source promises; runs on every file in fetching/kinds."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from aggregator.errors import FetchError
from aggregator.fetching import Fetcher
from aggregator.fetching.kinds import by_scheme
from aggregator.model import Fetched, FetchLimits, FetchRequest, NotModified
from tests.origin import Origin

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LIMITS = FetchLimits(max_body=1000, allow_private=("127.0.0.0/8",))
DOCUMENT = b"<rss version='2.0'/>"


@contextmanager
def http_stage(_folder, document):
    with Origin() as origin:
        if document is not None:
            origin.answers("/feed", document, headers=[("ETag", '"1"')])
            origin.answers("/feed", status=304)
        yield origin.url("/feed")


@contextmanager
def file_stage(folder, document):
    if document is not None:
        (folder / "feed.xml").write_bytes(document)
    yield (folder / "feed.xml").as_uri()


# Where each scheme can be tried: a context that serves a document (None: has none) and
# gives its address. A new kind needs a stage here; https is http with TLS, tried beside.
STAGES = {"http": http_stage, "file": file_stage}
SCHEMES = sorted(set(by_scheme()) - {"https"})


@pytest.fixture
def fetch():
    fetcher = Fetcher(LIMITS, contact="https://press.example/about")
    yield lambda url, **asked: fetcher.fetch(
        FetchRequest(source_id="a", url=url, **asked), now=NOON
    )
    fetcher.close()


def test_every_kind_can_be_tried_here():
    assert set(SCHEMES) <= set(STAGES), "write a stage for the new kind"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_document_comes_once_and_then_only_if_it_changed(scheme, fetch, tmp_path):
    with STAGES[scheme](tmp_path, DOCUMENT) as url:
        first = fetch(url)
        second = fetch(url, validators=first.validators)

    assert isinstance(first, Fetched)
    assert first.body == DOCUMENT
    assert isinstance(second, NotModified)
    assert second.validators == first.validators


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_document_over_the_cap_is_refused(scheme, fetch, tmp_path):
    with (
        STAGES[scheme](tmp_path, b"x" * 1001) as url,
        pytest.raises(FetchError, match="too large") as refused,
    ):
        fetch(url)

    assert refused.value.problem == "too-large"


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_document_that_is_not_there_is_a_sentence(scheme, fetch, tmp_path):
    with (
        STAGES[scheme](tmp_path, None) as url,
        pytest.raises(FetchError, match=r"\w+ \w+ \w+"),
    ):
        fetch(url)


def test_an_address_of_no_kind_is_refused_with_those_that_are(fetch):
    with pytest.raises(FetchError, match="file, http, https") as refused:
        fetch("gopher://a.example/feed")

    assert refused.value.problem == "blocked"


def test_limits_that_cannot_be_read_are_refused_at_once():
    wrong = replace(LIMITS, allow_private=("nonsense",))

    with pytest.raises(ValueError, match="nonsense"):
        Fetcher(wrong, contact="x")
