"""New files take their places together, and what stands is known without reading it."""

import errno
import os
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from builders import NOON, publication
from press import NAMES, contents, reports
from structlog.testing import capture_logs

from aggregator.publishing import Publisher, files

LATER = NOON + timedelta(hours=1)


def full(*_, **__):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def steps():
    return []


@pytest.fixture
def watched(output, steps):
    """A publisher whose steps are noted, after its first document."""
    publisher = Publisher(output, base_url="https://wire.example", step=steps.append)
    publisher.publish(publication(), reports(1), now=NOON)
    steps.clear()
    return publisher


def test_all_are_written_before_the_first_takes_its_place(watched, steps):
    watched.publish(publication(), reports(2, 1), now=LATER)

    placed = ["before-rename", "after-rename"] * 6
    assert steps == ["temp-written"] * 6 + placed + ["folder-synced"]


def test_all_are_flushed_before_the_first_takes_its_place(watched, monkeypatch):
    done, fsync, rename = [], os.fsync, os.rename
    monkeypatch.setattr(os, "fsync", lambda fd: done.append("flush") or fsync(fd))
    monkeypatch.setattr(
        os, "rename", lambda *a, **how: done.append("rename") or rename(*a, **how)
    )

    watched.publish(publication(), reports(2, 1), now=LATER)

    assert done == ["flush"] * 6 + ["rename"] * 6 + ["flush"]


def test_what_hinders_one_document_hinders_no_other(watched, output):
    before = contents(output)
    (output / "feeds/wire.rss").unlink()
    (output / "feeds/wire.rss").mkdir()

    statuses = watched.publish(publication(), reports(2, 1), now=LATER)

    assert {s.path: s.refused for s in statuses} == {
        "feeds/wire.rss": "feeds/wire.rss cannot be written: Is a directory",
        "feeds/wire.atom": None,
        "feeds/wire.json": None,
    }
    (output / "feeds/wire.rss").rmdir()
    after = contents(output)
    assert after["wire.atom"] != before["wire.atom"]
    assert not [name for name in after if name.endswith(files.HALF_WRITTEN)]
    again = watched.publish(publication(), reports(2, 1), now=LATER)
    assert {status.refused for status in again} == {None}
    assert sorted(contents(output)) == sorted(before)


def test_a_folder_that_cannot_be_flushed_is_told_of_every_document(
    watched, output, monkeypatch
):
    folder, fsync = (output / "feeds").stat().st_ino, os.fsync

    def fails(descriptor):
        if os.fstat(descriptor).st_ino == folder:
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", fails)
    statuses = watched.publish(publication(), reports(2, 1), now=LATER)

    assert {status.refused for status in statuses} == {
        f"feeds/{name} cannot be written: Input/output error" for name in NAMES
    }


def test_a_write_that_stops_short_goes_on(watched, output, monkeypatch):
    writev = os.writev
    monkeypatch.setattr(os, "writev", lambda fd, parts: writev(fd, parts[:2]))

    watched.publish(publication(), reports(3, 2, 1), now=LATER)

    monkeypatch.undo()
    short = contents(output)
    whole = Publisher(output, base_url="https://wire.example")
    whole.publish(publication(), reports(3, 2, 1), now=LATER)
    assert contents(output) == short


def open_below(folder):
    """Yield what this process has open below a folder."""
    for each in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the folder of descriptors itself
            if (opened := each.readlink()).is_relative_to(folder):
                yield opened


def test_what_is_published_may_be_read_by_whoever_serves_it(watched, output):
    """By nginx, which is another user, and changed by nobody else."""
    mask = os.umask(0o022)
    try:
        watched.publish(publication(), reports(2, 1), now=LATER)
    finally:
        os.umask(mask)

    modes = {path.stat().st_mode & 0o777 for path in (output / "feeds").iterdir()}
    assert modes == {0o644}


def test_what_hinders_a_file_leaves_none_open(tmp_path, monkeypatch):
    """A disk that is full for a day would take all the descriptors there are."""
    monkeypatch.setattr(files, "_write", full)
    feeds = tmp_path / "feeds"

    with (
        files.folder(feeds) as within,
        files.Swap(within, step=files.pass_by) as swap,
        pytest.raises(OSError, match="No space left"),
    ):
        swap.add("news", {"": [b"1"], ".gz": [b"2"]}, at=NOON)

    assert list(open_below(feeds)) == []
    assert list(feeds.iterdir()) == []


def test_more_parts_than_one_call_takes_are_written(tmp_path):
    parts = [bytes([n % 251]) for n in range(3000)]
    with (
        files.folder(tmp_path / "feeds") as within,
        files.Swap(within, step=files.pass_by) as swap,
    ):
        swap.add("many", {"": iter(parts)}, at=NOON)
        assert swap.settle() == {}

    assert (tmp_path / "feeds/many").read_bytes() == b"".join(parts)


def test_a_folder_that_cannot_be_made_now_is_no_fault_of_the_config(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(Path, "mkdir", full)

    with pytest.raises(OSError, match="No space left"), files.folder(tmp_path / "a/b"):
        pass


def test_what_we_wrote_is_not_read_again(watched, monkeypatch):
    monkeypatch.setattr(files, "content", lambda *_: pytest.fail("it was read"))

    watched.publish(publication(), reports(1), now=LATER)
    statuses = watched.publish(publication(), reports(2, 1), now=LATER)

    assert {(s.written_at, s.refused) for s in statuses} == {(LATER, None)}


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}.gz" for name in NAMES)])
@pytest.mark.parametrize("changed_by", ["overwritten", "replaced", "removed"])
def test_what_another_changed_is_made_good(watched, output, name, changed_by):
    before = contents(output)
    file = output / "feeds" / name
    if changed_by == "replaced":
        other = file.with_name("other")
        other.write_bytes(bytes(len(before[name])))
        os.utime(other, (NOON.timestamp(), NOON.timestamp()))
        other.rename(file)
    elif changed_by == "overwritten":
        file.write_bytes(bytes(len(before[name])))
    else:
        file.unlink()

    watched.publish(publication(), reports(1), now=LATER)

    assert contents(output) == before


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("name", [*NAMES, *(f"{name}.gz" for name in NAMES)])
def test_what_stands_is_another_once_any_file_is_another(output, name):
    """So that a round of polls that brought nothing need not read what stands."""
    file, other = output / "feeds" / name, output / "feeds/other"
    before = files.standing(output, publication())
    assert files.standing(output, publication()) == before

    other.write_bytes(file.read_bytes())
    other.rename(file)
    after = files.standing(output, publication())
    file.unlink()
    missing = files.standing(output, publication())
    file.symlink_to(output / "elsewhere")

    assert after not in {before, ""}
    assert missing == files.standing(output, publication()) == ""


@pytest.mark.usefixtures("watched")
def test_our_folder_is_touched_when_a_name_in_it_comes_goes_or_is_replaced(output):
    file, other = output / "feeds/wire.rss", output / "feeds/other"
    changes = (other.touch, lambda: other.rename(file), file.unlink)
    for change in changes:
        os.utime(output / "feeds", (1, 1))  # two changes may be of one tick
        before = files.touched(output)
        assert files.touched(output) == before

        change()

        assert files.touched(output) != before
    assert files.touched(output / "no") is None


def test_what_cannot_be_removed_stays_and_hinders_nothing(watched, output):
    """A folder `old.rss` ended each publishing before it was noted as done."""
    (output / "feeds/old.rss").mkdir()
    (output / "feeds/old.atom").touch()
    (output / "feeds/older.rss").touch()

    with capture_logs() as events:
        removed = watched.remove_others([publication()])
        again = watched.remove_others([publication()])

    assert (removed, again) == (["old.atom", "older.rss"], [])
    assert [(each["event"], each["file"], each["reason"]) for each in events] == [
        ("not removed", "old.rss", "Is a directory")
    ]
    (output / "feeds/old.rss").rmdir()
