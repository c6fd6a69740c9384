"""What the desk asks of stored articles, and what it decides about them."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from newsroom import HOUR, MINUTE, NOW, article, document, polled, source

from aggregator.model import Dropped, PublicationStatus, Selection, Withdrawn

BARE = {
    "body": "",
    "source_body": "",
    "source_type": "text/html",
    "summary": None,
    "changes": (),
    "raw": b"",
}


@pytest.fixture
def desk(store):
    store.put_states([source("bbc"), source("ap")], configured={"bbc", "ap"})
    return store


def newest(desk, **selection):
    return desk.latest(Selection(**selection), now=NOW, limit=99)


def test_all_articles_come_newest_listed_first_dropped_and_withdrawn_ones_too(desk):
    shown = article("a", listed_at=NOW)
    dropped = article(
        "b", listed_at=NOW - MINUTE, dropped=Dropped(rule="r", reason="x")
    )
    withdrawn = article(
        "c",
        source_id="ap",
        listed_at=NOW - HOUR,
        withdrawn=Withdrawn(at=NOW, reason="x", by="desk"),
    )
    desk.record([polled("ap", new=(withdrawn,)), polled("bbc", new=(dropped, shown))])

    assert list(desk.articles(bodies=True)) == [shown, dropped, withdrawn]
    assert list(desk.articles()) == [
        replace(each, **BARE) for each in (shown, dropped, withdrawn)
    ]
    assert list(desk.articles(source="ap", bodies=True)) == [withdrawn]
    assert list(desk.articles(limit=2, bodies=True)) == [shown, dropped]
    assert list(desk.articles(limit=0)) == []


def test_articles_of_many_pages_come_once_each(desk):
    reports = tuple(
        article(f"n{n}", listed_at=NOW - (n // 3) * MINUTE) for n in range(1_200)
    )
    desk.record([polled(new=reports)])

    ids = [each.id for each in desk.articles()]

    assert len(ids) == len(set(ids)) == 1_200
    assert len(list(desk.articles(limit=1_001))) == 1_001


def test_an_article_that_comes_in_meanwhile_repeats_none(desk):
    desk.record([polled(new=tuple(article(f"n{n}") for n in range(600)))])

    seen = desk.articles()
    first = next(seen)
    desk.record([polled(new=(article("late", listed_at=NOW + HOUR),))])
    ids = [first.id, *(each.id for each in seen)]

    assert len(ids) == len(set(ids)) == 600


def test_counts_are_of_all_articles(desk):
    dropped = article("b", dropped=Dropped(rule="r", reason="x"))
    desk.record([polled("bbc", new=(article("a"), dropped))])

    assert desk.count() == 2
    assert desk.counts() == {"bbc": 2}


@pytest.mark.parametrize(
    "ref",
    [
        article().id,
        article().published_id,
        "https://bbc.example/flood",
        "http://bbc.example/flood?utm_source=x",
    ],
)
def test_an_article_is_found_by_what_people_have_of_it(desk, ref):
    report = article()
    desk.record([polled(new=(report, article("other")))])

    assert desk.find(ref) == [report]


def test_a_name_of_nobody_finds_nothing(desk):
    desk.record([polled(new=(article(),))])

    assert desk.find("https://bbc.example/") == []
    assert desk.find("") == []


def test_an_address_carried_by_two_sources_finds_both(desk):
    ours = article()
    theirs = article(source_id="ap", url=ours.url)
    desk.record([polled("bbc", new=(ours,)), polled("ap", new=(theirs,))])

    assert {found.id for found in desk.find(ours.url)} == {ours.id, theirs.id}


def test_an_address_finds_an_article_also_after_it_moved(desk):
    report = article(keys=("guid:1",))
    desk.record([polled(new=(report,))])
    desk.record([polled(changed=(replace(report, url="https://bbc.example/moved"),))])

    assert [found.id for found in desk.find(report.url)] == [report.id]
    assert [found.id for found in desk.find("https://bbc.example/moved")] == [report.id]


def test_a_rule_changes_headlines_and_lists(desk):
    report = article(desk_tags=("world",))
    desk.record([polled(new=(report,))])
    dropped = Dropped(rule="no-sport", reason="football")

    left_out = replace(report, title="Flood", rules=("house-style",), dropped=dropped)

    desk.retitle([left_out])

    assert desk.article(report.id) == left_out
    assert newest(desk) == newest(desk, tags=("world",)) == []

    desk.retitle([report])

    assert newest(desk) == newest(desk, tags=("world",)) == [report]


def taken(desk, publication_id, **selection):
    selection = Selection(**selection)
    return desk.latest(selection, now=NOW, limit=9, taken_by=publication_id)


def test_what_a_publication_takes_is_listed_under_it(desk):
    flood = article("a", listed_at=NOW, taken_by=("floods", "weather"))
    storm = article("b", listed_at=NOW - HOUR, taken_by=("weather",))
    other = article("c", listed_at=NOW - MINUTE)
    desk.record([polled(new=(flood, storm, other))])

    assert taken(desk, "floods") == [flood]
    assert taken(desk, "weather") == [flood, storm]
    assert taken(desk, "weather", max_age=MINUTE) == [flood]
    assert taken(desk, "unheard-of") == []

    edited = replace(flood, revision=1, taken_by=("weather",))
    desk.record([polled(changed=(edited,))])
    desk.retitle([replace(other, taken_by=("floods",))])
    desk.withdraw(storm.id, at=NOW, reason="mistaken", by="desk")

    assert [each.id for each in taken(desk, "floods")] == [other.id]
    assert taken(desk, "weather") == [edited]
    assert [proof.wrong for proof in desk.evidence.proofs()] == [()] * 3


def test_a_rule_does_not_bring_a_withdrawn_article_back(desk):
    report = article(desk_tags=("world",))
    desk.record([polled(new=(report,))])
    desk.withdraw(report.id, at=NOW, reason="mistaken", by="desk")

    desk.retitle([replace(report, title="New")])

    assert newest(desk) == newest(desk, tags=("world",)) == []


def test_new_tags_of_a_source_hold_for_all_of_its_articles(desk):
    ours = article("a", desk_tags=("world", "iran"))
    hidden = article(
        "b", desk_tags=("world",), dropped=Dropped(rule="r", reason="football")
    )
    theirs = article("c", source_id="ap", desk_tags=("world",))
    desk.record([polled("bbc", new=(ours, hidden)), polled("ap", new=(theirs,))])

    desk.retag("bbc", ("europe", "iran"))

    assert desk.article(ours.id).desk_tags == ("europe", "iran")
    assert desk.article(hidden.id).desk_tags == ("europe", "iran")
    assert newest(desk, tags=("world",)) == [theirs]
    assert [found.id for found in newest(desk, tags=("europe",))] == [ours.id]
    assert [found.id for found in newest(desk, tags=("iran",))] == [ours.id]


def test_the_desk_withdraws_an_article_once(desk):
    report = article()
    desk.record([polled(new=(report,))])

    assert desk.withdraw(report.id, at=NOW, reason="mistaken", by="desk")
    assert not desk.withdraw(report.id, at=NOW + HOUR, reason="again", by="source")
    assert not desk.withdraw("0" * 20, at=NOW, reason="nobody", by="desk")

    assert desk.article(report.id).withdrawn == Withdrawn(
        at=NOW, reason="mistaken", by="desk"
    )
    assert newest(desk) == []


def test_the_status_of_a_publication_replaces_the_last_one(store):
    first = PublicationStatus(
        path="feeds/wire.rss",
        checked_at=NOW,
        written_at=NOW - HOUR,
        entries=3,
        refused="no title",
        left_out=(("0" * 20, "bad date"),),
    )
    second = PublicationStatus(
        path="feeds/wire.rss", checked_at=NOW + HOUR, written_at=None, entries=4
    )
    other = replace(second, path="feeds/wire.atom")

    store.put_publication_status([first, other])
    assert store.publication_status() == [other, first]

    store.put_publication_status([second])
    assert store.publication_status() == [other, second]


def test_a_fact_is_kept_until_it_is_replaced(store):
    assert store.meta("rules") is None

    store.put_meta("rules", "ab")
    store.put_meta("rules", "cd")
    store.put_meta("ruler", "ef")

    assert store.meta("rules") == "cd"


def test_pruning_deletes_what_is_old_with_all_its_names(desk):
    old = article("old", listed_at=NOW - 100 * HOUR, desk_tags=("world",))
    young = article("young")
    desk.record([polled(at=NOW - 100 * HOUR, new=(old,))])
    desk.record([polled(new=(young,), document=document(young))])
    desk.record([polled(changed=(replace(old, revision=1),))])

    assert desk.prune(NOW - HOUR) == 1

    assert list(desk.articles(bodies=True)) == [young]
    assert desk.known("bbc", old.keys) == {}
    assert desk.find(old.url) == []
    assert desk.revisions(old.id) == []
    assert newest(desk, tags=("world",)) == []
    assert [poll.at for poll in desk.journal.poll_log("bbc")] == [NOW]


def test_what_a_source_still_lists_is_not_pruned(desk):
    """However old it is: it would only come back as new."""
    old = article("old", listed_at=NOW - 100 * HOUR)
    desk.record([polled(new=(old,), document=document(old))])

    assert desk.prune(NOW) == 0

    assert list(desk.articles(bodies=True)) == [old]


def test_by_which_names_a_report_was_pruned_is_known_for_a_year(desk):
    old = article("old", listed_at=NOW - 100 * HOUR)
    desk.record([polled(new=(old,))])
    desk.prune(NOW)

    assert desk.pruned("bbc", old.keys) == dict.fromkeys(old.keys, old.listed_at)
    assert desk.pruned("bbc", ("guid:unheard-of",)) == desk.pruned("ap", old.keys) == {}

    desk.prune(NOW + timedelta(days=360))
    assert set(desk.pruned("bbc", old.keys)) == set(old.keys)
    desk.prune(NOW + timedelta(days=366))
    assert desk.pruned("bbc", old.keys) == {}


def test_a_pruned_report_that_returns_is_found_by_all_its_names(desk):
    old = article("old", listed_at=NOW - 100 * HOUR)
    desk.record([polled(new=(old,))])
    desk.prune(NOW)

    again = replace(old, listed_at=NOW)
    desk.record([polled(new=(again,))])

    assert desk.article(old.id) == again
    assert set(desk.known("bbc", old.keys)) == set(old.keys)
    assert desk.find(old.url) == [again]
