"""What grows over a simulated day; at length by hand: `python -m tests.drills.soak`."""

import multiprocessing
import tracemalloc

from tests.drills.soak import soaked


def test_nothing_is_left_behind_by_hours_of_polling(tmp_path, monkeypatch):
    """O4: files and threads steady, readers replaced; memory is measured at length."""
    monkeypatch.setattr("aggregator.reading.workers.DOCUMENTS_PER_PROCESS", 5)

    first, last = soaked(tmp_path, sources=12, hours=2)

    assert last.files <= first.files
    assert last.threads <= first.threads
    assert last.replaced > 0


def test_no_hour_takes_more_memory_than_those_before(tmp_path):
    """O4: though the month in the making is three times as long in the end.

    Of what Python asks for, the most at any moment of an hour: unlike the memory of the
    process, that is the same in every run. The first two hours load what is used later;
    after them caches fill for half a megabyte more. A month held whole took 1.6.

    In a process of its own: what other tests left alive asks for memory, too, and lets
    Python look for garbage the seldomer (4.5 MB once, where it is 0.5 alone).
    """
    alone = multiprocessing.get_context("spawn")
    ours, theirs = alone.Pipe()
    process = alone.Process(target=live, args=(tmp_path, theirs))
    process.start()
    theirs.close()  # or its end would be waited for in vain
    most = ours.recv()
    process.join()

    assert max(most[2:]) - most[1] <= 1_000_000


def live(folder, pipe):
    """Tell the most memory at any moment of each hour, in bytes."""
    most = []

    def told(_):
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()

    tracemalloc.start()
    soaked(folder, sources=15, hours=6, gain=20, told=told)
    pipe.send(most)
