"""The newest articles of a selection: which, in what order, and by which way."""

import random
from itertools import product

import pytest
from newsroom import HOUR, MINUTE, NOW, article, polled, source

from aggregator.editing.selection import refusal
from aggregator.model import Dropped, Selection, Withdrawn

SOURCES = ("bbc", "ap", "irna", "un")
TAGS = ("world", "iran", "sport")
LANGUAGES = (None, "en", "en-GB", "fa", "fa-IR", "zh-Hant-TW")


@pytest.fixture
def desk(store):
    """120 articles of four sources, some dropped, some withdrawn, some listed at once."""
    store.put_states([source(id_) for id_ in SOURCES], configured=set(SOURCES))
    dice = random.Random(7)
    reports = [
        article(
            f"n{n}",
            dice.choice(SOURCES),
            desk_tags=tuple(dice.sample(TAGS, dice.randint(0, 3))),
            language=dice.choice(LANGUAGES),
            listed_at=NOW - dice.randint(0, 60) * HOUR,
            dropped=Dropped(rule="r", reason="x") if dice.random() < 0.1 else None,
            withdrawn=(
                Withdrawn(at=NOW, reason="x", by="desk")
                if dice.random() < 0.1
                else None
            ),
        )
        for n in range(120)
    ]
    store.record(
        [
            polled(id_, new=tuple(r for r in reports if r.source_id == id_))
            for id_ in SOURCES
        ]
    )
    return store


def expected(desk, selection):
    """Return what the pure room of rules says, newest listed first."""
    wanted = [
        report
        for report in desk.articles(bodies=True)
        if report.dropped is None
        and report.withdrawn is None
        and refusal(selection, report, now=NOW) is None
    ]
    return sorted(wanted, key=lambda each: (each.listed_at, each.id), reverse=True)


SELECTIONS = [
    Selection(sources=sources, tags=tags, languages=languages, max_age=max_age)
    for sources, tags, languages, max_age in product(
        [(), ("bbc",), ("ap", "bbc", "ap", "nobody")],
        [(), ("iran",), ("world", "iran", "world")],
        [(), ("en",), ("FA-ir", "en-gb"), ("zh-hant",)],
        [None, 30 * HOUR],
    )
]


def test_the_index_answers_as_the_rules_do(desk):
    for selection in SELECTIONS:
        found = desk.latest(selection, now=NOW, limit=200)

        assert found == expected(desk, selection), selection


@pytest.mark.parametrize(
    "selection", [Selection(), Selection(tags=TAGS), Selection(sources=SOURCES)]
)
def test_pages_join_without_gap_or_repetition(desk, selection):
    pages, before = [], None
    while page := desk.latest(selection, now=NOW, limit=7, before=before):
        pages += page
        before = (page[-1].listed_at, page[-1].id)

    assert pages == expected(desk, selection)


def test_articles_listed_at_the_same_moment_stand_in_the_order_of_their_ids(store):
    store.put_states([source()], configured={"bbc"})
    reports = tuple(article(f"n{n}") for n in range(9))
    store.record([polled(new=reports)])

    ids = [found.id for found in store.latest(Selection(), now=NOW, limit=9)]

    assert ids == sorted((report.id for report in reports), reverse=True)


def test_more_sources_than_one_statement_walks_are_merged(store):
    ids = [f"s{n:03}" for n in range(100)]
    store.put_states([source(id_) for id_ in ids], configured=set(ids))
    store.record(
        [
            polled(id_, new=(article("a", id_, listed_at=NOW - n * MINUTE),))
            for n, id_ in enumerate(ids)
        ]
    )

    latest = store.latest(Selection(sources=tuple(reversed(ids))), now=NOW, limit=80)

    assert [found.source_id for found in latest] == ids[:80]


def test_an_article_under_every_tag_takes_one_place(store):
    store.put_states([source()], configured={"bbc"})
    reports = tuple(
        article(f"n{n}", desk_tags=TAGS, listed_at=NOW - n * MINUTE) for n in range(5)
    )
    store.record([polled(new=reports)])

    assert store.latest(Selection(tags=TAGS), now=NOW, limit=4) == list(reports[:4])
