"""Publications whose rules leave articles out: the store knows what each of them takes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app import editorial
from aggregator.app.deciding import retitle
from aggregator.app.editions import Editions
from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, RuleSpec, Selection, Source
from aggregator.store import Store
from tests import damage, emptystore
from tests.app.worlds import articles, configs, world
from tests.builders import NOON, article, attribution
from tests.store.newsroom import polled

FLOODS = Publication(id="floods", title="Floods", rules=("floods",))
BBC = Source(id="bbc", url="https://bbc.example/feed", tags=("world",))
AP = Source(id="ap", url="https://ap.example/feed")


def keeping(word):
    return RuleSpec(id="floods", kind="select", options={"keep": {"words": [word]}})


@pytest.fixture
def wire_of(tmp_path):
    """Open a wire on the same store with such publications; closed after the test."""
    wires = []

    def opened(*publications, word="flood", sources=(BBC, AP), enlist=True):
        for wire in wires:
            wire.close()
        config = Config(
            folder=Path("/nowhere"),
            sources=sources,
            publications=publications or (FLOODS,),
            rules=(keeping(word),),
            store=emptystore.at(tmp_path),
            output=tmp_path / "public",
        )
        wires[:] = [Wire(config, clock=lambda: NOON)]
        if enlist:
            wires[0].enlist()
        return wires[0]

    yield opened
    for wire in wires:
        wire.close()


def came(wire, title, *numbers, source="bbc"):
    """Let articles come under a title, as if a poll had brought them."""
    credit = attribution(source_id=source)
    new = [
        article(n, title=title, source_title=title, body="", attribution=credit)
        for n in numbers
    ]
    wire.store.record([polled(source, new=tuple(map(wire.editorial.edit, new)))])


def shown(wire, publication=FLOODS):
    """Return the headlines that a publication shows, in its feeds and on its pages."""
    edition = Editions(wire.store, wire.editorial, base_url="").of(publication, NOON)
    on_pages = wire.printing.shelf.reports(publication, NOON, limit=5)
    printed = [each.title for each in edition.articles]
    assert [each.article.title for each in on_pages] == printed[:5]
    return printed


@pytest.fixture
def read(monkeypatch):
    """Collect the headlines of all articles that are read to choose among them."""
    titles, latest = [], Store.latest

    def noted(store, *asked, **how):
        found = latest(store, *asked, **how)
        titles.extend(each.source_title for each in found)
        return found

    monkeypatch.setattr(Store, "latest", noted)
    return titles


def test_a_publication_that_takes_little_has_no_other_articles_read(wire_of, read):
    wire = wire_of()
    came(wire, "Rain", *range(300))
    came(wire, "A flood", 300, 301)

    assert shown(wire) == ["A flood"] * 2
    assert set(read) == {"A flood"}


def test_other_rules_go_over_what_is_stored(wire_of, read):
    wire = wire_of()
    came(wire, "Rain", *range(3))
    came(wire, "A flood", 3)

    wire = wire_of(word="rain")
    del read[:]

    assert shown(wire) == ["Rain"] * 3
    assert set(read) == {"Rain"}


@pytest.mark.parametrize("place", ["articles.tags", "bodies.texts"])
def test_other_rules_go_over_all_but_what_cannot_be_read(wire_of, tmp_path, place):
    """After an edit of the rules, or an upgrade, one such row kept all from being polled."""
    came(wire_of(), "Rain", 1, 2)
    spoiled, whole = article(1).id, article(2).id
    old = damage.put(tmp_path, place, spoiled)

    with capture_logs() as events:
        wire = wire_of(word="rain")

    assert wire.is_enlisted()
    assert wire.store.article(whole).taken_by == ("floods",)
    [told] = [each for each in events if each["event"] == "not edited"]
    assert told["article_id"] == spoiled
    column = place.partition(".")[2]
    assert f"its {column} cannot be read; restore the last backup" in told["reason"]
    damage.put(tmp_path, place, spoiled, old)
    assert wire.store.article(spoiled).taken_by == ()


def test_a_store_that_other_rules_went_over_last_is_not_believed(wire_of):
    wire = wire_of()
    came(wire, "Rain", 1)
    came(wire, "A flood", 2)

    wire = wire_of(word="rain", enlist=False)

    assert shown(wire) == ["Rain"]


def test_a_store_that_another_version_went_over_last_is_not_believed(
    wire_of, monkeypatch
):
    """What a rule finds may change with the program."""
    came(wire_of(), "Rain", 1)
    monkeypatch.setattr(editorial, "__version__", "another")

    wire = wire_of(enlist=False)

    assert not wire.is_enlisted()
    wire.enlist()
    assert wire.is_enlisted()


def test_a_store_is_not_believed_while_rules_go_over_it(wire_of, monkeypatch):
    """Nor after a crash on the way, and the next start goes over all of it."""
    wire = wire_of()
    came(wire, "Rain", 1)

    with monkeypatch.context() as broken:
        broken.setattr(Store, "retitle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            wire_of(word="rain")
    assert shown(wire_of(word="rain", enlist=False)) == ["Rain"]
    assert shown(wire_of(enlist=False)) == []

    assert shown(wire_of(word="rain")) == ["Rain"]


def test_reports_of_a_source_that_is_gone_are_taken_by_new_rules(wire_of):
    came(wire_of(), "Rain", 1, source="ap")

    wire = wire_of(word="rain", sources=(BBC,))

    assert shown(wire) == ["Rain"]


def test_selection_and_rules_of_a_publication_both_decide(wire_of, read):
    world_ = replace(FLOODS, id="world", select=Selection(tags=("world",)))
    wire = wire_of(FLOODS, world_)
    came(wire, "A flood abroad", 1)
    came(wire, "A flood", 2, source="ap")

    assert set(shown(wire)) == {"A flood abroad", "A flood"}
    del read[:]
    assert shown(wire, world_) == ["A flood abroad"]
    assert set(read) == {"A flood abroad"}


def test_a_headline_of_the_desk_changes_nothing_of_who_takes_a_report(wire_of):
    wire = wire_of()
    came(wire, "A flood", 1)
    (report,) = wire.store.articles(bodies=True)

    retitle(wire, report, "High water")
    assert shown(wire) == ["High water"]

    wire = wire_of(sources=(AP,))
    retitle(wire, next(wire.store.articles(bodies=True)), "Water")
    assert shown(wire) == ["Water"]


@settings(max_examples=40, deadline=None)
@given(configs(), st.lists(articles(), max_size=12))
def test_what_is_listed_is_what_a_walk_through_all_finds(config, fetched):
    with world(config, fetched) as here:
        wire = here.wire
        editions = Editions(wire.store, wire.editorial, base_url="")
        listed = [editions.of(each, NOON).articles for each in config.publications]
        wire.store.put_meta("rules", "of nobody")

        walked = [editions.of(each, NOON).articles for each in config.publications]

    assert listed == walked
