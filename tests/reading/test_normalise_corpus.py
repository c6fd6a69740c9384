"""Real feeds whose entries all link to the front page, through parse and normalise.

That every feed collected gives as many articles as it has entries is seen by the real
command: tests/acceptance/test_corpus.py.
"""

from datetime import UTC, datetime

import pytest

from aggregator.model import Source
from aggregator.reading import decode, normalise, parse
from tests.corpus import FOLDER, needs_corpus

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SOURCE = Source(id="corpus", url="https://feed.example/dir/feed.xml")


@needs_corpus
@pytest.mark.parametrize("name", ["aldaily-06-27.xml", "aldaily-06-30.xml"])
def test_where_links_name_nothing_no_entry_is_lost(name):
    body = (FOLDER / "snapshots" / "feedhq" / name).read_bytes()
    found = decode.decode(body, content_type=None, max_bytes=2**24)

    feed = parse.feed(found.document, url=SOURCE.url)
    made = normalise.articles(feed, SOURCE, url=SOURCE.url, now=NOW).articles

    assert len({one.keys[0] for one in made}) == len(feed.entries) > 1
