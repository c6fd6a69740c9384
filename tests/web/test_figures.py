"""What Prometheus gets, and that dashboard and alerts ask for nothing else."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from builders import NOON, article
from house import AGENCY, House, served
from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from aggregator.app.tally import BOUNDS, Tally
from aggregator.errors import StoreError
from aggregator.model import Outcome, PollResult
from aggregator.web.newsroom import AtWork

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/mediawire.json").read_text())
ALERTS = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())
RULES = ALERTS["groups"][0]["rules"]
# What is in the language of Prometheus no metric of ours; `up` is its own.
METRIC = re.compile(r"\b(?:mediawire|process)_\w+\b")


def poll(kind, *, took=0.2, size=0, **said):
    return PollResult(
        source_id="agency",
        at=NOON,
        outcome=Outcome(kind=kind, **said),
        state=None,
        took=timedelta(seconds=took),
        wire_bytes=size,
    )


@pytest.fixture
def working(tmp_path):
    """A house whose service polled three times."""
    house = House(tmp_path, sources=(AGENCY, replace(AGENCY, id="other")))
    house.take(article(1), article(2)).publish()
    tally = Tally()
    tally.count([poll("updated", new=2, changed=1, size=1_500)])
    tally.count([poll("failed", problem="timeout", took=31), poll("unchanged")])
    house.at_work = AtWork(polls=tally.polls(), last_tick=NOON, config_valid=True)
    return house


def figures(house):
    """Return every sample by its name and labels, and the families."""
    with served(house) as site:
        answer = site.get("/metrics")
    assert answer.status == 200
    families = list(text_string_to_metric_families(answer.text))
    samples = {
        (s.name, *sorted(s.labels.values())): s.value
        for f in families
        for s in f.samples
    }
    return samples, families


def test_polls_are_counted_by_outcome_with_their_fetches(working):
    said, _ = figures(working)

    assert said["mediawire_polls_total", "updated"] == 1
    assert said["mediawire_polls_total", "failed"] == 1
    assert said["mediawire_poll_problems_total", "timeout"] == 1
    assert said["mediawire_poll_problems_total", "dns"] == 0
    assert said["mediawire_articles_recorded_total", "new"] == 2
    assert said["mediawire_articles_recorded_total", "changed"] == 1
    assert said["mediawire_fetch_wire_bytes_total",] == 1_500
    assert said["mediawire_fetch_duration_seconds_sum",] == pytest.approx(31.4)
    assert said["mediawire_fetch_duration_seconds_bucket", "0.25"] == 2
    assert said["mediawire_fetch_duration_seconds_bucket", "30.0"] == 2
    assert said["mediawire_fetch_duration_seconds_count",] == 3


def test_a_fetch_counts_within_the_bound_it_reaches_exactly():
    tally = Tally()
    tally.count([poll("updated", took=bound) for bound in BOUNDS])

    within = [number for _, number in tally.polls().within]
    assert within == [*range(1, len(BOUNDS) + 1), len(BOUNDS)]


def test_what_is_due_is_told_with_how_long_it_waits(working):
    working.due = {
        "agency": NOON - timedelta(seconds=90),
        "other": NOON + timedelta(seconds=30),
    }
    late, _ = figures(working)
    working.due["agency"] = NOON + timedelta(seconds=60)
    working.at += timedelta(seconds=10)
    in_time, _ = figures(working)

    assert late["mediawire_sources_due",] == 1
    assert late["mediawire_due_lag_seconds",] == 90
    assert late["mediawire_next_poll_timestamp_seconds",] == NOON.timestamp() - 90
    assert in_time["mediawire_sources_due",] == 0
    assert in_time["mediawire_due_lag_seconds",] == 0


def test_a_source_that_is_not_to_be_polled_is_not_late(working):
    working.due = {"agency": NOON - timedelta(days=9)}
    working.states["agency"] = "paused"

    said, _ = figures(working)

    assert said["mediawire_due_lag_seconds",] == 0


def test_a_refused_config_and_a_refused_document_are_told(working):
    working.at_work = replace(working.at_work, config_valid=False)
    [status, *_] = working.store.publication_status()
    bad = replace(status, refused="no", left_out=(("x", "unfit"),))
    working.store.put_publication_status([bad])

    said, _ = figures(working)

    assert said["mediawire_config_valid",] == 0
    assert said["mediawire_publication_refused", status.path] == 1
    assert said["mediawire_publication_left_out", status.path] == 1
    assert said["mediawire_publication_entries", "feeds/wire.rss"] == 2


def test_a_store_that_cannot_be_read_still_leaves_the_figures_of_the_service(working):
    def broken(*_, **__):
        raise StoreError("the disk at /srv/secret is full")

    working.store.count = broken
    said, _ = figures(working)

    assert said["mediawire_store_up",] == 0
    assert said["mediawire_polls_total", "updated"] == 1
    assert ("mediawire_articles",) not in said


def test_a_server_alone_says_nothing_of_polls_that_another_process_makes(working):
    working.at_work = None

    said, families = figures(working)

    assert said["mediawire_ready",] == 1
    assert not any(f.name == "mediawire_polls" for f in families)


def test_no_label_names_a_source_and_series_do_not_grow_with_them(working):
    few, _ = figures(working)
    working.reconfigure(sources=[replace(AGENCY, id=f"s{n}") for n in range(200)])
    working.at += timedelta(seconds=9)
    many, _ = figures(working)

    assert few.keys() == many.keys()
    assert not {"agency", "other"} & {label for key in few for label in key[1:]}


def test_names_keep_the_conventions_of_prometheus(working):
    """Base units, `_total` for counters only, help for everything."""
    _, families = figures(working)
    ours = [f for f in families if f.name.startswith("mediawire_")]

    assert len(ours) > 20
    for family in ours:
        assert re.fullmatch("[a-z][a-z0-9_]*[a-z0-9]", family.name)
        assert family.documentation.endswith(".") or ":" in family.documentation
        assert not re.search("milli|minutes|hours|_ms$|_kb$|percent", family.name)
        if family.type != "counter":
            assert not family.name.endswith(("_total", "_count", "_sum", "_bucket"))
        labels = {label for s in family.samples for label in s.labels}
        assert not labels & {"source", "source_id", "id", "url", "host"}


# what is deployed beside it


def asked_for():
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]
    yield "job", DASHBOARD["templating"]["list"][1]["query"]["query"]
    for rule in RULES:
        yield rule["alert"], rule["expr"]


def test_dashboard_and_alerts_ask_for_metrics_and_labels_that_there_are(working):
    _, families = figures(working)
    known = {}
    for family in families:
        for sample in family.samples:
            known.setdefault(sample.name, {}).update(
                {
                    name: {*known.get(sample.name, {}).get(name, ()), value}
                    for name, value in sample.labels.items()
                }
            )

    for title, expression in asked_for():
        names = METRIC.findall(expression)
        assert names or "up{" in expression, title
        assert set(names) <= set(known), title
        for name, inside in re.findall(r"(mediawire_\w+)\{([^}]*)\}", expression):
            for label, value in re.findall(r'(\w+)="(\w+)"', inside):
                assert value in known[name][label], title
        for label in re.findall(r"by \((\w+)\)", expression):
            assert any(label in known[name] for name in names), title
        assert expression.count("(") == expression.count(")"), title


def test_every_figure_of_ours_stands_in_the_dashboard(working):
    _, families = figures(working)
    ours = {f.name for f in families if f.name.startswith("mediawire_")}
    told = {name for _, e in asked_for() for name in METRIC.findall(e)}

    shown = {re.sub("_(total|bucket)$", "", name) for name in told}
    assert ours - shown == set()


def test_the_dashboard_can_be_taken_in():
    ids = [panel["id"] for panel in DASHBOARD["panels"]]

    assert len(ids) == len(set(ids))
    assert DASHBOARD["uid"] == "mediawire"
    for panel in DASHBOARD["panels"]:
        if panel["type"] != "row":
            assert panel["datasource"]["uid"] == "${datasource}"
            assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24


def test_alerts_wait_are_graded_and_say_what_happened():
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert re.fullmatch("[0-9]+m", rule["for"])
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"].endswith(".")
