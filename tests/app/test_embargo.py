"""What a source holds back for a while comes to readers then, and is taken back like any."""

import json
import re
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from aggregator.app.round import poll_round
from aggregator.app.verification import document_differences
from aggregator.model import Rights
from tests.app.months import AP, BBC, DAY, MARCH, WIRE, Desk

HELD = replace(AP, rights=Rights(embargo=DAY))
BUSY = replace(WIRE, limit=3)


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    made.has(HELD, BBC, publication=BUSY)
    yield made
    made.close()


END_OF_MARCH = datetime(2026, 3, 31, 20, tzinfo=UTC)
HELD_BACK = "<id>https://agency.example/reports/1</id>"


def goes_on(desk, half_days):
    """Let time pass in which so much else comes that the live document holds no more.

    Returns the months in which the report stands.
    """
    for _ in range(half_days):
        desk.now += DAY / 2
        for minute in range(BUSY.limit):
            desk.hears(BBC, desk.now - minute * DAY / 1440)
        months = desk.publishes()
    live = (desk.folder / "public/feeds/wire.atom").read_text()
    assert HELD_BACK not in live
    return {name for name, text in months.items() if HELD_BACK in text}


@pytest.mark.parametrize(
    ("came", "month"), [(MARCH, "2026-03"), (END_OF_MARCH, "2026-04")]
)
def test_what_was_held_back_comes_to_readers_when_its_embargo_ends(desk, came, month):
    """Its month may be closed then, and the live document full of newer reports."""
    desk.now = came
    desk.hears(HELD, came)
    desk.hears(BBC, came)
    desk.publishes()

    assert goes_on(desk, 1) == set()
    assert goes_on(desk, 1) == {month}
    desk.now += 40 * DAY
    assert goes_on(desk, 2) == {month}


def test_what_was_held_back_stands_in_its_month_with_the_first_round_after(desk):
    """No live document changed then, and it waited for a round that changed one."""
    desk.hears(HELD, MARCH)
    desk.now += DAY / 2
    for _ in range(BUSY.limit):
        desk.hears(BBC, desk.now)
    desk.publishes()
    desk.now += DAY

    statuses = poll_round(desk.wire, []).statuses

    assert statuses
    month = desk.folder / "public/feeds/wire/archive/2026-03.atom"
    assert HELD_BACK in month.read_text()
    assert poll_round(desk.wire, []).statuses == []


def test_what_was_held_back_is_taken_back_whatever_holds_then(desk):
    desk.now = END_OF_MARCH
    desk.hears(HELD, END_OF_MARCH)
    desk.hears(BBC, END_OF_MARCH)
    desk.publishes()
    assert goes_on(desk, 4) == {"2026-04"}

    desk.has(AP, BBC, publication=BUSY)
    taken_back(desk)

    months = (desk.folder / "public/feeds/wire/archive").glob("*.atom")
    assert not [path for path in months if HELD_BACK in path.read_text()]


def taken_back(desk):
    """Take back all that `ap` brought; return what live documents tell of it."""
    for each in desk.wire.store.articles(bodies=False):
        if each.source_id == "ap":
            desk.wire.store.withdraw(each.id, at=desk.now, reason="a hoax", by="desk")
    desk.publishes()
    feeds = desk.folder / "public/feeds"
    in_json = json.loads((feeds / "wire.json").read_bytes())["_mediawire"]
    return (
        re.findall('deleted-entry [^>]*ref="(.*?)"', (feeds / "wire.atom").read_text()),
        [each["id"] for each in in_json.get("withdrawn", [])],
    )


def test_what_was_taken_back_after_its_embargo_is_told(desk):
    """D18."""
    desk.hears(HELD, MARCH)
    desk.now += 2 * DAY
    desk.publishes()

    gone = ["https://agency.example/reports/1"]
    assert taken_back(desk) == (gone, gone)


def test_what_was_taken_back_before_its_embargo_ended_was_never_there(desk):
    desk.hears(HELD, MARCH)
    desk.publishes()
    desk.now += DAY / 2

    assert taken_back(desk) == ([], [])


def test_nothing_is_missed_that_only_a_clock_that_was_ahead_would_show(desk):
    """`verify` looked at documents as of when they were published last: by that clock."""
    desk.hears(BBC, MARCH)
    desk.now = MARCH + 3 * DAY
    desk.publishes()
    desk.now = MARCH + DAY
    desk.hears(HELD, desk.now)

    assert list(document_differences(desk.wire)) == []
