"""What a command did is there for programs, too: one JSON document, and nothing else."""

import json
import sqlite3
from contextlib import closing

import click
import pytest

from aggregator.cli import mediawire
from aggregator.store import HEAD
from tests.acceptance.test_commands import rss
from tests.installation import Installation

OPML = """<opml version="2.0"><body><outline type="rss" text="Other"
xmlUrl="{url}"/><outline type="rss" text="Bad" xmlUrl="gopher://x.example/"/></body></opml>"""
# These serve until they are stopped, and that one prints OPML.
WITHOUT = {"serve", "scheduler", "worker", "source export"}


@pytest.fixture
def at(tmp_path, origin):
    origin.answers("/feed", rss(1, 2))
    at = Installation(tmp_path, {"gazette": origin.url()})
    at.poll()
    return at


def told(at, *arguments):
    return json.loads(at.run(*arguments, "--json").stdout)


def commands(group, path=()):
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_every_command_that_prints_a_result_takes_json():
    without = {
        path
        for path, command in commands(mediawire)
        if all("--json" not in option.opts for option in command.params)
    }

    assert without == WITHOUT


def test_what_was_done_to_the_store_is_told_to_programs(at, tmp_path):
    copy = tmp_path / "copy.db"

    assert told(at, "db", "migrate") == {"schema": HEAD}
    assert told(at, "db", "backup", str(copy)) == {
        "file": str(copy),
        "bytes": copy.stat().st_size,
    }
    assert told(at, "db", "prune") == {"pruned": 0}


def test_what_the_desk_decided_is_told_to_programs(at):
    id_ = at.articles()[0]["id"]

    assert told(at, "article", "retitle", id_, "Ours") == [{"id": id_, "title": "Ours"}]
    assert told(at, "article", "split", id_) == [{"id": id_, "changed": False}]
    withdraw = ("article", "withdraw", id_, "--reason", "a hoax")
    assert told(at, *withdraw) == {"withdrawn": [id_], "copies": []}
    assert told(at, *withdraw) == {"withdrawn": [], "copies": []}


def test_what_became_of_a_source_is_told_to_programs(at, origin):
    origin.answers("/other", rss(3))
    url = origin.url("/other")

    assert told(at, "source", "add", url, "--id", "other", "--title", "Other") == {
        "id": "other",
        "file": "sources.yaml",
        "url": url,
        "title": "Other",
        "entries": 1,
        "others": [],
    }
    stands = {"id": "other", "file": "sources.yaml"}
    until = "2099-01-01T00:00:00Z"
    paused = told(at, "source", "pause", "other", "--until", until)
    assert paused == {**stands, "until": until}
    assert told(at, "source", "resume", "other") == stands
    assert told(at, "source", "remove", "other") == stands


def test_what_became_of_a_held_source_is_told_to_programs(at, tmp_path):
    for verb, told_of in (("release", {}), ("reject", {"file": "sources.yaml"})):
        with closing(sqlite3.connect(tmp_path / "wire.db")) as store, store:
            store.execute("UPDATE sources SET held = 'another title'")

        assert told(at, "source", verb, "gazette") == {"id": "gazette", **told_of}


def test_what_a_list_brought_is_told_to_programs(at, tmp_path):
    (tmp_path / "desk.opml").write_text(OPML.format(url="https://other.example/feed"))
    brought = told(at, "source", "import", str(tmp_path / "desk.opml"))
    again = told(at, "source", "import", str(tmp_path / "desk.opml"))

    (sentence,) = brought.pop("left_out")
    assert "desk.opml:2" in sentence
    (id_,) = brought.pop("added")
    assert brought == {"file": "sources.d/desk.yaml", "known": 0}
    assert again == {"file": None, "added": [], "known": 1, "left_out": [sentence]}
    assert told(at, "source", "show", id_)["url"] == "https://other.example/feed"


def test_the_files_of_a_new_wire_are_told_to_programs(at, tmp_path):
    assert told(at, "config", "init", str(tmp_path / "new")) == [
        str(tmp_path / "new" / name)
        for name in ("mediawire.yaml", "sources.yaml", "publications.yaml")
    ]
