"""Simulated weeks through the whole program, counted at the server."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from newsdesk import DAY, HOUR, MINUTE, NOON, conditional, rss

from aggregator.model import FetchLimits, Source

CLOCKWORK = Path(__file__).with_name("clockwork.py")
PATHS = [f"/s{number:02}" for number in range(20)]
# Jitter is at most a minute, and waits begin when a poll ends, not when it began.
LATE = MINUTE + timedelta(seconds=10)


class Clockwork:
    """A real process that polls when told the time, and can be killed."""

    def __init__(self, desk):
        named = [f"{source.id}={source.url}" for source in desk.config.sources]
        self.desk = desk
        self.process = subprocess.Popen(
            [sys.executable, CLOCKWORK, desk.config.folder, *named],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def begin(self, at):
        """Tell the time, and do not wait for what comes of it."""
        self.desk.now = at
        self.process.stdin.write(f"{at.isoformat()}\n")
        self.process.stdin.flush()

    def poll(self, at):
        """Tell the time; return when something is due next."""
        self.begin(at)
        due = datetime.fromisoformat(self.process.stdout.readline().strip())
        self.desk.listen()
        return max(due, at)

    def wait_for_request(self, count):
        """Wait until the server has heard so many requests in all."""
        while len(self.desk.origin.heard) < count:
            os.sched_yield()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Kill it, and note what the server heard of it."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.desk.listen()


def test_a_week_with_twenty_restarts_shows_no_hurry(desk_of, origin):
    """P8: 20 sources, 7 days, 15 restarts and 5 kill -9 of a real process.

    0 gaps under 3,600 s, 20 unconditional requests in all. Four of the sources change
    at every poll, the others never.
    """
    for number, path in enumerate(PATHS):
        etag = ("ETag", f'"{number}"')
        for edition in range(1, 200 if number < 4 else 2):
            origin.answers(path, rss(edition), headers=[etag])
        origin.answers(path, status=304)
    desk = desk_of(*PATHS)
    dice = Random(8)
    desk.live(MINUTE)

    for turn in range(20):
        desk.live(7 * DAY / 20 * dice.uniform(0.5, 1))
        if turn % 4:
            desk.restart(down=dice.choice([0, 0, 3]) * HOUR)
            continue
        desk.close()
        with Clockwork(desk) as process:
            due = process.poll(desk.now)
            for _ in range(dice.randrange(5)):
                due = process.poll(due)
            process.begin(due)
            process.wait_for_request(len(desk.heard) + 1)
        desk.open()
    desk.live(NOON + 7 * DAY - desk.now)

    assert min(gap for path in PATHS for gap in desk.gaps(path)) >= HOUR
    assert sum(not conditional(heard) for _, heard in desk.heard) == 20
    asked = [len(desk.times(path)) for path in PATHS]
    print("requests of a week:", asked[:4], asked[4:])
    assert min(asked[:4]) > 120
    assert min(asked[4:]) > 40
    assert max(asked[4:]) < 80


def test_a_poll_that_was_killed_in_the_middle_is_not_repeated_at_once(desk_of, origin):
    """P8: we asked, even if nobody is left who remembers the answer."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    origin.sends("/feed", 3600.0)
    origin.answers("/feed", rss(2, 1))
    desk = desk_of("/feed")
    desk.live(MINUTE)
    desk.close()
    with Clockwork(desk) as process:
        process.begin(NOON + 2 * HOUR)
        process.wait_for_request(2)

    desk.open()
    because = desk.status("feed")["because"]
    desk.live(3 * HOUR)

    assert because == "interval 1h; asked at 2026-06-01 14:00 UTC, no answer recorded"
    assert HOUR <= desk.gaps("/feed")[1] <= HOUR + LATE
    assert "Report 2" in desk.articles()


def down_and_back(origin, failure):
    """Return a resolver, and what breaks a host in one way and what mends it."""
    addresses = ["127.0.0.1"]

    def resolver(_host, _port):
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return addresses

    def answering(*answer, **said):
        origin.forgets("/feed")
        origin.answers("/feed", *answer, **said)

    def silent():
        origin.forgets("/feed")
        origin.sends("/feed", 3600.0)

    breaks = {
        "refused": lambda: addresses.__setitem__(0, "127.0.0.9"),
        "dns": addresses.clear,
        "timeout": silent,
        "status": lambda: answering(status=500),
    }

    def mend():
        addresses[:] = ["127.0.0.1"]
        answering(rss(2, 1))

    answering(rss(1))
    return resolver, breaks[failure], mend


@pytest.mark.parametrize("failure", ["refused", "dns", "timeout", "status"])
def test_a_host_down_for_a_week_is_asked_twelve_times_and_noticed_when_back(
    desk_of, origin, failure
):
    """P14: interval doubles to 24 h, the first success resets, at most 12 requests."""
    resolver, breaks, mend = down_and_back(origin, failure)
    source = Source(id="feed", url=origin.url("/feed", host="agency.example"))
    private = f"agency.example:{origin.port}"
    # Short only where it is what fails: a machine with other work may take a while.
    timeout = MINUTE / 300 if failure == "timeout" else MINUTE / 12
    desk = desk_of(
        sources=[source],
        resolver=resolver,
        fetch=FetchLimits(timeout=timeout, allow_private=("127.0.0.0/8", private)),
    )
    desk.live(MINUTE)
    breaks()
    desk.restart()  # or the connection that is still open would be used

    desk.live(7 * DAY)
    failed = desk.wire.store.journal.poll_log("feed")[:-1]
    status = desk.status("feed")
    mend()
    back = desk.now
    desk.live(DAY + 2 * HOUR)

    assert 8 <= len(failed) <= 12
    assert {poll.problem for poll in failed} == {failure}
    assert (status["state"], status["because"]) == (
        "failing",
        f"failed {len(failed)} times in a row: waits 24h",
    )
    recovered = [at for at in desk.times("/feed") if at >= back]
    assert recovered[0] - back <= DAY
    assert recovered[1] - recovered[0] <= HOUR + LATE
    assert "Report 2" in desk.articles()


def test_a_source_that_is_gone_is_asked_once_more_and_never_again(desk_of, origin):
    """P15: 2 requests, then 0 in 30 days; status says gone; entries stay published."""
    origin.answers("/feed", rss(1))
    origin.answers("/feed", status=410)
    desk = desk_of("/feed")
    desk.live(MINUTE)
    desk.live(15 * DAY)
    desk.restart()
    desk.live(15 * DAY)
    desk.wire.publish()

    first, *gone = desk.times("/feed")
    assert first == NOON
    assert len(gone) == 2
    assert gone[1] - gone[0] >= HOUR
    status = desk.status("feed")
    assert status["state"] == "gone"
    assert status["because"].startswith("gone since 2026-06-01 13:0")
    assert status["next_poll_at"] is None
    assert all(b"Report 1" in document for document in desk.outputs().values())


CALENDAR = (
    "<ttl>240</ttl><skipHours>"
    + "".join(f"<hour>{hour}</hour>" for hour in range(6))
    + "</skipHours><skipDays><day>Saturday</day><day>Sunday</day></skipDays>"
)
ALL_HOURS = (
    "<skipHours>" + "".join(f"<hour>{h}</hour>" for h in range(24)) + "</skipHours>"
)
PERIOD = (
    '<sy:updatePeriod xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">daily'
    '</sy:updatePeriod><sy:updateFrequency xmlns:sy="'
    'http://purl.org/rss/1.0/modules/syndication/">2</sy:updateFrequency>'
)


def changing(origin, path, head, polls=400):
    """Let a feed bring another report at every poll."""
    for edition in range(polls):
        origin.answers(path, rss(edition, head=head))


def test_what_a_feed_says_of_its_hours_is_kept_for_two_weeks(desk_of, origin):
    """P20: 0 requests inside a skipped hour or day in 14 simulated days.

    ttl and the syndication module's period are a floor; all hours skipped is ignored,
    with a warning in the status.
    """
    heads = {"/skips": CALENDAR, "/period": PERIOD, "/never": ALL_HOURS}
    for path, head in heads.items():
        changing(origin, path, head)
    desk = desk_of(*heads)
    desk.live(7 * DAY)
    desk.restart(down=5 * HOUR)
    desk.live(7 * DAY - 5 * HOUR)

    skipping = desk.times("/skips")
    assert not [at for at in skipping if at.hour < 6 or at.weekday() >= 5]
    assert min(desk.gaps("/skips")) >= 4 * HOUR
    assert len(skipping) >= 35
    assert min(desk.gaps("/period")) >= 12 * HOUR
    assert len(desk.times("/period")) >= 26
    assert len(desk.times("/never")) >= 14 * 23 - 6
    warning = "skipHours names all 24 hours and is ignored"
    assert warning in desk.status("never")["because"]
    assert desk.status("period")["because"] == "sy:updatePeriod 12h"


def test_who_waits_for_its_host_into_an_hour_to_skip_is_asked_after_it(desk_of, origin):
    """P20: what is found due just before midnight may have its turn after it."""
    changing(origin, "/feed", CALENDAR)
    desk = desk_of("/feed")
    desk.live(5 * HOUR)
    desk.now = NOON + 12 * HOUR - MINUTE
    (waiting,) = desk.wire.schedule.due(1)
    asked = len(origin.heard)

    desk.now += 2 * MINUTE

    assert desk.wire.poll(waiting) is None
    assert len(origin.heard) == asked
    assert desk.wire.poll(waiting, forced=True) is not None
    desk.listen()
    desk.live(7 * HOUR)
    assert desk.times("/feed")[-1] == NOON + 18 * HOUR


def test_a_304_is_believed_for_eight_days_and_no_longer(desk_of, origin):
    """P8: conditional until then; where 304 is all that is ever said, no report is lost."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    origin.answers("/feed", status=304)
    desk = desk_of("/feed")
    desk.live(8 * DAY)
    before = [conditional(heard) for _, heard in desk.heard]
    origin.forgets("/feed")
    origin.answers("/feed", rss(2, 1), headers=[("ETag", '"1"')])
    origin.answers("/feed", status=304)
    desk.live(2 * DAY)
    after = [conditional(heard) for _, heard in desk.heard[len(before) :]]

    assert (before[0], set(before[1:])) == (False, {True})
    assert (after[0], set(after[1:])) == (False, {True})
    assert set(desk.articles()) == {"Report 1", "Report 2"}


def test_a_304_of_a_source_that_is_seldom_asked_is_believed_for_longer(desk_of, origin):
    """P8: every request but the first is conditional, a fortnight apart, too."""
    origin.answers("/feed", rss(1), headers=[("ETag", '"1"')])
    origin.answers("/feed", status=304)
    desk = desk_of(
        sources=[Source(id="feed", url=origin.url("/feed"), interval=14 * DAY)]
    )
    desk.live(100 * DAY)

    asked = [conditional(heard) for _, heard in desk.heard]
    assert asked == [False] + [True] * 7


def test_a_silent_source_is_left_alone_and_a_busy_one_is_followed(desk_of, origin):
    """P22: at most 3 a day after a week, 24 a day for the other, and back at once."""
    changing(origin, "/busy", "", polls=9 * 24)
    origin.answers("/quiet", rss(1))
    desk = desk_of("/busy", "/quiet")
    desk.live(8 * DAY)
    by_day = [at for at in desk.times("/busy") if at < NOON + 7 * DAY]
    desk.adopt(sources=desk.config.sources[1:])
    desk.live(22 * DAY)
    quiet = desk.times("/quiet")
    because = desk.status("quiet")["because"]
    origin.forgets("/quiet")
    changing(origin, "/quiet", "", polls=9)
    woken = desk.now
    desk.live(DAY + 3 * HOUR)

    assert len(by_day) // 7 in {23, 24}
    for start in range(7, 30):
        day = NOON + start * DAY
        assert sum(day <= at < day + DAY for at in quiet) <= 3
    assert because.startswith("unchanged for 2")
    assert because.endswith("days: slowed to 24h")
    seen = [at for at in desk.times("/quiet") if at >= woken]
    assert seen[0] - woken <= DAY
    assert seen[1] - seen[0] <= HOUR + LATE
