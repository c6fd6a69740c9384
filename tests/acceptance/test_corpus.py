"""Every whole feed of the corpus, polled with the real command over loopback."""

import xml.etree.ElementTree as ET
from collections import Counter

import feedparser
import pytest
from lxml import etree

from tests.corpus import files, needs_corpus
from tests.installation import Installation
from tests.origin import Origin

# One process polls the whole corpus, once, for all tests of this file.
pytestmark = [needs_corpus, pytest.mark.xdist_group("corpus")]

# What a file that gives no articles may be called. The words are those of `status`.
REASONS = ("empty", "html-page", "captcha", "not-a-feed", "too-complex", "unreadable")

PUBLICATIONS = """\
publications:
  - {id: wire, title: Everything, limit: 100000}
"""


@pytest.fixture(scope="module")
def polled(tmp_path_factory):
    """Serve all snapshots, poll them once; return the installation and the answer."""
    with Origin() as origin:
        sources = {}
        for number, file in enumerate(files("snapshots/")):
            origin.answers(f"/{number}", file.read_bytes())
            sources[f"s{number}"] = origin.url(f"/{number}")
        at = Installation(
            tmp_path_factory.mktemp("corpus"), sources, publications=PUBLICATIONS
        )
        yield at, at.poll()


def distinct_entries(document, url):
    """Return how many entries feedparser tells apart, by id, link or words."""
    feed = feedparser.parse(
        document,
        response_headers={"content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    names = {
        entry.get("id")
        or entry.get("link")
        or (entry.get("title"), entry.get("published"), entry.get("summary"))
        for entry in feed.entries
    }
    return len(names)


def test_every_file_ends_in_articles_or_in_one_named_reason(polled):
    at, answer = polled
    silent = [
        source["id"]
        for source in answer["sources"]
        if not source["new"] and not source["error"]
    ]
    documents = files("snapshots/")
    empty = [
        s for s in silent if distinct_entries(documents[int(s[1:])].read_bytes(), "")
    ]

    assert answer["polled"] == len(documents)
    assert empty == []
    states = at.status()
    failed = [s["id"] for s in answer["sources"] if s["outcome"] == "failed"]
    assert all(states[id_]["problem"] in REASONS for id_ in failed)


def test_as_many_articles_as_feedparser_tells_entries_apart(polled):
    at, _ = polled
    stored = Counter(article["source"] for article in at.articles())
    differing = {
        str(file): (stored[f"s{number}"], expected)
        for number, file in enumerate(files("snapshots/"))
        if (expected := distinct_entries(file.read_bytes(), "")) != stored[f"s{number}"]
    }

    assert differing == {}


@pytest.mark.parametrize("path", ["feeds/wire.rss", "feeds/wire.atom"])
def test_everything_republished_is_well_formed_for_two_parsers(polled, path):
    at, _ = polled
    document = at.published(path)

    ET.fromstring(document)
    etree.fromstring(document, etree.XMLParser(huge_tree=True))
    feed = feedparser.parse(document)
    assert feed.bozo == 0
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) > 5000
