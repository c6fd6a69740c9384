"""What surrounds the service fails, and comes back: disk, database, config, clock."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from aggregator.app.service import GRACE
from aggregator.store import open_store
from tests.drills import doomed
from tests.drills.agencies import Agencies
from tests.drills.kills import Drill
from tests.installation import Installation, free_port
from tests.origin import Origin
from tests.store.databases import POSTGRESQL, schema

PATIENCE = 60


def soon(happens, *, within=PATIENCE):
    """Wait until something is true; fail with what it said last."""
    deadline = time.monotonic() + within
    while not (answer := happens()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return answer


@pytest.fixture
def agencies():
    with Agencies(4, seed=7) as web:
        yield web


@pytest.fixture
def drill(tmp_path, agencies):
    return Drill(tmp_path / "at", agencies)


@contextmanager
def running(drill, *arguments):
    """Run the main job; end it with SIGTERM, which must be a good end."""
    process = drill.start(doomed.service, str(drill.at.config), *arguments)
    try:
        yield process
    finally:
        process.terminate()
        assert process.ended() == 0, process.said()


def articles(drill):
    with open_store(drill.at.store, create=False, read_only=True) as store:
        return store.count()


def test_a_database_put_back_catches_up(drill):
    """D3: power loss can take the last commits; nothing is lost, doubled or renamed."""
    drill.at.run("db", "backup", str(drill.at.folder / "earlier.db"))
    for _ in range(3):
        drill.polls_again("before the loss")
    for file in drill.at.folder.glob("wire.db*"):
        file.unlink()
    (drill.at.folder / "earlier.db").rename(drill.at.folder / "wire.db")

    drill.polls_again("after the loss")

    # What is seen for the first time again is listed now; its names are the same.
    assert [f for f in drill.tally.faults if not f.startswith("moved")] == []


def test_a_backup_of_a_service_at_work_is_restored_and_catches_up(drill):
    """D12: taken under write load, whole, and polled on: nothing lost, nothing twice."""
    with running(drill) as process:
        soon(lambda: "running" in process.said())
        asked = drill.agencies.requests
        soon(lambda: drill.agencies.requests > asked + 8)
        drill.at.run("db", "backup", str(drill.at.folder / "copy.db"))
    for file in drill.at.folder.glob("wire.db*"):
        file.unlink()
    (drill.at.folder / "copy.db").rename(drill.at.folder / "wire.db")
    with closing(sqlite3.connect(drill.at.folder / "wire.db")) as store:
        sound = store.execute("PRAGMA integrity_check").fetchone()

    drill.note("restored", drill.truth.after_a_kill())
    drill.polls_again("after the restore")

    assert sound == ("ok",)
    assert [f for f in drill.tally.faults if not f.startswith("moved")] == []


def test_a_deleted_write_ahead_log_costs_a_refetch_at_most(drill):
    """D3: commits in it are gone with it; what is left is whole and catches up."""
    killed = drill.start(doomed.service, str(drill.at.config))
    soon(lambda: "running" in killed.said())
    asked = drill.agencies.requests
    soon(lambda: drill.agencies.requests > asked + 8)
    killed.kill()
    lost = drill.at.folder / "wire.db-wal"
    size = lost.stat().st_size
    lost.unlink()

    drill.note("without its log", drill.truth.after_a_kill())
    drill.polls_again("after that")

    assert size > 0
    assert [f for f in drill.tally.faults if not f.startswith("moved")] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path, agencies):
    """D4: published files stay, the database is sound, and it goes on by itself."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(small)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("this kernel lets nobody mount")
    try:
        drill = Drill(small / "at", agencies)
        before = drill.at.published("feeds/wire.atom")
        filler = small / "filler"
        fill(filler)

        drill.log = tmp_path / "log"
        full = drill.command("poll", "--force")
        assert full.ended() == 1
        assert ": the disk is full; nothing was written" in full.said()
        assert drill.at.published("feeds/wire.atom") == before

        filler.unlink()
        drill.polls_again("with space again")
        assert drill.tally.faults == []
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def fill(path):
    """Write until there is no space left."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass


def test_a_second_instance_names_the_first_and_asks_nobody(
    tmp_path, agencies, store_url
):
    """D5: exit 75, naming the holder; no stale lock after kill -9; on both databases."""
    drill = Drill(tmp_path / "at", agencies, store_url)
    first = drill.start(doomed.service, str(drill.at.config))
    soon(lambda: "running" in first.said())

    second = drill.command("poll", "--force")

    assert second.ended() == 75
    assert f"held by run (pid {first.pid} on " in second.said()
    drill.killed(first, "the first instance")
    assert drill.tally.faults == []


@pytest.mark.skipif(not POSTGRESQL, reason="PostgreSQL was left out by the caller")
def test_sessions_that_the_server_ends_at_work_cost_nothing(tmp_path, agencies):
    """D1 on PostgreSQL: backends are terminated in the middle of transactions."""
    with schema() as url:
        drill = Drill(tmp_path / "at", agencies, url)
        with running(drill) as process:
            soon(lambda: "running" in process.said())
            for _ in range(6):
                time.sleep(0.2)
                end_sessions(process.pid)
            before = agencies.requests
            soon(lambda: agencies.requests > before + 8)
        drill.note("after the terminations", drill.truth.after_a_kill())
        drill.polls_again("after the terminations")

    assert drill.tally.faults == []


def end_sessions(pid):
    """End all sessions of a process, its lock's too."""
    engine = create_engine(POSTGRESQL, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a "
                "WHERE a.application_name LIKE :holder OR a.client_port = ANY(:ports)"
            ),
            {"holder": f"run (pid {pid} %", "ports": ports_of(pid)},
        )
    engine.dispose()


def ports_of(pid):
    """Return the local TCP ports of a process, as the server sees them."""
    sockets = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            target = str(link.readlink())
            if target.startswith("socket:["):
                sockets.add(target[8:-1])
    ports = []
    for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[9] in sockets:
            ports.append(int(fields[1].partition(":")[2], 16))
    return ports


def test_readers_never_meet_a_short_mixed_or_missing_file(drill):
    """D9: files are read without pause while they are published; at length by hand."""
    path = drill.at.folder / "public" / "feeds" / "wire.atom"
    stop, seen, faults = threading.Event(), [], []

    def read():
        last = 0.0
        while not stop.is_set():
            try:
                with path.open("rb") as file:
                    changed = os.fstat(file.fileno()).st_mtime
                    ET.fromstring(file.read())
            except (OSError, ET.ParseError) as error:
                faults.append(repr(error))
            if changed < last:
                faults.append("it went back in time")
            last = changed
            seen.append(changed)

    reader = threading.Thread(target=read)
    reader.start()
    with running(drill):
        soon(lambda: len(set(seen)) > 3)
    stop.set()
    reader.join()

    assert faults == []


def test_a_config_edited_while_running_is_adopted_or_refused_whole(drill, agencies):
    """D7: six edits; the last good one stays, unchanged sources are not asked again."""
    drill.at.write_sources(
        {n: {"url": u, "interval": "1h"} for n, u in agencies.addresses().items()}
    )
    good = (drill.at.config / "sources.yaml").read_text()
    bad = {
        "broken syntax": ('{"sources": [', "sources.yaml"),
        "an unknown key": (good.replace('"interval"', '"intervall"'), "interval"),
        "a name twice": (good.replace('"s01"', '"s00"'), "s00"),
        "a bad address": (good.replace("http://", "htp://", 1), "htp"),
    }
    with running(drill, None, None, {"quiet_s": 0.4}) as process:
        soon(lambda: "running" in process.said())
        asked = agencies.requests
        for edit, sign in bad.values():
            said = len(process.said())
            drill.at.write("sources.yaml", edit)
            soon(lambda said=said, sign=sign: sign in process.said()[said:], within=10)
            assert "config refused" in process.said()[said:]
        said = len(process.said())
        edited = json.loads(good)
        edited["sources"][0]["title"] = "Renamed"
        whole = json.dumps(edited)
        drill.at.write("sources.yaml", whole[: len(whole) // 2])
        time.sleep(0.1)
        drill.at.write("sources.yaml", whole)
        soon(lambda: "config adopted" in process.said()[said:], within=10)

        assert "config refused" not in process.said()[said:]
        soon(lambda: b"Renamed" in drill.at.published("feeds/wire.atom"), within=10)
        assert agencies.requests == asked


def test_fetches_that_hang_do_not_keep_the_service_from_ending(tmp_path):
    """D23: ten fetches hang, the others go on; SIGTERM ends it in time, code 0.

    In ten seconds, which are two here: nobody has to wait for what is a number.
    """
    feed = b"""<rss version="2.0"><channel><title>t</title><item><guid>%d</guid>
    <title>x</title></item></channel></rss>"""
    with Origin() as origin:
        for n in range(3):
            origin.answers(f"/good{n}", feed % n)
        for n in range(10):
            origin.sends(f"/hung{n}", b"HTTP/1.1 200 OK\r\n", 600.0)
        paths = [f"good{n}" for n in range(3)] + [f"hung{n}" for n in range(10)]
        at = Installation(
            tmp_path, {p: origin.url(f"/{p}") for p in paths}, timeout="120s"
        )
        process = doomed.Doomed(
            doomed.service,
            tmp_path / "log",
            str(at.config),
            None,
            None,
            {"grace_s": 2.0},
        )
        soon(lambda: process.said().count("outcome=updated") == 3)
        soon(lambda: len(origin.heard) == 13)
        began = time.monotonic()
        os.kill(process.pid, signal.SIGTERM)

        assert process.ended() == 0
        assert 2 <= time.monotonic() - began < 12
        assert timedelta(seconds=10) == GRACE
        assert len(at.articles()) == 3


def test_slow_readers_take_no_time_of_their_own_when_the_service_ends(tmp_path):
    """D23: polls and open answers end within the same ten seconds, here four."""
    grace = 4
    half = (
        "POST /status/sign-in HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nt"
    )
    with Origin() as origin:
        origin.sends("/hung", b"HTTP/1.1 200 OK\r\n", 600.0)
        at = Installation(tmp_path, {"hung": origin.url("/hung")}, port=free_port())
        process = doomed.Doomed(
            doomed.service_with_pages, tmp_path / "log", str(at.config), grace
        )
        soon(lambda: len(origin.heard) == 1)
        with socket.create_connection(("127.0.0.1", at.port), timeout=PATIENCE) as slow:
            slow.sendall(half.encode())
            began = time.monotonic()
            os.kill(process.pid, signal.SIGTERM)

            assert process.ended() == 0

    assert grace <= time.monotonic() - began < 1.8 * grace


def test_a_wall_clock_that_jumps_stops_nothing_and_leaves_no_report_ahead(drill):
    """D20: back an hour, on an hour, ten years ahead and back, in a real process."""
    shift = doomed.shared_seconds()
    with open_store(drill.at.store, create=False, read_only=True) as store:
        before = store.count()
    with running(drill, None, shift) as process:
        soon(lambda: "running" in process.said())
        for seconds in (-3_600, 0, 10 * 365 * 86_400, 0):
            shift.value = seconds
            said = process.said().count("clock jumped")
            soon(lambda said=said: process.said().count("clock jumped") > said)
            asked = drill.agencies.requests
            soon(lambda asked=asked: drill.agencies.requests >= asked + 4)
    drill.polls_again("after the jumps")
    with open_store(drill.at.store, create=False, read_only=True) as store:
        ahead = [a.id for a in store.articles() if a.first_seen.year > 2030]
        assert store.count() > before

    assert ahead == []
    assert [f for f in drill.tally.faults if not f.startswith("moved")] == []
