"""Whatever another process records while months are written stands in one of them.

A scheduler publishes and a worker polls, each by a clock of its own.
"""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, Source
from tests import emptystore
from tests.store.databases import DATABASES, schema
from tests.store.newsroom import article, polled, source

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
ENTRY = re.compile(r"<entry><id>(.*?)</id>")


class Process:
    """A Wire beside others on one store, whose clock is `behind` by so much."""

    def __init__(self, house, *, behind):
        self.house, self.behind = house, behind
        self.wire = Wire(house.config, clock=lambda: house.now - self.behind)

    def reads(self, name, *, age=None):
        """Return a poll that brought a report: as it came, or listed by its date."""
        now = self.wire.clock()
        at = now - (age or timedelta(0))
        dated = dict.fromkeys(("listed_at", "published", "updated"), at)
        new = article(name, "ap", first_seen=now, **dated)
        return polled("ap", now, state=source("ap"), new=(new,))

    def hears(self, name, **how):
        self.wire.record([self.reads(name, **how)])


class House:
    def __init__(self, folder, store):
        self.folder, self.now, self.processes = folder, NOON, []
        self.config = Config(
            folder=folder,
            store=store,
            output=folder / "public",
            sources=(Source(id="ap", url="https://ap.example/feed"),),
            publications=(Publication(id="wire", title="Wire", limit=1),),
        )
        self.scheduler = self.joined_by()
        self.scheduler.wire.enlist()

    def joined_by(self, *, behind=timedelta(0)):
        self.processes.append(Process(self, behind=behind))
        return self.processes[-1]

    def publishes(self):
        assert not [s for s in self.scheduler.wire.publish() if s.refused]

    def close(self):
        for each in self.processes:
            each.wire.close()

    def found(self):
        """Return the names of what readers find, live or in a month."""
        feeds = self.folder / "public/feeds"
        months = (feeds / "wire/archive").glob("*.atom")
        texts = [path.read_text() for path in (feeds / "wire.atom", *months)]
        return {id_.rpartition(":")[2] for text in texts for id_ in ENTRY.findall(text)}


@pytest.fixture(params=DATABASES)
def house(request, tmp_path):
    with ExitStack() as stack:
        is_file = request.param == "sqlite"
        made = House(
            tmp_path,
            emptystore.at(tmp_path) if is_file else stack.enter_context(schema()),
        )
        stack.callback(made.close)
        yield made


@pytest.mark.parametrize("age", [None, 40 * DAY])
def test_what_a_worker_stores_while_months_are_written_stands_somewhere(
    house, monkeypatch, age
):
    """Stamped before the months were read, and stored after, it was looked for never."""
    worker = house.joined_by()
    house.scheduler.hears("first", age=41 * DAY)
    slow = worker.reads("slow", age=age)
    record = worker.wire.store.record

    def recorded(*results, **how):
        house.now += SECOND
        house.scheduler.hears("quick")
        house.scheduler.hears("last")
        house.publishes()
        return record(*results, **how)

    monkeypatch.setattr(worker.wire.store, "record", recorded)
    worker.wire.record([slow])
    house.now += MINUTE
    house.publishes()

    assert house.found() == {"first", "slow", "quick", "last"}


@pytest.mark.parametrize("age", [None, 40 * DAY])
def test_what_a_worker_stores_whose_clock_is_behind_stands_somewhere(house, age):
    worker = house.joined_by(behind=20 * SECOND)
    for name in ("first", "second"):
        house.scheduler.hears(name)
        house.scheduler.hears(f"{name} of old", age=41 * DAY)
        house.publishes()
        house.now += SECOND

    worker.hears("slow", age=age)
    house.publishes()

    assert "slow" in house.found()


@pytest.mark.parametrize("before", [None, 41 * DAY])
@pytest.mark.parametrize("age", [None, 40 * DAY])
def test_what_comes_after_a_clock_was_put_back_stands_somewhere(house, age, before):
    """Listed below what was seen by the right clock, it stood in no document for a day."""
    house.scheduler.hears("first")
    house.now += 2 * DAY
    for name in ("second", "third"):
        house.scheduler.hears(name, age=before)
        house.publishes()
        house.now += MINUTE
    house.now -= DAY

    house.scheduler.hears("last", age=age)
    house.publishes()

    assert "last" in house.found()


def test_a_clock_that_is_put_back_by_years_puts_nothing_that_far_ahead(house):
    house.scheduler.hears("first")
    house.now -= 3_000 * DAY

    house.scheduler.hears("last")

    seen = [each.first_seen for each in house.scheduler.wire.store.articles()]
    assert min(seen) == house.now
