"""Small compounds are JSON, written and read by the quickest way that is the same."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Enclosure
from aggregator.store import rows
from aggregator.store.columns import packed, packed_texts, unpacked, unpacked_texts


@given(st.lists(st.text()).map(tuple))
def test_texts_are_packed_as_anything_is_and_come_back(texts):
    assert packed_texts(texts) == packed(texts)
    assert unpacked_texts(packed_texts(texts)) == texts


def test_what_is_empty_is_null():
    assert packed_texts(()) is packed(()) is packed(None) is None
    assert unpacked(None) == unpacked_texts(None) == ()


@pytest.mark.parametrize("text", ['["a"]]', '["a"] ', '["a', "", "a"])
def test_what_nobody_packed_is_refused(text):
    with pytest.raises(ValueError, match=r"Expecting|Unterminated|behind"):
        unpacked(text)


def test_json_of_any_style_is_read():
    assert unpacked(json.dumps({"a": [1, 2]}, indent=1)) == {"a": [1, 2]}


def test_files_are_read_that_were_stored_before_they_had_credits_and_durations():
    stored = '[{"url":"https://a.example/1.mp3","type":null,"length":5,"title":null}]'

    files = rows._enclosures(stored)

    assert files == (Enclosure(url="https://a.example/1.mp3", length=5),)
