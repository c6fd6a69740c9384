"""A scripted publisher, and a fetcher that may dial it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from origin import Origin

from aggregator.fetching import Fetcher
from aggregator.model import Fetched, FetchLimits, FetchRequest, NotModified

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LOOPBACK = FetchLimits(
    allow_private=("127.0.0.0/8",), timeout=timedelta(seconds=5), max_body=100_000
)

Fetch = Callable[..., Fetched | NotModified]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as origin:
        yield origin


@pytest.fixture
def make_fetcher() -> Iterator[Callable[..., Fetcher]]:
    """Make fetchers: of loopback by default, other limits and a resolver on request."""
    made: list[Fetcher] = []

    def make(*, resolver: Any = None, **limits: Any) -> Fetcher:
        options = {"resolver": resolver} if resolver else {}
        made.append(
            Fetcher(
                replace(LOOPBACK, **limits),
                contact="https://desk.example/about",
                **options,
            )
        )
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetch(make_fetcher: Callable[..., Fetcher]) -> Fetch:
    """Fetch a URL with one fetcher; keywords are fields of the request."""
    fetcher = make_fetcher()

    def fetch(url: str, **fields: Any) -> Fetched | NotModified:
        request = FetchRequest(source_id="s", url=url, **fields)
        return fetcher.fetch(request, now=NOW)

    return fetch
