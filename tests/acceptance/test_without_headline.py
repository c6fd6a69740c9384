"""A report without a headline stands under its first words, and rules begin with those."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.earlier import back_to
from tests.installation import Installation

RULES = """\
publications:
  - {{id: wire, title: Media Wire, rules: [credited]}}
  - {{id: short, title: In short}}
rules:
  credited: {{kind: headline, prefix: "{prefix}"}}
"""
FEED = """<rss version="2.0"><channel><title>X</title><link>https://x.example/</link>
<item><guid>https://x.example/1</guid><link>https://x.example/1</link>
<description>It rained in Rome.</description></item>
</channel></rss>"""


@pytest.fixture
def at(tmp_path):
    at = Installation(
        tmp_path,
        {"x": "file:x.xml"},
        publications=RULES.format(prefix="{source}: "),
    )
    at.config.joinpath("x.xml").write_text(FEED)
    at.poll()
    return at


def headlines(at):
    """Return the headline in each publication, and the original beside it."""
    return [
        (item["title"], item["_mediawire"].get("source_title"))
        for name in ("wire", "short")
        for item in json.loads(at.published(f"feeds/{name}.json"))["items"]
    ]


def test_each_publication_runs_its_own_rules_on_the_first_words(at):
    assert headlines(at) == [
        ("X: It rained in Rome.", None),
        ("It rained in Rome.", None),
    ]


def test_rules_that_changed_begin_with_the_first_words_again(at):
    at.write("publications.yaml", RULES.format(prefix="[{source}] "))
    at.poll("--force")

    assert headlines(at) == [
        ("[X] It rained in Rome.", None),
        ("It rained in Rome.", None),
    ]
    at.run("verify")


def test_explain_says_what_stands_in_and_what_rules_made_of_it(at):
    story = at.run("explain", "https://x.example/1").stdout

    assert "  original  none; in its place stands: It rained in Rome.\n" in story
    assert "'It rained in Rome.' → 'X: It rained in Rome.'" in story


def test_a_headline_of_the_desk_gives_way_to_the_first_words_when_it_is_reset(at):
    at.run("article", "retitle", "https://x.example/1", "Wet in Rome")
    assert [title for title, _ in headlines(at)] == ["Wet in Rome", "Wet in Rome"]

    at.run("article", "retitle", "--reset", "https://x.example/1")

    assert [title for title, _ in headlines(at)] == [
        "X: It rained in Rome.",
        "It rained in Rome.",
    ]


def test_new_words_of_the_source_stand_in_from_then_on(at):
    at.config.joinpath("x.xml").write_text(FEED.replace("rained", "poured"))

    at.poll("--force")

    assert [title for title, _ in headlines(at)] == [
        "X: It poured in Rome.",
        "It poured in Rome.",
    ]
    at.run("verify")


def test_a_store_of_an_earlier_version_is_put_right_by_the_next_round(at):
    """There, the house's mark was stored as if it were the first words."""
    with closing(sqlite3.connect(at.folder / "wire.db")) as store, store:
        for statement in back_to("0005"):
            store.execute(statement)

    at.poll()

    assert headlines(at) == [
        ("X: It rained in Rome.", None),
        ("It rained in Rome.", None),
    ]
    at.run("verify")
