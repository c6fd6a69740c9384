"""Whether our own network is down: what polls prove, and what follows for whom."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace

from aggregator.fetching import cadence
from aggregator.fetching.cadence import Network
from aggregator.fetching.cadence.network import WAITS
from aggregator.model import Outcome, PollResult, Source

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ANSWER = Outcome(kind="unchanged", status=304)
ERROR = Outcome(kind="failed", status=500, problem="status")
NO_NAMES = Outcome(kind="failed", problem="dns", unreached="network")
REFUSED = Outcome(kind="failed", problem="refused", unreached="host")
HUNG = Outcome(kind="failed", problem="timeout")


@dataclass
class Desk:
    """A service in small: rows, a clock, and a world that answers or does not."""

    sources: dict
    world: object  # (source id, time since noon) -> Outcome
    now: datetime = NOON
    network: Network = field(default_factory=Network)
    asked: list = field(default_factory=list)

    def __post_init__(self):
        self.rows = {
            id_: cadence.initial(source, now=NOON)
            for id_, source in self.sources.items()
        }

    def live(self, lasting):
        end = self.now + lasting
        while self.now < end:
            self.tick()
            due = min(row.next_poll_at for row in self.rows.values())
            self.now = max(due, self.now + timedelta(seconds=1))
        self.now = end

    def tick(self):
        at = (self.now - NOON).total_seconds()
        if self.network.came_back():
            pairs = [(self.sources[id_], row) for id_, row in self.rows.items()]
            self.take(cadence.spread(pairs, now=self.now))
        due = [row for row in self.rows.values() if row.next_poll_at <= self.now]
        chosen = self.network.choice(due, at=at)
        before = {row.source_id: row for row in chosen}
        results = [self.poll(row) for row in chosen]
        counted, spared = self.network.judged(results, before, at=at)
        self.take(result.state for result in counted)
        self.take(self.network.waiting(spared, before))
        self.take(self.network.wronged())
        self.network.righted()

    def poll(self, row):
        self.asked.append((self.now, row.source_id))
        outcome = self.world(row.source_id, self.now - NOON)
        source = self.sources[row.source_id]
        state = cadence.after(source, row, outcome, now=self.now, jitter=0.5)
        return PollResult(
            source_id=row.source_id, at=self.now, outcome=outcome, state=state
        )

    def told(self, outcome, ids, at):
        """Return how it is judged, in seconds since noon, that these all end so."""
        self.world = lambda *_: outcome
        results = [self.poll(self.rows[id_]) for id_ in ids]
        return self.network.judged(results, self.rows, at=at)

    def take(self, rows):
        self.rows |= {row.source_id: row for row in rows}

    def times(self, id_):
        return [at for at, who in self.asked if who == id_]

    def from_on(self, moment):
        return [at for at, _ in self.asked if at >= moment]


def hosts(number, interval=HOUR):
    return {
        f"s{n}": Source(id=f"s{n}", url=f"https://host{n}.example/", interval=interval)
        for n in range(number)
    }


def outage(begin, end, failure=NO_NAMES):
    """A world that answers except for some time."""
    return lambda _, since: failure if begin <= since < end else ANSWER


@pytest.mark.parametrize("number", [1, 2, 3, 50])
@pytest.mark.parametrize(
    ("begin", "lasting", "soon"),
    [
        (0 * HOUR, 10 * MINUTE, MINUTE),
        (3 * HOUR, 10 * MINUTE, MINUTE),
        (3 * HOUR, 5 * HOUR, 5 * MINUTE),
    ],
)
def test_polling_begins_soon_after_the_networks_return(number, begin, lasting, soon):
    """O5: down at start or later: within 60 s, and nothing is held against anybody.

    After hours of it a lone host is looked up every five minutes.
    """
    end = begin + lasting
    desk = Desk(hosts(number), outage(begin, end))

    desk.live(end)
    failures = sum(row.failures for row in desk.rows.values())
    desk.live(10 * MINUTE)

    assert failures == 0
    assert desk.from_on(NOON + end)[0] - (NOON + end) <= soon
    assert all(row.last_success_at >= NOON + end for row in desk.rows.values())


def test_a_wall_that_refuses_everybody_for_minutes_is_held_against_nobody():
    """O5: names resolve, nothing else; in doubt only that long (P14)."""
    desk = Desk(hosts(50), outage(3 * HOUR, 3 * HOUR + 3 * MINUTE, REFUSED))

    desk.live(3 * HOUR + 3 * MINUTE)
    back = desk.now
    failures = sum(row.failures for row in desk.rows.values())
    desk.live(10 * MINUTE)

    assert failures == 0
    assert desk.from_on(back)[0] - back <= MINUTE


def test_there_is_no_burst_after_the_return_and_no_noise_before():
    """O5: 500 sources: a probe a second at most, and then one start a second."""
    desk = Desk(hosts(500), outage(HOUR, HOUR + 90 * MINUTE))
    desk.live(4 * HOUR)

    back = NOON + HOUR + 90 * MINUTE
    in_vain = [at for at, _ in desk.asked if NOON + HOUR + MINUTE <= at < back]
    at_once = [
        len([at for at in desk.from_on(back) if at == t]) for t in desk.from_on(back)
    ]
    gaps = [
        b - a for id_ in desk.rows for a, b in pairwise(desk.times(id_)) if b > back
    ]
    assert len(in_vain) <= 90 * 60
    assert max(at_once) <= 2
    print("asked in vain", len(in_vain), "longest wait", max(gaps))
    assert all(row.failures == 0 for row in desk.rows.values())


@pytest.mark.parametrize("number", [1, 2, 3, 5])
@pytest.mark.parametrize("failure", [REFUSED, HUNG, ERROR])
def test_hosts_that_are_all_down_are_asked_twelve_times_in_a_week(number, failure):
    """P14: nobody else answers, and still it may be their trouble."""
    desk = Desk(hosts(number), outage(HOUR / 2, 30 * DAY, failure))
    desk.live(HOUR / 2)

    desk.live(7 * DAY)

    for id_ in desk.rows:
        assert 8 <= len(desk.times(id_)) - 1 <= 12


def test_a_lone_host_without_a_name_server_costs_a_lookup_in_five_minutes():
    desk = Desk(hosts(1), outage(HOUR / 2, 30 * DAY))
    desk.live(2 * DAY)

    assert len(desk.asked) < 2 * 24 * 12 + 100


@pytest.mark.parametrize("failure", [NO_NAMES, REFUSED])
def test_hosts_that_are_down_among_others_are_told_from_the_network(failure):
    """P14, P8: a few whose names do not resolve, or that have no IPv4, among 50."""
    dead = {"s1", "s2", "s3", "s4"}
    world = lambda id_, since: failure if id_ in dead and since else ANSWER  # noqa: E731
    desk = Desk(hosts(54), world)

    desk.live(7 * DAY)

    assert all(8 <= len(desk.times(id_)) - 1 <= 12 for id_ in dead)
    good = [id_ for id_ in desk.rows if id_ not in dead]
    gaps = [b - a for id_ in good for a, b in pairwise(desk.times(id_))]
    assert min(gaps) >= HOUR
    assert len(desk.times("s9")) > 20


def test_a_thousand_dead_sources_do_not_hold_up_fifty_good_ones():
    """O5 and self-repair: they die one night; the good ones are polled in time."""
    good = {f"s{n}" for n in range(0, 1050, 21)}
    world = lambda id_, since: (  # noqa: E731
        ANSWER if id_ in good or since < 2 * HOUR else REFUSED
    )
    desk = Desk(hosts(1050), world)

    desk.live(6 * HOUR)

    gaps = sorted(b - a for id_ in good for a, b in pairwise(desk.times(id_)))
    late = gaps[int(len(gaps) * 0.95)] - HOUR
    print("good ones late by (95 %)", late, "most", gaps[-1] - HOUR)
    assert late <= HOUR / 10 + MINUTE  # the minute is jitter
    assert min(desk.rows[id_].failures for id_ in desk.rows if id_ not in good) > 0


@pytest.mark.parametrize(
    "url",
    [
        "file:feed.xml",
        "http://127.0.0.1:9000/",
        "http://localhost:9000/",
        "http://[::1]:9000/",
    ],
)
def test_what_needs_no_network_proves_nothing_of_it(url):
    """A bridge on this machine answers while everybody else is out of reach."""
    near = {"here": Source(id="here", url=url, interval=MINUTE)}
    world = lambda id_, since: (  # noqa: E731
        NO_NAMES if id_ not in near and since < 10 * MINUTE else ANSWER
    )
    desk = Desk(hosts(3) | near, world)

    desk.live(10 * MINUTE)

    assert desk.network.is_down
    assert {desk.rows[id_].because for id_ in hosts(3)} == {WAITS}
    assert all(desk.rows[id_].failures == 0 for id_ in hosts(3))


def test_before_anything_failed_all_that_is_due_is_asked():
    network, rows = Network(), list(Desk(hosts(3), None).rows.values())

    assert network.choice(rows, at=0.0) == rows
    assert not network.came_back()


@pytest.mark.parametrize(
    ("failure", "failing", "at", "is_down"),
    [
        # The last answer came at 0: for a minute one publisher's word is not enough.
        (NO_NAMES, ["s1"], 60, False),
        (NO_NAMES, ["s1"], 61, True),
        (NO_NAMES, ["s1", "s2"], 1, True),
        (NO_NAMES, ["s1", "of s1"], 60, False),
        (REFUSED, ["s1", "s2"], 600, False),
        (REFUSED, ["s1", "s2", "s3"], 1, True),
        (REFUSED, ["s1", "of s1", "s2"], 600, False),
    ],
)
def test_so_many_publishers_prove_that_our_own_network_is_down(
    failure, failing, at, is_down
):
    """O5: two whose names do not resolve, three that are silent; a host counts once."""
    same = Source(id="of s1", url="https://host1.example/2", interval=HOUR)
    desk = Desk(hosts(4) | {"of s1": same}, lambda *_: ANSWER)
    desk.tick()

    judged = desk.told(failure, failing, at)

    assert desk.network.is_down is is_down
    assert len(judged.spared) == is_down


def test_however_often_our_own_network_failed_its_next_failure_is_overlooked_too():
    desk = Desk(hosts(3), lambda *_: ANSWER)
    desk.tick()

    for minute in range(4):
        judged = desk.told(REFUSED, desk.rows, 60 * minute + 1)
        assert len(judged.spared) == 1
        assert len(desk.network.wronged()) == 2

        desk.network.righted()
        assert desk.told(ANSWER, desk.rows, 60 * minute + 2).spared == []
        assert desk.network.came_back()


def test_a_silent_host_is_overlooked_twice_and_no_more():
    """P14: a failure that counted at first, and was taken back, is one of the two."""
    desk = Desk(hosts(3), lambda *_: ANSWER)
    desk.tick()

    judged = [desk.told(REFUSED, desk.rows, second) for second in (1, 2, 3)]

    assert [len(each.spared) for each in judged] == [1, 3, 0]
    assert len(desk.network.wronged()) == 2


def test_what_stays_silent_while_others_answer_proves_nothing_until_it_answers():
    desk = Desk(hosts(4), lambda *_: ANSWER)
    desk.tick()
    silent = ["s1", "s2", "s3"]
    desk.told(REFUSED, silent, 1)
    desk.told(ANSWER, ["s0"], 2)

    assert desk.told(REFUSED, silent, 3).spared == []
    assert not desk.network.is_down

    desk.told(ANSWER, silent, 4)
    desk.told(REFUSED, silent, 5)
    assert desk.network.is_down


@pytest.mark.parametrize(
    ("first", "further", "due", "age", "pause"),
    [
        # Each of them every 15 s, but one a second at most.
        (NO_NAMES, NO_NAMES, 1, 0, 15),
        (NO_NAMES, NO_NAMES, 5, 0, 3),
        (NO_NAMES, NO_NAMES, 500, 0, 1),
        # Later more and more rarely, down to each in 5 minutes, but some one in one.
        (NO_NAMES, NO_NAMES, 5, 600, 20),
        (NO_NAMES, NO_NAMES, 1, 86_400, 300),
        (NO_NAMES, NO_NAMES, 2, 86_400, 150),
        (NO_NAMES, NO_NAMES, 500, 86_400, 60),
        # Hosts that may have been reached: as rarely from the start.
        (REFUSED, REFUSED, 1, 0, 60),
        (REFUSED, REFUSED, 50, 0, 6),
        (REFUSED, REFUSED, 500, 86_400, 1),
        (NO_NAMES, REFUSED, 50, 0, 6),
    ],
)
def test_one_source_at_a_time_is_asked_whether_our_network_is_back(
    first, further, due, age, pause
):
    """O5: soon enough to miss nothing, and no noise meanwhile."""
    desk = Desk(hosts(max(due, 3)), lambda *_: ANSWER)
    desk.tick()
    desk.told(first, ["s0"], 100)
    desk.told(further, ["s1", "s2"], 100)
    rows = list(desk.rows.values())[:due]
    begin = 100 + age

    assert len(desk.network.choice(rows, at=begin)) == 1
    assert desk.network.choice(rows, at=begin + pause - 0.1) == []
    assert len(desk.network.choice(rows, at=begin + pause)) == 1


def test_whoever_was_asked_least_is_asked_first_whether_our_network_is_back():
    """Then whoever waits longest."""
    desk = Desk(hosts(5), lambda *_: ANSWER)
    desk.tick()
    desk.told(NO_NAMES, ["s0", "s1"], 1)
    rows = [
        replace(row, next_poll_at=NOON - number * MINUTE)
        for number, row in enumerate(desk.rows.values())
    ]
    asked = []

    for at in range(100, 600, 100):
        (chosen,) = desk.network.choice(rows, at=at)
        asked.append(chosen.source_id)
        desk.told(NO_NAMES, [chosen.source_id], at)

    assert asked == ["s4", "s3", "s2", "s4", "s3"]
