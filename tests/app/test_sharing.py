"""Workers poll beside a scheduler: each source is asked once, each host by one of them."""

import os
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app import doctor
from aggregator.app.clock import utc_now
from aggregator.app.wire import Wire
from aggregator.app.worker import Worker
from aggregator.errors import MediaWireError
from aggregator.model import (
    FetchLimits,
    HostLimits,
    Pause,
    Publication,
    RuleSpec,
)
from aggregator.store import open_shards
from tests.app.agency import PATIENCE, Agency, agency, feed, source
from tests.store.databases import POSTGRESQL, schema, sessions_ended_at

pytestmark = pytest.mark.skipif(
    not POSTGRESQL, reason="PostgreSQL was left out by the caller"
)

NAMES = [f"s{number}" for number in range(30)]
FEW = FetchLimits(workers=2)  # so each process has 8 shards at a time
HOUR = timedelta(hours=1)
AT_ONCE = HostLimits(per_host=16, spacing=timedelta(0))
QUEUED = HostLimits(per_host=1, spacing=timedelta(0))
ONE_BY_ONE = HostLimits(per_host=1, spacing=timedelta(hours=1))


class Beside(Agency):
    """An Agency that is a worker beside another one; `wrong_by` is its clock."""

    wrong_by = timedelta(0)

    def __init__(self, desk):
        super().__init__(desk.config, clock=lambda: utc_now() + self.wrong_by)

    def start(self):
        self.wire = Wire(self.config, clock=self.clock)
        self.wire.__dict__["fetcher"] = self.publishers
        shards = open_shards(self.config.store, "worker", now=utc_now(), joins=True)
        self.service = Worker(self.wire, shards, lambda: self.config)

    def stop(self):
        self.publishers.talking.set()
        self.service.polling.stop(timedelta(seconds=PATIENCE))
        self.wire.close()

    def settles(self):
        assert self.service.polling.engine.drain(timeout=PATIENCE)


@contextmanager
def house(folder, *names, **settings):
    """Yield a scheduler and a worker on one store, none of whose sources was polled."""
    with schema() as url, agency(folder, *names, store=url, **settings) as desk:
        beside = Beside(desk)
        try:
            yield desk, beside
        finally:
            beside.stop()


def of_one_host(*names):
    return [source(name, url=f"https://platform.example/{name}") for name in names]


def test_each_due_source_is_asked_once_and_both_ask(tmp_path):
    with house(tmp_path, *NAMES, fetch=FEW) as (desk, beside):
        for each in (desk, beside):
            each.publishers.talking.clear()
            each.service.tick()
        for each in (desk, beside):
            each.publishers.talking.set()
            each.settles()

        def have_asked_all():
            desk.tick()
            beside.tick()
            return len(desk.asked + beside.asked) >= len(NAMES)

        waits_until(have_asked_all)

        assert sorted(desk.asked + beside.asked) == sorted(NAMES)
        assert len(desk.asked) >= 8
        assert len(beside.asked) >= 8
        assert desk.wire.store.count() == len(NAMES)


def test_a_host_is_asked_by_one_process_however_many_sources_it_has(tmp_path):
    """P8: its manners are those of one process."""
    with house(tmp_path, sources=of_one_host("a", "b"), default_host=ONE_BY_ONE) as (
        desk,
        beside,
    ):
        desk.begins("a")

        beside.tick()

        assert (desk.asked, beside.asked) == (["a"], [])


def test_a_host_is_left_to_others_when_its_spacing_is_over(tmp_path):
    with house(tmp_path, "a", default_host=AT_ONCE) as (desk, beside):
        desk.tick()
        desk.tick()
        desk.is_due("a")

        beside.tick()

        assert (desk.asked, beside.asked) == (["a"], ["a"])


def test_a_host_is_kept_for_its_spacing(tmp_path):
    with house(tmp_path, "a", default_host=ONE_BY_ONE) as (desk, beside):
        desk.tick()
        desk.tick()
        desk.is_due("a")

        beside.tick()

        assert (desk.asked, beside.asked) == (["a"], [])


def test_what_a_worker_found_is_published_by_the_scheduler(tmp_path):
    with house(tmp_path, "a") as (desk, beside):
        desk.says("a", feed("1"))
        beside.tick()
        before = desk.service._called

        desk.tick()

        assert desk.service._called != before
        assert desk.asked == []
        assert desk.wire.store.count() == 1


PREFIXED = {
    "publications": (Publication(id="wire", title="Wire", rules=("mark",)),),
    "rules": (RuleSpec(id="mark", kind="headline", options={"prefix": "Wire: "}),),
}


def adopt(desk):
    """Let the scheduler go by other rules, without polling."""
    desk.edits(**PREFIXED)
    desk.wire.adopt(desk.config)


def titles(desk):
    return [article.title for article in desk.wire.store.articles()]


def test_a_worker_by_other_rules_polls_nothing_until_it_follows(tmp_path):
    with house(tmp_path, "a") as (desk, beside):
        adopt(desk)

        beside.tick()
        assert beside.asked == []
        assert (
            "are not those that the scheduler goes by" in beside.service._beat.trouble
        )

        beside.edits(**PREFIXED)
        beside.tick()
        assert beside.asked == ["a"]
        assert titles(desk) == ["Wire: Report 1"]


def test_a_worker_does_not_ask_what_waits_for_its_host_when_it_is_paused(tmp_path):
    sources = of_one_host("a", "b")
    with house(tmp_path, sources=sources, default_host=QUEUED) as (desk, beside):
        beside.begins("a")
        edit = {"sources": (sources[0], replace(sources[1], paused=Pause()))}
        desk.edits(**edit)
        desk.wire.adopt(desk.config)
        beside.edits(**edit)
        beside.service.tick()

        beside.publishers.talking.set()
        beside.settles()

        assert beside.asked == ["a"]


def test_a_worker_leaves_to_others_whose_address_it_does_not_know(tmp_path):
    with house(tmp_path, "a", "b") as (desk, beside):
        desk.edits(sources=(source("a", url="https://a.example/new"), source("b")))
        desk.wire.adopt(desk.config)

        beside.tick()
        beside.tick()
        desk.tick()

        assert (beside.asked, desk.asked) == (["b"], ["a"])
        assert desk.publishers.addresses == ["https://a.example/new"]


def test_what_was_polled_by_other_rules_is_recorded_by_the_present_ones(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("aggregator.engines.local.RETRY", 0.01)
    with house(tmp_path, "a") as (desk, beside):
        beside.begins("a")
        adopt(desk)

        beside.publishers.talking.set()
        waits_until(lambda: beside.service.polling.engine.broken)
        assert titles(desk) == []

        beside.edits(**PREFIXED)
        beside.tick()
        assert (beside.asked, titles(desk)) == (["a"], ["Wire: Report 1"])


def test_what_is_recorded_as_the_scheduler_goes_by_other_rules_is_edited_by_those(
    tmp_path, monkeypatch
):
    """Nobody edited it again: the rules had gone over the store before it came."""
    monkeypatch.setattr("aggregator.engines.local.RETRY", 0.01)
    with house(tmp_path, "a") as (desk, beside):
        real = beside.wire.store.record

        def adopted_meanwhile(results, **said):
            if desk.wire.config.rules == ():
                adopt(desk)
            real(results, **said)

        monkeypatch.setattr(beside.wire.store, "record", adopted_meanwhile)
        beside.service.tick()
        waits_until(lambda: desk.wire.config.rules)
        beside.edits(**PREFIXED)
        beside.tick()

        assert (beside.asked, titles(desk)) == (["a"], ["Wire: Report 1"])


def test_a_worker_whose_clock_is_wrong_polls_nothing(tmp_path):
    """D20: times of one machine are compared with those of another."""
    with house(tmp_path, "a") as (desk, beside):
        beside.wrong_by = timedelta(hours=3)
        beside.tick()
        assert beside.asked == []
        assert "10800 s ahead of the database" in beside.service._beat.trouble

        beside.wrong_by = timedelta(0)
        beside.tick()
        assert beside.asked == ["a"]
        assert desk.wire.store.count() == 1


def test_a_scheduler_whose_clock_is_not_the_servers_says_so(tmp_path):
    """D20: an embargo ends by it; only workers were compared with the server."""
    with schema() as url, agency(tmp_path, store=url) as desk, capture_logs() as events:
        shards = desk.service._share._shards
        right = shards.time
        for late in (timedelta(0), HOUR, HOUR, timedelta(0), -HOUR):
            shards.time = lambda late=late: right() - late
            desk.tick()
        asked = utc_now()
        heard = doctor._server_time(desk.config, asked)

    told = [e["ahead_of_database_s"] for e in events if e["event"] == "clocks differ"]
    assert told == [3600, -3600]
    assert abs(asked - heard) < HOUR


def test_what_runs_while_a_workers_clock_jumps_is_asked_again(tmp_path):
    with house(tmp_path, "a") as (desk, beside):
        beside.begins("a")
        beside.wrong_by = timedelta(hours=-3)
        beside.service.tick()
        beside.publishers.talking.set()
        beside.settles()
        assert desk.wire.store.count() == 0

        beside.wrong_by = timedelta(0)
        beside.tick()
        assert beside.asked == ["a", "a"]
        assert desk.wire.store.count() == 1


def test_who_lost_its_session_begins_nothing_that_another_may_have_begun(tmp_path):
    sources = of_one_host("a", "b")
    with house(tmp_path, sources=sources, default_host=QUEUED) as (desk, beside):
        beside.tick()
        desk.is_due("a", "b")
        beside.publishers.talking.clear()
        beside.service.tick()
        waits_until(lambda: beside.asked == ["a", "b", "a"])
        with sessions_ended_at(
            "before_cursor_execute", lambda _c, _cursor, said, *_: "clock" in said
        ):
            beside.service.tick()
        beside.service.tick()

        desk.tick()
        beside.publishers.talking.set()
        beside.tick()

        assert (beside.asked, desk.asked) == (["a", "b", "a"], [])
        desk.is_due("b")
        desk.tick()
        assert desk.asked == ["b"]


def test_a_source_is_not_polled_out_of_turn_while_another_process_asks_its_host(
    tmp_path,
):
    with house(tmp_path, "a") as (desk, beside):
        beside.begins("a")

        with pytest.raises(MediaWireError, match=r"another process asks a\.example"):
            desk.service.polling.poll_now(desk.state("a"))

        assert desk.asked == []


def test_a_worker_that_stops_leaves_all_it_has_not_asked(tmp_path):
    sources = of_one_host("a", "b")
    with house(tmp_path, sources=sources, default_host=ONE_BY_ONE) as (desk, beside):
        beside.begins("a")
        beside.publishers.talking.set()
        assert beside.service.polling.stop(timedelta(seconds=PATIENCE))

        desk.service.polling.look()

        # It waits there: their host is promised an hour, whoever asked it.
        assert desk.service.polling.engine.taken() == {"b"}
        assert (beside.asked, desk.asked) == (["a"], [])


def waits_until(is_so):
    until = monotonic() + PATIENCE
    while not is_so():
        assert monotonic() < until
        os.sched_yield()
