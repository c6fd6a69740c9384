"""Sketches tell copies of one report from reports that only look alike."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.likeness import SIZE, likeness, numbers, sketch
from tests.text.labelled import STORIES, pairs


def estimated(one, other):
    return likeness(numbers(sketch(one)), numbers(sketch(other)))


def exact(one, other):
    """Return the share of groups of three words that two texts have in common."""

    def groups(text):
        words = re.findall(r"\w+", text.casefold())
        return set(zip(words, words[1:], words[2:], strict=False))

    return len(groups(one) & groups(other)) / len(groups(one) | groups(other))


def measured(threshold):
    """Return precision and recall over the labelled pairs."""
    verdicts = [(estimated(a, b) >= threshold, same) for a, b, same in pairs()]
    found = sum(joined and same for joined, same in verdicts)
    joined = sum(joined for joined, _ in verdicts)
    return found / joined, found / sum(same for _, same in verdicts)


@pytest.mark.parametrize(
    ("threshold", "least_recall"), [(0.5, 0.98), (0.6, 0.95), (0.7, 0.75)]
)
def test_no_false_joins_and_few_missed_on_the_labelled_set(threshold, least_recall):
    precision, recall = measured(threshold)

    assert precision == 1.0
    assert recall >= least_recall


@pytest.mark.parametrize("story", STORIES)
def test_an_estimate_is_near_the_exact_share(story):
    for one, other, _ in pairs():
        if one == STORIES[story]:
            assert abs(estimated(one, other) - exact(one, other)) < 0.2


def test_a_sketch_is_the_same_for_ever():
    """Sketches lie in stores: another version of the library must not change them."""
    first = numbers(sketch(STORIES["harbour"]))

    assert len(first) == SIZE
    assert first[:2] == (1260664705, 576549047)


@given(st.text(max_size=60))
def test_a_short_text_has_no_sketch(text):
    assert sketch(" ".join(text.split()[:19])) is None
