"""What a source holds back for a while comes to readers then, and is taken back like any."""

import json
import re

import pytest
from msgspec.structs import replace

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
