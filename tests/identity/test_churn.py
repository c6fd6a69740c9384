"""Sources churn: ids change form, dates move, archives come again. Readers see nothing.

A made-up source says its stories in one way after the other; each document goes through
the real reading, identity and store. After all of it: every story stands once, under
the id it was first given, and none is missing.
"""

from dataclasses import dataclass
from datetime import timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.fetching import cadence
from aggregator.model import Fetched, Source
from aggregator.poll import Rooms, poll
from aggregator.reading import read
from aggregator.store import open_store
from tests.builders import NOON

AGENCY = Source(id="agency", url="https://agency.example/feed")
DAY = timedelta(days=1)
FLOWERS = ("Rose", "Tulip", "Daisy", "Lily", "Iris", "Poppy", "Aster", "Fern")


@dataclass(frozen=True)
class Manner:
    """How the source writes its feed at one time.

    `guid` makes the id of a story at a poll, `link` its address; `redated` moves all
    dates at each poll; `counter` puts a number of views into each text.
    """

    guid: str = "https://agency.example/{n}"
    link: str = "https://agency.example/{n}"
    redated: bool = False
    counter: bool = False


MANNERS = {
    "plain": Manner(),
    "https to http": Manner(guid="http://agency.example/{n}"),
    "another path": Manner(guid="https://agency.example/archive/{n}.html"),
    "fragment": Manner(guid="https://agency.example/{n}#comments"),
    "number": Manner(guid="{n}"),
    "uuid": Manner(guid="urn:uuid:00000000-0000-4000-8000-{n:012d}"),
    "random at each poll": Manner(guid="{n}-{poll}-x"),
    "none": Manner(guid=""),
    "tracked link": Manner(link="https://agency.example/{n}?utm_source=rss{poll}"),
    "http link": Manner(link="http://agency.example/{n}"),
    "re-dated": Manner(redated=True),
    "view counter": Manner(counter=True),
    "random and counted": Manner(guid="{n}-{poll}-x", counter=True),
    "random and re-dated": Manner(guid="{n}-{poll}-x", redated=True),
}


def document(manner, stories, poll_number):
    """Return the feed as the source writes it, newest story first."""

    def item(n):
        where = {"n": n, "poll": poll_number}
        guid = manner.guid.format(**where)
        at = NOON - DAY * 30 + timedelta(hours=n)
        at += timedelta(minutes=poll_number) if manner.redated else timedelta(0)
        views = f" Read {poll_number * 7 + n} times." if manner.counter else ""
        flower = FLOWERS[n % len(FLOWERS)]
        text = (
            f"<p>The {flower} of day {n} was seen in the garden of the town.{views}</p>"
        )
        guid_element = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
        return (
            f"<item>{guid_element}<link>{escape(manner.link.format(**where))}</link>"
            f"<title>{flower} number {n} in the garden</title>"
            f"<pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>"
            f"<description>{escape(text)}</description></item>"
        )

    items = "".join(item(n) for n in sorted(stories, reverse=True))
    return (
        "<rss version='2.0'><channel><title>A</title>"
        f"<link>https://agency.example/</link>{items}</channel></rss>"
    ).encode()


class Origin:
    """Answers with the document it was given last."""

    def __init__(self):
        self.body = b""

    def fetch(self, request, *, now):
        del now
        return Fetched(url=request.url, body=self.body)


class Reader:
    """The reading room without a process of its own."""

    def read(self, request):
        return read(request)


class Desk:
    """A source that is polled, and what became of its stories."""

    def __init__(self, folder):
        self.store = open_store(f"sqlite:///{folder}/wire.db")
        self.origin = Origin()
        self.now = NOON
        self.polls = 0
        state = cadence.initial(AGENCY, now=NOON)
        self.store.put_states([state], configured={"agency"})
        self.rooms = Rooms(
            fetching=self.origin,
            readers=Reader(),
            memory=self.store,
            edit=lambda article: article,
        )

    def poll(self, manner, stories):
        self.polls += 1
        self.now += timedelta(hours=1)
        self.origin.body = document(manner, stories, self.polls)
        state = self.store.state("agency")
        result = poll(AGENCY, state, self.rooms, now=self.now, jitter=0.0)
        assert result.outcome.kind != "failed", result.outcome.error
        self.store.record([result])
        return result

    def standing(self):
        """Return the published id of each story, by its headline; fails on repeats."""
        articles = list(self.store.articles())
        titles = [article.source_title for article in articles]
        assert sorted(titles) == sorted(set(titles)), "published twice"
        return {article.source_title: article.published_id for article in articles}


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


@pytest.mark.parametrize("before", ["plain", "number", "none", "random at each poll"])
@pytest.mark.parametrize("after", MANNERS)
def test_a_source_that_changes_its_manner_repeats_and_loses_nothing(
    desk, before, after
):
    """D14: nothing old is published twice, nothing new lost, ids out never change."""
    desk.poll(MANNERS[before], range(6))
    first = desk.standing()

    desk.poll(MANNERS[after], range(1, 8))
    desk.poll(MANNERS[after], range(1, 8))

    now = desk.standing()
    assert len(first) == 6
    assert len(now) == 8
    assert {title: now[title] for title in first} == first


def test_an_archive_that_comes_again_does_not_push_news_away(desk):
    """A flood after a redesign: old stories by their own dates, below what is new."""
    desk.poll(MANNERS["plain"], range(200, 210))

    desk.poll(MANNERS["another path"], range(130, 211))

    newest = [article.source_title for article in desk.store.articles(limit=11)]
    assert len(desk.standing()) == 81
    assert newest[0] == f"{FLOWERS[210 % 8]} number 210 in the garden"
    assert {title.split()[2] for title in newest} == {str(n) for n in range(200, 211)}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    polls=st.lists(
        st.tuples(
            st.sampled_from(sorted(MANNERS)), st.integers(0, 3), st.integers(0, 2)
        ),
        min_size=2,
        max_size=6,
    )
)
def test_any_history_of_manners_leaves_every_story_once(polls):
    """D16: whatever order the manners come in, and however many stories pass by."""
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        told, ids, newest = set(), {}, 5
        for manner, fresh, dropped in polls:
            newest += fresh
            stories = range(max(0, newest - 8 + dropped), newest)
            told |= set(stories)
            desk.poll(MANNERS[manner], stories)
            now = desk.standing()
            assert len(now) == len(told)
            assert {title: now[title] for title in ids} == ids
            ids = now
        desk.store.close()
