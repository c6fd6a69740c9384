"""What grows over a simulated day; at length by hand: `python -m tests.drills.soak`."""

import gc
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
    """
    most = []

    def told(_):
        most.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()

    # Python looks through everything the seldomer, the more was alive when it last did:
    # what other tests left alive must not decide how long our garbage lies about.
    gc.collect()
    gc.freeze()
    gc.collect()
    tracemalloc.start()
    try:
        soaked(tmp_path, sources=15, hours=6, gain=20, told=told)
    finally:
        tracemalloc.stop()
        gc.unfreeze()

    assert max(most[2:]) - most[1] <= 1_000_000
