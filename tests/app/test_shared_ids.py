"""What one source takes back and another carries on under the same published id stays."""

import re
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.app.test_left_twins import DECEMBER, MINUTE, Desk

SHARED = "https://agency.example/quake"


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


def carried_by_both(desk, *, closed=False):
    """Return the reports of a and c under one id, which stand in a month and not live."""
    said = {"published_id": SHARED, "url": SHARED}
    both = [desk.report(id_, "quake", **said) for id_ in "ac"]
    desk.hears(*both)
    desk.publishes()
    if closed:
        desk.now = DECEMBER
    desk.fills_the_list()
    assert desk.stands(both[0]) == {"2026-11"}
    desk.now += MINUTE
    return both


def take_back(desk, report):
    desk.wire.store.withdraw(report.id, at=desk.now, reason="a hoax", by="desk")


def november(desk):
    return (desk.folder / "public/feeds/all/archive/2026-11.atom").read_text()


def told_gone(desk):
    """Return in which documents a tombstone of it stands."""
    feeds = (desk.folder / "public/feeds").rglob("*.atom")
    stone = f' ref="{SHARED}"'
    return {path.stem for path in feeds if stone in path.read_text()}


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("closed", [False, True])
def test_what_another_source_carries_on_stands_in_its_month(desk, which, closed):
    """Both were gone until the month was made anew, and a closed one never was."""
    both = carried_by_both(desk, closed=closed)

    take_back(desk, both[which])
    desk.publishes()

    assert desk.stands(both[0]) == {"2026-11"}
    entry = november(desk).split(f"<id>{SHARED}</id>")[1].split("</entry>")[0]
    assert re.findall(r"https://(\w)\.example/feed", entry)[0] == "ca"[which]
    assert told_gone(desk) == set()


@pytest.mark.parametrize("which", [0, 1])
def test_what_another_source_carries_on_outlives_every_start(desk, which):
    """Each start took it out of the month: it looked for the id."""
    both = carried_by_both(desk, closed=True)
    take_back(desk, both[which])
    desk.publishes()
    month = november(desk)

    desk.works()
    desk.wire.publish()

    assert november(desk) == month
    assert desk.stands(both[0]) == {"2026-11"}


def test_what_both_took_back_one_after_the_other_is_gone(desk):
    for report in carried_by_both(desk, closed=True):
        desk.now += MINUTE
        take_back(desk, report)
        desk.publishes()

    assert desk.stands(report) == set()
    assert told_gone(desk) == {"all", "2026-11"}


def updated(desk):
    """Return what the live document says of when the id changed last."""
    live = (desk.folder / "public/feeds/all.atom").read_text()
    (entry,) = (e for e in live.split("<entry>") if f"<id>{SHARED}</id>" in e)
    return datetime.fromisoformat(re.findall(r"<updated>(.*?)<", entry)[0])


def of_before(report):
    return replace(report, updated=report.updated - timedelta(hours=2))


def test_what_another_source_carries_on_has_changed_by_that(desk):
    """Readers that keep the latest of two kept the words that were taken back."""
    said = {"published_id": SHARED, "url": SHARED}
    mine, other = (desk.report(id_, "quake", **said) for id_ in "ac")
    desk.hears(mine, of_before(other))
    desk.publishes()
    before, desk.now = updated(desk), desk.now + MINUTE

    take_back(desk, mine)
    desk.publishes()

    assert (before, updated(desk)) == (mine.updated, desk.now)
    assert [proof.wrong for proof in desk.wire.store.evidence.proofs()] == [()] * 2


def test_what_another_source_takes_up_is_later_than_its_tombstone(desk):
    said = {"published_id": SHARED, "url": SHARED}
    mine = desk.report("a", "quake", **said)
    desk.hears(mine)
    take_back(desk, mine)
    desk.now += MINUTE

    desk.hears(of_before(desk.report("c", "quake", **said)))
    desk.publishes()

    assert updated(desk) == desk.now


def test_what_was_taken_back_before_changes_nothing_once_more(desk):
    both = carried_by_both(desk)
    take_back(desk, both[0])
    other = desk.wire.store.article(both[1].id)
    desk.now += MINUTE

    take_back(desk, both[0])

    assert desk.wire.store.article(other.id) == other
