"""The invented world speaks real dialects in real encodings."""

from datetime import UTC, datetime, timedelta

import feedparser
import pytest

from aggregator.demo.stories import AGENCIES
from aggregator.demo.world import document

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def told(agency, reports):
    return document(
        agency,
        reports=reports,
        since=NOON,
        latest=NOON + timedelta(hours=1),
        home=f"http://127.0.0.1/{agency.id}",
    )


@pytest.mark.parametrize("agency", AGENCIES, ids=lambda agency: agency.id)
def test_the_same_numbers_give_the_same_bytes_and_one_more_report_comes_first(agency):
    before = told(agency, len(agency.stories))

    assert before == told(agency, len(agency.stories))
    assert before != told(agency, len(agency.stories) + 1)


@pytest.mark.parametrize(
    "agency",
    [agency for agency in AGENCIES if agency.dialect != "json"],
    ids=lambda agency: agency.id,
)
def test_an_invented_feed_reads_like_a_real_one(agency):
    feed = feedparser.parse(told(agency, len(agency.stories) + 1))

    assert not feed.bozo or "charset" in str(feed.bozo_exception)
    assert feed.feed.title == agency.title
    assert feed.entries[0].title == f"{agency.stories[0][0]} (2)"
    assert feed.entries[-1].title == agency.stories[0][0]
