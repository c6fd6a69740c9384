"""Entries that we write ourselves are feedgen's own, byte for byte, or left to it."""

import pytest
from builders import ANY_RIGHTS, NOON, publication, report
from feedgen.feed import FeedGenerator
from feedgen.util import formatRFC2822
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented import articles, illegal_characters
from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.model import Also, Source
from aggregator.publishing.document import masthead
from aggregator.publishing.formats import _feedgen, _writing, atom, rss
from aggregator.publishing.particulars import whole_seconds
from aggregator.reading import ReadRequest, read
from tests.corpus import files, needs_corpus

FORMATS = {
    "atom": (atom, atom.feed_entry, FeedGenerator.atom_str),
    "rss": (rss, rss.item, FeedGenerator.rss_str),
}
both = pytest.mark.parametrize("name", FORMATS)
# Nine faults put in by hand (a tab not quoted, a CR, an empty value, ...) were found by the
# 25th example at the latest.
many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
alsos = st.lists(
    st.builds(
        Also,
        source_id=st.just("bbc"),
        title=st.sampled_from(['B "B" C', "<&>\t\n\r", "بی‌بی‌سی"]),
        url=st.sampled_from([None, "https://b.example/?a=1&b='2'", "ftp://b.example"]),
        feed_url=st.just("https://b.example/feed"),
    ),
    max_size=2,
)


def both_ways(name, shown):
    """Return what we write of a report and what feedgen alone does."""
    format_, held, write = FORMATS[name]
    top = masthead(publication(), name, "https://wire.example")
    ours = _writing.encoded(format_.directly(shown, top))
    return ours, _feedgen.alone(held(shown, top), write, format_.TAIL)


@both
@many
@given(article=articles(), also=alsos)
def test_whatever_came_in_our_entry_is_feedgens(name, article, also):
    ours, feedgens = both_ways(
        name, report(article, publication(), ANY_RIGHTS, also=also)
    )

    assert ours == feedgens


@pytest.fixture(scope="module")
def of_the_corpus():
    """The articles of every tenth real feed: other writers than Hypothesis."""
    found = []
    for path in files("snapshots")[::10]:
        source = Source(id="real", url="https://real.example/feed.xml")
        asked = ReadRequest(
            source=source, url=source.url, body=path.read_bytes(), now=NOON
        )
        try:
            found += [article for _, article in read(asked).items[:5]]
        except ReadError:
            continue
    return found


@needs_corpus
@both
def test_entries_of_real_feeds_are_feedgens(name, of_the_corpus):
    assert len(of_the_corpus) > 100
    for real in of_the_corpus:
        ours, feedgens = both_ways(name, report(real, publication(), ANY_RIGHTS))

        assert ours == feedgens


@both
@many
@given(article=articles(), illegal=illegal_characters, data=st.data())
def test_what_xml_cannot_hold_is_left_to_feedgen(name, article, illegal, data):
    place = data.draw(st.sampled_from(["title", "url", "body"]))
    spoilt = replace(article, **{place: f"https://x.example/{illegal}"})
    shown = report(article, publication(), ANY_RIGHTS)
    shown = replace(
        shown, article=spoilt, title=spoilt.title or "-", content=spoilt.body
    )

    with pytest.raises(ValueError, match=r"XML compatible|surrogates|utf-8"):
        FORMATS[name][0].entry(
            shown, masthead(publication(), name, "https://wire.example")
        )


def test_a_date_of_rss_is_feedgens():
    assert _writing.rfc822(whole_seconds(NOON)) == formatRFC2822(NOON)
