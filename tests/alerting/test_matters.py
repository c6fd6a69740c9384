"""What an operator is told without asking, and what not."""

from datetime import timedelta

import pytest
from builders import NOON
from msgspec.structs import replace

from aggregator.alerting import Disk, Watched, matters
from aggregator.errors import StoreDamaged
from aggregator.fetching import cadence
from aggregator.model import Pause, PublicationStatus, Source

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
A = Source(id="a", url="https://a.example/feed?token=SECRET")
WELL = replace(
    cadence.initial(A, now=NOON - 30 * DAY),
    outcome="unchanged",
    last_polled_at=NOON,
    last_success_at=NOON,
    last_changed_at=NOON - HOUR,
)


def of(state=WELL, *, source=A, polls=(), listed=(), at=NOON):
    watched = Watched(source=source, state=state, polls=polls, listed=listed)
    return matters([watched], (), (), (), now=at)


def kinds(*args, **said):
    return [alert.kind for alert in of(*args, **said)]


def failed(*hours_ago):
    return [(NOON - hours * HOUR, "failed") for hours in hours_ago]


DEAD = replace(
    WELL,
    outcome="failed",
    problem="timeout",
    error="no answer",
    last_success_at=NOON - 3 * DAY,
)
GONE = replace(WELL, gone=True, gone_since=NOON - DAY)
HELD = replace(WELL, held="its title was something else")
MOVED = replace(WELL, fetch_url="https://b.example/feed?token=SECRET")


def test_a_source_that_is_well_is_no_matter():
    assert of() == []


def test_a_source_that_failed_for_a_day_has_died():
    (alert,) = of(DEAD, polls=[*failed(1, 9, 25), (NOON - 2 * DAY, "updated")])

    assert (alert.kind, alert.about) == ("failing", "a")
    assert alert.text == "not read for 3 days: no answer"
    assert alert.since == NOON - 3 * DAY


@pytest.mark.parametrize(
    "polls",
    [
        failed(1, 25),
        failed(1, 2, 3, 4, 23.9),
        [*failed(1), (NOON - 2 * HOUR, "unchanged"), *failed(25, 26, 27)],
        [],
    ],
    ids=["twice", "within a day", "well in between", "never polled"],
)
def test_a_failure_that_may_pass_is_no_matter(polls):
    assert kinds(DEAD, polls=polls) == []


def test_a_source_that_never_was_read_counts_from_its_first_failure():
    never = replace(DEAD, last_success_at=None)

    assert of(never, polls=failed(1, 9, 30))[0].since == NOON - 30 * HOUR


@pytest.mark.parametrize(
    ("state", "kind"), [(GONE, "gone"), (HELD, "held"), (MOVED, "moved")]
)
def test_what_needs_a_decision_is_a_matter(state, kind):
    (alert,) = of(state)

    assert alert.kind == kind
    assert "SECRET" not in alert.text


def test_a_move_tells_no_secret_that_the_new_address_repeats():
    """A5: neither string in any output."""
    moved = replace(MOVED, fetch_url="https://b.example/of/SECRET/feed")

    (alert,) = of(moved)

    assert "https://b.example/of/***/feed" in alert.text


@pytest.mark.parametrize("state", [DEAD, GONE, HELD, MOVED])
def test_a_source_that_is_paused_is_no_matter(state):
    paused = replace(A, paused=Pause(why="we know"))

    assert of(state, source=paused, polls=failed(1, 9, 25)) == []


def rhythm(*gaps, silence):
    """Reports with these gaps between them, and a silence since."""
    newest = NOON - silence
    times = [newest]
    for gap in gaps:
        times.append(times[-1] - gap)
    state = replace(WELL, last_changed_at=newest)
    return {"state": state, "listed": times}


HOURLY = [HOUR] * 100
DESK = ([HOUR] * 8 + [16 * HOUR]) * 4 + [HOUR] * 8 + [64 * HOUR]  # Monday to Friday
WEEKLY = [7 * DAY] * 10


@pytest.mark.parametrize(
    ("gaps", "silence", "is_quiet"),
    [
        (HOURLY, 23 * HOUR, False),
        (HOURLY, 24 * HOUR, True),
        (DESK * 2, 64 * HOUR, False),
        (DESK * 2, 88 * HOUR, False),
        (DESK * 2, 128 * HOUR, True),
        (WEEKLY, 13 * DAY, False),
        (WEEKLY, 14 * DAY, True),
        ([HOUR] * 8, 30 * DAY, False),
    ],
    ids=[
        "hourly, a night",
        "hourly, a day",
        "a desk at its weekend",
        "a desk after a holiday",
        "a desk gone since Friday",
        "weekly, one late",
        "weekly, two missed",
        "no rhythm yet",
    ],
)
def test_quiet_is_measured_by_the_sources_own_rhythm(gaps, silence, is_quiet):
    assert kinds(**rhythm(*gaps, silence=silence)) == ["quiet"] * is_quiet


@pytest.mark.parametrize("read_for", [HOUR, 100 * HOUR])
def test_a_silence_while_we_were_away_is_not_the_sources(read_for):
    said = rhythm(*DESK * 2, silence=10 * DAY)
    said["state"] = replace(said["state"], last_success_at=NOON - 10 * DAY + read_for)

    assert kinds(**said) == []


def test_a_refused_document_is_a_matter():
    status = PublicationStatus(
        path="feeds/wire.rss",
        checked_at=NOON,
        written_at=NOON - DAY,
        entries=3,
        refused="no title",
    )
    good = replace(status, path="feeds/wire.atom", refused=None)
    (alert,) = matters((), [good, status], (), (), now=NOON)

    assert (alert.kind, alert.about, alert.since) == (
        "refused",
        "feeds/wire.rss",
        NOON - DAY,
    )
    assert "no title" in alert.text


def test_an_article_that_cannot_be_read_is_a_matter():
    (alert,) = matters((), (), [StoreDamaged("a1", "tags")], (), now=NOON)

    assert (alert.kind, alert.about) == ("damaged", "article a1")
    assert alert.text == (
        "its tags cannot be read, and it is left out; restore the last backup "
        "(`mediawire verify` names all that is damaged)"
    )


GB = 1024**3


@pytest.mark.parametrize(
    ("free", "total", "is_full"),
    [
        (2 * GB, 20 * GB, False),
        (GB - 1, 20 * GB, True),
        (11 * GB, 4000 * GB, False),
        (9 * GB, 4000 * GB, True),
        (0, GB, True),
        (0, 0, False),
    ],
)
def test_a_disk_that_is_nearly_full_is_a_matter(free, total, is_full):
    disk = Disk(folder="/data", free=free, total=total)
    found = matters((), (), (), [disk], now=NOON)

    assert [alert.kind for alert in found] == ["disk"] * is_full
