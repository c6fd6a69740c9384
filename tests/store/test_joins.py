"""What the store knows of the same article from several sources, few or many at once."""

import pytest
from newsroom import NOW, article, id_of, polled, source

from aggregator.store.twins import Join


@pytest.fixture(params=[1, 40])
def page(request, store):
    """An article of each of two papers, among few or many that have no twin."""
    for id_ in ("bbc", "ap"):
        store.put_states([source(id_)], configured={id_})
    reports = {
        id_: tuple(article(f"n{n}", id_) for n in range(request.param))
        for id_ in ("bbc", "ap")
    }
    store.record([polled(id_, new=new) for id_, new in reports.items()])
    return reports["bbc"]


def test_an_article_without_twins_is_known_alone(store, page):
    known = store.twins.of(page)

    assert set(known.articles) == set(page)
    assert (known.joins, known.split) == ((), frozenset())


def test_a_near_duplicate_is_found_from_either_side(store, page):
    join = Join(id_of("bbc n0"), id_of("ap n0"), 0.9)
    store.twins.put([], [join])

    from_one = store.twins.of(page)
    from_other = store.twins.of([store.article(id_of("ap n0"))])

    assert {each.id for each in from_one.articles} == {
        *(each.id for each in page),
        id_of("ap n0"),
    }
    assert from_one.joins == from_other.joins == (join,)


def test_what_the_desk_lets_stand_alone_is_known_as_such(store, page):
    store.twins.split(page[0].id)

    assert store.twins.of(page).split == {page[0].id}


def test_an_address_in_two_spellings_is_one(store, page):
    """Its own keys say that the first is canonical; the second is made so."""
    shared = page[0].url
    url = f"{shared.replace('https', 'http')}?utm_source=x"
    twin = article("twin", "ap", url=url, keys=("guid:twin", f"link:{shared}"))
    store.record([polled("ap", new=(twin,))])

    assert twin.id in {each.id for each in store.twins.of(page).articles}
    assert page[0].id in {each.id for each in store.twins.of([twin]).articles}


def test_who_was_like_one_that_is_not_shown_is_found_through_it(store, page):
    first, last = page[0], article("n0", "cnn")
    store.put_states([source("cnn")], configured={"cnn"})
    store.record([polled("cnn", new=(last,))])
    gone = id_of("ap n0")
    store.twins.put([], [Join(each.id, gone, 0.9) for each in (first, last)])
    store.withdraw(gone, at=NOW, reason="a hoax", by="desk")

    known = store.twins.of([first])

    assert {first.id, last.id} <= {each.id for each in known.articles}
    assert len(known.joins) == 2
