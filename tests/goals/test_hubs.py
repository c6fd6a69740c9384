"""A12: what anybody may send to a callback, and what follows from it."""

import threading
from base64 import urlsafe_b64decode
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from hub import CHALLENGE, Hub, ask, sent
from msgspec.structs import replace
from structlog.testing import capture_logs

from aggregator.app.hubs import Hubs
from aggregator.app.pages import Newsroom
from aggregator.app.schedule import Schedule
from aggregator.app.wire import Wire
from aggregator.errors import StoreAway
from aggregator.model import (
    Auth,
    Config,
    FeedInfo,
    FetchLimits,
    HostLimits,
    Outcome,
    Pause,
    PollResult,
    Source,
)
from tests import emptystore
from tests.app.running import away
from tests.builders import NOON
from tests.web.house import served

HOUR = timedelta(hours=1)
HOME = "http://127.0.0.1:9"  # of publishers: that of the hub, too
TOPIC = "https://agency.example/feed?a=1&b=2"
NEWS = b"<feed>whatever it says, it is not read</feed>"


class Subscriber(Newsroom):
    """An installation that was told of a hub by the feeds of its sources."""

    desk = None

    def __init__(self, folder, hub, *sources):
        self.time = NOON
        self._stop = threading.Event()
        self.wire = Wire(
            Config(
                folder=folder,
                store=emptystore.at(folder),
                output=folder / "public",
                sources=sources,
                websub=True,
                fetch=FetchLimits(allow_private=("127.0.0.0/8",), max_body=10_000),
                default_host=HostLimits(spacing=timedelta(0)),
            ),
            clock=lambda: self.time,
        )
        super().__init__(self.wire)
        rows = self.wire.enlist()
        self.put(
            replace(
                row,
                feed=FeedInfo(hub=hub.url, topic=TOPIC),
                last_polled_at=NOON - HOUR / 2,
                next_poll_at=NOON + HOUR / 2,
            )
            for row in rows.values()
        )

    def put(self, rows):
        self.wire.store.put_states(rows, configured=self.wire.sources)

    def look(self):
        self.hubs.look(self._stop)

    def asks_now(self):
        """Which sources are due at once; they are asked then, and have half an hour."""
        rows = self.wire.store.states().values()
        due = [row for row in rows if row.next_poll_at <= self.time]
        later = self.time + HOUR / 2
        self.put(replace(row, next_poll_at=later) for row in due)
        return sorted(row.source_id for row in due)


@pytest.fixture
def hub():
    with Hub() as each:
        yield each


@pytest.fixture
def wired(tmp_path, hub):
    """A subscriber of two sources whose callbacks are served."""
    sources = [Source(id=id_, url=f"{HOME}/{id_}") for id_ in ("a", "b")]
    made = Subscriber(tmp_path, hub, *sources)
    with served(made) as site:
        made.wire.config = replace(made.wire.config, base_url=site.base)
        yield made
    made.wire.close()


def test_a_hub_that_a_feed_names_is_asked_once_and_confirms(wired, hub):
    wired.look()
    wired.look()

    assert [form["hub.topic"] for form in hub.asked] == [TOPIC] * 2
    assert {form["hub.mode"] for form in hub.asked} == {"subscribe"}
    assert hub.verified == [(200, CHALLENGE)] * 2


def test_a_callback_holds_at_least_128_random_bits_and_a_secret_too(wired, hub):
    wired.look()

    tokens = [form["hub.callback"].rpartition("/")[2] for form in hub.asked]
    secrets = [form["hub.secret"] for form in hub.asked]
    assert all(len(urlsafe_b64decode(token + "=")) * 8 >= 128 for token in tokens)
    assert all(len(bytes.fromhex(secret)) * 8 >= 128 for secret in secrets)
    assert len({*tokens, *secrets}) == 4


@pytest.mark.parametrize(
    "said",
    [
        {"topic": "https://evil.example/feed"},
        {"topic": ""},
        {"mode": "unsubscribe"},
        {"mode": "publish"},
        {"mode": ""},
    ],
)
def test_what_nobody_asked_for_is_not_confirmed(wired, hub, said):
    wired.look()

    status, body = hub.questions(hub.asked[0], **said)

    assert status == 404
    assert CHALLENGE not in body


def test_an_address_that_is_none_of_ours_is_not_found(wired, hub):
    wired.look()
    one, other = hub.asked
    of_the_other = other["hub.callback"].rpartition("/")[2]
    for callback in (
        one["hub.callback"][:-1],
        one["hub.callback"].rpartition("/")[0] + "/" + of_the_other,
        one["hub.callback"].replace("/a/", "/nobody/"),
    ):
        form = one | {"hub.callback": callback}
        assert hub.questions(form)[0] == 404
        assert sent(form, NEWS, {"X-Hub-Signature": "sha256=00"}) == 404


@pytest.mark.parametrize("method", ["sha256", "sha384", "sha512"])
def test_news_that_the_hub_signed_let_the_source_be_asked_at_once(wired, hub, method):
    wired.look()

    assert hub.tells(NEWS, method=method, form=0) == 202
    assert wired.asks_now() == ["a"]


def test_a_message_that_is_not_signed_well_is_taken_and_ignored(wired, hub):
    wired.look()
    form = hub.asked[0]

    answers = [
        hub.tells(NEWS, method="sha1"),
        hub.tells(NEWS, method="md5"),
        hub.tells(NEWS, secret="guessed"),
        hub.tells(NEWS, secret=hub.asked[1]["hub.secret"], form=0),
        sent(form, NEWS, {}),
        sent(form, NEWS, {"X-Hub-Signature": ""}),
        sent(form, NEWS, {"X-Hub-Signature": "sha256"}),
        sent(form, NEWS, {"X-Hub-Signature": f"={form['hub.secret']}"}),
    ]

    assert answers == [202] * 8
    assert wired.asks_now() == []


def test_a_message_that_is_replayed_is_taken_and_ignored(wired, hub):
    wired.look()
    hub.tells(NEWS, form=0)
    assert wired.asks_now() == ["a"]

    assert hub.tells(NEWS, form=0) == 202
    assert wired.asks_now() == []
    assert hub.tells(NEWS + b" and more", form=0) == 202
    assert wired.asks_now() == ["a"]


def test_no_source_is_asked_twice_a_minute_nor_while_it_wants_to_be_left_alone(
    wired, hub
):
    """P23: whatever a hub says."""
    wired.look()
    rows = wired.wire.store.states()
    just_asked = replace(rows["a"], last_polled_at=NOON - timedelta(seconds=20))
    wired.put([just_asked, replace(rows["b"], retry_after_until=NOON + HOUR)])

    assert [hub.tells(NEWS, form=n) for n in (0, 1)] == [202] * 2

    assert wired.asks_now() == []
    rows = wired.wire.store.states()
    assert rows["a"].next_poll_at == NOON + timedelta(seconds=40)
    assert rows["a"].because == "its hub told of news"
    assert rows["b"].next_poll_at == NOON + HOUR / 2


def test_a_message_without_end_is_cut_off(wired, hub):
    wired.look()

    assert hub.tells(bytes(20_000), form=0) == 413
    assert wired.asks_now() == []


def test_a_hub_that_does_not_confirm_is_asked_ever_more_seldom(wired, hub):
    hub.confirms = False
    times = []
    for minute in range(0, 60 * 24, 30):
        wired.time = NOON + timedelta(minutes=minute)
        before = len(hub.asked)
        wired.look()
        times += [minute // 60] * (len(hub.asked) - before)

    assert times == [0, 0, 2, 2, 6, 6, 14, 14]


def test_a_subscription_is_renewed_at_the_same_address_before_it_ends(wired, hub):
    wired.look()
    first = hub.asked[:2]
    wired.time = NOON + timedelta(days=6)
    wired.look()
    assert len(hub.asked) == 2

    wired.time = NOON + timedelta(days=7)
    wired.look()

    assert hub.asked[2:] == first


def test_a_feed_that_names_another_hub_has_another_subscription(wired, hub):
    wired.look()
    rows = wired.wire.store.states()
    with Hub() as other:
        moved = FeedInfo(hub=other.url, topic=TOPIC)
        wired.put([replace(rows["a"], feed=moved)])
        wired.look()
        assert other.asked == []  # one that changes with each poll is nobody's burden
        wired.time += HOUR
        wired.look()

        assert len(other.asked) == 1
        assert other.asked[0]["hub.callback"] != hub.asked[0]["hub.callback"]
        assert hub.tells(NEWS, form=0) == 404


def test_a_hub_that_denies_is_believed(wired, hub):
    """What confirmed before holds no more, and is not renewed when it would have been."""
    wired.look()

    with capture_logs() as events:
        denied = {"mode": "denied", "reason": "not\n\x1bhere"}
        assert hub.questions(hub.asked[0], **denied)[0] == 200

    [told] = [each for each in events if each["event"] == "hub denied"]
    assert (told["source_id"], told["reason"]) == ("a", "not here")
    wired.time += timedelta(hours=3)
    wired.look()
    assert len(hub.asked) == 3
    assert hub.asked[2]["hub.callback"] == hub.asked[0]["hub.callback"]


def test_a_subscription_lasts_as_long_as_its_hub_says(wired, hub):
    hub.confirms = False
    wired.look()
    for form, lease in zip(hub.asked, ("1800", "999999999"), strict=True):
        assert hub.questions(form, lease_seconds=lease)[0] == 200

    wired.time += timedelta(minutes=19)
    wired.look()
    assert len(hub.asked) == 2
    wired.time += timedelta(minutes=2)
    wired.look()
    assert hub.asked[2:] == hub.asked[:1]
    wired.time += timedelta(days=300)
    wired.look()
    assert hub.asked[1] in hub.asked[3:]


def test_who_moved_is_subscribed_at_the_new_address(wired, hub):
    wired.look()
    moved = "https://moved.example"
    wired.wire.config = replace(wired.wire.config, base_url=moved)
    wired.time += HOUR
    hub.confirms = False
    wired.look()

    assert [form["hub.callback"].startswith(moved) for form in hub.asked] == [
        *(False, False),
        *(True, True),
    ]


def test_a_hub_that_cannot_be_reached_or_read_ends_nothing(wired, hub, monkeypatch):
    """Others are asked, and it is asked again another time."""
    stop = threading.Event()
    hub.answers = 500
    looks = []

    def look(hubs, stop):
        looks.append(len(looks))
        if len(looks) == 1:
            raise StoreAway("locked")
        if len(looks) == 2:
            raise ValueError("a fault of ours")
        Hubs.look_once(hubs, stop)
        stop.set()

    monkeypatch.setattr(Hubs, "look_once", Hubs.look, raising=False)
    monkeypatch.setattr(Hubs, "look", look)
    monkeypatch.setattr("aggregator.app.hubs.REST", 0)
    monkeypatch.setattr("aggregator.app.hubs.LOOK_EVERY", timedelta(0))
    with capture_logs() as events:
        wired.hubs.watch(stop)

    assert len(hub.asked) == 2
    told = [each["event"] for each in events if each["log_level"] != "info"]
    assert told == ["hubs not asked", "hubs broke", "hub not asked", "hub not asked"]


def test_hubs_are_asked_as_far_apart_as_polls(wired, hub):
    pauses = []

    class Patient(threading.Event):
        def wait(self, timeout=None):
            pauses.append(timeout)
            return False

    hour = HostLimits(spacing=HOUR)
    wired.wire.config = replace(wired.wire.config, default_host=hour)
    wired.hubs.look(Patient())

    assert len(hub.asked) == 2
    assert pauses == [1800.0, 3600.0, 1800.0, 3600.0]


def test_what_a_wrong_clock_asked_for_is_asked_for_again(wired, hub):
    wired.time = NOON + timedelta(days=3650)
    wired.look()
    wired.time = NOON
    wired.look()

    assert len(hub.asked) == 4


def test_a_feed_leads_nowhere_into_a_private_network(tmp_path, hub):
    """Though the operator lets feeds be fetched there; but to its own host it may."""
    stranger = Source(id="s", url="https://stranger.example/feed")
    made = Subscriber(tmp_path, hub, stranger)
    made.look()
    made.wire.close()

    assert hub.asked == []


def test_what_a_hub_tells_while_its_source_is_polled_is_not_lost(wired, hub):
    wired.look()
    row = wired.wire.store.states()["a"]
    wired.wire.schedule.ask([row])
    wired.time += timedelta(minutes=2)
    hub.tells(NEWS, form=0)

    later = replace(row, next_poll_at=NOON + HOUR, because="interval 1h")
    outcome = Outcome(kind="unchanged")
    wired.wire.store.record(
        [PollResult(source_id="a", at=NOON, outcome=outcome, state=later)]
    )

    assert wired.asks_now() == ["a"]


def test_what_could_not_be_heard_to_the_end_is_heard_again(wired, hub, monkeypatch):
    wired.look()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Schedule, "hasten", away)
        assert hub.tells(NEWS, form=0) == 503

    assert hub.tells(NEWS, form=0) == 202
    assert wired.asks_now() == ["a"]


def test_a_callback_is_no_secret_of_the_log_and_heads_confirm_nothing(
    wired, hub, monkeypatch
):
    wired.look()
    callback = hub.asked[0]["hub.callback"]
    topic = urlencode({"hub.mode": "subscribe", "hub.topic": TOPIC})
    assert ask("HEAD", f"{callback}?{topic}")[0] == 405
    assert hub.questions(hub.asked[0], challenge="x" * 3000)[0] == 400
    monkeypatch.setattr(Schedule, "hasten", away)

    with capture_logs() as events:
        hub.tells(NEWS, form=0)

    [told] = [each for each in events if each["event"] == "page not served"]
    assert told["path"] == "/websub/"


def test_nobody_is_asked_or_heard_who_is_not_wanted(tmp_path, hub):
    """Not without `websub`, and no hub is told of an address that is a secret."""
    open_ = Source(id="open", url=f"{HOME}/open")
    auth = Auth(username="u", password="p")
    shut = Source(id="shut", url=f"{HOME}/shut", auth=auth)
    keyed = Source(id="keyed", url=f"{HOME}/k", headers=(("X-Key", "k"),))
    named = Source(id="named", url="http://u:p@127.0.0.1:9/n")
    token = Source(id="token", url=f"{HOME}/t?token=SECRETTOKEN")
    paused = Source(id="paused", url=f"{HOME}/p", paused=Pause())
    made = Subscriber(tmp_path, hub, open_, shut, keyed, named, token, paused)
    with served(made) as site:
        made.wire.config = replace(made.wire.config, base_url=site.base)
        made.look()
        assert [form["hub.callback"].split("/")[-2] for form in hub.asked] == ["open"]

        made.wire.config = replace(made.wire.config, websub=False)
        made.look()
        assert hub.tells(NEWS) == 404
        assert hub.questions(hub.asked[0])[0] == 404
    made.wire.close()


def test_who_polls_hears_when_a_hub_is_asked(wired, hub):
    """So that a poll of the same host does not follow at once."""
    heard = []

    Hubs(wired.wire, heard.append).look(threading.Event())

    assert heard == [{"127.0.0.1": timedelta(0)}] * len(hub.asked)
    assert hub.asked
