"""What the store knows of the same article from several sources, few or many at once."""

from itertools import pairwise

import pytest
from msgspec.structs import replace
from newsroom import HOUR, NOW, article, id_of, polled, source

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


def other_of(store):
    return store.article(id_of("ap n0"))


def test_a_near_duplicate_is_found_from_either_side(store, page):
    join = Join(id_of("bbc n0"), id_of("ap n0"), 0.9)
    store.twins.put([(each, b"") for each in (page[0], other_of(store))], [join])

    from_one = store.twins.of(page)
    from_other = store.twins.of([other_of(store)])

    assert {each.id for each in from_one.articles} == {
        *(each.id for each in page),
        id_of("ap n0"),
    }
    assert from_one.joins == from_other.joins == (join,)


@pytest.mark.parametrize(
    ("band", "papers"),
    [((0, b"\0\1"), {"bbc"}), ((2, b"\0\1"), {"ap"}), ((4, b"\0\1"), set())],
)
def test_sketches_are_found_by_what_stands_in_a_place_of_theirs(
    store, page, band, papers
):
    made = [(page[0], b"\0\1\2\3"), (other_of(store), b"\2\3\0\1")]
    store.twins.put(made, [])

    found = store.twins.sketched(NOW - HOUR, {band})

    assert {each.source_id for each in found} == papers


def test_what_the_desk_lets_stand_alone_is_known_as_such(store, page):
    store.twins.split(page[0].id, now=NOW)

    assert store.twins.of(page).split == {page[0].id}


def test_an_address_in_two_spellings_is_one(store, page):
    """Its own keys say that the first is canonical; the second is made so."""
    shared = page[0].url
    url = f"{shared.replace('https', 'http')}?utm_source=x"
    twin = article("twin", "ap", url=url, keys=("guid:twin", f"link:{shared}"))
    store.record([polled("ap", new=(twin,))])

    assert twin.id in {each.id for each in store.twins.of(page).articles}
    assert page[0].id in {each.id for each in store.twins.of([twin]).articles}


PAPERS = ("afp", "bbc", "cnn", "dpa")


@pytest.fixture
def copies(store):
    """An article of each of four papers; each but the first is like the one before it."""
    reports = tuple(article(source_id=id_) for id_ in PAPERS)
    store.put_states(map(source, PAPERS), configured=set(PAPERS))
    store.record([polled(each.source_id, new=(each,)) for each in reports])
    store.twins.put(
        [(each, b"") for each in reports],
        [Join(new.id, old.id, 0.9) for old, new in pairwise(reports)],
    )
    assert undecided(store) == []
    return reports


def undecided(store):
    """Return the papers whose articles are to be decided, whenever those came."""
    names = {id_of(f"{id_} flood"): id_ for id_ in PAPERS}
    return [names[id_] for id_ in store.twins.undecided(NOW + 9 * HOUR)]


def holding(store, article):
    joins = store.twins.of([article]).joins
    names = {id_of(f"{id_} flood"): id_ for id_ in PAPERS}
    return {names[each.article_id] for each in joins if each.likeness}


def reworded(store, article):
    new = replace(article, source_title="Mended", revision=article.revision + 1)
    store.record([polled(new.source_id, changed=(new,))])
    return new


def test_what_is_reworded_is_decided_anew_with_what_was_like_it(store, copies):
    """The one that it was like itself is like what it was."""
    _, bbc, _, dpa = copies

    reworded(store, bbc)

    assert undecided(store) == ["bbc", "cnn"]
    assert holding(store, dpa) == {"dpa"}
    assert {each.article_id for each in store.twins.sketched(NOW + 9 * HOUR)} == {
        copies[0].id,
        dpa.id,
    }


def test_another_body_without_another_revision_changes_no_join(store, copies):
    """A view counter, or markup: see `corrections`."""
    store.record([polled("bbc", changed=(replace(copies[1], body="<p>2</p>"),))])

    assert undecided(store) == []
    assert holding(store, copies[0]) == {"bbc", "cnn", "dpa"}


def test_what_the_desk_split_stays_split_when_it_is_reworded(store, copies):
    store.twins.split(copies[1].id, now=NOW)

    reworded(store, copies[1])

    assert store.twins.of(copies).split == {copies[1].id}


def test_what_was_decided_again_is_decided(store, copies):
    afp, bbc, cnn, _ = copies
    new = reworded(store, bbc)

    store.twins.put([(new, b""), (cnn, b"")], [Join(cnn.id, afp.id, 0.8)])

    assert undecided(store) == []
    assert {each[:2] for each in store.twins.of([afp]).joins} == {
        (cnn.id, afp.id),
        (copies[3].id, cnn.id),
    }
    assert store.twins.of([new]).joins == ()


def test_what_is_reworded_while_it_is_compared_stays_undecided(store, copies):
    """What was read before is not what it says now, nor is it what another is like."""
    afp, bbc, cnn, _ = copies
    old = reworded(store, bbc)
    reworded(store, old)

    store.twins.put([(old, b""), (cnn, b"")], [Join(cnn.id, old.id, 1.0)])

    assert undecided(store) == ["bbc", "cnn"]
    assert holding(store, afp) == {"dpa"}


def test_who_was_like_one_that_is_not_shown_is_found_through_it(store, copies):
    store.withdraw(copies[1].id, at=NOW, reason="a hoax", by="desk")

    known = store.twins.of([copies[3]])

    assert {each.source_id for each in known.articles} == {"afp", "cnn", "dpa"}
    assert len(known.joins) == 3
