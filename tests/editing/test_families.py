"""Which articles are one, and which stay one when some of them leave."""

import pytest

from aggregator.editing.twins import families
from tests.builders import article

A, B, C = (
    article(n, source_id=f"s{n}", url=f"https://s{n}.example/{n}") for n in (1, 2, 3)
)
# What a later copy is like is always the one in the middle.
ALIKE = [(A.id, B.id), (C.id, B.id)]


def together(*articles, **said):
    found = families(articles, alike=ALIKE, **said)
    return {frozenset(each.id for each in family) for family in found.values()}


def test_what_is_like_the_same_is_one():
    assert together(A, B, C) == {frozenset({A.id, B.id, C.id})}


def test_the_rest_stays_one_when_the_desk_splits_the_one_all_are_like():
    assert together(A, B, C, alone={B.id}) == {
        frozenset({A.id, C.id}),
        frozenset({B.id}),
    }


def test_the_rest_stays_one_when_the_one_all_are_like_was_taken_back():
    assert together(A, C) == {frozenset({A.id, C.id})}


def test_one_family_is_not_the_other():
    page = "https://s4.example/4"
    one, other = (article(n, source_id=f"s{n}", url=page) for n in (4, 5))

    assert together(A, one, B, other, C) == {
        frozenset({A.id, B.id, C.id}),
        frozenset({one.id, other.id}),
    }


@pytest.mark.parametrize("left", [A, B, C])
def test_the_last_one_of_all_stands_alone(left):
    assert together(left) == {frozenset({left.id})}


@pytest.mark.parametrize("of_one_source", [False, True])
def test_a_link_under_which_one_source_has_several_articles_names_none(of_one_source):
    """A live page: which of them the other source carries, nobody can say."""
    page = "https://s1.example/live"
    third = article(3, source_id="s1" if of_one_source else "s3", url=page)
    one, other = (article(n, source_id=f"s{n}", url=page) for n in (1, 2))

    found = families([one, other, third])

    assert len(found[other.id]) == (1 if of_one_source else 3)
