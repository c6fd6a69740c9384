"""A report for which another one stood is found by readers when that one leaves it."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.app import deciding
from aggregator.app.wire import Wire
from aggregator.model import Config, Publication, Rights, RuleSpec, Selection, Source
from aggregator.publishing import Archives
from aggregator.store.twins import Join
from tests import emptystore
from tests.store.newsroom import article, polled
from tests.store.newsroom import source as state_of

NOVEMBER = datetime(2026, 11, 30, 12, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 10, 12, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
SHARED = "https://agency.example/quake"


class Desk:
    """Three papers of which b leads, by a clock of its own; two reports are live."""

    def __init__(self, folder):
        self.folder, self.now, self.wire = folder, NOVEMBER, None
        self.works()

    def works(self, *, near=0.8, **rights):
        self.close()
        options = {"prefer": ["b", "a"]} | ({"near": near} if near else {})
        config = Config(
            folder=self.folder,
            store=emptystore.at(self.folder),
            output=self.folder / "public",
            sources=tuple(
                Source(
                    id=id_,
                    url=f"https://{id_}.example/feed",
                    rights=rights.get(id_, Rights()),
                )
                for id_ in "abc"
            ),
            publications=(Publication(id="all", title="All", rules=("d",), limit=2),),
            rules=(RuleSpec(id="d", kind="duplicates", options=options),),
        )
        self.wire = Wire(config, clock=lambda: self.now)
        self.wire.enlist()

    def close(self):
        if self.wire:
            self.wire.close()

    def hears(self, *reports, **what):
        for each in reports:
            what |= {"state": state_of(each.source_id), "new": (each,)}
            self.wire.store.record([polled(each.source_id, self.now, **what)])

    def publishes(self):
        assert [each.refused for each in self.wire.publish_news() if each.refused] == []

    def stands(self, report):
        """Return where readers find a report."""
        feeds = self.folder / "public/feeds"
        files = {path.stem: path for path in feeds.glob("all/archive/*.atom")}
        files["live"] = feeds / "all.atom"
        entry = f"<id>{report.published_id}</id>"
        return {
            name
            for name, path in files.items()
            if entry
            in re.sub(r"<source>.*?</source>", "", path.read_text(), flags=re.DOTALL)
        }

    def fills_the_list(self):
        """Let so much come that the live document holds nothing else."""
        for _ in range(3):
            self.now += MINUTE
            self.hears(self.report("a", f"filler-{self.now:%Y-%m-%d-%H:%M}"))
        self.publishes()

    def report(self, source_id, name, **said):
        times = ("published", "updated", "first_seen", "listed_at")
        return article(name, source_id, **dict.fromkeys(times, self.now) | said)

    def hears_of_the_quake(self, *, near=True, **said):
        """Return the reports of a, b and c on one thing, of which b's stands."""
        told = {} if near else {"url": SHARED, "keys": (f"link:{SHARED}",)}
        a, b, c = (self.report(id_, "quake", **told | said) for id_ in "abc")
        self.hears(a, b, c)
        if near:
            joins = [Join(a.id, b.id, 0.95), Join(c.id, a.id, 0.95)]
            self.wire.store.twins.put([(each, b"") for each in (a, b, c)], joins)
        return a, b, c


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.close()


def november_is_closed(desk, **how):
    """Return reports on one thing when b's alone stands, in a month that is closed."""
    reports = desk.hears_of_the_quake(**how)
    desk.publishes()
    desk.now = DECEMBER
    desk.fills_the_list()
    a, b, c = reports
    assert [desk.stands(each) for each in (a, b, c)] == [set(), {"2026-11"}, set()]
    desk.now += DAY
    return reports


def november(desk):
    return (desk.folder / "public/feeds/all/archive/2026-11.atom").read_text()


def withdrawn(desk, _, b):
    deciding.withdraw(desk.wire, b.id, reason="a hoax")


def deleted(desk, _, b):
    gone = polled("b", desk.now, state=state_of("b"), deletions=((b.id, "gone"),))
    desk.wire.store.record([gone])


def split(desk, a, _):
    assert deciding.split(desk.wire, a)[0].endswith("stands alone now")


@pytest.mark.parametrize("leave", [withdrawn, deleted, split])
def test_what_begins_to_stand_when_its_month_is_closed_stands_in_that_of_then(
    desk, leave
):
    a, b, c = november_is_closed(desk)

    leave(desk, a, b)
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}
    desk.fills_the_list()
    assert desk.stands(a) == {"2026-12"}
    if leave is not split:
        assert [desk.stands(each) for each in (b, c)] == [set(), set()]


def test_what_is_left_by_a_poll_under_way_while_months_are_written_is_found(desk):
    """It was left when that poll had ended, which the months knew of already."""
    a, b, _ = november_is_closed(desk)
    gone = polled("b", desk.now, state=state_of("b"), deletions=((b.id, "gone"),))
    desk.fills_the_list()

    desk.wire.record([gone])
    desk.now += MINUTE
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}


def test_what_is_left_by_a_command_while_months_are_written_is_found(desk, monkeypatch):
    a, b, _ = november_is_closed(desk)
    withdraw = desk.wire.store.withdraw

    def later(*said, **how):
        desk.fills_the_list()
        return withdraw(*said, **how)

    monkeypatch.setattr(desk.wire.store, "withdraw", later)
    withdrawn(desk, a, b)
    desk.now += MINUTE
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}


def test_what_is_a_twin_no_more_since_its_link_changed_is_found(desk):
    a, b, c = november_is_closed(desk, near=False)

    other = replace(a, url="https://a.example/other", keys=("guid:quake",))
    changed = polled("a", desk.now, state=state_of("a"), changed=(other,))
    desk.wire.store.record([changed])
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}
    assert desk.stands(b) == {"2026-11"}
    assert desk.stands(c) == set()


def test_what_is_a_near_copy_no_more_since_the_other_was_reworded_is_found(desk):
    a, b, _ = november_is_closed(desk)

    body = "<p>The prime minister resigned on Thursday.</p>"
    other = replace(b, body=body, source_title="Government falls", revision=1)
    desk.wire.store.record(
        [polled("b", desk.now, state=state_of("b"), changed=(other,))]
    )
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}
    assert desk.stands(b) == {"2026-11"}


@pytest.mark.parametrize("near", [True, False])
def test_an_edit_of_the_config_puts_nothing_into_a_month_that_is_closed(desk, near):
    """Who would stand by it nobody knows without looking at all that is stored."""
    reports = november_is_closed(desk, near=near)
    papers = Selection(sources=("a", "c"))
    without_b = Publication(id="all", title="All", select=papers, limit=2)
    before = november(desk)

    desk.wire.adopt(replace(desk.wire.config, publications=(without_b,)))
    desk.fills_the_list()

    assert november(desk) == before
    assert [desk.stands(each) for each in reports] == [set(), {"2026-11"}, set()]


def test_what_was_left_in_vain_before_its_month_was_closed_is_found_later(desk):
    """Another one still stood for it then."""
    a, b, c = desk.hears_of_the_quake(near=False)
    desk.publishes()
    desk.now = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
    deciding.withdraw(desk.wire, c.id, reason="a hoax")
    desk.publishes()
    desk.now = DECEMBER
    desk.fills_the_list()
    assert [desk.stands(each) for each in (a, b)] == [set(), {"2026-11"}]
    desk.now += DAY

    withdrawn(desk, a, b)
    desk.publishes()

    assert desk.stands(a) == {"2026-12"}


def test_what_began_to_stand_stays_in_its_month_when_that_is_closed(desk):
    a, b, _ = november_is_closed(desk)
    withdrawn(desk, a, b)
    desk.publishes()

    for days in (15, 30):
        desk.now = DECEMBER + days * DAY
        desk.fills_the_list()
        assert desk.stands(a) == {"2026-12"}


def test_what_is_left_while_its_month_is_open_stands_in_it_at_once(desk):
    a, b, _ = desk.hears_of_the_quake()
    desk.publishes()
    desk.fills_the_list()
    assert desk.stands(b) == {"2026-11"}
    desk.now += MINUTE

    withdrawn(desk, a, b)
    desk.publishes()

    assert desk.stands(a) == {"2026-11"}


def test_what_is_left_while_it_is_live_is_found_when_it_is_not_any_more(desk):
    a, b, _ = desk.hears_of_the_quake()
    desk.publishes()
    desk.now = DECEMBER
    desk.wire.publish()
    assert desk.stands(b) == {"2026-11", "live"}
    desk.now += MINUTE

    withdrawn(desk, a, b)
    desk.publishes()
    assert "live" in desk.stands(a)
    desk.fills_the_list()

    assert desk.stands(a) == {"2026-12"}


def test_what_stood_before_its_twin_left_comes_a_second_time_nowhere(desk):
    a, b, c = november_is_closed(desk)

    deciding.withdraw(desk.wire, c.id, reason="a hoax")
    desk.publishes()
    desk.fills_the_list()

    assert desk.stands(b) == {"2026-11"}
    assert desk.stands(a) == set()


def test_of_a_family_that_is_left_again_and_again_the_last_is_found(desk):
    a, b, c = november_is_closed(desk)
    withdrawn(desk, a, b)
    desk.publishes()
    desk.now = DECEMBER + 30 * DAY
    desk.fills_the_list()
    assert [desk.stands(each) for each in (a, c)] == [{"2026-12"}, set()]
    desk.now += MINUTE

    deciding.withdraw(desk.wire, a.id, reason="a hoax")
    desk.publishes()

    assert [desk.stands(each) for each in (a, c)] == [set(), {"2027-01"}]


def test_a_month_that_grows_still_tells_that_what_began_to_stand_was_taken_back(desk):
    a, b, _ = november_is_closed(desk)
    withdrawn(desk, a, b)
    desk.publishes()
    deciding.withdraw(desk.wire, a.id, reason="a hoax")
    desk.publishes()

    desk.fills_the_list()

    month = (desk.folder / "public/feeds/all/archive/2026-12.atom").read_text()
    assert f'ref="{a.published_id}"' in month


def test_nothing_is_written_for_a_twin_that_another_one_still_stands_for(
    desk, monkeypatch
):
    a, _, _ = november_is_closed(desk, near=False)
    write, months = Archives.write, []

    def noted(archives, publication, month, *rest, **named):
        months.append(month)
        return write(archives, publication, month, *rest, **named)

    monkeypatch.setattr(Archives, "write", noted)
    better = replace(a, source_title="Better", title="Better", revision=1)
    desk.wire.store.record(
        [polled("a", desk.now, state=state_of("a"), changed=(better,))]
    )
    desk.wire.publish()

    assert months == []


def test_a_twin_of_what_is_not_archived_stands_in_the_month(desk):
    """Rights of b end some day: no month has its report, and no copy waits for that."""
    desk.works(b=Rights(expires=3 * DAY))
    a, b, c = desk.hears_of_the_quake()
    desk.publishes()
    assert [desk.stands(each) for each in (a, b)] == [{"2026-11"}, {"live"}]

    desk.now = NOVEMBER + 2 * DAY
    desk.fills_the_list()
    assert [desk.stands(each) for each in (a, b)] == [{"2026-11"}, set()]
    desk.now += 3 * DAY
    desk.fills_the_list()

    assert [desk.stands(each) for each in (a, b, c)] == [{"2026-11"}, set(), set()]
    live = json.loads((desk.folder / "public/feeds/all.json").read_bytes())
    assert len(live["items"]) == 2


def test_what_was_left_is_forgotten_with_what_is_pruned(desk):
    a, b, _ = november_is_closed(desk)
    withdrawn(desk, a, b)
    noted = desk.wire.store.twins.left(NOVEMBER)
    assert a.id in {each.id for each in noted}

    desk.wire.store.prune(desk.now + DAY)

    assert desk.wire.store.twins.left(NOVEMBER) == []
