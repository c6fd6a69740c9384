"""The open month is read where it changed, and is what it would be if all were read.

A model: two desks hear and do the same, in a random order; one of them reads the whole
month each time.
"""

import random
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.app.months import Displaced
from aggregator.app.wire import Wire
from aggregator.epoch import HOUR
from aggregator.model import (
    Config,
    Dropped,
    Publication,
    Rights,
    RuleSpec,
    Selection,
    Source,
)
from aggregator.publishing import Calm, Hours, calm
from tests import emptystore
from tests.store.newsroom import article, polled, source
from tests.text.labelled import STORIES

START = datetime(2026, 1, 20, 9, tzinfo=UTC)
HOURS = timedelta(hours=1)
SOURCES = ("ap", "bbc", "irna")
WIRE = Publication(
    id="wire",
    title="Wire",
    limit=2,
    select=Selection(tags=("world",)),
    rules=("once",),
)


class Desk:
    """A wire of three sources with a short live document, and a clock of its own."""

    def __init__(self, folder, *, reads_all):
        self.folder, self.reads_all = folder, reads_all
        self.now, self.rights, self.credit = START, Rights(), None
        self.names, self.read = 0, 0
        self.stored = {}
        self.wire = None
        self.starts()

    def starts(self, _dice=None):
        """Begin, or go on in another process."""
        if self.wire:
            self.wire.close()
        sources = (
            Source(
                id=id_,
                url=f"https://{id_}.example/feed",
                title=self.credit,
                tags=("world",),
                rights=self.rights,
            )
            for id_ in SOURCES
        )
        config = Config(
            folder=self.folder,
            base_url="https://wire.example",
            store=emptystore.at(self.folder),
            output=self.folder / "public",
            sources=tuple(sources),
            publications=(WIRE,),
            rules=(RuleSpec(id="once", kind="duplicates", options={"near": "0.8"}),),
        )
        self.wire = Wire(config, clock=lambda: self.now)
        self.wire.enlist()
        if self.reads_all:
            self.wire.printing.history._contents.calm = lambda *_: []
        marks = self.wire.store.marks

        def noted(*arguments, **named):
            found = marks(*arguments, **named)
            self.read += len(found)
            return found

        self.wire.store.marks = noted

    def publishes(self):
        """Return every document of the publication, by its name."""
        assert not [each for each in self.wire.publish() if each.refused]
        feeds = self.folder / "public/feeds"
        files = (*feeds.glob("wire/archive/*.atom"), feeds / "wire.atom")
        return {path.name: path.read_bytes() for path in files}

    # -- what happens; both desks are given the same dice

    def acts(self, dice):
        self.now += dice.randint(0, 5) * HOURS
        comes = (self.comes, self.comes_again, self.is_copied)
        changes = (self.is_corrected, self.is_reworded, self.is_taken_back)
        seldom = (self.is_retitled, self.is_retagged, self.is_split, self.prunes)
        dice.choice((comes + changes) * 3 + (*seldom, self.edits, self.starts))(dice)

    def comes(self, dice, **said):
        """A new report, of now or of some days ago."""
        self.names += 1
        listed_at = self.now - dice.choice((0, 0, dice.randint(1, 90))) * HOURS
        times = {"listed_at": listed_at, "published": listed_at, "updated": listed_at}
        new = article(
            f"n{self.names}",
            dice.choice(SOURCES),
            first_seen=self.now,
            desk_tags=("world",),
            **times,
            **said,
        )
        self.stored[new.id] = new
        self.hears(new.source_id, new=(new,))

    def comes_again(self, dice):
        """A story that others carry, or an id that another report has."""
        name = f"https://story.example/{dice.randint(1, 5)}"
        keys = dice.choice(({"url": name}, {"published_id": name}))
        self.comes(dice, **keys)

    def is_copied(self, dice):
        """A story of an agency, as papers print it."""
        self.comes(dice, body=copy(dice))

    def is_corrected(self, dice):
        if old := self.some(dice):
            title = f"Corrected {old.revision}"
            self.says_now(replace(old, title=title, source_title=title))

    def is_reworded(self, dice):
        """Another story, which others may have, or one of its own."""
        if old := self.some(dice):
            body = dice.choice((copy(dice), f"<p>Words of {old.revision}.</p>"))
            self.says_now(replace(old, body=body))

    def says_now(self, changed):
        new = replace(changed, revision=changed.revision + 1)
        self.stored[new.id] = new
        self.hears(new.source_id, changed=(new,))

    def is_split(self, dice):
        if old := self.some(dice):
            self.wire.store.twins.split(old.id, now=self.now)

    def is_taken_back(self, dice):
        if old := self.some(dice):
            why = {"at": self.now, "reason": "a hoax", "by": "desk"}
            self.wire.store.withdraw(old.id, **why)

    def is_retitled(self, dice):
        if old := self.some(dice):
            title = f"Desk {self.names}"
            self.wire.store.retitle([replace(old, title=title)])

    def is_retagged(self, dice):
        tags = dice.choice((("world",), ("sport",)))
        self.wire.store.retag(dice.choice(SOURCES), tags)

    def prunes(self, _dice):
        self.wire.store.prune(self.now - 60 * HOURS)

    def edits(self, dice):
        """Other rights of all sources, or another name."""
        self.rights = Rights(embargo=dice.choice((None, 7 * HOURS)))
        self.credit = dice.choice((None, "Agency"))
        self.starts()

    def some(self, dice):
        stored = [each for each in sorted(self.stored) if self.wire.store.article(each)]
        return self.stored[dice.choice(stored)] if stored else None

    def hears(self, source_id, **found):
        state = source(source_id, next_poll_at=self.now)
        self.wire.store.record([polled(source_id, self.now, state=state, **found)])


def copy(dice):
    story, sign = dice.choice(("harbour", "library")), dice.choice(SOURCES)
    return f"<p>{STORIES[story]} {sign}.</p>"


@pytest.fixture
def desks(tmp_path):
    made = []
    for name, reads_all in (("one", False), ("other", True)):
        (tmp_path / name).mkdir()
        made.append(Desk(tmp_path / name, reads_all=reads_all))
    yield made
    for each in made:
        each.wire.close()


@pytest.mark.parametrize("seed", range(4))
def test_a_month_is_what_it_is_if_all_of_it_is_read(desks, seed):
    for step in range(60):
        for desk in desks:
            desk.acts(random.Random(f"{seed} {step}"))

        one, other = [desk.publishes() for desk in desks]
        assert one == other, f"step {step}"


def test_of_a_month_that_grew_the_hours_that_changed_are_read(desks):
    one, other = desks
    for desk in desks:
        for number in range(90):
            desk.now = START + number * HOURS
            desk.comes(random.Random(1))
        desk.publishes()
        desk.read = 0
        for number in range(90, 100):
            desk.now = START + number * HOURS
            desk.comes(random.Random(1))
            desk.publishes()

    assert one.publishes() == other.publishes()
    # The hours of what was the newest and of what came since, each time.
    assert one.read <= 10 * 5
    assert other.read > 900


def grown(desk, reports):
    """Let so many reports come, one each hour, and publish them."""
    for _ in range(reports):
        desk.now += HOURS
        desk.comes(random.Random(1))
    return desk.publishes()


def test_what_a_source_is_called_today_stands_in_calm_hours_too(desks):
    for desk in desks:
        grown(desk, 9)
        desk.credit = "Renamed Agency"
        desk.starts()

    one, other = [grown(desk, 3) for desk in desks]

    assert one == other
    assert one["2026-01.atom"].count(b"<name>Renamed Agency</name>") > 8


def test_a_report_stands_again_when_another_with_its_id_is_dropped(desks):
    for desk in desks:
        desk.comes(random.Random(1), published_id="https://story.example/1")
        grown(desk, 5)
        desk.comes(random.Random(1), published_id="https://story.example/1")
        newer = list(desk.stored.values())[-1]
        grown(desk, 5)
        desk.wire.store.retitle([replace(newer, dropped=Dropped(rule="r", reason="x"))])

    one, other = [grown(desk, 5) for desk in desks]

    assert one == other
    assert one["2026-01.atom"].count(b"<id>https://story.example/1</id>") == 1


def test_the_newest_place_of_a_month_is_that_of_what_is_left(desks):
    one, _ = desks
    grown(one, 6)
    history, newest = one.wire.printing.history, list(one.stored)[-1]
    known = history._chronicle.known(WIRE.id)
    one.wire.store.withdraw(newest, at=one.now, reason="x", by="desk")
    history._write(WIRE, "2026-01", Displaced(), known, None, one.now, None)
    known = history._chronicle.known(WIRE.id) | known

    written = history._write(WIRE, "2026-01", Displaced(), known, None, one.now, None)

    left = list(one.stored.values())[-2]
    assert written.top == (left.listed_at, left.id)


def test_a_store_that_was_put_back_is_read_whole(desks):
    """What changed since is counted anew, and may come to the same numbers."""
    one, _ = desks
    for number in range(9):
        one.now = START + number * HOURS
        one.comes(random.Random(1))
    one.publishes()
    store = one.wire.store
    before = {name: store.meta(name) for name in ("archived wire", "months wire")}
    one.now += HOURS
    one.comes(random.Random(1))
    one.comes(random.Random(1))
    one.publishes()
    for name, value in before.items():
        store.put_meta(name, value)

    one.read = 0
    one.comes(random.Random(1))
    one.publishes()

    assert one.read > 9


# -- which times are calm


def hours(**said):
    return Hours(**({"basis": "b", "changes": {}, "unsettled": ()} | said))


def test_a_month_of_what_is_listed_before_it_has_no_calm_times():
    assert calm(hours(), {}, first=10, newest=9) == []


@pytest.mark.parametrize(
    ("noted", "changes", "expected"),
    [
        # Nothing was ever counted: all but the newest hour.
        (hours(), {}, [(10, 20)]),
        (hours(changes={15: 2}), {15: 2}, [(10, 20)]),
        (hours(changes={15: 2}), {15: 3}, [(16, 20), (10, 15)]),
        (hours(changes={15: 2}), {15: 1}, [(16, 20), (10, 15)]),
        (hours(), {15: 1, 16: 1, 21: 4}, [(17, 20), (10, 15)]),
        (hours(unsettled=(15,)), {}, [(16, 20), (10, 15)]),
        # What is listed before the month stands elsewhere in it.
        (hours(unsettled=(3,)), {}, [(10, 20)]),
        (hours(), {10: 1}, [(11, 20)]),
        (hours(), {23: 1}, [(21, 23), (10, 20)]),
        (hours(changes={9: 1}), {9: 2}, [(10, 20)]),
    ],
)
def test_calm_is_what_did_not_change_and_is_settled(noted, changes, expected):
    found = calm(noted, changes, first=10, newest=20)

    assert found == [Calm(first * HOUR, last * HOUR) for first, last in expected]
