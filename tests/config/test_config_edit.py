"""Edits by program change the lines they mean, and keep everything people wrote."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from difflib import ndiff
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import edit
from aggregator.errors import ConfigError, MediaWireError
from aggregator.model import Config

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
    paused: {why: quiet}   # until they are back
    rights:
      holder: B
      notice: >-
        in words of
        two lines

  # -- Asia

  # the third
  - id: c
    url: https://c.example/
"""


def changed_lines(before: str, after: str) -> list[str]:
    lines = ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_a_new_source_is_added_at_the_end():
    entry = {"id": "d", "url": "https://d.example/", "tags": ["x", "no"]}

    assert edit.with_sources(TEXT, [entry]) == TEXT + (
        "  - id: d\n    url: https://d.example/\n    tags: [x, 'no']\n"
    )


def test_a_source_is_taken_out_with_the_comment_above_it_and_no_other():
    after = edit.without_source(TEXT, "b")

    begin, end = TEXT.index("  # the second"), TEXT.index("  # -- Asia")
    assert after == TEXT[:begin] + TEXT[end:]


def test_the_last_source_leaves_an_empty_list():
    after = edit.without_source("sources:\n  - id: a\n# the end\n", "a")

    assert after == "sources:\n# the end\n"


def test_a_key_is_set_behind_the_others_and_another_taken_out():
    after = edit.with_keys(TEXT, "b", {"paused": None, "interval": "30m"})

    assert changed_lines(TEXT, after) == [
        "-     paused: {why: quiet}   # until they are back",
        "+     interval: 30m",
    ]


def test_a_value_is_replaced_and_its_comment_stays():
    after = edit.with_keys(
        TEXT, "b", {"paused": {"until": "2027-01-01", "why": "a: b"}}
    )

    assert changed_lines(TEXT, after) == [
        "-     paused: {why: quiet}   # until they are back",
        "+     paused: {until: '2027-01-01', why: 'a: b'}   # until they are back",
    ]


def test_a_list_that_is_not_indented_stays_so():
    text = "sources:\n- id: a\n  url: https://a.example/\n"

    after = edit.with_sources(text, [{"id": "b"}])

    assert after == text + "- id: b\n"


def test_sources_are_written_before_what_follows_them():
    text = "sources:\n  - id: a\n\n# for all\ndefaults: {interval: 2h}\n"

    after = edit.with_sources(text, [{"id": "b"}])

    assert after == text.replace("- id: a\n", "- id: a\n  - id: b\n")


def test_a_file_in_flow_style_stays_in_it():
    text = 'sources: [{"id": "a", "tags": ["x"]}, {"id": "b"}]\n'

    added = edit.with_sources(text, [{"id": "c", "tags": ["y"]}])
    paused = edit.with_keys(added, "a", {"paused": {"why": "x"}})
    resumed = edit.with_keys(paused, "a", {"paused": None})

    assert added == text.replace("]\n", ", {id: c, tags: [y]}]\n")
    assert '"tags": ["x"], paused: {why: x}}' in paused
    assert resumed == added
    assert edit.without_source(resumed, "c") == text
    assert edit.without_source(text, "a") == 'sources: [{"id": "b"}]\n'


def test_a_pause_behind_an_alias_is_taken_out_again():
    text = "defaults: {tags: &all [x]}\nsources: [{id: a, url: x, tags: *all}]\n"

    paused = edit.with_keys(text, "a", {"paused": {"why": "x"}})

    assert edit.with_keys(paused, "a", {"paused": None}) == text


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "sources:\n", "sources: []\n"])
def test_the_first_source_is_added_to_an_empty_file(text):
    after = edit.with_sources(text, [{"id": "a", "url": "https://a.example/"}])

    assert after.endswith("sources:\n  - id: a\n    url: https://a.example/\n")
    assert after.startswith(text.replace(" []", ""))


def test_an_unknown_source_is_an_error():
    with pytest.raises(KeyError, match="nobody"):
        edit.with_keys(TEXT, "nobody", {"title": "x"})


def test_a_layout_that_is_not_understood_is_left_to_a_person():
    text = "sources:\n  - &one {id: a, url: x}\n  - *one\n"

    with pytest.raises(MediaWireError, match="only a person can edit"):
        edit.without_source(text, "a")


def test_an_entry_that_begins_with_a_comment_goes_whole():
    text = "sources:\n  - # here it is\n    # and on\n    id: a\n  - id: b\n"

    assert edit.without_source(text, "a") == "sources:\n  - id: b\n"
    assert edit.with_sources(text, [{"id": "c"}]) == f"{text}  - id: c\n"


def test_keys_that_somebody_wrote_out_stay_with_their_source():
    mine = "  - id: a\n    # interval: 30m\n\n    # tags: [x]\n"
    text = f"sources:\n{mine}\n# the end\n"

    added = edit.with_sources(text, [{"id": "b"}])

    assert added == f"sources:\n{mine}  - id: b\n\n# the end\n"
    assert edit.without_source(added, "b") == text
    assert edit.without_source(added, "a") == "sources:\n  - id: b\n\n# the end\n"


@pytest.mark.parametrize("none", ["", " []"])
def test_what_is_said_of_an_empty_list_stays(none):
    after = edit.with_sources(f"sources:{none}   # none yet\n", [{"id": "a"}])

    assert after == "sources:   # none yet\n  - id: a\n"


def test_what_is_said_below_the_first_key_stays_when_that_goes():
    text = "sources:\n  - paused: {why: x}\n    # ours\n    id: a\n"

    after = edit.with_keys(text, "a", {"paused": None})

    assert after == "sources:\n  -\n    # ours\n    id: a\n"


def test_brackets_may_end_in_a_comma():
    text = "sources: [{id: a, url: x, }, ]\n"

    assert edit.with_sources(text, [{"id": "b"}]) == text.replace(", ]", ", {id: b}]")
    assert edit.with_keys(text, "a", {"title": "A"}) == text.replace(
        "x, }", "x, title: A}"
    )


TEXTS = st.text("abn :#'\"-[]{}é\u200cخ", min_size=1).filter(str.strip)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_whatever_is_written_reads_back_as_it_was_meant(title, tags):
    added = edit.with_sources(TEXT, [{"id": "d", "title": title, "tags": tags}])
    after = edit.with_keys(added, "a", {"paused": {"why": title}})

    read = yaml.load(after, yaml.BaseLoader)["sources"]
    assert (read[-1]["title"], read[-1]["tags"]) == (title, tags)
    assert read[0]["paused"] == {"why": title}
    assert edit.without_source(added, "d") == TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "sources.yaml"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    path.chmod(0o600)
    (tmp_path / "secret").write_text("x")
    return tmp_path


def test_a_file_is_replaced_whole_and_keeps_its_permissions(folder: Path):
    change = partial(edit.with_sources, sources=[{"id": "d", "title": "خبر"}])

    edit.amend(
        folder, "sources.yaml", change, load=lambda folder: Config(folder=folder)
    )

    path = folder / "sources.yaml"
    assert (
        path.read_bytes()
        == (TEXT + "  - id: d\n    title: خبر\n").replace("\n", "\r\n").encode()
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert {entry.name for entry in folder.iterdir()} == {"secret", "sources.yaml"}


def test_a_file_of_mixed_line_ends_keeps_each(folder: Path):
    path = folder / "sources.yaml"
    mixed = TEXT.replace("\n", "\r\n", 1)
    path.write_bytes(mixed.encode())
    change = partial(edit.with_sources, sources=[{"id": "d"}])

    edit.amend(
        folder, "sources.yaml", change, load=lambda folder: Config(folder=folder)
    )

    assert path.read_bytes() == f"{mixed}  - id: d\n".encode()


def test_an_edit_that_a_full_disk_refuses_leaves_nothing_behind(folder, monkeypatch):
    def refuse(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    with pytest.raises(OSError, match="No space left"):
        edit.amend(
            folder,
            "sources.yaml",
            partial(edit.without_source, source_id="b"),
            load=lambda folder: Config(folder=folder),
        )

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_that_root_edits_still_belongs_to_whom_it_belonged(folder: Path):
    path = folder / "sources.yaml"
    os.chown(path, 12_345, 23_456)

    edit.amend(
        folder,
        "sources.yaml",
        partial(edit.without_source, source_id="b"),
        load=lambda folder: Config(folder=folder),
    )

    after = path.stat()
    assert (after.st_uid, after.st_gid) == (12_345, 23_456)
    assert after.st_mode & 0o777 == 0o600


def test_changes_at_the_same_time_all_hold(folder: Path):
    path = folder / "sources.yaml"
    ids = [f"s{number}" for number in range(24)]
    path.write_text("sources:\n" + "".join(f"  - id: {id_}\n" for id_ in ids))

    def pause(id_: str) -> None:
        change = partial(edit.with_keys, source_id=id_, keys={"paused": {"why": id_}})
        edit.amend(folder, path.name, change, load=lambda at: Config(folder=at))

    with ThreadPoolExecutor(max_workers=8) as desk:
        list(desk.map(pause, ids))

    written = yaml.load(path.read_text(), yaml.BaseLoader)["sources"]
    assert written == [{"id": id_, "paused": {"why": id_}} for id_ in ids]


def test_what_a_person_writes_meanwhile_is_not_written_over(folder: Path):
    path = folder / "sources.yaml"

    def load(drafted: Path) -> Config:
        path.write_text("sources:\n  - id: mine\n")
        return Config(folder=drafted)

    with pytest.raises(MediaWireError, match="changed by somebody else"):
        edit.amend(
            folder, path.name, partial(edit.without_source, source_id="b"), load=load
        )

    assert path.read_text() == "sources:\n  - id: mine\n"


def test_a_change_that_leaves_the_folder_invalid_is_refused_and_touches_nothing(folder):
    path = folder / "sources.yaml"
    before = path.read_bytes()

    def refuse(drafted: Path) -> Config:
        assert (drafted / "secret").read_text() == "x"
        assert "b.example" not in (drafted / "sources.yaml").read_text()
        raise ConfigError(())

    with pytest.raises(ConfigError):
        edit.amend(
            folder,
            "sources.yaml",
            partial(edit.without_source, source_id="b"),
            load=refuse,
        )

    assert path.read_bytes() == before


def test_a_file_that_does_not_exist_is_begun_in_its_folder(folder: Path):
    change = partial(edit.with_sources, sources=[{"id": "z"}])

    def load(drafted: Path) -> Config:
        assert (drafted / "sources.d" / "more.yaml").exists()
        assert (drafted / "sources.yaml").exists()
        return Config(folder=drafted)

    edit.amend(folder, "sources.d/more.yaml", change, load=load)
    edit.amend(folder, "sources.d/more.yaml", change, load=load)

    text = (folder / "sources.d" / "more.yaml").read_text()
    assert text == "sources:\n  - id: z\n  - id: z\n"


def test_every_source_is_found_where_it_stands(folder: Path):
    (folder / "sources.d").mkdir()
    (folder / "sources.d" / "x.opml").write_text(
        '<opml><body>\n<outline xmlUrl="https://o.example/"/></body></opml>'
    )

    places = {id_: str(place) for id_, place in edit.places(folder).items()}

    assert places == {
        "a": "sources.yaml:9:5",
        "b": "sources.yaml:15:5",
        "c": "sources.yaml:27:5",
        "o-example": "sources.d/x.opml:2:1",
    }
