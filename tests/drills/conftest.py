"""Drills run on both databases, each on a store of its own."""

from contextlib import nullcontext

import pytest

from tests.store.databases import DATABASES, schema


@pytest.fixture(params=DATABASES)
def store_url(request):
    """Yield the address of an empty PostgreSQL schema, or None for SQLite's default."""
    with schema() if request.param == "postgresql" else nullcontext() as url:
        yield url
