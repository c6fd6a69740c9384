"""One poll that cannot be stored harms nobody else's."""

from pathlib import Path

import pytest

from aggregator.app.records import recorded
from aggregator.errors import StoreError
from aggregator.model import Source, Validators
from aggregator.store import open_store
from tests.store.newsroom import article, polled, source

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

    kept = recorded(store, SOURCES, [bad, good])

    assert [(r.source_id, r.outcome.kind) for r in kept] == [
        ("bbc", "failed"),
        ("ap", "updated"),
    ]
    assert store.counts() == {"ap": 1}
    assert store.state("bbc").validators == Validators()
    assert "cannot be stored" in store.state("bbc").error
    assert store.state("bbc").next_poll_at > bad.at


def test_a_store_that_is_away_is_nobodys_fault(store, monkeypatch):
    def away(_results):
        raise StoreError("the server is away")

    monkeypatch.setattr(store, "record", away)

    with pytest.raises(StoreError, match="away"):
        recorded(store, SOURCES, [polled("ap"), polled("bbc")])
