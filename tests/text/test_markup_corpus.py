"""The bodies of real feeds: every word of them comes through."""

import pytest

from aggregator.text.markup import as_html, clean, visible_text
from aggregator.text.markup.cleaning import CHARACTERS
from tests.corpus import files, needs_corpus, told
from tests.text import witness
from tests.text.allowance import not_allowed


def bodies():
    return [
        body
        for path in files("snapshots/")
        for entry in told(path)
        for body in entry.bodies
    ]


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
