"""A rule is tried on what is stored, in each way in which it is used, and once in each."""

from pathlib import Path

import pytest

from aggregator.app.rehearsal import rehearse
from aggregator.app.wire import Wire
from aggregator.editing import Desk
from aggregator.model import Config, Publication, RuleSpec, Source
from tests import emptystore
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled
from tests.store.newsroom import source as state_of

CUT = RuleSpec(id="cut", kind="headline", options={"strip_prefix": ["LIVE: "]})
MARK = RuleSpec(id="mark", kind="headline", options={"prefix": "{source}: "})
BBC = attribution(source_id="bbc", title="BBC")


@pytest.fixture
def wire(tmp_path):
    """Three publications, two of which share their rules, and one report."""
    ways = {"a": ("cut",), "b": ("cut",), "c": ("mark", "cut")}
    config = Config(
        folder=Path("/nowhere"),
        sources=(Source(id="bbc", url="https://bbc.example/feed"),),
        publications=tuple(
            Publication(id=p, title=p, rules=way) for p, way in ways.items()
        ),
        rules=(CUT, MARK),
        store=emptystore.at(tmp_path),
        output=tmp_path / "public",
    )
    wire = Wire(config, clock=lambda: NOON)
    wire.store.put_states([state_of("bbc")], configured={"bbc"})
    report = article(1, attribution=BBC, title="LIVE: Rain", source_title="LIVE: Rain")
    wire.store.record([polled("bbc", at=NOON, new=(report,))])
    yield wire
    wire.close()


def test_rules_that_publications_share_are_tried_once(wire, monkeypatch):
    tried, steps = [], Desk.steps

    def noted(desk, article, rule_ids, **said):
        tried.append(rule_ids)
        return steps(desk, article, rule_ids, **said)

    monkeypatch.setattr(Desk, "steps", noted)

    acts = list(rehearse(wire, CUT, limit=None))

    assert tried == [("cut",), ("mark", "cut")]
    assert [act.does for act in acts] == ["to: Rain"]
