"""Sources churn: ids change form, dates move, archives come again. Readers see nothing.

A made-up source says its stories in one way after the other; each document goes through
the real reading, identity and store. After all of it: every story stands once, under
the id it was first given, and none is missing.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.fetching import cadence
from aggregator.model import Source
from aggregator.poll import Rooms, poll
from aggregator.store import open_store
from tests import emptystore
from tests.builders import NOON
from tests.identity.stubs import Publisher, Reader

AGENCY = Source(id="agency", url="https://agency.example/feed")
DAY = timedelta(days=1)
FLOWERS = ("Rose", "Tulip", "Daisy", "Lily", "Iris", "Poppy", "Aster", "Fern")


@dataclass(frozen=True)
class Manner:
    """How the source writes its feed at one time.

    `guid` makes the id of a story at a poll, `link` its address; `redated` moves all
    dates at each poll, `shifted` all of them by hours; `counter` puts a number of views
    into each text, `edited` a word behind each headline; `oldest_first` turns the order.
    `stock` is a text that all stories share, `at_once` gives all of them one date.
    """

    guid: str = "https://agency.example/{n}"
    link: str = "https://agency.example/{n}"
    redated: bool = False
    counter: bool = False
    shifted: int = 0
    edited: str = ""
    oldest_first: bool = False
    long: bool = False
    stock: str = ""
    at_once: bool = False


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
    "guid on another host": Manner(guid="https://news.agency.example/{n}"),
    "all on another host": Manner(
        guid="https://paper.example/{n}", link="https://paper.example/{n}"
    ),
    "trailing slash": Manner(
        guid="https://agency.example/{n}/", link="https://agency.example/{n}/"
    ),
    "upper case": Manner(guid="HTTPS://AGENCY.EXAMPLE/{n}"),
    "query": Manner(link="https://agency.example/a?s=1&id={n}", guid="q{n}"),
    "query in another order": Manner(link="https://agency.example/a?id={n}&s=1"),
    "campaign": Manner(
        guid="https://agency.example/{n}?utm_campaign={poll}",
        link="https://agency.example/{n}?utm_campaign={poll}",
    ),
    "mobile": Manner(link="https://m.agency.example/{n}"),
    "amp": Manner(link="https://agency.example/{n}/amp", guid="a{n}"),
    "another time zone": Manner(shifted=2),
    "headlines edited": Manner(edited=", updated"),
    "oldest first": Manner(oldest_first=True),
    "new software": Manner(
        guid="https://cms.example/?p={n}", link="https://agency.example/news/{n}-x"
    ),
}


def document(manner, stories, poll_number):
    """Return the feed as the source writes it, newest story first."""

    def item(n):
        where = {"n": n, "poll": poll_number}
        guid = manner.guid.format(**where)
        at = NOON - DAY * 30 + timedelta(hours=0 if manner.at_once else n)
        at += timedelta(minutes=poll_number) if manner.redated else timedelta(0)
        at += timedelta(hours=manner.shifted)
        views = f" Read {poll_number * 7 + n} times." if manner.counter else ""
        flower = FLOWERS[n % len(FLOWERS)]
        text = (
            f"<p>The {flower} of day {n} was seen in the garden of the town.{views}</p>"
        )
        text = manner.stock or text
        text += "<p>Nobody knows who planted it there.</p>" * 7 if manner.long else ""
        guid_element = f'<guid isPermaLink="false">{guid}</guid>' if guid else ""
        return (
            f"<item>{guid_element}<link>{escape(manner.link.format(**where))}</link>"
            f"<title>{flower} number {n} in the garden{manner.edited}</title>"
            f"<pubDate>{at:%a, %d %b %Y %H:%M:%S +0000}</pubDate>"
            f"<description>{escape(text)}</description></item>"
        )

    items = "".join(item(n) for n in sorted(stories, reverse=not manner.oldest_first))
    return (
        "<rss version='2.0'><channel><title>A</title>"
        f"<link>https://agency.example/</link>{items}</channel></rss>"
    ).encode()


class Desk:
    """A source that is polled, and what became of its stories."""

    def __init__(self, folder):
        self.store = open_store(emptystore.at(folder))
        self.publisher = Publisher()
        self.now = NOON
        self.polls = 0
        state = cadence.initial(AGENCY, now=NOON)
        self.store.put_states([state], configured={"agency"})
        self.rooms = Rooms(
            fetching=self.publisher,
            readers=Reader(),
            memory=self.store,
            edit=lambda article: article,
            max_body=1_000_000,
        )

    def poll(self, manner, stories):
        self.polls += 1
        self.now += timedelta(hours=1)
        self.publisher.body = document(manner, stories, self.polls)
        state = self.store.state("agency")
        result = poll(AGENCY, state, self.rooms, now=self.now, jitter=0.0)
        assert result.outcome.kind != "failed", result.outcome.error
        self.store.record([result])
        return result

    def standing(self):
        """Return the published id of each story, by its number; fails on repeats."""
        articles = list(self.store.articles())
        numbers = [int(article.source_title.split()[2]) for article in articles]
        assert sorted(numbers) == sorted(set(numbers)), "published twice"
        ids = (article.published_id for article in articles)
        return dict(zip(numbers, ids, strict=True))


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


def test_a_flood_after_new_software_is_nothing_new(desk):
    """D14: other ids, other addresses, another time zone, the whole archive at once.

    Nothing is left but headline and text, which have to be long to tell (`identity`).
    """
    before = Manner(long=True)
    after = replace(MANNERS["new software"], long=True, shifted=5, oldest_first=True)
    desk.poll(before, range(200, 210))
    first = desk.standing()

    desk.poll(after, range(130, 211))

    now = desk.standing()
    assert len(now) == 81
    assert {number: now[number] for number in first} == first


def test_an_id_that_comes_back_for_another_story_takes_no_story_away(desk):
    """D14: a guid of a short counter, begun anew: new link, headline and date."""
    desk.poll(Manner(guid="id-1"), [3])

    desk.poll(Manner(guid="id-1"), [4])
    desk.poll(Manner(guid="id-1"), [4, 5])

    assert sorted(desk.standing()) == [3, 4, 5]
    assert len(set(desk.standing().values())) == 3


@pytest.mark.parametrize(
    "manner",
    [
        Manner(guid="same"),
        Manner(guid="same", at_once=True),
        Manner(guid="same", stock="Read more at our site."),
        Manner(guid="same", link="https://agency.example/news"),
        Manner(guid="", link="https://agency.example/news"),
    ],
)
@pytest.mark.parametrize("first", [1, 2, 4])
def test_one_id_for_all_stories_loses_none_whenever_it_is_polled(desk, manner, first):
    """Delta reading shows one new story at a time; the id stands on those before, too."""
    for newest in range(first, 9):
        desk.poll(manner, range(max(0, newest - 4), newest))

    assert sorted(desk.standing()) == list(range(8))
    assert len(set(desk.standing().values())) == 8


def test_an_address_whose_tracking_changes_at_each_poll_is_no_change(desk):
    tracked = MANNERS["tracked link"]
    desk.poll(tracked, range(3))
    before = list(desk.store.articles())

    result = desk.poll(tracked, range(3))

    assert result.outcome.kind == "unchanged"
    assert list(desk.store.articles()) == before


# An address, once changed together with id and date, leaves only words to go by.
SAME_PAGE = sorted(
    name
    for name, manner in MANNERS.items()
    if manner.link.partition("://")[2].partition("?")[0] == "agency.example/{n}"
    and not manner.edited
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    polls=st.lists(
        st.tuples(st.sampled_from(SAME_PAGE), st.integers(0, 3), st.integers(0, 2)),
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
