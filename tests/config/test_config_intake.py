"""A subscription list from outside becomes sources, or says of each feed why not."""

from pathlib import Path

import pytest
from desk import Desk
from opml_corpus import EXPECTED

from aggregator.config.edit import with_sources
from aggregator.config.intake import intake
from aggregator.errors import ConfigError
from tests.corpus import FOLDER, needs_corpus

LIST = """\
<opml version="1.1"><body>
<outline text="Desk &#10; one"><outline text=" New&#9;feed " xmlUrl="https://new.example/rss"/></outline>
<outline text="old" xmlUrl="https://old.example/feed"/>
<outline text="twin" xmlUrl="https://TAKEN.example/"/>
<outline text="file" xmlUrl="file:///etc/passwd"/>
<outline text="env" xmlUrl="env:HOME"/>
<outline text="script" xmlUrl="exec:~/fetch.sh"/>
</body></opml>
"""


@pytest.fixture
def config(desk: Desk):
    desk.writes(
        "sources.yaml",
        "sources:\n  - {id: old, url: https://old.example/feed}\n"
        "  - {id: Taken-Example, url: https://else.example/}\n",
    )
    return desk.reads()


def test_new_feeds_become_entries_and_known_ones_are_left_alone(config):
    found = intake("f.opml", LIST.encode(), config)

    assert found.sources == (
        {
            "id": "new-example-rss",
            "url": "https://new.example/rss",
            "title": "New feed",
            "tags": ["Desk one"],
        },
        {
            "id": "taken-example-2",
            "url": "https://TAKEN.example/",
            "title": "twin",
        },
    )
    assert (found.known, found.flaw) == (1, None)


@pytest.mark.parametrize(
    "url",
    ["https://old.example/feed#part", "https://me:secret@old.example/feed"],
)
def test_a_list_that_we_gave_out_brings_nothing_twice(desk: Desk, url):
    """It names no credentials; and a fragment is never asked for."""
    desk.writes("sources.yaml", f"sources: [{{id: old, url: '{url}'}}]")
    mine = '<opml><body><outline xmlUrl="https://old.example/feed"/></body></opml>'

    found = intake("f.opml", mine.encode(), desk.reads())

    assert (found.sources, found.known) == ((), 1)


def test_what_leads_away_from_the_web_is_left_out_with_its_line(config):
    left_out = intake("f.opml", LIST.encode(), config).left_out

    assert [sentence.split(" ")[0] for sentence in left_out] == [
        "f.opml:5:1:",
        "f.opml:6:1:",
        "f.opml:7:1:",
    ]


def test_a_feed_that_gives_no_id_is_left_out_with_a_sentence_of_ours(config):
    con = '<opml><body><outline xmlUrl="http://con/"/></body></opml>'

    assert intake("f.opml", con.encode(), config).left_out == (
        'f.opml:1:13: "con" is no id: the name of a device on some systems',
    )


@pytest.mark.parametrize(
    ("kind", "is_taken"),
    [
        ("rss", True),
        ("application/rss+xml", True),
        ("JSONFeed", True),
        ("HTML+XPath", False),
        ("XML+XPath", False),
        ("JSON+DotNotation", False),
    ],
)
def test_a_page_that_freshrss_scrapes_is_no_feed(config, kind, is_taken):
    made = f'<outline type="{kind}" xmlUrl="https://page.example/"/>'

    found = intake("f.opml", f"<opml><body>{made}</body></opml>".encode(), config)

    assert bool(found.sources) is is_taken
    assert [f"(type {kind})" in said for said in found.left_out] == [True] * (
        not is_taken
    )


@needs_corpus
def test_every_list_of_the_corpus_is_taken_in_or_refused_with_a_reason(
    desk: Desk, config
):
    """143 lists of twelve programs; what is written is valid, and nothing is lost."""
    folder = FOLDER / "opml"
    refused = {}
    left_out = taken = 0
    written = ""
    for path in sorted(filter(Path.is_file, folder.rglob("*"))):
        name = str(path.relative_to(folder))
        try:
            found = intake(path.name, path.read_bytes(), config)
        except ConfigError as error:
            refused[name] = error.complaints[0].message
            continue
        left_out += len(found.left_out)
        taken += len(found.sources)
        if not found.sources:
            refused[name] = "no feeds"
        elif len(found.sources) > 60:
            written = with_sources("", found.sources)
            desk.writes("sources.d/list.yaml", written)
            assert len(desk.reads().sources) == len(found.sources) + 2

    assert refused == EXPECTED
    assert (taken, left_out) == (3240, 3)
    assert written
