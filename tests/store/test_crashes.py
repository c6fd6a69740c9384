"""A process that is killed while it writes loses nothing and doubles nothing."""

import random

import pytest
from newsroom import article, document, polled, source
from victims import killed, next_poll, recording

from aggregator.errors import StoreError
from aggregator.store import open_store
from aggregator.store import recording as room

SOURCES = ("bbc", "ap", "irna")


def consistent(store):
    """Return whether validators, articles, documents and names tell one story."""
    for source_id in SOURCES:
        state = store.state(source_id)
        promised = int(state.validators.etag or b"0")
        held = list(store.articles(source=source_id, bodies=True))
        names = [f"n{n}" for n in range(promised)]
        reports = [article(name, source_id) for name in names]
        assert sorted(each.id for each in held) == sorted(each.id for each in reports)
        assert all(each.body for each in held)
        last = store.document(source_id)
        assert last == (document(*reports[-20:]) if reports else None)
        assert len(store.known(source_id, [f"guid:{n}" for n in names])) == promised
    return True


def test_validators_are_never_newer_than_the_articles_that_came_with_them(store_url):
    """D1: kill -9 at 20 moments; every article promised is there, and there once."""
    dice = random.Random(3)
    with open_store(store_url) as store:
        store.put_states([source(id_) for id_ in SOURCES], configured=set(SOURCES))

    for _ in range(20):
        killed(recording, store_url, SOURCES, after=dice.uniform(0, 0.05))
        with open_store(store_url) as store:
            assert consistent(store)

    with open_store(store_url) as store:
        before = store.count()
        assert before >= 20 * 2
        for source_id in SOURCES:
            store.record([next_poll(store, source_id)])
        assert consistent(store)
        assert store.count() == before + 2 * len(SOURCES)


STEPS = [
    "record_states",
    "log_polls",
    "put_documents",
    "insert_articles",
    "insert_bodies",
    "list_articles",
    "name_articles",
    "note_leaving",
    "keep_revisions",
    "change_articles",
    "change_bodies",
    "_alias",
    "withdraw",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_fault_at_any_step_of_a_record_leaves_nothing(
    store, monkeypatch, step, moment
):
    """D2: the same invariants at each step, and the same poll goes through later."""
    store.put_states([source()], configured={"bbc"})
    old, withdrawn = article("old"), article("gone", desk_tags=("world",))
    store.record([polled(new=(old, withdrawn))])
    before = everything(store)
    poll = polled(
        new=(article("new", desk_tags=("world",)),),
        changed=(article("old", title="Changed", revision=1),),
        aliases=(("guid:alias", old.id),),
        deletions=((withdrawn.id, "taken back"),),
        document=document(old),
        state=source(failures=1),
    )

    def fail(*arguments):
        if moment == "after":
            really(*arguments)
        raise StoreError("pulled the plug")

    with monkeypatch.context() as fault:
        really = getattr(room, step)
        fault.setattr(room, step, fail)
        with pytest.raises(StoreError, match="pulled the plug"):
            store.record([poll])

    assert everything(store) == before
    store.record([poll])
    assert everything(store) != before


def everything(store):
    """Return all that is in a store, table by table."""
    from aggregator.store.columns import metadata

    with store._reading() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(table.select())))
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize("commits_lost", [1, 3])
def test_a_store_put_back_to_an_earlier_state_catches_up(
    sqlite_url, tmp_path, commits_lost
):
    """D3: power loss can take the last commits; the next polls bring the same back."""
    with open_store(sqlite_url) as store:
        store.put_states([source(id_) for id_ in SOURCES], configured=set(SOURCES))
        for _ in range(5):
            store.record([next_poll(store, "bbc")])
        store.backup(tmp_path / "earlier.db")
        for _ in range(commits_lost):
            store.record([next_poll(store, "bbc")])
        ids = [each.id for each in store.articles()]

    with open_store(f"sqlite:///{tmp_path}/earlier.db") as store:
        for _ in range(commits_lost):
            store.record([next_poll(store, "bbc")])
        assert [each.id for each in store.articles()] == ids
        assert consistent(store)
