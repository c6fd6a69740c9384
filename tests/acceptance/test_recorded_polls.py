"""Real feeds, as they were polled over hours and days, through the real command."""

import xml.etree.ElementTree as ET

import pytest

from aggregator.store import open_store
from tests.corpus import needs_corpus, series
from tests.installation import Installation
from tests.origin import Origin

ATOM = "{http://www.w3.org/2005/Atom}"


def stored(at):
    """Return the id under which each article is published, newest listed first."""
    with open_store(at.store, read_only=True) as store:
        return {article.id: article.published_id for article in store.articles()}


def published_ids(at):
    feed = ET.fromstring(at.published("feeds/wire.atom"))
    return [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]


@needs_corpus
@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("aljazeera", 49),
        ("bbc-world", 31),
        ("mehr", 37),
        ("kr-hani", 150),
        ("kr-tongilnews", 74),
        ("kr-womennews", 71),
        ("kr-newsis-politics", 60),
    ],
)
def test_a_recorded_series_gives_each_article_once(tmp_path, name, articles):
    """Guids that change form, items that come and go: no article twice, none lost."""
    with Origin() as origin:
        documents = series(name)
        for document in documents:
            origin.answers("/feed", document.read_bytes())
        at = Installation(tmp_path, {name: origin.url()}, limit=500)
        ids = {}
        for _ in documents:
            at.poll("--force")
            now = stored(at)
            assert published_ids(at) == list(now.values())
            assert len(set(now.values())) == len(now)
            assert now == {**now, **ids}  # what was published keeps its id
            ids = now
        before = at.files()

        again = at.poll("--force")

        assert again["unchanged"] == 1
        assert at.files() == before
        assert len(stored(at)) == articles
