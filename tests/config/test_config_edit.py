"""Edits by program change the lines they mean, and keep everything people wrote."""

from difflib import ndiff

import pytest
from desk import Desk

from aggregator.config import edit
from aggregator.errors import ConfigError

TEXT = """\
# What is polled.
defaults: {interval: 1h, language: en}   # for all

groups:
  persian: {language: fa, tags: [iran]}

sources:
  # the first
  - id: a                # never changes
    url: "https://a.example/feed?x=1&y=2"
    title: 'A: news'
    tags: [world, "no"]

  # the second
  - id: b
    url: https://b.example/a/very/long/address/that/goes/on/and/on/and/on/beyond/eighty/columns.xml
    paused: {why: quiet}
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_a_new_source_is_added_at_the_end():
    after = edit.with_sources(
        TEXT, [{"id": "c", "url": "https://c.example/", "tags": ["x"]}]
    )

    assert changed_lines(TEXT, after) == [
        "+   - id: c",
        "+     url: https://c.example/",
        "+     tags:",
        "+       - x",
    ]


def test_a_source_is_taken_out():
    after = edit.without_source(TEXT, "b")

    assert not [line for line in changed_lines(TEXT, after) if line[0] == "+"]
    assert "b.example" not in after
    assert "# the first" in after


def test_a_key_is_set_and_another_taken_out():
    after = edit.with_keys(TEXT, "b", {"paused": None, "interval": "30m"})

    assert changed_lines(TEXT, after) == [
        "-     paused: {why: quiet}",
        "+     interval: 30m",
    ]


def test_a_value_is_replaced_and_its_comment_stays():
    after = edit.with_keys(TEXT, "a", {"title": "B"})

    assert changed_lines(TEXT, after) == ["-     title: 'A: news'", "+     title: 'B'"]


def test_a_list_that_is_not_indented_stays_so():
    text = "sources:\n- id: a\n  url: https://a.example/\n"

    after = edit.with_sources(text, [{"id": "b"}])

    assert after == text + "- id: b\n"


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "sources:\n", "sources: []\n"])
def test_the_first_source_is_added_to_an_empty_file(text):
    after = edit.with_sources(text, [{"id": "a", "url": "https://a.example/"}])

    assert "id: a" in after
    assert after.startswith(text.split("\n")[0].replace(" []", ""))


def test_an_unknown_source_is_an_error():
    with pytest.raises(KeyError, match="nobody"):
        edit.with_keys(TEXT, "nobody", {"title": "x"})


def test_a_file_is_replaced_whole_and_keeps_its_permissions(desk: Desk):
    path = desk.writes("sources.yaml", TEXT)
    path.chmod(0o600)

    config = edit.amend(
        desk.folder,
        "sources.yaml",
        lambda text: edit.with_keys(text, "b", {"title": "خبر"}),
        load=desk.reads_in,
    )

    assert config.sources[1].title == "خبر"
    assert "title: خبر" in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(desk.folder.iterdir()) == [path]


def test_an_edit_that_leaves_the_folder_invalid_changes_nothing(desk: Desk):
    path = desk.writes("sources.yaml", TEXT)

    with pytest.raises(ConfigError, match="has no unit"):
        edit.amend(
            desk.folder,
            "sources.yaml",
            lambda text: edit.with_keys(text, "b", {"interval": "5"}),
            load=desk.reads_in,
        )

    assert path.read_text(encoding="utf-8") == TEXT


def test_a_file_that_does_not_exist_is_begun(desk: Desk):
    desk.writes("sources.yaml", TEXT)
    new = [{"id": "c", "url": "https://c.example/"}]

    edit.amend(
        desk.folder,
        "sources.d/desk.yaml",
        lambda text: edit.with_sources(text, new),
        load=desk.reads_in,
    )

    assert [source.id for source in desk.reads().sources] == ["a", "b", "c"]


def test_the_place_of_each_source_is_known(desk: Desk):
    desk.writes("sources.yaml", TEXT)

    assert str(edit.places(desk.folder)["b"]) == "sources.yaml:15:5"
