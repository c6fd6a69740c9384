"""Operators' expressions find what `re` finds, and come to an end on any text."""

import re
import subprocess
import sys
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from aggregator.editing import Desk
from aggregator.editing.patterns import PATIENCE, Pattern, listening, repeats
from aggregator.model import RuleSpec
from tests.builders import article

SLOW = r"(?i)(a|aa)+$"
HOSTILE = "a" * 60 + "!"

ORDINARY = (
    *(r"^UPDATE \d+-", r"\(video\)$", r"\s+[–-]\s+live$", r"(?i)\bfoot(?:ball)?s*\b"),
    *(
        r"(?i:match|league).*?\d+:\d+",
        r"\s*\|\s*\w+$",
        r"(?x) rain \s+ in  # a [ place",
    ),
    *(r"\bक+\b", r"\w+", r"\W+", r"[^\W\d_]+", r"[\W\d]+", r"[\w.-]+", r"[^\w\s]+"),
    *(r"[\W^]+", r"[^\W]+", r"[\W]+", r"(?a)\w+", r"(?a)[^\W_]+", r"\B.+\B"),
    *(
        r"a{2}",
        r"a{1,}b*",
        r"a{,2}b+",
        r"a{e}+",
        r"a{}+",
        r"x{2,1+",
        r"{a}*",
        r"(?#a[)b+",
    ),
    *(r"[[:alpha:]]+", r"[]a]+", r"[^]a]+", r"[a\]b]+", r"[&&~|]+", r"\N{BULLET}+"),
    *(
        r"(?P<w>\w)(?P=w)+",
        r"(\w)\1+",
        r"(?<=in )\w+",
        r"(?<!in )Rome*",
        r"(?s).+",
        r"(?m)^\w+$",
    ),
    *(
        r"(?>a+)b",
        r"a++b",
        r"a*",
        r"(?:a?){9}b*",
        r"(a)?(?(1)b|c)+",
        r"[\u0600-\u06ff]+",
        r"\x41+",
    ),
)
TEXTS = (
    *("", "UPDATE 3-Rain in Rome (video)", "Rain  in Rome – live", "Footballs: League 3:12"),
    *("हिन्दी के शब्द क", "باران در تَهران", "東京で会談 ２０２６", "Ａ１ ½ ² Ⅳ _x", "a{e} a{ee a{} x{2,1 {a}"),
    *("l] [:alpha:] ^&&~| •• AAA aab ab bc b", "İstanbul IŞIK straße STRASSE ſ K", "one\ntwo\n", "U.S.-led | Example"),
)  # fmt: skip
PIECES = st.sampled_from(
    (
        *(r"\w", r"\W", r"\b", r"\B", r"\d", r"\s", ".", "[a-c]", r"[^\W\d]", r"[\w']"),
        *("a", "b", "Ω", "é", "ा", "-", "|", "(?:ab)", "^", "$"),
    )
)
REPEATS = st.sampled_from(("", "", "*", "+", "?", "+?", "{1,2}", "*+"))
EXPRESSIONS = st.lists(st.tuples(PIECES, REPEATS), min_size=1, max_size=6)


def compiled(written):
    try:
        return re.compile(written)
    except re.error:
        return None


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@pytest.mark.parametrize("written", ORDINARY)
def test_an_ordinary_expression_finds_and_replaces_as_re_does(written):
    theirs, ours = re.compile(written), Pattern(written)

    for text in TEXTS:
        found = theirs.search(text)
        assert ours.found_in(text) == (found[0] if found else None)
        assert ours.replaced(r"<\g<0>>", text) == theirs.sub(r"<\g<0>>", text)


@settings(deadline=None)  # the first example loads a package
@given(EXPRESSIONS, st.text("ab cΩé-'1_ाक|\n", min_size=1, max_size=20))
def test_any_expression_finds_and_replaces_as_re_does(parts, text):
    written = "".join(piece + repeat for piece, repeat in parts) + "(?:x*)"
    if theirs := compiled(written):
        found = theirs.search(text)

        assert Pattern(written).found_in(text) == (found[0] if found else None)
        assert Pattern(written).replaced("_", text) == theirs.sub("_", text)


def test_what_is_no_expression_is_refused_in_the_words_of_re():
    for written in ("(", "*a", r"\p{L}+", "(?R)+", "a**", "(?<=a+)b"):
        with pytest.raises(re.error) as theirs:
            re.compile(written)
        with pytest.raises(re.error, match=f"^{re.escape(str(theirs.value))}$"):
            Pattern(written)


@pytest.mark.parametrize(
    "written", [r"(a+)+$", r"(a|aa)+$", r"(.*,)*x", r"(?:a?){60}a{60}"]
)
def test_no_expression_takes_longer_than_a_text_is_worth(written):
    began = process_time()

    Pattern(written).found_in(HOSTILE)

    assert process_time() - began < 10 * PATIENCE


def test_what_took_too_long_finds_nothing_and_is_heard_of():
    pattern = Pattern(SLOW)

    with listening() as unfinished:
        assert pattern.found_in(HOSTILE) is None
        assert pattern.replaced("", HOSTILE) == HOSTILE

    assert unfinished == [SLOW]


def test_slow_texts_cost_less_and_less_and_ordinary_ones_are_still_looked_at():
    pattern = Pattern(SLOW)
    began = process_time()

    for _ in range(50):
        pattern.found_in(HOSTILE)

    assert process_time() - began < 10 * PATIENCE
    assert pattern.found_in("Brahma") == "a"


def test_an_expression_without_repeats_stays_with_re():
    for written in (
        r"(?i)\bfootball\b",
        r"//news\.un\.org/",
        r"C\+\+",
        r"colou?r|grey",
    ):
        assert not repeats(written)
    for written in ("a*", "a+", "a{9}", r"\\+", r"\(?" * 20, "[*]"):
        assert repeats(written)


def test_a_package_for_repeats_is_loaded_by_the_first_text_they_meet():
    lines = (
        "import sys; from aggregator.editing.patterns import Pattern; "
        "p, q = Pattern('(a+)+$'), Pattern('football'); q.found_in('x'); "
        "before = 'regex' in sys.modules; p.found_in('x'); "
        "print(before, 'regex' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", lines], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]


def test_a_slow_rule_is_named_in_the_log_once_and_with_each_article():
    drop = {"drop": {"title": SLOW}}
    desk = Desk([RuleSpec(id="no-a", kind="select", options=drop)])

    with capture_logs() as events:
        edited = [desk.edit(article(n, title=HOSTILE), ["no-a"]) for n in (1, 2)]
        steps = list(desk.steps(article(title=HOSTILE), ["no-a"]))

    assert [each.dropped for each in edited] == [None, None]
    assert [step.unfinished for step in steps] == [(SLOW,)]
    assert [event["event"] for event in events] == ["pattern too slow"]
