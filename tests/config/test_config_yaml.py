"""YAML is read as text with places, and what is no plain YAML is refused in words."""

import pytest
from desk import Desk

from aggregator.config.nodes import read_yaml
from aggregator.errors import ConfigError


def refusal(text: str | bytes) -> str:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(ConfigError) as caught:
        read_yaml("f.yaml", content)
    return str(caught.value)


@pytest.mark.parametrize(
    "word", ["no", "42", "12:30", "1e3", "null", "~", "2026-01-01"]
)
def test_every_scalar_is_the_text_that_stands_there(word):
    assert read_yaml("f.yaml", f"title: {word}".encode()).values == {"title": word}


def test_a_byte_order_mark_and_windows_line_ends_are_read():
    written = read_yaml("f.yaml", b"\xef\xbb\xbftitle: a\r\nsite: b\r\n")

    assert written.values == {"title": "a", "site": "b"}


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n", "---\n"])
def test_an_empty_file_says_nothing(text):
    assert read_yaml("f.yaml", text.encode()).values == {}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a: 1\nb: 2\na: 3\n", "3:1: a: this key stands already at f.yaml:1:1"),
        ("a:\n\tb: 1\n", "2:1: a tab stands here; YAML is indented with spaces only"),
        ("title: Breaking: news", '1:16: this ": " does not belong here; put the text in quotes, or check the indentation'),
        ("a: [1, 2\nb: 3", '1:4: the list that begins with "[" is not closed; write "]"'),
        ("a: {b: 1", '1:4: the mapping that begins with "{" is not closed; write "}"'),
        ("a: [\n  - b\n]", '2:3: an entry belongs here; within "[ ]" and "{ }" they have "," between and no "- " in front'),
        ("a: [b,, c]", '1:7: an entry belongs here; within "[ ]" and "{ }" they have "," between and no "- " in front'),
        ("a: 'x\nb: y\n", "1:4: a quote is opened and never closed"),
        ("a: @x", "1:4: a text must not begin with this character; put it in quotes"),
        ("a: 1\nb: *x\n", '2:4: no anchor of this name is defined above this; if a text is meant that begins with "*", put it in quotes'),
        ("a: [*x, b]", '1:5: no anchor of this name is defined above this; if a text is meant that begins with "*", put it in quotes'),
        ("a: *.x", '1:5: a text that begins with "*" must be in quotes'),
        ('a: "\\d"', r"1:5: in double quotes a backslash is written \\; or use single quotes"),
        ("a: !secret x", '1:4: a: a tag means nothing here; secrets are env:NAME or file:PATH; if a text is meant that begins with "!", put it in quotes'),
        ("a: !!int 1", '1:4: a: a tag means nothing here; secrets are env:NAME or file:PATH; if a text is meant that begins with "!", put it in quotes'),
        ("a: 1\n---\nb: 2", '2:1: a file is one document; take out the line "---"'),
        ("- a\n- b", "1:1: write keys and values, for example `base_url: https://…`"),
        ("? [a]\n: b", "1:3: a key must be a text"),
        ("a: \x01", "1:4: a control character (U+0001); take it out"),
        (
            r'a: "Rain\x0b in Rome"',
            "1:4: a: an escape for a control character (U+000B); take it out, or write two backslashes where one is meant",
        ),
        (b"a: b\nc: caf\xe9\n", "2:7: the file is not UTF-8 here; save it as UTF-8"),
        ("a: b".encode("utf-16"), "1:1: the file is not UTF-8 here; save it as UTF-8"),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_explained(text, complaint):
    assert refusal(text) == f"f.yaml:{complaint}"


def test_an_alias_is_read_as_what_it_stands_for():
    written = read_yaml("f.yaml", b"a: &x [1, 2]\nb: *x\n")

    assert written.values == {"a": ["1", "2"], "b": ["1", "2"]}


def test_what_is_there_by_an_alias_stands_where_the_alias_does():
    text = b"a: &x\n  - b: &y {c: d}\n    e: *y\nf: *x\ng: [*y, {h: *y}]\n"
    find = read_yaml("f.yaml", text).find

    paths = [
        (("a", 0, "b", "c"), False, "f.yaml:2:15"),
        (("a", 0, "e", "c"), False, "f.yaml:3:8"),
        (("a", 0, "e"), True, "f.yaml:3:5"),
        (("f",), False, "f.yaml:4:4"),
        (("f", 0, "b"), True, "f.yaml:4:4"),
        (("g", 0), False, "f.yaml:5:5"),
        (("g", 1, "h", "c"), True, "f.yaml:5:13"),
        (("g", 2), False, "f.yaml:5:4"),
    ]
    assert [str(find(path, at)) for path, at, _ in paths] == [at for *_, at in paths]


def test_an_alias_bomb_is_refused_before_it_goes_off():
    nest = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12)
    )

    assert "aliases (*name) make far more of it" in refusal(nest)


@pytest.mark.parametrize(
    "text", ["a: &x [*x]", "a: " + "[" * 100 + "]" * 100, "[" * 9_999]
)
def test_nesting_without_end_is_refused(text):
    assert "too deep within each other" in refusal(text)


def test_a_key_without_a_value_leaves_the_default(desk: Desk):
    desk.writes("mediawire.yaml", "fetch:\nhosts:\nlisten:\n")
    desk.writes("sources.yaml", "sources:\n  # - id: a\n")

    config = desk.reads()

    assert config.listen == ("127.0.0.1", 8080)
    assert config.sources == ()


def test_a_name_without_a_value_is_an_empty_mapping(desk: Desk):
    desk.writes(
        "sources.yaml",
        "groups:\n  a:\nsources:\n  - {id: s, url: https://a.example/, group: a}\n",
    )

    assert desk.source("s").group == "a"
