"""Which of several sources stands for an article they all carry."""

from datetime import timedelta

from msgspec.structs import replace

from aggregator.editing import Options, kinds
from tests.builders import NOON, article, attribution


def carried(source, host, *, listed, url="https://gazette.example/1"):
    credit = attribution(
        source_id=source,
        feed_url=f"https://feeds.{host}/news",
        site_url=f"https://www.{host}/",
    )
    return article(
        1, source_id=source, url=url, attribution=credit, listed_at=NOON + listed
    )


def standing(*twins, **options):
    rule = kinds()["duplicates"]("one-each", Options(options))
    return rule.chosen(twins).source_id


HOUR = timedelta(hours=1)
GAZETTE = carried("gazette", "gazette.example", listed=HOUR)
COPY = carried("copy", "copy.example", listed=timedelta(0))


def test_the_house_of_the_address_stands_before_who_listed_it_first():
    assert standing(COPY, GAZETTE) == "gazette"


def test_among_strangers_the_one_listed_first_stands():
    other = replace(COPY, source_id="other", listed_at=NOON + HOUR)

    assert standing(other, COPY) == "copy"


def test_an_operator_may_prefer_another():
    assert standing(COPY, GAZETTE, prefer=["copy"]) == "copy"
