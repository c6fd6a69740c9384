"""An edit is adopted whole, also if the store or the disk is away just then."""

import gzip
from datetime import timedelta
from threading import Event, Thread

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app.alarm import standing_alerts
from aggregator.app.standing import standings
from aggregator.errors import LedElsewhere
from aggregator.model import Elsewhere, FetchLimits, HostLimits
from tests.app.agency import PATIENCE, agency, feed, source
from tests.app.running import away, running
from tests.app.test_sharing import waits_until


@pytest.mark.parametrize("fails", ["former_grants", "revise", "changed_grants"])
def test_an_edit_that_meets_a_store_that_is_away_is_adopted_when_it_is_back(
    tmp_path, monkeypatch, fails
):
    with running(tmp_path, "ap") as at:
        at.tick()
        at.config = replace(at.config, sources=tuple(map(source, ("ap", "bbc"))))
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(at.wire.store, fails, away)
            at.service.reload()
            at.tick()
            assert "locked" in str(at.service._beat.trouble)

        at.tick()

        assert at.wire.store.configured() == {"ap", "bbc"}
        assert at.asked == ["ap", "bbc"]


def test_an_edit_that_was_half_adopted_can_be_taken_back(tmp_path, monkeypatch):
    with running(tmp_path, "ap") as at:
        before = at.config
        at.config = replace(before, sources=tuple(map(source, ("ap", "bbc"))))
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(at.wire.store, "changed_grants", away)
            at.service.reload()
            at.tick()
        at.config = before
        at.service.reload()

        at.tick()

        assert at.wire.store.configured() == {"ap"}


def test_an_edit_that_cannot_be_read_now_is_read_at_the_next_tick(
    tmp_path, monkeypatch
):
    def too_many(*_):
        raise OSError(24, "Too many open files")

    with running(tmp_path, "ap") as at:
        at.config = replace(at.config, sources=tuple(map(source, ("ap", "bbc"))))
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(at.service._following, "_load", too_many)
            at.service.reload()
            at.tick()
            assert "now: too many open files" in str(at.service.config_error)

        at.tick()

        assert at.service.config_error is None
        assert set(at.asked) == {"ap", "bbc"}


def test_an_edit_is_not_adopted_while_a_file_is_gone(tmp_path):
    """Its absence would be taken for the order to take all out that stood in it."""
    file = tmp_path / "publications.yaml"
    file.touch()
    with running(tmp_path, "ap") as at:
        at.config = replace(at.config, sources=tuple(map(source, ("ap", "bbc"))))
        file.unlink()
        at.service.reload()
        at.tick()
        assert "publications.yaml: is gone" in str(at.service.config_error)
        assert at.wire.store.configured() == {"ap"}

        file.touch()
        at.service.reload()
        at.tick()

        assert at.service.config_error is None
        assert at.wire.store.configured() == {"ap", "bbc"}


def test_an_edit_that_is_made_during_the_start_is_adopted(tmp_path):
    """What was read before the folder was watched was in force until the next edit."""
    with running(tmp_path, "ap") as at:
        at.config = replace(at.config, sources=tuple(map(source, ("ap", "bbc"))))
        (tmp_path / "sources.yaml").write_text("sources: [{id: ap}, {id: bbc}]")
        following, stop = at.service._following, Event()
        Thread(target=following.watch, args=[stop], daemon=True).start()
        following._called.wait(PATIENCE)
        stop.set()

        at.tick()

        assert at.wire.store.configured() == {"ap", "bbc"}


def test_a_folder_that_cannot_be_read_at_the_start_breaks_no_lookout(
    tmp_path, monkeypatch
):
    """A traceback stood in the log."""

    def away(_folder):
        raise OSError(24, "Too many open files")

    with running(tmp_path, "ap") as at, capture_logs() as events:
        stop = Event()
        monkeypatch.setattr("aggregator.config.watch.paths", away)
        monkeypatch.setattr(
            "aggregator.app.following.changes", lambda *_, **__: stop.set() or ()
        )
        monkeypatch.setattr("aggregator.app.following.ANEW", 0.01)
        lookout = Thread(target=at.service._following.watch, args=[stop], daemon=True)
        lookout.start()
        lookout.join(1)
        stop.set()

    assert "config lookout broke" not in [each["event"] for each in events]


@pytest.mark.parametrize("shown", [standings, standing_alerts])
def test_a_source_that_is_removed_while_all_are_shown_breaks_no_page(
    tmp_path, monkeypatch, shown
):
    with running(tmp_path, "ap", "bbc") as at:
        real = at.wire.store.states

        def removed_meanwhile():
            found = real()
            monkeypatch.undo()
            at.wire.adopt(replace(at.config, sources=at.config.sources[:1]))
            return found

        at.tick()
        monkeypatch.setattr(at.wire.store, "states", removed_meanwhile)

        shown(at.wire)

        assert [row["id"] for row in standings(at.wire)] == ["ap"]


def test_a_feed_that_its_reader_unpacks_is_no_larger_than_the_config_says(tmp_path):
    """What is fetched is small: it is gzip, and no header says so."""
    with agency(tmp_path, "a", "b", fetch=FetchLimits(max_body=10_000)) as desk:
        desk.says("a", gzip.compress(feed(*map(str, range(200)))))
        desk.says("b", gzip.compress(feed("1")))

        desk.tick()

        assert desk.state("a").problem == "too-large"
        assert desk.state("b").outcome == "updated"


def test_who_waits_where_a_redirect_led_goes_on_there_after_an_edit(tmp_path):
    """It was asked already: its own address is not asked again for that."""
    there = Elsewhere(host="one.example", left=timedelta(seconds=9), hop=None)
    hour = HostLimits(spacing=timedelta(hours=1))
    with agency(tmp_path, "ap", hosts=((there.host, hour),)) as at:
        heard, fetch = [], at.publishers.fetch

        def hears(request, *, now):
            heard.append(request.resumed)
            return fetch(request, now=now)

        at.publishers.fetch = hears
        at.service._engine.remember({there.host: timedelta(0)})
        at.says("ap", LedElsewhere(there))
        at.service.tick()
        waits_until(lambda: at.wire._led)
        at.says("ap", feed("1"))
        at.edits(hosts=())

        at.tick()

        assert heard == [None, there]
        assert at.wire.store.count() == 1
