"""The bodies of real feeds: every word of them comes through."""

import io
from functools import cache

import feedparser
import pytest

from aggregator.text.markup import as_html, clean, visible_text
from aggregator.text.markup.cleaning import CHARACTERS
from tests.corpus import files, needs_corpus
from tests.text import witness
from tests.text.allowance import not_allowed


@cache
def bodies():
    found = []
    for path in files("snapshots/"):
        feed = feedparser.parse(
            io.BytesIO(path.read_bytes()),
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        for entry in feed.entries:
            texts = [*entry.get("content", ()), entry.get("summary_detail")]
            found += [(text.value, text.base, text.type) for text in texts if text]
    return found


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_word_of_real_feeds_comes_through():
    """Fidelity, on all bodies of the corpus, and none had to give up its markup."""
    assert len(bodies()) > 10_000

    for body, base, media_type in bodies():
        cleaned = clean(body, base=base, media_type=media_type)

        assert cleaned.text == visible_text(as_html(body, media_type))
        assert visible_text(cleaned.html) == cleaned.text
        assert not any("words only" in change for change in cleaned.changes)
        assert not_allowed(cleaned.html) == []


@needs_corpus
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::html5lib.constants.DataLossWarning")
def test_another_parser_reads_the_same_words():
    """Fidelity, by html5lib, on every tenth body; all of them take 5 s."""
    for body, base, media_type in bodies()[::10]:
        html = as_html(body, media_type)
        cleaned = clean(body, base=base, media_type=media_type)

        sent, published = witness.words(html), witness.words(cleaned.html)

        if CHARACTERS in cleaned.changes:
            sent, published = map(witness.printable, (sent, published))
        assert published == sent
