"""A reader that was away rebuilds the complete list from the live document and months.

A model: a wire with a clock of its own, random articles, corrections of the clock's pace
and withdrawals; readers that come at random times and follow `prev-archive` until they
meet a month they have read when it was closed.
"""

import json
import random
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from aggregator.app.ledger import Ledger
from aggregator.app.months import Displaced
from aggregator.app.wire import Wire
from aggregator.model import Config, Outcome, PollResult, Publication, Source
from aggregator.publishing import Archives
from tests import emptystore
from tests.store.newsroom import article, polled, source

ATOM, HISTORY, STONES = (
    "{http://www.w3.org/2005/Atom}",
    "{http://purl.org/syndication/history/1.0}",
    "{http://purl.org/atompub/tombstones/1.0}",
)
START = datetime(2026, 1, 28, 9, tzinfo=UTC)
LIMIT = 5


class World:
    """A wire with one publication, whose time passes when it is told to."""

    def __init__(self, folder):
        self.now = START
        self.output = folder / "public"
        self.names = 0
        self.wire = Wire(
            Config(
                folder=folder,
                base_url="https://wire.example",
                store=emptystore.at(folder),
                output=self.output,
                sources=tuple(
                    Source(id=id_, url=f"https://{id_}.example/feed")
                    for id_ in ("bbc", "irna")
                ),
                publications=(Publication(id="wire", title="Wire", limit=LIMIT),),
            ),
            clock=lambda: self.now,
        )
        self.wire.enlist()
        self.shown = {}

    def comes(self, *, listed_at=None):
        self.names += 1
        new = article(
            f"n{self.names}",
            first_seen=self.now,
            listed_at=listed_at or self.now - timedelta(microseconds=1),
            updated=self.now,
        )
        self.wire.store.record(
            [
                PollResult(
                    source_id="bbc",
                    at=self.now,
                    outcome=Outcome(kind="updated", new=1),
                    state=replace(source(), next_poll_at=self.now),
                    new=(new,),
                )
            ]
        )
        self.shown[new.published_id] = new.id

    def hears(self, source_id, *, new=(), changed=()):
        found = polled(source_id, at=self.now, new=new)
        self.wire.store.record([replace(found, changed=tuple(changed))])

    def writes_month(self, month="2026-01"):
        """Write a month as it is now, whether anything asks for it or not."""
        history = self.wire.printing.history
        publication = self.wire.config.publications[0]
        known = history._chronicle.known(publication.id)
        assert history._write(
            publication, month, Displaced(), known, None, self.now, None
        )
        return self.months()[f"{month}.atom"]

    def takes_back(self, published_id):
        id_ = self.shown.pop(published_id)
        self.wire.store.withdraw(id_, at=self.now, reason="a hoax", by="desk")

    def publish(self):
        assert not [s for s in self.wire.publish() if s.refused]

    def document(self, url):
        path = self.output / urlsplit(url).path.removeprefix("/")
        return ET.fromstring(path.read_bytes())

    def months(self):
        folder = self.output / "feeds" / "wire" / "archive"
        return {path.name: path.read_bytes() for path in folder.glob("*.atom")}


class Reader:
    """Follows a feed as RFC 5005, section 4, says."""

    def __init__(self, world):
        self.world = world
        self.entries = set()
        self.read = {}

    def comes_by(self):
        url = "https://wire.example/feeds/wire.atom"
        while url:
            feed = self.world.document(url)
            body = ET.tostring(feed)
            if self.read.get(url) == body:
                return
            self.read[url] = body
            self.entries |= {e.findtext(f"{ATOM}id") for e in feed.iter(f"{ATOM}entry")}
            self.entries -= {e.get("ref") for e in feed.iter(f"{STONES}deleted-entry")}
            links = {
                link.get("rel"): link.get("href")
                for link in feed.findall(f"{ATOM}link")
            }
            url = links.get("prev-archive")


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.wire.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_reader_who_was_away_for_any_time_has_the_complete_list(world, seed):
    dice = random.Random(seed)
    closed = {}
    old = Reader(world)
    for _ in range(60):
        world.now += timedelta(hours=dice.expovariate(1 / 40))
        for _ in range(dice.randrange(4)):
            world.comes()
        if dice.random() < 0.2:
            world.comes(listed_at=world.now - timedelta(days=dice.randrange(1, 60)))
        taken_back = None
        if world.shown and dice.random() < 0.1:
            taken_back = dice.choice(sorted(world.shown))
            world.takes_back(taken_back)
        world.publish()
        if dice.random() < 0.5:
            world.wire.archive_ahead()
        if dice.random() < 0.3:
            old.comes_by()

        new = Reader(world)
        new.comes_by()
        assert new.entries == set(world.shown)
        for name, body in world.months().items():
            if name in closed and not taken_back:
                assert closed[name] == body
        closed = {
            name: body
            for name, body in world.months().items()
            if world.now > START + timedelta(days=35)
            and name < f"{world.now - timedelta(days=4):%Y-%m}"
        }

    old.comes_by()
    assert old.entries == set(world.shown)


@pytest.mark.parametrize("days", [1, 6])
def test_a_clock_that_was_ahead_over_the_end_of_a_month_loses_no_report(world, days):
    def reports(number):
        for _ in range(number):
            world.now += timedelta(seconds=1)
            world.comes()
        world.publish()
        world.wire.archive_ahead()

    reports(8)
    world.now += timedelta(days=days)
    reports(LIMIT + 1)
    world.comes(listed_at=START - timedelta(days=40))
    world.publish()
    world.now -= timedelta(days=days)
    world.wire.schedule.bring_back(surely=True)
    for _ in range(2 * days):
        reports(2)
        world.now += timedelta(hours=12)

        reader = Reader(world)
        reader.comes_by()
        assert reader.entries == set(world.shown)


def test_a_clock_that_is_behind_for_a_while_changes_nothing_in_months(world):
    world.comes()
    world.publish()
    world.now += timedelta(days=30)
    for _ in range(LIMIT + 1):
        world.comes()
    world.publish()
    months, noted = world.months(), world.wire.store.meta("months wire")

    world.now -= timedelta(days=29)
    world.publish()

    assert world.months() == months
    assert world.wire.store.meta("months wire") == noted


def test_an_archive_names_the_live_document_and_the_month_before(world):
    world.comes()
    world.now += timedelta(days=10)
    world.comes()
    world.publish()

    january = world.document("https://wire.example/feeds/wire/archive/2026-01.atom")
    february = world.document("https://wire.example/feeds/wire/archive/2026-02.atom")

    assert january.find(f"{HISTORY}archive") is not None
    links = {e.get("rel"): e.get("href") for e in february.findall(f"{ATOM}link")}
    assert links["current"] == "https://wire.example/feeds/wire.atom"
    assert (
        links["prev-archive"] == "https://wire.example/feeds/wire/archive/2026-01.atom"
    )
    assert links["self"] == "https://wire.example/feeds/wire/archive/2026-02.atom"


def test_what_was_taken_back_is_a_tombstone_in_every_place(world):
    for _ in range(LIMIT + 1):
        world.comes()
    world.publish()
    gone = next(iter(world.shown))
    world.takes_back(gone)

    world.publish()

    for path in ("wire.atom", "wire/archive/2026-01.atom"):
        feed = world.document(f"https://wire.example/feeds/{path}")
        stone = feed.find(f"{STONES}deleted-entry")
        assert (stone.get("ref"), stone.findtext(f"{STONES}comment")) == (
            gone,
            "a hoax",
        )
        assert gone not in {e.findtext(f"{ATOM}id") for e in feed.iter(f"{ATOM}entry")}
    assert (
        f'"withdrawn":[{{"id":"{gone}"'
        in (world.output / "feeds" / "wire.json").read_text()
    )


def test_a_month_that_grows_still_tells_what_was_taken_back_in_it(world):
    """A late reader may hold it when the live document has forgotten."""
    for _ in range(LIMIT + 1):
        world.comes()
    world.publish()
    gone = next(iter(world.shown))
    world.takes_back(gone)
    world.publish()
    for _ in range(LIMIT + 1):
        world.comes()

    month = ET.fromstring(world.writes_month())

    stones = [stone.get("ref") for stone in month.iter(f"{STONES}deleted-entry")]
    ids = {entry.findtext(f"{ATOM}id") for entry in month.iter(f"{ATOM}entry")}
    assert stones == [gone]
    assert ids == set(world.shown)


def test_a_month_is_written_once_for_all_that_is_taken_back_in_it(world, monkeypatch):
    for _ in range(3 * LIMIT):
        world.comes()
    world.publish()
    gone = list(world.shown)[:LIMIT]
    for published_id in gone:
        world.takes_back(published_id)
    stands, written = Ledger.stands, []

    def noted(ledger, publication_id, month, *rest):
        written.append(month)
        stands(ledger, publication_id, month, *rest)

    monkeypatch.setattr(Ledger, "stands", noted)
    world.publish()

    assert written == ["2026-01"]
    month = world.document("https://wire.example/feeds/wire/archive/2026-01.atom")
    stones = [stone.get("ref") for stone in month.iter(f"{STONES}deleted-entry")]
    ids = {entry.findtext(f"{ATOM}id") for entry in month.iter(f"{ATOM}entry")}
    assert sorted(stones) == sorted(gone)
    assert ids.isdisjoint(gone)


def test_all_that_a_document_showed_can_be_taken_back_at_once(world):
    """D18: whoever reads only the live document holds all of it."""
    publication = replace(world.wire.config.publications[0], limit=60)
    world.wire.adopt(replace(world.wire.config, publications=(publication,)))
    for _ in range(60):
        world.comes()
    world.publish()
    gone = sorted(world.shown)
    for published_id in gone:
        world.takes_back(published_id)

    world.publish()

    in_atom, in_json = told(world)
    assert sorted(in_atom) == sorted(in_json) == gone


def carried_by_both(world):
    """Two sources carry a report under one published id; returns it and both ids."""
    both = [
        article("same", id_, published_id="https://ap.example/1", first_seen=world.now)
        for id_ in ("bbc", "irna")
    ]
    for each in both:
        world.hears(each.source_id, new=(each,))
    world.comes()
    world.publish()
    return "https://ap.example/1", [each.id for each in both]


def told(world):
    """Return what the live documents say was taken back, in Atom and in JSON."""
    live = world.document("https://wire.example/feeds/wire.atom")
    feed = json.loads((world.output / "feeds" / "wire.json").read_bytes())
    return (
        [stone.get("ref") for stone in live.iter(f"{STONES}deleted-entry")],
        [gone["id"] for gone in feed["_mediawire"].get("withdrawn", [])],
    )


def test_what_two_sources_carried_under_one_id_has_one_tombstone(world):
    shared, ids = carried_by_both(world)
    for id_ in ids:
        world.wire.store.withdraw(id_, at=world.now, reason="a hoax", by="desk")

    world.publish()

    assert told(world) == ([shared], [shared])


@pytest.mark.parametrize("which", [0, 1])
def test_what_another_source_still_carries_is_not_told_to_be_gone(world, which):
    _, ids = carried_by_both(world)
    world.wire.store.withdraw(ids[which], at=world.now, reason="a hoax", by="desk")

    world.publish()

    assert told(world) == ([], [])


def test_nothing_is_declared_where_nothing_was_taken_back(world):
    world.comes()
    world.publish()

    assert b"tombstones" not in (world.output / "feeds" / "wire.atom").read_bytes()


def in_months(world, published_id):
    """Return in which months a report stands."""
    entry = f"<entry><id>{published_id}</id>".encode()
    return {name for name, month in world.months().items() if entry in month}


def comes_when_january_is_over(world):
    """Return the id of a report of January that came in February."""
    for _ in range(LIMIT):
        world.comes()
    world.publish()
    world.now += timedelta(days=10)
    world.comes(listed_at=START - timedelta(days=1))
    world.publish()
    return list(world.shown)[-1]


def test_what_comes_late_stands_not_in_the_month_that_is_closed_then_as_well(world):
    """It was written once more when it had closed, and read whole."""
    late = comes_when_january_is_over(world)

    assert in_months(world, late) == {"2026-02.atom"}


def test_what_came_late_stands_not_in_a_month_that_is_made_anew_as_well(world):
    late = comes_when_january_is_over(world)
    folder = world.output / "feeds/wire/archive"
    for name in ("2026-01.atom", "2026-01.atom.gz"):
        (folder / name).unlink()

    world.publish()

    assert in_months(world, late) == {"2026-02.atom"}
    assert set(world.months()) == {"2026-01.atom", "2026-02.atom"}


def written_months(monkeypatch):
    """Note which months are written from now on."""
    write, months = Archives.write, []

    def noted(archives, publication, month, *rest, **named):
        months.append(month)
        return write(archives, publication, month, *rest, **named)

    monkeypatch.setattr(Archives, "write", noted)
    return months


def test_a_first_start_with_reports_of_many_months_looks_through_them_once(
    world, monkeypatch
):
    """For each month all of them were looked through: 100 months took a minute."""
    months = 24
    for past in range(months):
        world.comes(listed_at=START - timedelta(days=31 * past))
    looked, late = [], world.wire.store.late

    def noted(**asked):
        for each in late(**asked):
            looked.append(each.id)
            yield each

    monkeypatch.setattr(world.wire.store, "late", noted)
    world.publish()

    assert len(world.months()) == months
    assert len(looked) <= months


def test_a_month_is_not_written_again_when_the_next_one_begins(world, monkeypatch):
    world.now = datetime(2026, 1, 31, 23, 50, tzinfo=UTC)
    world.comes()
    world.publish()
    months = written_months(monkeypatch)

    world.now = datetime(2026, 2, 1, 0, 5, tzinfo=UTC)
    world.comes()
    world.publish()

    assert months == ["2026-02"]


def test_months_in_which_nothing_came_are_not_put_together(world, monkeypatch):
    world.comes()
    world.publish()
    volume, months = Archives.volume, []

    def noted(archives, publication, month):
        months.append(month)
        return volume(archives, publication, month)

    monkeypatch.setattr(Archives, "volume", noted)

    world.now = datetime(2026, 6, 20, tzinfo=UTC)
    world.publish()
    world.comes()
    world.publish()

    assert months == ["2026-01", "2026-06"]


def test_what_came_late_is_looked_at_once(world, monkeypatch):
    for _ in range(3):
        world.comes(listed_at=START - timedelta(hours=2))
    world.now += timedelta(seconds=1)
    world.publish()
    months = written_months(monkeypatch)
    late, looked = world.wire.store.late, []

    def noted(**since):
        looked.extend(late(**since))
        return looked

    monkeypatch.setattr(world.wire.store, "late", noted)
    world.now += timedelta(minutes=1)
    world.publish()

    assert looked == []
    assert months == []


def test_a_month_that_grew_looks_only_at_what_is_new_in_it(world, monkeypatch):
    for _ in range(12):
        world.comes()
    world.publish()
    world.writes_month()
    store, asked = world.wire.store, []
    for name in ("bare", "whole"):
        read = getattr(store, name)

        def noted(ids, read=read):
            asked.extend(ids)
            return read(ids)

        monkeypatch.setattr(store, name, noted)

    world.now += timedelta(minutes=5)
    world.comes()
    world.writes_month()

    assert len(set(asked)) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_month_that_grew_is_the_month_made_anew(world, seed):
    dice = random.Random(seed)
    carried = []

    def report(number, source_id):
        # Few links, so that many have a twin, lose it again, or get another one.
        return article(
            f"n{number}",
            source_id,
            url=f"https://agency.example/{dice.randrange(12)}",
            first_seen=world.now,
            listed_at=world.now - timedelta(microseconds=number),
            revision=dice.randrange(1000),
            source_title=f"Headline {dice.random()}",
            tags=(),
        )

    for step in range(25):
        world.now += timedelta(minutes=7)
        source_id = dice.choice(["bbc", "irna"])
        act = dice.randrange(5)
        if act == 0 and carried:
            old = dice.choice(carried)
            after = report(int(old.keys[0].removeprefix("guid:n")), old.source_id)
            world.hears(old.source_id, changed=[after])
        elif act == 1 and carried:
            store = world.wire.store
            id_ = dice.choice(carried).id
            store.withdraw(id_, at=world.now, reason="a hoax", by="desk")
        elif act == 2 and carried:
            world.wire.store.override(dice.choice(carried).id, f"Ours {step}")
        else:
            carried.append(report(step, source_id))
            world.hears(source_id, new=[carried[-1]])
        if not carried or dice.random() < 0.4:
            continue
        grown = world.writes_month()
        for index in world.output.glob("feeds/wire/archive/.*.pieces"):
            index.unlink()
        assert world.writes_month() == grown


def test_months_are_written_before_the_live_document_has_to_wait(world, monkeypatch):
    for _ in range(LIMIT):
        world.comes()
    world.publish()
    months = written_months(monkeypatch)

    world.now += timedelta(minutes=5)
    for _ in range(LIMIT - 1):
        world.comes()
    world.publish()
    assert months == []
    world.wire.archive_ahead()
    assert months == ["2026-01"]
    world.now += timedelta(minutes=5)
    for _ in range(LIMIT - 2):
        world.comes()
    world.publish()

    assert months == ["2026-01"]


def test_documents_lead_to_a_month_that_was_written_ahead(world, monkeypatch):
    def full(*_, **__):
        raise OSError("no space left on the disk")

    world.comes()
    world.publish()
    world.now = datetime(2026, 2, 10, tzinfo=UTC)
    for _ in range(4):
        world.comes()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Archives, "write", full)
        world.wire.publish()

    world.wire.archive_ahead()

    live = world.document("https://wire.example/feeds/wire.atom")
    links = {e.get("rel"): e.get("href") for e in live.findall(f"{ATOM}link")}
    assert links["prev-archive"].endswith("/archive/2026-02.atom")
