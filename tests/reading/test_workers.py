"""Processes that read, and can be killed."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from documents import item, remembered, request, rss
from msgspec.msgpack import Decoder
from msgspec.structs import replace

from aggregator.config.fields import LEAST_MEMORY
from aggregator.errors import ReadError
from aggregator.model import ReadingLimits
from aggregator.reading import Workers, read, workers

# feedparser looks for an address in the author of a feed, for quadratic time.
SLOW = rss(item(1), head=f"<author>{'a.' * 60_000}</author>")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def pool():
    pools = []

    def make(*, seconds=60.0, mib=512, count=1):
        limits = ReadingLimits(
            timeout=timedelta(seconds=seconds), max_memory=mib << 20, workers=count
        )
        pools.append(Workers(limits))
        return pools[-1]

    yield make
    for one in pools:
        one.close()


def processes(pool):
    return {process._process.pid for process in pool._all}


def is_running(pid):
    """Tell whether a process runs; one that ended and is not yet reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def refusal(pool, body):
    with pytest.raises(ReadError) as caught:
        pool.read(request(body))
    return caught.value


def test_a_worker_reads_what_the_function_reads(pool):
    ask = request(rss(item(1), item(2)))

    assert pool().read(ask) == read(ask)


def test_a_large_feed_is_read_in_the_least_memory_that_may_be_set(pool):
    ask = request(rss(*(item(n, body="words " * 100) for n in range(1_000))))

    assert len(pool(mib=LEAST_MEMORY >> 20).read(ask).items) == 1_000


def test_no_process_runs_before_the_first_document(pool):
    readers = pool()
    before = processes(readers)

    readers.read(request(rss(item(1))))

    assert (before, len(processes(readers))) == (set(), 1)


def test_a_document_that_lists_what_it_listed_needs_no_process(pool):
    first = read(request(rss(item(1), item(2))))
    body = rss(item(1), item(2), head="<title>Another</title>")
    ask = replace(request(body, **remembered(first)), passage=first.passage)
    two = pool(count=2)

    assert two.read(ask) == read(ask)
    assert not processes(two)


def test_one_process_reads_document_after_document(pool):
    readers = pool()
    for number in range(3):
        readers.read(request(rss(item(number))))
        first = processes(readers)

    assert len(first) == 1


def test_a_refusal_comes_through_as_it_is(pool):
    error = refusal(pool(), b"<html></html>")

    assert error.problem == "html-page"
    assert str(error).startswith("harbour: a web page instead of the feed")


def test_an_answer_of_another_shape_is_not_believed(pool, monkeypatch):
    """A process reads what strangers wrote: nothing that it says is run, all is checked."""
    two = pool(count=1)
    monkeypatch.setattr(workers, "answer_of", Decoder(int).decode)
    first = processes(two)

    error = refusal(two, rss(item(1)))

    assert error.problem == "unreadable"
    assert "nonsense" in str(error)
    assert not any(map(is_running, first | processes(two)))


def test_a_document_past_its_deadline_is_too_complex_and_the_next_is_read(pool):
    """I13: the process is killed; another reads on."""
    readers = pool(seconds=0.5)
    readers.read(request(rss(item(1))))
    old = processes(readers)

    error = refusal(readers, SLOW)

    assert error.problem == "too-complex"
    assert (
        str(error) == f"harbour: too complex: {len(SLOW):,} bytes took more than 0.5 s"
    )
    assert not any(map(is_running, old))
    assert len(readers.read(request(rss(item(2)))).items) == 1


def test_the_time_of_waiting_and_starting_does_not_count(pool):
    """I13: good documents are not blamed for a full house."""
    readers = pool(seconds=0.5)
    with ThreadPoolExecutor(4) as threads:
        slow = [threads.submit(refusal, readers, SLOW) for _ in range(2)]
        good = [threads.submit(readers.read, request(rss(item(n)))) for n in (1, 2)]

        assert [len(one.result().items) for one in good] == [1, 1]
        assert [one.result().problem for one in slow] == ["too-complex"] * 2


def test_large_documents_leave_a_process_for_the_others(pool, monkeypatch):
    """I13: the good ones are not late behind those that are made to be slow."""
    monkeypatch.setattr(workers, "LARGE", 50_000)
    readers = pool(count=2)
    with ThreadPoolExecutor(3) as threads:
        slow = [threads.submit(refusal, readers, SLOW) for _ in range(3)]
        while not any(process.documents for process in list(readers._all)):
            assert not any(one.done() for one in slow)
            os.sched_yield()

        assert len(readers.read(request(rss(item(1)))).items) == 1
        assert not any(one.done() for one in slow)
        readers.close()


def test_a_document_that_needs_too_much_memory_is_too_complex(pool):
    """I12, I13: the machine is not filled, and the process is replaced."""
    readers = pool(mib=200)
    large = f"<description>{'x' * 6_000_000}</description>"
    body = rss(*(f"<item><guid>{n}</guid>{large}</item>" for n in range(8)))

    error = refusal(readers, body)

    assert error.problem == "too-complex"
    assert len(readers.read(request(rss(item(2)))).items) == 1


def test_a_process_that_somebody_killed_is_replaced(pool):
    readers = pool()
    readers.read(request(rss(item(1))))
    (victim,) = readers._all
    os.kill(victim._process.pid, signal.SIGKILL)
    victim._process.wait()

    assert len(readers.read(request(rss(item(2)))).items) == 1


def test_a_process_is_replaced_after_its_share_of_documents(pool, monkeypatch):
    """O4: feedparser keeps some memory of every document."""
    monkeypatch.setattr(workers, "DOCUMENTS_PER_PROCESS", 2)
    readers = pool()
    seen = []
    for number in range(3):
        readers.read(request(rss(item(number))))
        seen.append(processes(readers))

    assert [len(pids) for pids in seen] == [1, 0, 1]
    assert seen[0] != seen[2]


def test_many_threads_share_few_processes(pool):
    readers = pool(count=2)
    with ThreadPoolExecutor(64) as threads:
        asked = [request(rss(item(number))) for number in range(64)]
        read_titles = [
            reading.items[0][1].source_title
            for reading in threads.map(readers.read, asked)
        ]

    assert read_titles == [f"Report {number}" for number in range(64)]
    assert len(processes(readers)) <= 2


def test_documents_that_do_not_wait_long_share_one_process(pool, monkeypatch):
    monkeypatch.setattr(workers, "_PATIENCE", 1000.0)
    monkeypatch.setattr(workers, "_MOST_PATIENCE", 1000.0)
    readers = pool(count=2)
    with ThreadPoolExecutor(16) as threads:
        list(threads.map(readers.read, [request(rss(item(n))) for n in range(16)]))

    assert len(processes(readers)) == 1


@pytest.mark.parametrize("patience", ["_PATIENCE", "_MOST_PATIENCE"])
def test_a_document_that_waited_long_gets_a_process_of_its_own(
    pool, monkeypatch, patience
):
    monkeypatch.setattr(workers, "_PATIENCE", 1000.0)
    monkeypatch.setattr(workers, "_MOST_PATIENCE", 1000.0)
    monkeypatch.setattr(workers, patience, 0.0)
    readers = pool(count=2)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(readers.read, request(SLOW))
        while not any(process.documents for process in list(readers._all)):
            os.sched_yield()

        assert len(readers.read(request(rss(item(1)))).items) == 1
        assert not slow.done()
        readers.close()


def hindered(monkeypatch):
    """Let the first process wait at its start; return events: it does, it may go on."""
    starting, may_start = threading.Event(), threading.Event()
    start = workers._Process.start

    def slowly(process):
        if not starting.is_set():
            starting.set()
            assert may_start.wait(60)
        start(process)

    monkeypatch.setattr(workers._Process, "start", slowly)
    return starting, may_start


def test_a_first_process_that_hangs_at_its_start_does_not_keep_others_waiting(
    pool, monkeypatch
):
    monkeypatch.setattr(workers, "_MOST_PATIENCE", 0.0)
    readers = pool(count=2)
    starting, may_start = hindered(monkeypatch)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(readers.read, request(rss(item(1))))
        assert starting.wait(60)

        assert len(readers.read(request(rss(item(2)))).items) == 1

        may_start.set()
        assert len(first.result(60).items) == 1


def test_what_waits_when_all_is_closed_gets_no_process(pool, monkeypatch):
    monkeypatch.setattr(workers, "_MOST_PATIENCE", 60.0)
    readers = pool(count=2)
    starting, may_start = hindered(monkeypatch)
    with ThreadPoolExecutor(2) as threads:
        threads.submit(readers.read, request(rss(item(1))))
        assert starting.wait(60)
        waiting = threads.submit(readers.read, request(rss(item(2))))
        while not readers._returned._waiters:
            os.sched_yield()

        readers.close()

        with pytest.raises(ReadError, match="the service is stopping"):
            waiting.result(60)
        assert len(readers._all) == 1
        may_start.set()


def test_only_when_the_first_process_is_ready_a_document_gets_another(
    pool, monkeypatch
):
    """One that is started meanwhile would not be there any sooner."""
    monkeypatch.setattr(workers, "_PATIENCE", 0.0)
    monkeypatch.setattr(workers, "_MOST_PATIENCE", 60.0)
    readers = pool(count=2)
    starting, may_start = hindered(monkeypatch)
    with ThreadPoolExecutor(2) as threads:
        slow = threads.submit(readers.read, request(SLOW))
        assert starting.wait(60)
        other = threads.submit(readers.read, request(rss(item(1))))
        while not readers._returned._waiters:
            os.sched_yield()
        assert len(readers._all) == 1

        may_start.set()

        assert len(other.result(60).items) == 1
        assert not slow.done()
        readers.close()


def test_closing_ends_the_processes_and_what_they_were_reading(pool):
    readers = pool()
    readers.read(request(rss(item(1))))
    pids = processes(readers)
    errors = []
    reading = threading.Thread(target=lambda: errors.append(refusal(readers, SLOW)))
    reading.start()
    (process,) = readers._all
    while process.documents < 2:
        os.sched_yield()

    readers.close()
    reading.join()

    assert str(errors[0]) == "harbour: not read: the service is stopping"
    assert not any(map(is_running, pids))
    assert refusal(readers, rss(item(1))).problem == "unreadable"


def test_processes_end_when_nobody_holds_their_pool_any_more():
    """O4: an edit of `reading` leaves the old processes to the polls that are in them."""
    readers = Workers(ReadingLimits())
    readers.read(request(rss(item(1))))
    pids = processes(readers)
    assert all(map(is_running, pids))

    del readers

    assert not any(map(is_running, pids))


def test_a_worker_does_not_hear_the_terminal(pool):
    """Ctrl-C and a supervisor's TERM are for the parent, which ends its workers."""
    readers = pool()
    readers.read(request(rss(item(1))))
    (pid,) = processes(readers)

    for signal_ in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        os.kill(pid, signal_)

    assert len(readers.read(request(rss(item(2)))).items) == 1
    assert processes(readers) == {pid}
    assert os.getsid(pid) != os.getsid(0)


def test_a_worker_holds_none_of_our_files(pool, tmp_path):
    with (tmp_path / "held").open("w") as held:
        os.set_inheritable(held.fileno(), True)  # noqa: FBT003 - it has no name
        readers = pool()
        readers.read(request(rss(item(1))))
        (pid,) = processes(readers)
        files = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]

    assert len(files) <= 3
    assert not any("held" in file for file in files)


def test_a_worker_does_not_know_our_secrets(pool, monkeypatch):
    """A5: what parses hostile documents has no token to lose."""
    for name in ("MEDIAWIRE_TOKEN", "AP_PASSWORD"):  # `env:NAME` may name any
        monkeypatch.setenv(name, "SECRETTOK")
    readers = pool()
    readers.read(request(rss(item(1))))
    (pid,) = processes(readers)

    assert b"SECRETTOK" not in Path(f"/proc/{pid}/environ").read_bytes()


ORPHAN = """
import os, signal, sys, threading
sys.path.insert(0, "tests/reading")
from datetime import timedelta
from documents import request, rss, item
from aggregator.model import ReadingLimits
from aggregator.reading import Workers
readers = Workers(ReadingLimits(timeout=timedelta(seconds=float(sys.argv[1])), workers=1))
readers.read(request(rss(item(1))))
(process,) = readers._all
print(process._process.pid, flush=True)
if sys.argv[2] == "busy":
    slow = rss(item(1), head="<author>" + "a." * 400_000 + "</author>")
    threading.Thread(target=readers.read, args=(request(slow),), daemon=True).start()
    while process.documents < 2:
        os.sched_yield()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("busy", ["idle", "busy"])
def test_no_worker_is_left_when_the_parent_is_killed(busy):
    """D1: kill -9 leaves nothing behind that a restart would meet."""
    parent = subprocess.run(
        [sys.executable, "-c", ORPHAN, "0.5", busy],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    pid = int(parent.stdout)

    while is_running(pid):  # at most deadline and grace: bounded by its own alarm
        os.sched_yield()
    assert not is_running(pid)
