import json
from datetime import timedelta
from threading import Event

import pytest
from builders import article
from house import served

from aggregator.errors import StoreError
from aggregator.web import health

PATIENCE = 30


class Unasked:
    """A store that fails whoever asks it anything."""

    def __getattr__(self, name):
        raise AssertionError(f"the store was asked for {name}")


@pytest.mark.parametrize("path", ["/-/ready", "/readyz"])
def test_ready_says_yes_or_why_not(house, path):
    with served(house) as site:
        well = site.get(path)
        house.troubles.append("no tick since noon")
        ill = site.get(path)

    assert (well.status, json.loads(well.body)) == (200, {"ready": True, "reasons": []})
    assert (ill.status, json.loads(ill.body)["reasons"]) == (
        503,
        ["no tick since noon"],
    )
    assert ill.headers["cache-control"] == "no-store"


def test_a_store_that_does_not_answer_is_a_reason(house):
    def broken():
        raise StoreError("the database does not answer")

    house.store.require_schema = broken
    with served(house) as site:
        answer = site.get("/-/ready")

    assert answer.status == 503
    assert "the database does not answer" in answer.text


def test_a_store_that_hangs_is_a_reason_and_holds_up_no_more_than_one(
    house, monkeypatch
):
    """A database server that froze says nothing, and probes would learn nothing."""
    monkeypatch.setattr(health, "PATIENCE_S", 0.05)
    asked, thawed = [], Event()

    def hang():
        asked.append("once")
        assert thawed.wait(PATIENCE)

    house.store.require_schema = hang
    with served(house) as site:
        frozen = [site.get("/-/ready") for _ in range(3)]
        hanging = len(asked)
        thawed.set()
        monkeypatch.setattr(health, "PATIENCE_S", PATIENCE)
        again = site.get("/-/ready")

    assert {answer.status for answer in frozen} == {503}
    assert "the store has not answered" in frozen[0].text
    assert hanging == 1
    assert again.status == 200


def test_a_schema_that_another_program_brought_is_a_reason(house):
    """What runs on was made for another one."""
    with house.store._writing() as connection:
        connection.exec_driver_sql("UPDATE mediawire_version SET version_num = '0042'")
    with served(house) as site:
        answer = site.get("/-/ready")

    assert answer.status == 503
    assert "its schema is 0042 now" in answer.text


def test_healthy_asks_the_service_and_nobody_else(house):
    """O1: a store that hangs cannot hold up the answer."""
    with served(house) as site:
        house.store = Unasked()
        well = [site.get(path) for path in ("/-/healthy", "/healthz")]
        house.troubles.append("the scheduler has ended")
        ill = site.get("/-/healthy")

    assert {(answer.status, answer.body) for answer in well} == {(200, b"healthy\n")}
    assert (ill.status, ill.body) == (503, b"the scheduler has ended\n")


def test_figures_count_sources_by_state_and_name_none(house):
    house.take(article(1), article(2)).publish()
    house.states["agency"] = "failing"
    with served(house) as site:
        figures = site.get("/metrics").text

    assert 'mediawire_sources{state="failing"} 1.0' in figures
    assert 'mediawire_sources{state="ok"} 0.0' in figures
    assert "mediawire_articles 2.0" in figures
    assert "mediawire_ready 1.0" in figures
    assert 'publication_refused{path="feeds/wire.atom"} 0.0' in figures
    assert 'written_timestamp_seconds{path="feeds/wire.rss"} 1.7955216e+09' in figures
    assert "agency" not in figures


def test_sources_are_counted_once_for_many_who_ask(house):
    asked = []
    counted = house.standings
    house.standings = lambda: asked.append(1) or counted()
    with served(house) as site:
        for path in ("/metrics", "/sources/", "/sources/agency", "/metrics"):
            site.get(path)
        within = len(asked)
        house.at += timedelta(seconds=5)
        site.get("/metrics")
        later = len(asked)
        house.reconfigure(contact="desk@press.example")
        site.get("/sources/")

    assert (within, later, len(asked)) == (1, 2, 3)
