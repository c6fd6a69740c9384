"""The alarm of a whole installation: looks, tells, remembers, and never insists."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from msgspec.structs import replace

from aggregator.app.alarm import Alarm, standing_alerts
from aggregator.app.wire import Wire
from aggregator.model import (
    AlertChannels,
    Config,
    FetchLimits,
    MailChannel,
    Outcome,
    PollResult,
    Publication,
    PublicationStatus,
    Source,
)
from tests import emptystore
from tests.alerting.receivers import hook, post
from tests.builders import NOON, article, attribution

DAY = timedelta(days=1)


class Time:
    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Time()


@pytest.fixture
def receiving():
    with hook() as each:
        yield each


def config(folder, **channels):
    return Config(
        folder=folder,
        base_url="https://wire.example",
        store=emptystore.at(folder),
        output=folder / "public",
        sources=(Source(id="a", url="https://a.example/f"),),
        publications=(Publication(id="wire", title="Wire"),),
        fetch=FetchLimits(allow_private=("127.0.0.0/8",)),
        alerts=AlertChannels(**channels),
    )


@pytest.fixture
def wire(tmp_path, clock, receiving):
    opened = Wire(config(tmp_path, webhook=receiving.url), clock=clock)
    opened.enlist()
    yield opened
    opened.close()


def is_held(wire, doubt="its title was something else"):
    state = replace(wire.schedule.states()["a"], held=doubt)
    wire.store.put_states([state], configured=["a"])


def told(receiving):
    return [[a["kind"] for a in said["alerts"]] for _, _, said in receiving.got]


def test_a_matter_is_told_once_a_day_however_often_one_looks(wire, clock, receiving):
    is_held(wire)
    for _ in range(300):
        Alarm(wire).look()  # anew: as after a restart
        clock.now += timedelta(minutes=5)

    assert told(receiving) == [["held"], ["held"]]


def test_only_what_is_new_is_told(wire, clock, receiving):
    alarm = Alarm(wire)
    alarm.look()
    is_held(wire)
    clock.now += timedelta(minutes=5)
    alarm.look()
    wire.store.put_publication_status(
        [
            PublicationStatus(
                path="feeds/wire.rss",
                checked_at=clock.now,
                written_at=None,
                entries=0,
                refused="no title",
            )
        ]
    )
    clock.now += timedelta(minutes=5)
    alarm.look()

    assert told(receiving) == [["held"], ["refused"]]


def test_who_could_not_be_told_is_told_later(wire, clock, receiving):
    is_held(wire)
    alarm = Alarm(wire)
    receiving.answers = 500
    alarm.look()
    clock.now += timedelta(minutes=5)
    alarm.look()
    receiving.answers = 204
    clock.now += timedelta(minutes=5)
    alarm.look()
    clock.now += timedelta(minutes=5)
    alarm.look()

    assert told(receiving) == [["held"]] * 3


def test_one_channel_that_fails_does_not_silence_the_other(tmp_path, clock, receiving):
    with post() as server:
        channel = MailChannel(
            sender="w@a.example", to=("d@a.example",), server=("127.0.0.1", server.port)
        )
        wire = Wire(config(tmp_path, webhook=receiving.url, mail=channel), clock=clock)
        wire.enlist()
        is_held(wire)
        alarm = Alarm(wire)
        receiving.answers = 500
        alarm.look()
        clock.now += timedelta(minutes=5)
        receiving.answers = 200
        alarm.look()
        wire.close()

    assert len(server.mails) == 1
    assert len(receiving.got) == 2


def test_a_document_that_is_not_offered_any_more_is_no_matter(wire, clock):
    wire.store.put_publication_status(
        [
            PublicationStatus(
                path="feeds/old.rss",
                checked_at=clock.now,
                written_at=None,
                entries=0,
                refused="no title",
            )
        ]
    )

    assert standing_alerts(wire) == []


def test_a_rhythm_is_taken_from_what_is_stored(wire):
    state = wire.schedule.states()["a"]
    reports = [
        article(
            n,
            attribution=attribution(source_id="a"),
            listed_at=NOON - DAY - timedelta(hours=n),
            first_seen=NOON - DAY - timedelta(hours=n),
        )
        for n in range(1, 40)
    ]
    wire.store.record(
        [
            PollResult(
                source_id="a",
                at=NOON,
                outcome=Outcome(kind="updated", new=39),
                state=replace(
                    state,
                    last_polled_at=NOON,
                    last_success_at=NOON,
                    last_changed_at=NOON - DAY - timedelta(hours=1),
                    outcome="unchanged",
                ),
                new=tuple(reports),
            )
        ]
    )
    (alert,) = standing_alerts(wire)

    assert (alert.kind, alert.since) == ("quiet", NOON - DAY - timedelta(hours=1))
    assert alert.text.endswith("it was never silent for longer than 60 minutes")


def test_a_disk_that_is_nearly_full_is_seen(wire, monkeypatch):
    usage = SimpleNamespace(total=100, used=99, free=1)
    monkeypatch.setattr("aggregator.app.alarm.shutil.disk_usage", lambda _: usage)

    assert [alert.kind for alert in standing_alerts(wire)] == ["disk"]


def test_a_disk_that_cannot_be_looked_at_hides_no_other_alert(wire, monkeypatch):
    def stale(_):
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr("aggregator.app.alarm.shutil.disk_usage", stale)

    assert standing_alerts(wire) == []
