"""What every kind of rule promises; runs on every file in editing/rules."""

from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.editing import Options, Subject, kinds
from aggregator.model import Dropped

WORDS = st.text(max_size=60)
SUBJECTS = st.builds(
    Subject,
    **{
        name: st.tuples(WORDS) if "tuple" in str(kind) else WORDS
        for name, kind in get_type_hints(Subject).items()
        if name != "age"
    },
)
each_kind = pytest.mark.parametrize("kind", sorted(kinds()))


@each_kind
def test_an_unknown_option_is_complained_of_by_name(kind):
    written = Options({"no-such-option": "x"})

    kinds()[kind]("r", written)

    assert "no-such-option" in {path for path, _ in written.problems}


@each_kind
@given(
    value=st.one_of(WORDS, st.lists(WORDS), st.dictionaries(WORDS, WORDS)),
    subject=SUBJECTS,
)
def test_whatever_is_written_is_complained_of_or_judges(kind, value, subject):
    written = Options({"keep": value, "drop": value, "replace": value})
    rule = kinds()[kind]("r", written)

    assert written.problems or isinstance(rule(subject), Subject | Dropped)


@each_kind
@given(subject=SUBJECTS)
def test_a_rule_without_options_touches_nothing(kind, subject):
    verdict = kinds()[kind]("r", Options({}))(subject)

    assert verdict == subject


@each_kind
def test_a_rule_knows_its_name_and_sees_no_body(kind):
    assert kinds()[kind]("house-style", Options({})).id == "house-style"
    assert not {"body", "source_body", "raw"} & set(Subject.__struct_fields__)
    assert set(Dropped.__struct_fields__) == {"rule", "reason"}
