"""One process at a time holds a store; the next one hears who."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest
from databases import sessions_ended_at
from newsroom import NOW
from sqlalchemy import create_engine, text

from aggregator.errors import StoreError, StoreHeld, StoreLost
from aggregator.store import hold, open_store

HOLDER = """
import os, sys, time
from datetime import UTC, datetime
from aggregator.store import hold
with hold(sys.argv[1], "mediawire run", now=datetime(2026, 3, 14, 9, 26, tzinfo=UTC)):
    child = os.fork() if len(sys.argv) > 2 else None
    if child is None:
        print("held", flush=True)
    elif child == 0:
        print(os.getpid(), flush=True)
        os.close(1)
    time.sleep(60)
"""


def hold_soon(url):
    """Hold the store once its server has noticed that the last holder is dead."""
    deadline = time.monotonic() + 10
    while True:
        try:
            with hold(url, "poll", now=NOW):
                return
        except StoreHeld:
            if time.monotonic() > deadline:
                raise


@pytest.fixture
def another_process():
    """Start a process that holds the store; give it, and what it said."""
    started = []

    def start(store_url, *arguments):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, store_url, *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=60)


def test_a_second_process_hears_who_holds_the_store(store_url, another_process):
    """D5: the second exits naming the holder."""
    holder, _ = another_process(store_url)

    with pytest.raises(StoreHeld) as refusal, hold(store_url, "poll", now=NOW):
        pass

    assert f"held by mediawire run (pid {holder.pid} on " in str(refusal.value)


def test_a_store_is_free_after_kill_minus_nine(store_url, another_process):
    """D5: no stale lock after a kill."""
    holder, _ = another_process(store_url)
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=60)

    hold_soon(store_url)


def test_a_forked_child_does_not_keep_the_store_of_a_dead_parent(
    sqlite_url, another_process
):
    """D5: a reading worker can outlive a kill -9 of the service by a moment."""
    holder, child = another_process(sqlite_url, "fork")
    holder.send_signal(signal.SIGKILL)
    holder.wait(timeout=60)

    try:
        with hold(sqlite_url, "poll", now=NOW):
            os.kill(int(child), 0)
    finally:
        os.kill(int(child), signal.SIGKILL)


def test_a_store_is_free_again_when_the_work_is_done_or_failed(store_url):
    with hold(store_url, "run", now=NOW):
        pass
    with pytest.raises(ZeroDivisionError), hold(store_url, "run", now=NOW):
        raise ZeroDivisionError

    with hold(store_url, "run", now=NOW):
        pass


def test_a_store_is_held_once_in_a_process_too(store_url):
    second = hold(store_url, "poll", now=NOW)

    with hold(store_url, "run", now=NOW), pytest.raises(StoreHeld, match="run"), second:
        pass


def test_others_read_a_store_that_is_held(store_url):
    open_store(store_url).close()

    with (
        hold(store_url, "run", now=NOW),
        open_store(store_url, read_only=True) as store,
    ):
        assert store.count() == 0


def test_a_store_can_be_held_before_it_exists(store_url):
    with hold(store_url, "run", now=NOW), open_store(store_url) as store:
        assert store.count() == 0


def test_a_place_that_cannot_be_locked_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    url = f"sqlite:///{tmp_path}/file/mediawire.db"

    with pytest.raises(StoreError) as refusal, hold(url, "run", now=NOW):
        pass

    said = "cannot be locked: file exists; see what is wrong with"
    assert f"{said} {tmp_path}/file" in str(refusal.value)


def test_a_place_of_somebody_else_is_told_with_what_to_do_now(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("aggregator.store.holding.os.open", refuse)
    url = f"sqlite:///{tmp_path}/mediawire.db"

    with pytest.raises(StoreError) as refusal, hold(url, "run", now=NOW):
        pass

    assert "cannot be locked: permission denied; run this as the user that owns" in str(
        refusal.value
    )


def test_a_server_that_does_not_answer_is_a_sentence():
    url = "postgresql+psycopg://desk:SECRET@127.0.0.1:1/desk"

    with pytest.raises(StoreError) as refusal, hold(url, "run", now=NOW):
        pass

    assert "SECRET" not in str(refusal.value)


def test_a_holder_whose_session_the_server_ended_holds_the_store_again(postgresql_url):
    with hold(postgresql_url, "run", now=NOW) as still_held:
        end_sessions_that_hold(postgresql_url)

        still_held()

        with (
            pytest.raises(StoreHeld, match="run"),
            hold(postgresql_url, "poll", now=NOW),
        ):
            pass


def test_a_holder_hears_that_another_one_took_the_store_meanwhile(postgresql_url):
    with hold(postgresql_url, "run", now=NOW) as still_held:
        end_sessions_that_hold(postgresql_url)
        with hold(postgresql_url, "poll", now=NOW):
            for _ in range(2):
                with pytest.raises(StoreHeld, match="poll"):
                    still_held()


def test_a_holder_whose_new_session_ends_too_takes_the_store_the_next_time(
    postgresql_url,
):
    """It was left with a session that failed for ever: no tick, no poll, no end."""
    with hold(postgresql_url, "run", now=NOW) as still_held:
        end_sessions_that_hold(postgresql_url)
        every_new_one = sessions_ended_at("engine_connect", lambda _: True)
        with every_new_one, pytest.raises(StoreError, match="connection"):
            still_held()

        still_held()

        with (
            pytest.raises(StoreHeld, match="run"),
            hold(postgresql_url, "poll", now=NOW),
        ):
            pass


def end_sessions_that_hold(url):
    """End the sessions with which this process holds stores, as a restart would."""
    engine = create_engine(url)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks "
                "JOIN pg_stat_activity USING (pid) "
                "WHERE locktype = 'advisory' AND application_name LIKE :holder"
            ),
            {"holder": f"run (pid {os.getpid()} %"},
        )
    engine.dispose()


def test_a_holder_whose_lock_file_was_tidied_away_holds_the_store_again(
    sqlite_url, tmp_path
):
    with hold(sqlite_url, "run", now=NOW) as still_held:
        (tmp_path / "data" / "mediawire.db.lock").unlink()

        still_held()

        with pytest.raises(StoreHeld, match="run"), hold(sqlite_url, "poll", now=NOW):
            pass


def test_a_holder_who_could_not_take_the_lock_again_tries_the_next_time(
    sqlite_url, tmp_path
):
    """It asked no more: when the folder was gone, a second process polled beside it."""
    with hold(sqlite_url, "run", now=NOW) as still_held:
        lock = tmp_path / "data" / "mediawire.db.lock"
        lock.unlink()
        lock.mkdir()
        for _ in range(2):
            with pytest.raises(StoreError, match="cannot be locked: is a directory"):
                still_held()
        lock.rmdir()

        still_held()

        with pytest.raises(StoreHeld, match="run"), hold(sqlite_url, "poll", now=NOW):
            pass


def test_a_holder_hears_that_its_database_was_replaced(sqlite_url, tmp_path):
    """What was written to a file that has no name any more would be lost."""
    with hold(sqlite_url, "run", now=NOW) as still_held:
        open_store(sqlite_url).close()
        still_held()
        path = tmp_path / "data" / "mediawire.db"
        copy = path.with_name("copy")
        copy.write_bytes(path.read_bytes())
        copy.rename(path)

        with pytest.raises(StoreLost, match="replaced while it was in use"):
            still_held()


def test_a_store_is_the_same_by_every_name(sqlite_url, tmp_path):
    open_store(sqlite_url).close()
    (tmp_path / "link.db").symlink_to(tmp_path / "data" / "mediawire.db")

    with (
        hold(sqlite_url, "run", now=NOW),
        pytest.raises(StoreHeld, match="run"),
        hold(f"sqlite:///{tmp_path}/link.db", "poll", now=NOW),
    ):
        pass


def test_a_disk_that_knows_no_locks_is_told_in_a_sentence(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("aggregator.store.holding.fcntl.flock", no_locks)

    with (
        pytest.raises(StoreError, match="cannot be locked: no locks available; see"),
        hold(f"sqlite:///{tmp_path}/wire.db", "poll", now=NOW),
    ):
        pass


def test_a_disk_that_fails_while_a_store_is_held_is_told_in_a_sentence(tmp_path):
    data = tmp_path / "data"
    with hold(f"sqlite:///{data}/wire.db", "run", now=NOW) as check:
        data.rename(tmp_path / "away")
        data.write_text("a file where the folder was")

        with pytest.raises(StoreError, match="cannot be locked: not a directory"):
            check()

        data.unlink()
        (tmp_path / "away").rename(data)
        check()
