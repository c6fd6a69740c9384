"""Which of several sources stands for an article they all carry."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from aggregator.editing import Options, kinds
from tests.builders import NOON, article, attribution


def carried(source, host, *, seen, url="https://gazette.example/1"):
    credit = attribution(
        source_id=source,
        feed_url=f"https://feeds.{host}/news",
        site_url=f"https://www.{host}/",
    )
    return article(
        1, source_id=source, url=url, attribution=credit, first_seen=NOON + seen
    )


def standing(*twins, **options):
    rule = kinds()["duplicates"]("one-each", Options(options))
    return rule.chosen(twins).source_id


HOUR = timedelta(hours=1)
GAZETTE = carried("gazette", "gazette.example", seen=HOUR)
COPY = carried("copy", "copy.example", seen=timedelta(0))


def test_the_house_of_the_address_stands_before_who_was_seen_first():
    assert standing(COPY, GAZETTE) == "gazette"


def test_among_strangers_the_one_seen_first_stands():
    """One that is new to us is listed by its own dates, below what we had before."""
    other = replace(
        COPY, source_id="other", first_seen=NOON + HOUR, listed_at=NOON - 9 * HOUR
    )

    assert standing(other, COPY) == "copy"


def test_of_those_seen_at_once_the_one_listed_first_stands():
    other = replace(COPY, source_id="other", listed_at=COPY.listed_at - HOUR)

    assert standing(COPY, other) == "other"


@pytest.mark.parametrize(
    ("prefer", "chosen"),
    [
        (["copy"], "copy"),
        (["elsewhere", "copy"], "copy"),
        (["copy", "gazette"], "copy"),
        (["gazette", "copy"], "gazette"),
    ],
)
def test_an_operator_may_prefer_another(prefer, chosen):
    assert standing(COPY, GAZETTE, prefer=prefer) == chosen
