"""Every whole feed of the corpus, polled with the real command over loopback."""

import json
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from lxml import etree

from tests.corpus import FOLDER, files, needs_corpus, told
from tests.feedrules import problems
from tests.installation import LONG_PATIENCE, Installation
from tests.origin import Origin

pytestmark = needs_corpus

# What a file that gives no articles may be called. The words are those of `status`.
REASONS = ("empty", "html-page", "captcha", "not-a-feed", "too-complex", "unreadable")

# Where we hold another number of articles than feedparser tells entries apart, and why.
SHARED = "entries with other headlines share one id or link; each is an article"
FRONT = "every entry links to the front page, which names none of them"
CUT = "the document is cut off within its last entry, which is not used"
DIFFERING = {
    "fastfeedparser/osm-pl.xml": (-1, CUT),
    "feedhq/aldaily-06-27.xml": (3, FRONT),
    "feedhq/aldaily-06-30.xml": (9, FRONT),
    "rssowl-2006/104-php-hypertext-preprocessor.xml": (4, SHARED),
    "rssowl-2006/117-eat-feed.xml": (1, SHARED),
    "rssowl-2006/185-de-die-zeit-homepage.xml": (1, SHARED),
    "rssowl-2006/64-yahoo-games.xml": (21, SHARED),
    "rssowl-2006/76-sun-developer-network-highlights.xml": (13, SHARED),
    "speedparser-2011/0414-metropolitan-library-system-news.xml": (3, SHARED),
}

FEEDS = files("snapshots/") if FOLDER.is_dir() else []
# What all of them give at least.
ENTRIES, MONTHS, ARTICLES = 5_000, 100, 8_000

PUBLICATIONS = """\
publications:
  - {id: wire, title: Everything, limit: 100000}
"""


@pytest.fixture(scope="session")
def polled(tmp_path_factory):
    """Serve the feeds, poll them once; return the installation and the answer."""
    with Origin() as origin:
        sources = {}
        for number, file in enumerate(FEEDS):
            origin.answers(f"/{number}", file.read_bytes())
            sources[f"s{number}"] = origin.url(f"/{number}")
        at = Installation(
            tmp_path_factory.mktemp("corpus"), sources, publications=PUBLICATIONS
        )
        at.patience = LONG_PATIENCE
        yield at, at.poll()


def distinct_entries(path):
    """Return how many entries feedparser tells apart, by id, link or words.

    It does not read JSON Feed: there, how many ids the document has.
    """
    document = path.read_bytes()
    if document.lstrip()[:1] == b"{":
        return len({item.get("id") for item in json.loads(document).get("items", ())})
    return len({entry.name for entry in told(path)})


def test_every_file_ends_in_articles_or_in_one_named_reason(polled):
    at, answer = polled
    silent = [
        source["id"]
        for source in answer["sources"]
        if not source["new"] and not source["error"]
    ]
    empty = [s for s in silent if distinct_entries(FEEDS[int(s[1:])])]

    assert answer["polled"] == len(FEEDS)
    assert empty == []
    states = at.status()
    failed = [s["id"] for s in answer["sources"] if s["outcome"] == "failed"]
    assert all(states[id_]["problem"] in REASONS for id_ in failed)


def test_as_many_articles_as_feedparser_tells_entries_apart(polled):
    """I21: over every snapshot; each difference has a name."""
    at, _ = polled
    stored = Counter(article["source"] for article in at.articles())
    differing = {}
    for number, file in enumerate(FEEDS):
        more = stored[f"s{number}"] - distinct_entries(file)
        if more:
            differing[f"{file.parent.name}/{file.name}"] = more

    assert differing == {name: more for name, (more, _) in DIFFERING.items()}


ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = {"feeds/wire.rss": "item", "feeds/wire.atom": f"{ATOM}entry"}
ID = {"feeds/wire.rss": "guid", "feeds/wire.atom": f"{ATOM}id"}


@pytest.mark.parametrize("path", ENTRY)
def test_everything_republished_is_well_formed_for_two_parsers(polled, path):
    at, _ = polled
    document = at.published(path)

    root = etree.fromstring(document, etree.XMLParser(huge_tree=True))
    entries = ET.fromstring(document).findall(f".//{ENTRY[path]}/{ID[path]}")
    ids = [each.text for each in root.iterfind(f".//{ENTRY[path]}/{ID[path]}")]

    assert ids == [each.text for each in entries]
    assert len(set(ids)) == len(ids) >= ENTRIES


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_everything_republished_holds_to_its_specification(polled, kind):
    """No error and no warning, whatever came in."""
    at, _ = polled

    assert problems(at.published(f"feeds/wire.{kind}"), kind) == []


def test_every_month_republished_holds_to_its_specification(polled):
    """RFC 4287, RFC 5005: the archives of two decades of feeds."""
    at, _ = polled
    months = sorted((at.folder / "public").glob("feeds/wire/archive/*.atom"))

    assert len(months) >= MONTHS
    assert [m.name for m in months if problems(m.read_bytes(), "atom")] == []


def test_every_word_republished_is_its_source_s_own(polled):
    """Fidelity: raw item → body as sent → published body → files on disk."""
    at, _ = polled

    answer = json.loads(at.run("verify", "--json").stdout)

    assert answer["articles"] >= ARTICLES
    assert answer["differences"] == []
