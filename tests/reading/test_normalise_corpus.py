"""Real feeds through parse and normalise: every entry is told from every other."""

from datetime import UTC, datetime

import feedparser
import pytest

from aggregator.errors import ReadError
from aggregator.model import Article, Source
from aggregator.reading import decode, normalise, parse
from tests.corpus import FOLDER, files, needs_corpus

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SOURCE = Source(id="corpus", url="https://feed.example/dir/feed.xml")

FRONT_PAGE = "all entries link to the front page, which names none of them"
EXPECTED = {
    "snapshots/feedhq/aldaily-06-27.xml": FRONT_PAGE,
    "snapshots/feedhq/aldaily-06-30.xml": FRONT_PAGE,
}


@pytest.fixture
def seen(monkeypatch):
    """What feedparser said of the last document, all of which it got to see."""
    results = []
    real = feedparser.parse

    def recorded(*args, **kwargs):
        results.append(real(*args, **kwargs))
        return results[-1]

    monkeypatch.setattr(feedparser, "parse", recorded)
    monkeypatch.setattr(parse, "_from_the_tree", lambda _document, _url: None)
    monkeypatch.setattr(parse, "_quickly", lambda _document, _url: None)
    return results


def names(result):
    """Return what feedparser tells the entries apart by."""
    return {
        dict.get(entry, "id")
        or dict.get(entry, "link")
        or (
            dict.get(entry, "title"),
            dict.get(entry, "published"),
            dict.get(entry, "updated"),
            dict.get(entry, "summary"),
        )
        for entry in result["entries"]
    }


def articles(path):
    """Return the articles of a document, () for one that is refused, None for JSON."""
    try:
        found = decode.decode(path.read_bytes(), content_type=None, max_bytes=2**24)
        if found.json is not None:
            return None
        feed = parse.feed(found.document, url=SOURCE.url)
    except ReadError:
        return ()
    return normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW).articles


@needs_corpus
@pytest.mark.parametrize(
    "origin", sorted({path.parent.name for path in files("snapshots/")})
)
def test_as_many_articles_as_feedparser_tells_entries_apart(origin, seen):
    """I21: over every snapshot; each difference has a name."""
    found = {}
    for path in files("snapshots/"):
        if path.parent.name != origin:
            continue
        seen.clear()
        made = articles(path)
        if made is None or not seen:
            continue
        assert all(isinstance(one, Article) for one in made)
        if len({one.keys[0] for one in made}) != len(names(seen[-1])):
            found[path.relative_to(FOLDER).as_posix()] = len(made)

    assert set(found) == {path for path in EXPECTED if f"/{origin}/" in path}


@needs_corpus
@pytest.mark.parametrize("path", EXPECTED, ids=EXPECTED)
def test_where_links_name_nothing_no_entry_is_lost(path):
    made = articles(FOLDER / path)

    assert len({one.keys[0] for one in made}) == len(made) > 1
