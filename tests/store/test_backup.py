"""A copy of a store that is in use."""

import errno
import os
import sqlite3
import threading
from contextlib import closing

import pytest
from newsroom import article, polled, source
from victims import next_poll

from aggregator.errors import StoreError
from aggregator.store import open_store


def test_a_backup_taken_while_polls_go_on_is_whole(sqlite_store, tmp_path):
    """D12: integrity_check passes, and a poll of the copy goes on where it was."""
    sqlite_store.put_states([source()], configured={"bbc"})
    stop = threading.Event()

    def write():
        while not stop.is_set():
            sqlite_store.record([next_poll(sqlite_store, "bbc")])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sqlite_store.backup(tmp_path / "copy.db")
    finally:
        stop.set()
        writer.join(60)

    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with open_store(f"sqlite:///{tmp_path}/copy.db") as restored:
        promised = int(restored.state("bbc").validators.etag or b"0")
        assert restored.count() == promised
        restored.record([next_poll(restored, "bbc")])
        assert restored.count() == promised + 2


def test_a_backup_is_one_file(sqlite_store, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()

    sqlite_store.backup(folder / "copy.db")

    assert [each.name for each in folder.iterdir()] == ["copy.db"]


def test_a_backup_is_for_those_who_may_read_the_store(sqlite_store, tmp_path):
    (tmp_path / "wire.db").chmod(0o640)

    sqlite_store.backup(tmp_path / "copy.db")

    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o640


def test_a_backup_goes_to_a_disk_that_has_no_links(sqlite_store, tmp_path, monkeypatch):
    """FAT and exFAT say so by EPERM, some network shares by ENOTSUP."""

    def refuse(*_):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    folder = tmp_path / "stick"
    folder.mkdir()

    sqlite_store.backup(folder / "copy.db")

    assert [each.name for each in folder.iterdir()] == ["copy.db"]
    with open_store(f"sqlite:///{folder}/copy.db") as copy:
        assert copy.count() == 0


def test_a_backup_replaces_no_file(sqlite_store, tmp_path):
    (tmp_path / "copy.db").write_text("precious")

    with pytest.raises(StoreError, match="exists already"):
        sqlite_store.backup(tmp_path / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "precious"


def test_a_backup_into_nowhere_is_a_sentence(sqlite_store, tmp_path):
    with pytest.raises(StoreError):
        sqlite_store.backup(tmp_path / "nowhere" / "copy.db")


def test_a_postgresql_store_has_its_own_tool(postgresql_store, tmp_path):
    with pytest.raises(StoreError, match="pg_dump"):
        postgresql_store.backup(tmp_path / "copy.db")


def test_a_backup_holds_whole_articles(sqlite_store, tmp_path):
    sqlite_store.put_states([source()], configured={"bbc"})
    sqlite_store.record([polled(new=(article(),))])

    sqlite_store.backup(tmp_path / "copy.db")

    with open_store(f"sqlite:///{tmp_path}/copy.db", read_only=True) as copy:
        assert list(copy.articles(bodies=True)) == [article()]
