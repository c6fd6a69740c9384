"""What happens to the store, the config and the network while polls are under way."""

import threading
from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.app import deciding
from aggregator.app.clock import utc_now
from aggregator.app.round import poll_round
from aggregator.app.wire import BROKEN_OFF
from aggregator.errors import FetchError, StoreAway
from aggregator.fetching import cadence
from aggregator.model import (
    Advice,
    Auth,
    FeedInfo,
    Hints,
    HostLimits,
    Pause,
    RuleSpec,
    Source,
)
from tests.app.agency import agency, away, feed
from tests.app.agency import source as agencys

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(tmp_path):
    with agency(tmp_path, "a", "b") as opened:
        yield opened


def polled_before(desk):
    """Let all sources have been polled, and be due again with a new report."""
    desk.tick()
    rows = desk.is_due(*desk.wire.sources)
    for id_ in desk.wire.sources:
        desk.says(id_, feed("2", "1"))
    desk.asked.clear()
    return rows


# -- the store is away


@pytest.mark.parametrize("question", ["document", "known"])
def test_a_store_that_is_away_during_a_poll_is_held_against_no_source(
    desk, monkeypatch, question
):
    rows = polled_before(desk)
    real = getattr(desk.wire.store, question)
    monkeypatch.setattr(desk.wire.store, question, away(2, real))

    desk.tick()

    assert sorted(desk.asked) == ["a", "b"]
    assert [state.outcome for state in desk.wire.schedule.states().values()] == [
        "updated"
    ] * 2
    assert desk.wire.store.counts() == {"a": 1, "b": 1}

    desk.tick()

    assert sorted(desk.asked) == ["a", "a", "b", "b"]
    assert desk.wire.store.counts() == {"a": 2, "b": 2}
    assert [row.failures for row in rows] == [0, 0]
    assert [state.failures for state in desk.wire.schedule.states().values()] == [0, 0]
    assert all(
        len(strip) == 2 for strip in desk.wire.store.journal.recent_polls().values()
    )


def test_a_row_that_cannot_be_read_again_and_again_does_not_trouble_the_publisher(
    desk, monkeypatch
):
    polled_before(desk)
    real = desk.wire.store.known
    monkeypatch.setattr(desk.wire.store, "known", away(1000, real))

    for _ in range(BROKEN_OFF + 3):
        desk.tick()

    assert desk.asked.count("a") == BROKEN_OFF + 1
    assert desk.state("a").problem == "unexpected"
    assert desk.state("a").because == "interval 1h"


def test_a_round_ends_as_soon_as_the_store_is_away(desk, monkeypatch):
    polled_before(desk)
    monkeypatch.setattr(desk.wire.store, "known", away(2, desk.wire.store.known))

    with pytest.raises(StoreAway, match="the connection failed"):
        poll_round(desk.wire, list(desk.wire.schedule.states().values()))

    assert [state.failures for state in desk.wire.schedule.states().values()] == [0, 0]


@pytest.mark.parametrize("written", [True, False])
def test_who_was_perhaps_noted_as_asked_is_due_again(desk, monkeypatch, written):
    """A server that ends after a commit and before its answer: nobody was asked."""
    rows = polled_before(desk)
    real = desk.wire.store.reschedule

    def lost(states):
        monkeypatch.setattr(desk.wire.store, "reschedule", real)
        if written:
            real(states)
        raise StoreAway("the server ended the connection")

    monkeypatch.setattr(desk.wire.store, "reschedule", lost)
    desk.tick()
    assert desk.asked == []
    assert (desk.state("a") == rows[0]) is not written

    desk.tick()

    assert sorted(desk.asked) == ["a", "b"]
    assert [state.outcome for state in desk.wire.schedule.states().values()] == [
        "updated"
    ] * 2


def test_what_was_asked_in_vain_is_due_again_after_a_restart(desk, monkeypatch):
    rows = polled_before(desk)
    monkeypatch.setattr(desk.wire.store, "known", away(2, desk.wire.store.known))
    desk.tick()

    desk.service.polling.end_asking()

    assert desk.wire.store.states() == {row.source_id: row for row in rows}


# -- rows are changed while polls are recorded


def moved_along(wire):
    wire.schedule.rebase(timedelta(minutes=2))


def adopted(wire):
    slower = (replace(each, interval=2 * HOUR) for each in wire.config.sources)
    wire.adopt(replace(wire.config, sources=tuple(slower)))


def spread(wire):
    wire.schedule.spread_backlog()


def put_off(wire):
    wire.schedule.due(10)


def put_back(wire):
    wire.schedule.put_back(wire.schedule.states().values())


@pytest.mark.parametrize(
    ("decision", "act"),
    [
        ("rebase", moved_along),
        ("configured", adopted),
        ("spread", spread),
        ("put_off", put_off),
    ],
)
def test_a_poll_recorded_while_rows_change_is_not_lost(
    desk, monkeypatch, decision, act
):
    """A Retry-After of six hours was forgotten, and the publisher asked after minutes."""
    wire, store = desk.wire, desk.wire.store
    before = polled_before(desk)[0]
    store.put_states(
        [replace(before, feed=FeedInfo(hints=Hints(skip_hours=this_hour())))],
        configured=wire.sources,
    )
    six_hours = Advice(retry_after=6 * HOUR)
    desk.says("a", FetchError("429", problem="throttled", status=429, advice=six_hours))
    throttled = wire.poll(before)
    recorder = threading.Thread(target=store.record, args=[[throttled]])
    real = getattr(cadence, decision)

    def deciding(*arguments, **named):
        if recorder.ident is None:
            waits = store._turn.locked()
            recorder.start()
            if not waits:
                recorder.join()
        return real(*arguments, **named)

    monkeypatch.setattr(cadence, decision, deciding)
    act(wire)
    recorder.join()

    assert desk.state("a").problem == "throttled"
    assert desk.state("a").retry_after_until == throttled.state.retry_after_until
    assert desk.state("a").next_poll_at >= throttled.state.retry_after_until


def test_a_release_at_the_moment_of_a_poll_keeps_its_retry_after(desk, monkeypatch):
    """The publisher was asked again at once."""
    before = polled_before(desk)[0]
    desk.wire.store.put_states([replace(before, held="odd")], configured=["a", "b"])
    six_hours = Advice(retry_after=6 * HOUR)
    desk.says("a", FetchError("429", problem="throttled", status=429, advice=six_hours))
    throttled = desk.wire.poll(replace(before, held="odd"))
    real = desk.wire.store.release

    def recorded_meanwhile(*said, **named):
        desk.wire.store.record([throttled])
        real(*said, **named)

    monkeypatch.setattr(desk.wire.store, "release", recorded_meanwhile)
    deciding.release(desk.wire, "a")

    assert desk.state("a").next_poll_at >= throttled.state.retry_after_until


def this_hour():
    return frozenset({utc_now().hour, (utc_now() + timedelta(minutes=1)).hour})


@pytest.mark.parametrize("act", [moved_along, spread, put_off, put_back])
def test_rows_that_change_say_nothing_of_what_is_configured(desk, act):
    """A recorder that undid a failure had a source forgotten that was just added."""
    rows = polled_before(desk)
    failed = [replace(row, outcome="failed", failures=1) for row in rows]
    new = replace(rows[0], source_id="c")
    desk.wire.store.put_states([*failed, new], configured=["a", "b", "c"])

    act(desk.wire)

    assert desk.wire.store.configured() == {"a", "b", "c"}


# -- the network is down, and the store with it


@pytest.fixture
def many(tmp_path, monkeypatch):
    """Six sources that answered before, and a recorder that does not wait to try again."""
    monkeypatch.setattr("aggregator.engines.local.RETRY", 0.001)
    with agency(tmp_path, *"abcdef") as opened:
        polled_before(opened)
        yield opened


def silent(desk):
    """Let nobody be reached any more, nor the store's server."""
    for id_ in desk.wire.sources:
        desk.says(id_, FetchError("silent", problem="timeout", unreached="host"))


def test_what_must_be_recorded_again_is_judged_once(many, monkeypatch):
    """Each try was another failure: soon they counted, for sources nobody could reach."""
    silent(many)
    before = dict(many.service.polling.tally.polls().outcomes)
    for method in ("record", "revise"):
        real = getattr(many.wire.store, method)
        monkeypatch.setattr(many.wire.store, method, away(4, real))

    many.tick()
    many.service.tick()

    assert [state.failures for state in many.wire.schedule.states().values()] == [0] * 6
    assert before == {"updated": 6}
    assert many.service.polling.tally.polls().outcomes == {"updated": 6, "failed": 6}


def test_it_is_said_at_once_that_sources_wait_for_our_network(many):
    silent(many)

    many.tick()

    waits = "our own network is down: asked again once it is back"
    assert waits in {state.because for state in many.wire.schedule.states().values()}


def test_failures_counted_in_error_are_undone_when_the_store_is_back(many, monkeypatch):
    silent(many)
    monkeypatch.setattr(
        many.wire.schedule, "put_back", away(3, many.wire.schedule.put_back)
    )

    many.tick()
    many.service.tick()

    assert [state.failures for state in many.wire.schedule.states().values()] == [0] * 6
    assert many.service.polling.tally.polls().outcomes == {"updated": 6, "failed": 6}


# -- who is asked next


def test_a_poll_recorded_while_we_look_who_is_due_is_not_asked_again(desk, monkeypatch):
    """A source that was never polled is due until its first poll is recorded."""
    real = desk.wire.schedule.due

    def due(*arguments, **named):
        found = real(*arguments, **named)
        desk.publishers.talking.set()
        desk.settles()
        return found

    desk.publishers.talking.clear()
    desk.service.tick()
    monkeypatch.setattr(desk.wire.schedule, "due", due)
    desk.tick()

    assert sorted(desk.asked) == ["a", "b"]


def test_many_new_sources_of_one_host_do_not_keep_others_waiting(tmp_path, monkeypatch):
    monkeypatch.setattr("aggregator.app.polling.HORIZON", 3)
    platform = [
        Source(id=f"p{n}", url=f"https://platform.example/{n}") for n in range(3)
    ]
    with agency(tmp_path, "z", sources=platform) as desk:
        desk.publishers.talking.clear()
        desk.service.tick()
        desk.service.tick()
        desk.publishers.talking.set()
        desk.settles()

        assert sorted(desk.asked) == ["p0", "p1", "p2", "z"]


# -- the config is edited


def test_a_poll_under_way_does_not_win_over_an_edit_of_its_source(tmp_path):
    daily = agencys("a", tags=("old",), interval=24 * HOUR)
    hasty = replace(daily, tags=("new",), interval=HOUR / 12)
    with agency(tmp_path, sources=[daily]) as desk:
        desk.begins("a")
        desk.edits(sources=(hasty,))
        desk.service.tick()
        desk.publishers.talking.set()
        desk.settles()

        (report,) = desk.wire.store.articles()
        assert report.desk_tags == ("new",)
        wait = desk.state("a").next_poll_at - desk.state("a").last_polled_at
        assert (wait, desk.state("a").because) == (HOUR / 12, "interval 5m")


def test_a_poll_under_way_does_not_win_over_an_edit_of_a_rule(tmp_path):
    loud = RuleSpec(id="desk", kind="headline", options={"replace": {"^": "Loud: "}})
    quiet = replace(loud, options={"replace": {"^": "Quiet: "}})
    with agency(
        tmp_path, sources=[agencys("a", rules=("desk",))], rules=[loud]
    ) as desk:
        desk.begins("a")
        desk.edits(rules=(quiet,))
        desk.service.tick()
        desk.publishers.talking.set()
        desk.settles()

        assert [each.title for each in desk.wire.store.articles()] == [
            "Quiet: Report 1"
        ]


def test_a_headline_that_is_corrected_while_rules_go_over_the_store_stays_corrected(
    tmp_path, monkeypatch
):
    """The report stood under its old headline from then on, with its new words."""
    loud = RuleSpec(id="desk", kind="headline", options={"prefix": "Loud: "})
    with agency(tmp_path, sources=[agencys("a")], rules=[loud]) as desk:
        desk.tick()
        (due,) = desk.is_due("a")
        desk.says("a", feed("1").replace(b"Report 1", b"Report one"))
        real = desk.wire.store.retitle

        def recorded_meanwhile(edited):
            monkeypatch.undo()
            desk.wire.record([desk.wire.poll(due)])
            return real(edited)

        monkeypatch.setattr(desk.wire.store, "retitle", recorded_meanwhile)
        desk.edits(sources=(agencys("a", rules=("desk",)),))
        desk.tick()

        (report,) = desk.wire.store.articles()
        assert report.source_title == "Report one"
        assert report.title == "Loud: Report one"


@pytest.fixture
def corrected(desk):
    """A poll, not recorded yet, that brings other words of the report of `a`."""
    due, _ = polled_before(desk)
    desk.says("a", feed("1").replace(b"Words", b"Other words"))
    return desk.wire.poll(due)


def test_a_headline_of_the_desk_wins_over_one_that_is_corrected_at_that_moment(
    desk, monkeypatch, corrected
):
    real = desk.wire.store.override

    def recorded_meanwhile(*said):
        desk.wire.record([corrected])
        return real(*said)

    monkeypatch.setattr(desk.wire.store, "override", recorded_meanwhile)
    found = next(a for a in desk.wire.store.articles(bodies=True) if a.source_id == "a")
    assert deciding.retitle(desk.wire, found, "Ours") == "Ours"

    assert desk.wire.store.article(found.id).title == "Ours"


def test_a_headline_of_the_desk_wins_over_a_poll_that_began_before(desk, corrected):
    """It stood nowhere, until the desk wrote it again."""
    found = desk.wire.store.article(corrected.changed[0].id)
    deciding.retitle(desk.wire, found, "Ours")

    desk.wire.record([corrected])

    report = desk.wire.store.article(found.id)
    assert (report.title, report.override, report.revision) == ("Ours", "Ours", 1)
    assert "Other words" in report.body


def test_an_article_that_goes_while_the_desk_gives_it_a_headline_is_no_fault(
    desk, monkeypatch
):
    polled_before(desk)
    found = next(iter(desk.wire.store.articles(bodies=True)))

    def pruned_meanwhile(edited):
        monkeypatch.undo()
        desk.wire.store.prune(utc_now() + HOUR)
        return [each.id for each in edited]

    monkeypatch.setattr(desk.wire.store, "retitle", pruned_meanwhile)

    assert deciding.retitle(desk.wire, found, "Ours") == "Ours"


def test_a_source_that_goes_while_it_is_released_is_no_fault(desk, monkeypatch):
    before = polled_before(desk)[0]
    desk.wire.store.put_states([replace(before, held="odd")], configured=["a", "b"])
    monkeypatch.setattr(
        desk.wire.store, "revise", lambda change, **_: change({}) and None
    )

    deciding.release(desk.wire, "a")


def test_a_poll_under_way_leaves_the_row_of_a_new_address_alone(desk):
    moved = replace(desk.config.sources[0], url="https://elsewhere.example/feed")
    desk.begins("a")
    desk.edits(sources=(moved,))
    desk.service.tick()
    before = desk.state("a")
    desk.publishers.talking.set()
    desk.settles()

    assert desk.state("a") == before
    assert (before.url, before.validators.etag) == (moved.url, None)
    assert desk.wire.store.counts()["a"] == 1


@pytest.fixture
def queue(tmp_path):
    """Two sources of one host, which is asked one thing at a time: `b` waits for `a`."""
    one = HostLimits(per_host=1, spacing=timedelta(0))
    both = [
        agencys(name, url=f"https://agency.example/{name}", auth=Auth(**SECRET))
        for name in "ab"
    ]
    with agency(tmp_path, sources=both, default_host=one) as desk:
        polled_before(desk)
        desk.begins("a")
        yield desk


SECRET = {"username": "wire", "password": "open sesame"}


def test_a_source_that_is_removed_while_it_waits_was_not_asked(queue):
    before = queue.wire.store.journal.recent_polls()["b"]
    queue.edits(sources=queue.config.sources[:1])
    queue.service.tick()

    queue.publishers.talking.set()
    queue.settles()
    queue.tick()

    assert queue.asked == ["a"]
    assert queue.wire.store.journal.recent_polls()["b"] == before
    assert [poll.outcome for poll in queue.wire.store.journal.poll_log("b")] == [
        "updated"
    ]
    assert queue.service.polling.tally.polls().outcomes == {"updated": 3}
    assert queue.state("b").because == "interval 1h"


def test_a_source_that_is_paused_while_it_waits_is_not_asked(queue):
    a, b = queue.config.sources
    queue.edits(sources=(a, replace(b, paused=Pause(why="on strike"))))
    queue.service.tick()

    queue.publishers.talking.set()
    queue.settles()
    queue.tick()

    assert queue.asked == ["a"]
    assert queue.state("b").because == "paused: on strike"


def test_a_source_whose_address_is_edited_while_it_waits_is_asked_there(queue):
    """Its new credentials would have gone to the old address."""
    a, b = queue.config.sources
    queue.edits(sources=(a, replace(b, url="https://elsewhere.example/feed")))
    queue.service.tick()

    queue.publishers.talking.set()
    queue.settles()
    queue.tick()

    assert queue.asked == ["a", "b"]
    assert queue.publishers.addresses[-1] == "https://elsewhere.example/feed"
    assert queue.state("b").url == "https://elsewhere.example/feed"


def test_a_host_that_may_be_asked_twice_at_a_time_from_now_on_is(queue):
    queue.edits(default_host=HostLimits(per_host=2, spacing=timedelta(0)))
    queue.service.tick()

    queue.waits_for("b")
