"""One poll that cannot be stored harms nobody else's."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from aggregator.app.records import recorded
from aggregator.errors import StoreAway
from aggregator.model import Source, Validators
from aggregator.store import open_store
from tests.store.databases import POSTGRESQL, schema, sessions_ended_at
from tests.store.newsroom import NOW, article, polled, source

SOURCES = {
    id_: Source(id=id_, url=f"https://{id_}.example/feed") for id_ in ("ap", "bbc")
}


@pytest.fixture
def store(tmp_path: Path):
    with open_store(f"sqlite:///{tmp_path}/wire.db") as opened:
        opened.put_states([source("ap"), source("bbc")], configured=set(SOURCES))
        yield opened


def test_a_poll_that_cannot_be_stored_fails_alone_and_is_asked_again(store):
    good = polled("ap", new=(article("flood", "ap"),))
    bad = polled("bbc", new=(article("storm", "bbc", title="half \ud800"),))

    kept = recorded(store, SOURCES, [bad, good], now=NOW)

    assert [(r.source_id, r.outcome.kind) for r in kept] == [
        ("bbc", "failed"),
        ("ap", "updated"),
    ]
    assert store.counts() == {"ap": 1}
    assert store.state("bbc").validators == Validators()
    assert "cannot be stored" in store.state("bbc").error
    assert store.state("bbc").next_poll_at > bad.at


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_a_server_that_comes_back_while_we_try_is_held_against_nobody():
    """Its sources had waited for their next turn, as after a fault of their own."""
    with schema() as url, open_store(url) as store:
        store.put_states([source("ap"), source("bbc")], configured=set(SOURCES))
        polls = [polled("ap"), polled("bbc")]

        with sessions_ended(times=2), pytest.raises(StoreAway, match="connection"):
            recorded(store, SOURCES, polls, now=NOW)

        assert {state.outcome for state in store.states().values()} == {None}
        assert recorded(store, SOURCES, polls, now=NOW) == polls


@contextmanager
def sessions_ended(*, times):
    """End the sessions of this process that write to the sources, so many times."""
    left = times

    def writes(_connection, _cursor, statement, *_):
        nonlocal left
        ends = left > 0 and statement.startswith("UPDATE sources")
        left -= ends
        return ends

    with sessions_ended_at("before_cursor_execute", writes):
        yield
    assert not left


def test_a_full_disk_is_held_against_nobody(store):
    """A row without the articles might still have found its place."""
    with store._writing() as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages + 2}"))
    many = tuple(article(f"flood {n}", "ap") for n in range(200))

    with pytest.raises(StoreAway, match="disk is full"):
        recorded(store, SOURCES, [polled("ap", new=many)], now=NOW)

    assert store.state("ap").outcome is None
