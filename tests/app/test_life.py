"""Whatever happens to a house, each report that may be shown stands in one place.

A model: three sources, one of which holds reports back; what comes, old and new; what is
corrected, retitled, taken back and pruned; sources that leave the config and come back;
clocks that jump and are put right, or back; other processes that record by clocks of
their own; processes that end. Two houses live the same life by rounds; of one, all that
it remembers of what it rendered is taken away each time.
"""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from aggregator.app.verification import document_differences
from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, Rights, Source
from tests import emptystore
from tests.store.newsroom import article, polled, source

START = datetime(2026, 1, 20, 9, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
EMBARGO = 2 * DAY
SOURCES = ("ap", "bbc", "held")
LIMIT = 3
WIRE = Publication(id="wire", title="Wire", limit=LIMIT)
ENTRY = re.compile(r"<entry><id>(.*?)</id>")


class House:
    """A wire of three sources with a short live document, and a clock of its own."""

    def __init__(self, folder, *, forgets):
        self.folder, self.forgets = folder, forgets
        self.now, self.ahead = START, timedelta(0)
        self.config = SOURCES
        self.names = 0
        self.stored, self.came = {}, {}
        # What a clock that was ahead let out before its time: nobody takes it in again.
        self.let_out = set()
        self.wire = None
        self.starts()

    def starts(self, _dice=None):
        """Begin, or go on in another process."""
        self.ends()
        sources = (
            Source(
                id=id_,
                url=f"https://{id_}.example/feed",
                rights=Rights(embargo=EMBARGO if id_ == "held" else None),
            )
            for id_ in self.config
        )
        config = Config(
            folder=self.folder,
            base_url="https://wire.example",
            store=emptystore.at(self.folder),
            output=self.folder / "public",
            sources=tuple(sources),
            publications=(WIRE,),
        )
        self.wire = Wire(config, clock=lambda: self.now + self.ahead)
        self.wire.enlist()
        self.wire.schedule.bring_back()

    def ends(self):
        if self.wire:
            self.wire.close()

    # -- what happens; both houses are given the same dice

    def acts(self, what, seed):
        dice = random.Random(seed)
        self.now += dice.choice((0, dice.randint(0, 90), dice.randint(0, 400))) * HOUR
        getattr(self, what)(dice)

    def comes(self, dice, *, hours=0):
        self.names += 1
        self.now += timedelta(seconds=1)
        now = self.wire.clock()
        listed_at = now - hours * HOUR - timedelta(microseconds=1)
        new = article(
            f"n{self.names}",
            dice.choice(self.config),
            first_seen=now,
            **dict.fromkeys(("listed_at", "published", "updated"), listed_at),
        )
        self.came[new.id] = listed_at
        self.hears(new.source_id, new=(new,))
        self.stored[new.id] = self.wire.store.article(new.id)

    def comes_late(self, dice):
        self.comes(dice, hours=dice.randint(1, 1500))

    def comes_in_numbers(self, dice):
        for _ in range(LIMIT + 1):
            self.comes(dice)

    def comes_from_beside(self, dice):
        """Another process records, whose clock is behind."""
        self.ahead = -dice.randint(1, 30) * SECOND
        for _ in range(2):
            self.comes(dice, hours=dice.choice((0, dice.randint(1, 1000))))
        self.ahead = timedelta(0)

    def is_corrected(self, dice):
        if old := self.some(dice):
            title = f"Corrected {old.revision}"
            new = replace(
                old, title=title, source_title=title, revision=old.revision + 1
            )
            self.stored[new.id] = new
            self.hears(new.source_id, changed=(new,))

    def is_retitled(self, dice):
        if old := self.some(dice):
            self.wire.store.retitle([replace(old, title=f"Desk {self.names}")])

    def is_taken_back(self, dice):
        if old := self.some(dice):
            now = self.wire.clock()
            self.wire.store.withdraw(old.id, at=now, reason="a hoax", by="desk")
            self.let_out.discard(old.published_id)
            del self.stored[old.id]

    def prunes(self, _dice):
        before = self.wire.clock() - 60 * DAY
        self.wire.store.prune(before)

    def leaves_or_comes_back(self, dice):
        """A source is taken out of the config, or all stand in it again."""
        leaves = dice.choice(SOURCES)
        left = tuple(id_ for id_ in SOURCES if id_ != leaves)
        self.config = SOURCES if self.config != SOURCES else left
        self.starts()

    def jumps(self, dice):
        """The clock is ahead for a round in which something comes."""
        self.ahead = dice.choice((2, 30, 300, 1000)) * HOUR
        self.comes(dice)
        self.round()
        self.let_out |= self.expected(self.wire.clock()) - self.expected(self.now)
        self.ahead = timedelta(0)
        self.wire.schedule.bring_back(surely=True)
        for id_, each in self.stored.items():
            if each.listed_at > self.now:
                self.stored[id_] = self.wire.store.article(id_)
                self.came[id_] = self.stored[id_].published

    def is_put_back(self, dice):
        """The clock is put back, and stays there."""
        before, self.now = self.now, self.now - dice.randint(1, 24) * HOUR
        self.let_out |= self.expected(before) - self.expected(self.now)

    def waits(self, dice):
        """Nothing happens, for a while."""

    def some(self, dice):
        kept = [id_ for id_ in sorted(self.stored) if self.wire.store.article(id_)]
        return self.stored[dice.choice(kept)] if kept else None

    def hears(self, source_id, **found):
        state = source(source_id, next_poll_at=self.now + HOUR)
        now = self.wire.clock()
        result = polled(source_id, now, state=state, **found)
        self.wire.record([result])

    # -- and what is seen of it

    def round(self):
        """Publish as `poll` does after polls that brought something."""
        if self.forgets:
            self.starts()
            for path in self.output.rglob(".*.pieces"):
                path.unlink()
        assert not [
            each for each in self.wire.publish_news(has_news=True) if each.refused
        ]

    @property
    def output(self):
        return self.folder / "public/feeds"

    def files(self):
        """Return every document, by its path."""
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in self.output.rglob("[!.]*")
            if path.is_file()
        }

    def expected(self, now):
        """Return the published ids that readers are to find, by what we told it."""
        return {
            each.published_id
            for id_, each in self.stored.items()
            if each.source_id != "held" or self.came[id_] + EMBARGO <= now
        }

    def in_months(self):
        return Counter(
            id_
            for path in self.output.glob("wire/archive/*.atom")
            for id_ in ENTRY.findall(path.read_text())
        )

    def live(self):
        return set(ENTRY.findall((self.output / "wire.atom").read_text()))


OFTEN = ("comes", "comes_late", "comes_in_numbers", "comes_from_beside")
SELDOM = (
    "is_corrected",
    "is_retitled",
    "is_taken_back",
    "prunes",
    "leaves_or_comes_back",
    "jumps",
    "is_put_back",
    "starts",
    "waits",
)
lives = st.lists(
    st.tuples(st.sampled_from(OFTEN * 3 + SELDOM), st.integers(0, 2**32)),
    min_size=20,
    max_size=30,
)


@settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(lives)
def test_each_report_stands_in_one_place_whatever_happens(life):
    with TemporaryDirectory() as folder:
        houses = []
        try:
            for name in ("one", "other"):
                (Path(folder) / name).mkdir()
                houses.append(House(Path(folder) / name, forgets=name == "other"))
            lives_on(houses, life)
        finally:
            for house in houses:
                house.ends()


def lives_on(houses, life):
    one, other = houses
    for what, seed in life:
        for house in houses:
            house.acts(what, seed)
            house.round()

        found = one.in_months()
        stands, expected = one.live() | found.keys(), one.expected(one.now)
        assert expected <= stands
        assert stands <= expected | one.let_out
        assert [id_ for id_, times in found.items() if times > 1] == []
        # Where it was let out before its time, only who remembers leaves it.
        if stands == expected and not one.let_out:
            assert one.files() == other.files()
    assert list(document_differences(one.wire)) == []
