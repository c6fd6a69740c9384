"""A change of the folder is told once, when it has come to rest."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from structlog.testing import capture_logs

from aggregator.config.files import read_folder
from aggregator.config.watch import QUIET, changes, digest, missing, present
from aggregator.errors import ConfigError

BRIEF = timedelta(milliseconds=100)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text("sources: []")
    return tmp_path


def test_a_digest_changes_with_content_and_names_only(folder: Path):
    before = digest(folder)
    (folder / "sources.yaml").write_text("sources: []")
    for other in ("notes.txt", ".sources.yaml.swp", "sources.yaml~", "more.yaml"):
        (folder / other).write_text("not ours")
    assert digest(folder) == before

    (folder / "sources.yaml").write_text("sources: [] ")
    edited = digest(folder)
    (folder / "sources.d").mkdir()
    (folder / "sources.d" / "a.opml").write_text("<opml/>")

    assert len({before, edited, digest(folder)}) == 3


def test_what_cannot_be_read_changes_a_digest_when_it_comes_and_goes(folder: Path):
    """Else a config that was refused for it would stay refused when it is gone."""
    (folder / "sources.d").mkdir()
    before = digest(folder)
    (folder / "sources.d" / "desk.yaml").mkdir()
    refused = digest(folder)
    (folder / "sources.d" / "desk.yaml").rmdir()

    assert refused != before == digest(folder)


def test_a_link_whose_end_comes_and_goes_changes_a_digest(folder: Path):
    """A config that was refused because of it is read again when it leads somewhere."""
    before = digest(folder)
    (folder / "publications.yaml").symlink_to(folder / "away")
    refused = digest(folder)
    (folder / "away").write_text("publications: []")

    assert len({before, refused, digest(folder)}) == 3


def test_a_digest_of_no_folder_is_one_too(tmp_path: Path):
    assert digest(tmp_path / "nowhere") == digest(tmp_path)


class Watching:
    """A thread that watches a folder and says what it was told."""

    def __init__(self, folder: Path, quiet: timedelta = BRIEF) -> None:
        self.told: list[bytes] = []
        self._quiet = quiet
        self._stop, self._heard = Event(), Event()
        self._thread = Thread(target=self._run, args=(folder,), daemon=True)
        self._thread.start()

    def _run(self, folder: Path) -> None:
        for seen in changes(folder, self._stop, quiet=self._quiet):
            self.told.append(seen)
            self._heard.set()

    def listens(self, folder: Path) -> None:
        """Wait until it has told of how the folder is, however often that takes."""
        tries = 0
        while self.told[-1:] != [digest(folder)] and tries < 50:
            (folder / "sources.yaml").write_text(f"sources: [] # {tries}")
            tries += 1
            self._heard.wait(timeout=2.5 * self._quiet.total_seconds() * tries)
            self._heard.clear()

    def writes_halves(
        self, folder: Path, apart: float
    ) -> tuple[list[bytes], float, float]:
        """Write a file in two halves; return what was told, their gap, and all it took."""
        before, began = len(self.told), monotonic()
        half = f"sources:\n  - {{id: a{before}}}\n"
        (folder / "sources.yaml").write_text(half)
        self._stop.wait(apart)
        (folder / "sources.yaml").write_text(f"{half}  - {{id: b}}\n")
        gap = monotonic() - began
        while self.hears() != digest(folder):
            pass
        return self.told[before:], gap, monotonic() - began

    def hears(self) -> bytes:
        assert self._heard.wait(timeout=10)
        self._heard.clear()
        return self.told[-1]

    def ends(self) -> float:
        """Stop, and return how long it took in seconds."""
        began = monotonic()
        self._stop.set()
        self._thread.join(timeout=10)
        assert not self._thread.is_alive()
        return monotonic() - began


@pytest.fixture
def watching(folder: Path) -> Iterator[Watching]:
    watching = Watching(folder)
    watching.listens(folder)
    yield watching
    watching.ends()


def test_an_edit_is_told(folder: Path, watching: Watching):
    """D7: a good edit is live in 10 s."""
    (folder / "sources.yaml").write_text("sources: [{id: a}]")

    assert watching.hears() == digest(folder)


def test_a_file_that_was_renamed_into_place_is_told(folder: Path, watching: Watching):
    """D7: editors and ConfigMaps rename."""
    (folder / ".new").write_text("sources: [{id: b}]")
    (folder / ".new").rename(folder / "sources.yaml")

    assert watching.hears() == digest(folder)


def test_a_change_that_changes_nothing_is_not_told(folder: Path, watching: Watching):
    before = len(watching.told)
    for other in ("notes.txt", ".sources.yaml.swp", "more.yaml"):
        (folder / other).write_text("x")
        assert not watching._heard.wait(5 * BRIEF.total_seconds())

    (folder / "sources.yaml").write_text("sources: [{id: c}]")

    assert watching.hears() == digest(folder)
    assert len(watching.told) == before + 1


def test_two_halves_a_second_apart_are_one_change_and_soon_enough(folder: Path):
    """D7: a file written in two halves 1 s apart is read whole, and live in 10 s."""
    watching = Watching(folder, quiet=QUIET)
    try:
        watching.listens(folder)
        told, gap, took = watching.writes_halves(folder, apart=1.0)
        while gap > 1.2:  # the machine was busy, and the halves further apart
            told, gap, took = watching.writes_halves(folder, apart=1.0)

        assert told == [digest(folder)]
        assert took < 9
    finally:
        watching.ends()


def test_where_the_kernel_does_not_tell_the_folder_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """D7: inotify has no instance left, as on a host with many containers of one user."""

    def no_instance(*_: object, **__: object) -> Iterator[object]:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("watchfiles.watch", no_instance)
    monkeypatch.setattr("aggregator.config.watch.LOOK", BRIEF)
    watching = Watching(folder)
    watching.listens(folder)

    (folder / "sources.yaml").write_text("sources: [{id: a}]")

    assert watching.hears() == digest(folder)
    assert watching.ends() < 5


def test_a_secret_that_is_kept_elsewhere_and_changes_is_told(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
):
    """A password that was rotated was sent in its old form until somebody edited a file."""
    monkeypatch.setattr("aggregator.config.watch.LOOK", BRIEF)
    secret = tmp_path_factory.mktemp("secrets") / "password"
    secret.write_text("old")
    before = digest(folder, [secret])
    secret.write_text("new")

    told = changes(folder, Event(), since=before, quiet=BRIEF, beside=lambda: [secret])

    assert next(told) == digest(folder, [secret]) != before
    told.close()


def test_a_folder_that_cannot_be_read_for_a_moment_is_looked_at_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """The lookout ended: edits were without effect until the next start."""
    rests = [1, 2, 3, 4]
    monkeypatch.setattr("aggregator.config.watch._rests", lambda *_: iter(rests))
    no_file, no_disk = OSError(24, "Too many open files"), OSError(5, "I/O error")
    looked = [b"as it was", no_file, no_disk, b"as it was", b"edited"]

    def look(_: Path, _beside: object) -> bytes:
        seen = looked.pop(0)
        if isinstance(seen, OSError):
            raise seen
        return seen

    monkeypatch.setattr("aggregator.config.watch.digest", look)

    with capture_logs() as events:
        assert list(changes(folder, Event())) == [b"edited"]

    assert [event["reason"] for event in events] == [
        "[Errno 24] Too many open files",
        "[Errno 5] I/O error",
    ]


def test_more_sources_that_cannot_be_listed_are_not_taken_for_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    """All sources of `sources.d` would be taken out."""

    def refuse(path: Path) -> list[Path]:
        raise OSError(24, "Too many open files", str(path))

    monkeypatch.setattr(Path, "iterdir", refuse)

    with pytest.raises(OSError, match="Too many"):
        digest(folder)
    with pytest.raises(ConfigError, match=r"sources\.d: cannot be read: too many open"):
        read_folder(folder)


def test_watching_ends_when_told_to(watching: Watching):
    watching.ends()


def test_a_file_that_is_gone_is_no_order_to_forget_what_it_said(folder: Path):
    (folder / "publications.yaml").write_text("publications: []")
    before = present(folder)
    assert missing(folder, before) is None

    (folder / "publications.yaml").unlink()
    (folder / "mediawire.yaml").write_text("keep: 30d")

    assert str(missing(folder, before)).startswith(
        "publications.yaml: is gone; the config"
    )
    assert missing(folder, present(folder)) is None
