"""What grows over a simulated day; at length by hand: `python -m tests.drills.soak`."""

from tests.drills.soak import soaked


def test_nothing_is_left_behind_by_hours_of_polling(tmp_path, monkeypatch):
    """O4: files and threads steady, readers replaced; memory is measured at length."""
    monkeypatch.setattr("aggregator.reading.workers.DOCUMENTS_PER_PROCESS", 5)

    first, last = soaked(tmp_path, sources=12, hours=2)

    assert last.files <= first.files
    assert last.threads <= first.threads
    assert last.replaced > 0
