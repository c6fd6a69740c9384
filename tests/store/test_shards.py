"""Processes share the schedule of a store: each shard is worked by one of them."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from databases import POSTGRESQL, sessions_ended_at
from newsroom import NOW
from sqlalchemy import create_engine, text

from aggregator.errors import StoreError, StoreHeld
from aggregator.store import hold, open_shards
from aggregator.store.connecting import parsed_url
from aggregator.store.sessions import POLLING, Session, lock_number

pytestmark = pytest.mark.skipif(
    not POSTGRESQL, reason="PostgreSQL was left out by the caller"
)


@contextmanager
def process(url, purpose="worker", *, joins=False):
    """Yield the shards of one process; two are two sessions, as on two machines."""
    shards = open_shards(url, purpose, now=NOW, joins=joins)
    try:
        yield shards
    finally:
        shards.close()


@pytest.fixture
def one(postgresql_url):
    with process(postgresql_url) as shards:
        yield shards


@pytest.fixture
def other(postgresql_url):
    with process(postgresql_url) as shards:
        yield shards


def end(shards):
    """End the session of a process, as a server does that is restarted."""
    with sessions_ended_at(
        "before_cursor_execute", lambda _c, _cursor, said, *_: said == "SELECT 1"
    ):
        assert not shards._session.lives()


def test_a_shard_has_one_process_at_a_time(one, other):
    assert one.claim([1, 2, 3], 9)
    assert other.claim([2, 3, 4], 9)

    assert (one.held, other.held) == ({1, 2, 3}, {4})


def test_a_process_takes_no_more_than_it_wants_and_the_first_of_those_that_are_free(
    one, other
):
    one.claim([1, 3], 9)

    other.claim([1, 2, 3, 4, 5], 2)

    assert other.held == {2, 4}


def test_nothing_new_is_nothing_claimed(one, other):
    one.claim([1], 9)

    assert not one.claim([1], 9)
    assert not other.claim([1], 9)
    assert not other.held


def test_what_a_process_leaves_another_may_have(one, other):
    one.claim([1, 2], 9)
    one.let_go([1])

    other.claim([1, 2], 9)

    assert (one.held, other.held) == ({2}, {1})


def test_a_process_that_holds_shards_keeps_no_transaction_open(one, postgresql_url):
    """As long as one is, the server cleans nothing up that was deleted since."""
    one.claim([1], 9)

    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        states = connection.scalars(
            text(
                "SELECT state FROM pg_stat_activity JOIN pg_locks USING (pid) "
                "WHERE locktype = 'advisory' AND application_name LIKE :holder"
            ),
            {"holder": f"worker (pid {os.getpid()} %"},
        ).all()
    engine.dispose()

    assert states == ["idle"]


def test_a_process_that_ended_holds_nothing(one, other):
    one.claim([1, 2], 9)
    one.close()

    assert other.claim([1, 2], 9)
    assert other.held == {1, 2}


def test_with_its_session_a_process_loses_all_and_hears_of_it_once(one, other):
    one.claim([1, 2], 9)
    end(one)

    assert other.claim([2], 9)
    assert one.are_lost()
    assert not one.are_lost()
    assert one.claim([1, 2], 9)
    assert one.held == {1}


def test_a_loss_is_told_though_another_session_was_opened_since(one):
    one.claim([1], 9)
    end(one)
    one.time()

    assert not one.held
    assert one.are_lost()


def test_who_holds_nothing_loses_nothing(one):
    assert not one.are_lost()

    one.claim([1], 9)
    one.let_go([1])
    end(one)

    assert not one.are_lost()


def test_stores_of_one_server_have_shards_of_their_own(one, request):
    one.claim([1], 9)

    with process(request.getfixturevalue("another_url")) as elsewhere:
        assert elsewhere.claim([1], 9)


@pytest.fixture
def another_url():
    from databases import schema

    with schema() as url:
        yield url


def test_shards_are_no_locks_of_the_store(postgresql_url, one):
    with hold(postgresql_url, "scheduler", now=NOW):
        assert one.claim(range(4096), 4096)


def test_who_polls_once_hears_of_the_workers_that_poll(postgresql_url):
    with process(postgresql_url, joins=True) as worker:
        worker.claim([1], 1)

        with (
            pytest.raises(StoreHeld, match=r"held by worker \(pid \d+ on "),
            hold(postgresql_url, "poll", now=NOW, alone=True),
        ):
            pass
        with hold(postgresql_url, "scheduler", now=NOW):
            pass


def test_workers_poll_together_and_wait_for_who_polls_once(postgresql_url):
    with (
        process(postgresql_url, joins=True) as one,
        process(postgresql_url, joins=True) as other,
    ):
        with hold(postgresql_url, "poll", now=NOW, alone=True):
            with pytest.raises(StoreHeld, match=r"held by poll \(pid"):
                one.claim([1], 1)
            assert not one.held

        assert one.claim([1], 1)
        assert other.claim([2], 1)


def test_what_is_let_go_is_free_at_once(postgresql_url):
    """The server ends a session some moments after we did."""
    session = Session(parsed_url(postgresql_url), "watcher")
    with session.used() as watcher:
        number = {"number": lock_number(watcher, POLLING)}
        locked = text("SELECT pg_try_advisory_lock(:number)")
        for _ in range(20):
            with hold(postgresql_url, "poll", now=NOW, alone=True):
                assert not watcher.scalar(locked, number)
            assert watcher.scalar(locked, number)
            watcher.execute(text("SELECT pg_advisory_unlock(:number)"), number)
    session.end()


@pytest.mark.parametrize("waits", [False, True])
def test_a_server_that_hangs_keeps_nobody_from_leaving(postgresql_url, waits):
    """Who stops has 10 seconds, and a statement would be waited for without end."""
    session = Session(parsed_url(postgresql_url), "leaver")
    with session.used() as connection:
        server = connection.scalar(text("SELECT pg_backend_pid()"))
    asking = Thread(target=session.lives, daemon=True)
    leaving = Thread(target=session.leave, daemon=True)
    os.kill(server, signal.SIGSTOP)
    try:
        if waits:
            asking.start()
            while session._turn.acquire(blocking=False):
                session._turn.release()
        leaving.start()
        leaving.join(8)
        assert not leaving.is_alive()
        if waits:
            asking.join(8)
        assert not asking.is_alive()
    finally:
        os.kill(server, signal.SIGCONT)


def test_the_servers_clock_is_told(one):
    from aggregator.app.clock import utc_now

    assert abs((one.time() - utc_now()).total_seconds()) < 60
    assert one.time().tzinfo is not None


def test_a_server_that_ends_us_while_we_claim_is_an_error_and_no_claim(one):
    one.claim([1], 1)

    with (
        sessions_ended_at(
            "before_cursor_execute", lambda _c, _cursor, said, *_: "unnest" in said
        ),
        pytest.raises(StoreError),
    ):
        one.claim([2], 1)

    assert one.are_lost()
    assert one.claim([1, 2], 2)


def test_a_file_is_not_shared(tmp_path):
    assert open_shards(f"sqlite:///{tmp_path}/wire.db", "worker", now=NOW) is None


def test_two_threads_that_ask_at_once_have_one_session(postgresql_url):
    """A second one would keep its locks for as long as the process lives."""
    with process(postgresql_url) as shards:
        both = Barrier(2)
        opened = []

        def opening(connection):
            opened.append(connection)
            with suppress(BrokenBarrierError):
                both.wait(timeout=0.2)

        shards._session._at_opening = opening
        with ThreadPoolExecutor() as threads:
            times = [threads.submit(shards.time) for _ in range(2)]

        assert all(time.result() for time in times)
        assert len(opened) == 1
