"""A host is asked at most so often; hosts never wait for each other."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from aggregator.engines.manners import Manners
from aggregator.model import HostLimits, SourceState

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def waiting(source_id, host):
    return SourceState(
        source_id=source_id,
        url=f"https://{host}/{source_id}",
        fetch_url=f"https://{host}/{source_id}",
        host=host,
        shard=0,
        next_poll_at=NOON,
    )


def queue_of(*names, per_host=1, spacing=2):
    limits = HostLimits(per_host=per_host, spacing=timedelta(seconds=spacing))
    manners = Manners(lambda _: limits)
    for name in names:
        manners.add(waiting(name, name[0]))
    return manners


def started(manners, at):
    found = []
    while state := manners.start(at):
        found.append(state.source_id)
    return found


def test_one_host_is_asked_once_at_a_time_and_spaced():
    manners = queue_of("a1", "a2", "b1")

    assert started(manners, at=0) == ["a1", "b1"]
    assert manners.pause(at=0) is None  # a2 waits for a1 to end, not for the clock
    manners.end("a")
    assert started(manners, at=1.9) == []
    assert manners.pause(at=1.5) == 0.5
    assert started(manners, at=2) == ["a2"]


def test_what_another_process_asked_counts():
    """One that was killed, or ended, a moment ago."""
    manners = queue_of(spacing=30)
    for seconds in (4, 40):
        manners.remember({"a": timedelta(seconds=seconds)}, at=0)
    manners.add(waiting("a1", "a"))

    assert started(manners, at=25) == []
    assert started(manners, at=26) == ["a1"]


def test_what_waits_can_be_forgotten_while_what_runs_goes_on():
    manners = queue_of("a1", "a2", "b1", "b2")
    started(manners, at=0)

    assert {state.source_id for state in manners.clear()} == {"a2", "b2"}
    manners.end("a")
    assert started(manners, at=100) == []


def test_other_limits_hold_from_the_next_start():
    manners = queue_of("a1", "a2", "a3", spacing=0)
    started(manners, at=0)

    manners.retune(lambda _: HostLimits(per_host=3, spacing=timedelta(0)))
    manners.end("a")

    assert started(manners, at=0) == ["a2", "a3"]


def test_other_limits_hold_for_what_waits_already():
    """A `spacing: 1h`, put right at once, was kept for that hour, and a longer one not."""
    manners = queue_of("a1", "a2", "a3", spacing=3600)
    started(manners, at=0)
    manners.end("a")

    manners.retune(lambda _: HostLimits(per_host=1, spacing=timedelta(seconds=2)))
    assert started(manners, at=1) == []
    assert started(manners, at=2) == ["a2"]
    manners.end("a")

    manners.retune(lambda _: HostLimits(per_host=1, spacing=timedelta(seconds=60)))
    assert started(manners, at=61) == []
    assert started(manners, at=62) == ["a3"]


def test_a_lower_number_at_a_time_holds_for_what_waits_already():
    manners = queue_of("a1", "a2", "a3", per_host=2, spacing=5)
    started(manners, at=0)

    manners.retune(lambda _: HostLimits(per_host=1, spacing=timedelta(0)))

    assert started(manners, at=9) == []


@given(
    names=st.lists(st.sampled_from("abc"), max_size=30),
    per_host=st.integers(1, 3),
    spacing=st.integers(0, 3),
    length=st.integers(1, 4),
)
def test_no_host_is_ever_asked_too_often_and_all_get_their_turn(
    names, per_host, spacing, length
):
    sources = [f"{host}{n}" for n, host in enumerate(names)]
    manners = queue_of(*sources, per_host=per_host, spacing=spacing)
    running, starts, done = {}, {}, []

    for at in range(len(names) * (spacing + length + 1) + 1):
        for name in [name for name, end in running.items() if end == at]:
            manners.end(name[0])
            done.append(name)
            del running[name]
        for name in started(manners, at):
            running[name] = at + length
            starts.setdefault(name[0], []).append(at)
        hosts = [name[0] for name in running]
        assert all(hosts.count(host) <= per_host for host in hosts)

    assert sorted(done) == sorted(sources)
    for times in starts.values():
        assert all(b - a >= spacing for a, b in pairwise(times))


def test_who_asks_a_host_meanwhile_lets_its_sources_wait_and_no_others():
    manners = queue_of("a1", "b1")

    manners.remember({"a": timedelta(0)}, 10)

    assert started(manners, 10) == ["b1"]
    assert manners.pause(10) == 2
    assert started(manners, 12) == ["a1"]
