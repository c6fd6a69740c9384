"""A source that may not be itself any more is noticed before it is published."""

from datetime import timedelta

import pytest
from builders import NOON, article
from msgspec.structs import replace

from aggregator.model import FeedInfo, SourceState
from aggregator.suspicion import FLOOD, suspicion

HOME = FeedInfo(title="The Agency", site="https://agency.example/", domain=None)
BEFORE = SourceState(
    source_id="agency",
    url="https://feeds.agency.example/all",
    fetch_url="https://feeds.agency.example/all",
    host="feeds.agency.example",
    shard=1,
    next_poll_at=NOON,
    first_success_at=NOON - timedelta(days=90),
    last_polled_at=NOON,
    last_success_at=NOON,
    feed=HOME,
)


def says(**changes):
    return FeedInfo(
        **{"title": HOME.title, "site": HOME.site, "domain": "agency.example"} | changes
    )


def links(host, number=10, **said):
    return [article(n, url=f"https://{host}/{n}", **said) for n in range(number)]


def test_a_source_that_is_itself_is_not_suspicious():
    assert (
        suspicion(BEFORE, says(), links("www.agency.example"), familiar=False) is None
    )


def test_another_registrable_domain_is_suspicious():
    assert "another domain, casino.example" in suspicion(
        BEFORE, says(domain="casino.example"), [], familiar=False
    )


def test_another_domain_with_reports_that_we_know_is_a_house_that_moved():
    """P16: a redirect is followed each time, also to a domain of another name."""
    moved = says(domain="news.example")

    assert suspicion(BEFORE, moved, links("news.example"), familiar=True) is None


def test_another_host_of_the_same_domain_is_not():
    assert suspicion(BEFORE, says(domain="agency.example"), [], familiar=False) is None


def test_a_new_title_home_and_links_at_once_are_suspicious():
    other = says(title="Best Casino", site="https://casino.example/")

    assert "changed at once" in suspicion(
        BEFORE, other, links("casino.example"), familiar=False
    )


@pytest.mark.parametrize(
    ("said", "host"),
    [
        ({"title": "The New Agency"}, "casino.example"),
        ({"site": "https://agency-news.example/"}, "agency-news.example"),
        ({"title": "New", "site": "https://new.example/"}, "agency.example"),
    ],
)
def test_a_part_of_that_happens_to_everybody(said, host):
    assert suspicion(BEFORE, says(**said), links(host), familiar=False) is None


def test_hundreds_of_old_reports_at_once_are_suspicious():
    old = links("agency.example", FLOOD, dated=NOON - timedelta(days=30))

    assert "hundreds of old reports" in suspicion(BEFORE, says(), old, familiar=False)


def test_hundreds_of_new_reports_are_a_busy_day():
    assert (
        suspicion(BEFORE, says(), links("agency.example", FLOOD), familiar=False)
        is None
    )


def test_what_a_source_says_first_is_believed():
    new = SourceState(
        source_id="a", url="https://a.example/", fetch_url="https://a.example/",
        host="a.example", shard=1, next_poll_at=NOON,
    )  # fmt: skip
    old = links("b.example", FLOOD, dated=NOON - timedelta(days=30))

    assert suspicion(new, says(domain="b.example"), old, familiar=False) is None


def test_one_that_was_released_is_believed_in_nothing_else():
    """From that sentence its release counts nothing; another one holds it again."""
    released = replace(BEFORE, last_polled_at=None, held="it leads to another domain")
    readdressed = replace(BEFORE, last_polled_at=None)
    casino = says(domain="casino.example")

    assert "casino.example" in suspicion(released, casino, [], familiar=False)
    assert suspicion(readdressed, casino, [], familiar=False) is None
