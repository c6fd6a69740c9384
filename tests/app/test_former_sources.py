"""A source that left the config: its reports stay, under the rights they came with."""

import json
from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.app.wire import Wire
from aggregator.model import Config, Grant, Publication, Rights, RuleSpec, Source
from tests import emptystore
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

WORDS = "<p>Rain fell on the city all day long and into the night.</p>"
AGENCY = Source(
    id="ap",
    url="https://ap.example/feed",
    title="The Agency",
    rights=Rights(body="headline", notice="© AP", embargo=timedelta(hours=1)),
    rules=("calm",),
)
CALM = RuleSpec(id="calm", kind="headline", options={"unshout": "yes"})


@pytest.fixture
def wire_of(tmp_path):
    """Open a wire on the same store with these sources; it is closed after the test."""
    wires = []

    def opened(*sources, rules=(CALM,)):
        for wire in wires:
            wire.close()
        config = Config(
            folder=tmp_path,
            contact="https://press.example/about",
            store=emptystore.at(tmp_path),
            output=tmp_path / "public",
            sources=sources,
            publications=(Publication(id="wire", title="Wire"),),
            rules=rules,
        )
        wires[:] = [Wire(config, clock=lambda: NOON)]
        wires[0].enlist()
        return wires[0]

    yield opened
    for wire in wires:
        wire.close()


def came(wire, number=1, source="ap", **said):
    """Let an article come as if a poll had brought it."""
    given = {"body": WORDS, "attribution": attribution(source_id=source)} | said
    wire.store.record([polled(new=(article(number, **given),), state=state_of(source))])


def shown(wire):
    """Return what stands in the JSON feed after publishing."""
    wire.publish()
    document = (wire.config.output / "feeds/wire.json").read_text()
    return json.loads(document)["items"]


def test_what_a_source_granted_holds_when_it_is_gone(wire_of):
    """Rights may be lowered, never raised."""
    old = NOON - timedelta(days=1)
    wire = wire_of(AGENCY)
    came(wire, 1, title="RAIN FALLS ON THE CITY", published=old)
    came(wire, 2, title="Too early")
    before = shown(wire)

    after = shown(wire_of())

    assert after == before
    (entry,) = after
    assert "Rain fell" not in json.dumps(entry)
    assert entry["title"] == "Rain falls on the city"
    assert entry["_mediawire"]["source"]["title"] == "The Agency"


def test_a_source_of_which_nothing_was_said_stays_whole(wire_of):
    wire = wire_of(Source(id="ap", url="https://ap.example/feed"))
    came(wire)
    before = shown(wire)

    after = shown(wire_of())

    assert after == before
    assert "Rain fell" in after[0]["content_html"]


def test_what_was_said_last_counts(wire_of):
    came(wire_of(AGENCY))
    wire_of(replace(AGENCY, rights=Rights(), rules=()))

    (entry,) = shown(wire_of())

    assert "Rain fell" in entry["content_html"]


def test_a_rule_that_is_gone_with_its_source_is_left_out(wire_of):
    came(wire_of(AGENCY), published=NOON - timedelta(days=1))

    assert len(shown(wire_of(rules=()))) == 1


def test_of_sources_that_are_configured_nothing_former_is_told(wire_of):
    wire = wire_of(AGENCY)

    assert wire.store.former_grants({"ap"}) == {}
    assert wire.store.former_grants(()) == {
        "ap": Grant(title="The Agency", rights=AGENCY.rights, rules=("calm",))
    }


def test_removing_one_of_two_sources_shows_no_report_twice(wire_of):
    """D8: nothing appears twice."""
    link = "https://story.example/1"
    bbc = Source(id="bbc", url="https://bbc.example/feed")
    ap = replace(AGENCY, rights=Rights(), rules=())
    wire = wire_of(ap, bbc)
    came(wire, 1, url=link)
    came(wire, 2, "bbc", url=link)
    assert len(shown(wire)) == 1

    assert len(shown(wire_of(bbc))) == 1
