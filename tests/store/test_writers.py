"""Several processes write to one store: one at a time, on both databases alike."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from databases import POSTGRESQL
from newsroom import article, polled, source
from sqlalchemy import text

from aggregator.errors import StoreAway
from aggregator.store import connecting, open_store
from aggregator.store.meta import fact

ROUNDS = 30


def test_what_two_processes_record_at_once_is_all_there(store_url):
    """Two reports of one moment would have the same place in the search index."""
    with open_store(store_url) as one, open_store(store_url) as other:
        rows = [source("bbc"), source("ap")]
        one.put_states(rows, configured={"bbc", "ap"})

        def work(store, source_id):
            for number in range(ROUNDS):
                report = article(f"n{number}", source_id)
                store.record([polled(source_id, new=(report,))])

        with ThreadPoolExecutor(2) as both:
            for done in (both.submit(work, one, "bbc"), both.submit(work, other, "ap")):
                done.result()

        assert one.count() == 2 * ROUNDS
        assert len(one.search("words", limit=99)) == 2 * ROUNDS


def test_who_waits_too_long_for_another_writer_hears_so(store_url, monkeypatch):
    with open_store(store_url) as one:
        one.put_states([source("bbc")], configured={"bbc"})
        hasty = (*connecting._SETTINGS, "lock_timeout = '20ms'")
        monkeypatch.setattr(connecting, "_SETTINGS", hasty)
        monkeypatch.setattr(connecting, "_PRAGMAS", ("busy_timeout = 20",))
        with (
            open_store(store_url) as other,
            one._writing(),
            pytest.raises(StoreAway, match="another process keeps it locked"),
        ):
            other.record([polled("bbc", new=(article(),))])

        assert one.count() == 0


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_a_server_notices_soon_that_a_machine_of_ours_is_gone(postgresql_store):
    """D5: it keeps the locks of its sessions until then; by default for two hours."""
    with postgresql_store._reading() as connection:
        names = ("idle", "interval", "count")
        told = [
            connection.scalar(text(f"SHOW tcp_keepalives_{name}")) for name in names
        ]

    assert told == ["15", "5", "3"]


def test_what_one_look_reads_is_of_one_moment(store):
    """A list is read by several statements, and others write meanwhile."""
    store.put_meta("fact", "before")

    with store._reading() as connection:
        first = fact(connection, "fact")
        store.put_meta("fact", "after")
        second = fact(connection, "fact")

    assert (first, second) == ("before", "before")
    assert store.meta("fact") == "after"
