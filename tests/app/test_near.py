"""Near-duplicates are joined by what they say now, and families outlive their members.

A newsroom of four papers, and all that they print.
"""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.app import near
from aggregator.app.near import find_near
from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, RuleSpec, Selection, Source
from tests import emptystore
from tests.store.newsroom import article, polled
from tests.text.labelled import STORIES

NOON, APRIL = (datetime(2026, *day, 12, tzinfo=UTC) for day in ((3, 14), (4, 1)))
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PAPERS = ("a", "b", "c", "d")
WIRE = Publication(id="wire", title="Wire", rules=("near",))
PAIR = replace(WIRE, id="pair", select=Selection(sources=("b", "c")))
HARBOUR, LIBRARY = STORIES["harbour"], STORIES["library"]


class Newsroom:
    """See above."""

    def __init__(self, folder):
        config = Config(
            folder=folder,
            base_url="https://wire.example",
            store=emptystore.at(folder),
            output=folder / "public",
            sources=tuple(
                Source(id=id_, url=f"https://{id_}.example/feed") for id_ in PAPERS
            ),
            publications=(WIRE, PAIR),
            rules=(RuleSpec(id="near", kind="duplicates", options={"near": "0.8"}),),
        )
        self.now = NOON
        self.wire = Wire(config, clock=lambda: self.now)
        self.wire.enlist()
        self.held = {}

    def hears(self, paper, text, title="Harbour to close", *, name="1"):
        """Let a paper print a report, or print it anew with other words."""
        self.now += MINUTE
        at = {"title": title, "source_title": title, "body": f"<p>{text}</p>"}
        if old := self.held.get((paper, name)):
            new = replace(old, revision=old.revision + 1, updated=self.now, **at)
        else:
            times = ("published", "updated", "first_seen", "listed_at")
            at |= dict.fromkeys(times, self.now)
            new = article(name, paper, **at)
        self.held[paper, name] = new
        found = {"changed" if old else "new": (new,)}
        self.wire.store.record([polled(paper, self.now, **found)])
        return new

    def shows(self, publication=WIRE):
        """Publish; return the papers that each entry is credited to."""
        assert not [each for each in self.wire.publish() if each.refused]
        reports = self.wire.printing.shelf.reports(publication, self.now, limit=100)
        return sorted(
            "".join(sorted([each.article.source_id, *(a.source_id for a in each.also)]))
            for each in reports
        )

    def archived(self):
        """Return how many entries the month has, and how many credits to others."""
        month = self.wire.config.output / "feeds/wire/archive/2026-03.atom"
        written = month.read_bytes()
        return written.count(b"<entry>"), written.count(b'rel="related"')


@pytest.fixture
def room(tmp_path):
    made = Newsroom(tmp_path)
    yield made
    made.wire.close()


def test_what_is_edited_into_another_report_stands_by_itself(room):
    room.hears("b", HARBOUR)
    room.hears("a", HARBOUR)
    assert room.shows() == ["ab"]

    room.hears("a", LIBRARY, "Seeds to borrow")

    assert room.shows() == ["a", "b"]


def test_what_is_edited_into_a_near_copy_stands_once(room):
    room.hears("b", HARBOUR)
    room.hears("a", LIBRARY, "Seeds to borrow")
    assert room.shows() == ["a", "b"]

    room.hears("a", HARBOUR)

    assert room.shows() == ["ab"]


def test_a_headline_alone_decides_anew(room):
    """Of texts that are not nearly equal, headlines have to have something in common."""
    longer = f"{HARBOUR} {' '.join(LIBRARY.split()[:18])}"
    room.hears("b", HARBOUR, "Harbour to close")
    room.hears("a", longer, "Six weeks in spring")
    assert room.shows() == ["a", "b"]

    room.hears("a", longer, "Harbour will close")

    assert room.shows() == ["ab"]


@pytest.mark.parametrize("edited", ["a", "b", "c"])
def test_a_correction_leaves_a_family_together(room, edited):
    for paper in "abc":
        room.hears(paper, HARBOUR)
    assert room.shows() == ["abc"]

    room.hears(edited, HARBOUR.replace("Tuesday", "Monday"))

    assert room.shows() == ["abc"]


@pytest.mark.parametrize("edited", ["a", "b", "c"])
def test_the_rest_of_a_family_stays_one_when_one_tells_something_else(room, edited):
    for paper in "abc":
        room.hears(paper, HARBOUR)
    assert room.shows() == ["abc"]

    room.hears(edited, LIBRARY, "Seeds to borrow")

    rest = "".join(paper for paper in "abc" if paper != edited)
    assert room.shows() == sorted([edited, rest])


def test_a_correction_of_an_old_report_leaves_a_family_together(room):
    """What came lately is nothing to compare it with any more."""
    for paper in "abc":
        room.hears(paper, HARBOUR)
    room.shows()
    room.now += 12 * DAY

    room.hears("a", HARBOUR.replace("Tuesday", "Monday"))

    assert room.shows() == ["abc"]


def test_an_old_report_that_tells_something_else_leaves_its_family(room):
    for paper in "abc":
        room.hears(paper, HARBOUR)
    room.shows()
    room.now += 12 * DAY

    room.hears("a", LIBRARY, "Seeds to borrow")

    assert room.shows() == ["a", "bc"]


def test_a_correction_of_an_old_report_makes_it_no_copy_of_the_news(room):
    """A yearly report is another report, also when last year's is mended."""
    room.hears("a", HARBOUR)
    room.shows()
    room.now += 12 * DAY
    room.hears("b", HARBOUR)

    room.hears("a", HARBOUR.replace("Tuesday", "Monday"))

    assert room.shows() == ["a", "b"]


def test_what_the_desk_split_is_not_joined_when_it_is_edited(room):
    room.hears("b", HARBOUR)
    split = room.hears("a", HARBOUR)
    room.wire.store.twins.split(split.id, now=room.now)

    room.hears("a", HARBOUR.replace("Tuesday", "Monday"))

    assert room.shows() == ["a", "b"]


def withdraw(store, article):
    store.withdraw(article.id, at=NOON, reason="a hoax", by="desk")


def split(store, article):
    store.twins.split(article.id, now=NOON)


@pytest.mark.parametrize("leave", [withdraw, split])
@pytest.mark.parametrize("publication", [WIRE, PAIR])
def test_the_rest_of_a_family_stays_one_when_one_leaves(room, leave, publication):
    """Also where the one that left never stood."""
    first = room.hears("a", HARBOUR)
    room.hears("b", f"{HARBOUR} Agency B.")
    room.hears("c", HARBOUR)
    room.shows()

    leave(room.wire.store, first)

    assert "bc" in room.shows(publication)


def test_what_is_like_one_that_was_taken_back_joins_those_that_were(room):
    withdraw(room.wire.store, room.hears("a", HARBOUR))
    room.hears("b", HARBOUR)
    room.shows()

    room.hears("c", HARBOUR)

    assert room.shows() == ["bc"]


def test_months_follow_what_is_edited_and_who_leaves(room):
    for paper in "abcd":
        room.hears(paper, HARBOUR)
    room.shows()
    assert room.archived() == (1, 3)

    room.hears("a", LIBRARY, "Seeds to borrow")
    withdraw(room.wire.store, room.held["b", "1"])
    room.now = APRIL
    room.shows()

    assert room.archived() == (2, 1)


def test_what_nobody_reworded_is_decided_once(room):
    room.hears("b", HARBOUR)
    room.hears("a", HARBOUR)

    assert find_near(room.wire.store, room.now) == 1
    assert find_near(room.wire.store, room.now) == 0


def test_one_report_is_compared_with_what_may_be_like_it_and_nothing_else(
    room, monkeypatch
):
    """Of 51,000 sketches all were indexed for each new entry: 2.7 s of CPU."""
    room.hears("b", HARBOUR)
    room.hears("c", LIBRARY, "Library opens")
    room.shows()
    compared, index = [], near.Index
    monkeypatch.setattr(
        near, "Index", lambda each: compared.extend(each) or index(each)
    )

    room.hears("a", HARBOUR)

    assert find_near(room.wire.store, room.now) == 1
    assert [each.source_id for each in compared] == ["b"]
