"""The figures that Prometheus gets, as they are now.

In: a Newsroom and its standings. Out: families of metrics. No label names a source:
labels are words of ours, or paths of documents, so the number of series is fixed by
what is published. Names: base units, `_total` for what only grows; a time is a
`_timestamp_seconds`, of which an alert makes an age.

Source: Prometheus, "Metric and label naming" and "Writing exporters".
"""

import platform
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import get_args

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.metrics_core import Metric

from aggregator import __version__
from aggregator.errors import StoreError
from aggregator.model import AlertKind, OutcomeKind, Problem, StateWord
from aggregator.store import say_left_out
from aggregator.web.newsroom import Newsroom, Polls
from aggregator.web.standings import Standings

STATE_WORDS: tuple[str, ...] = get_args(StateWord)
OUTCOMES: tuple[str, ...] = get_args(OutcomeKind)
PROBLEMS: tuple[str, ...] = get_args(Problem)
SLEEPING = ("paused", "held", "gone")


class Figures:
    """A collector for a registry of Prometheus."""

    def __init__(self, newsroom: Newsroom, standings: Standings) -> None:
        self._newsroom = newsroom
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """Yield every figure; those of the store only while it can be read."""
        build = {"version": __version__, "python": platform.python_version()}
        yield _one("mediawire_build_info", "What runs here; always 1.", 1, labels=build)
        yield _one(
            "mediawire_ready",
            "1 if the service is ready, else 0.",
            not self._newsroom.unready(),
        )
        yield from self._service()
        try:
            known = [
                *self._sources(),
                *self._articles(),
                *self._publications(),
                *self._alerts(),
            ]
        except StoreError:
            known = []
        yield _one(
            "mediawire_store_up", "1 if the store can be read, else 0.", bool(known)
        )
        yield from known

    def _service(self) -> Iterator[Metric]:
        service = self._newsroom.service()
        if service is None:  # `serve` alone: another process polls
            return
        yield _one(
            "mediawire_config_valid",
            "0 if the config folder was refused and an older config is in force.",
            service.config_valid,
        )
        if service.last_tick:
            yield _one(
                "mediawire_last_tick_timestamp_seconds",
                "When the schedule was last looked at.",
                service.last_tick.timestamp(),
            )
        yield from _polls(service.polls)

    def _sources(self) -> Iterator[Metric]:
        rows, now = self._standings.rows(), self._newsroom.now()
        yield _by(
            "mediawire_sources",
            "Sources by state.",
            "state",
            Counter(row["state"] for row in rows),
            STATE_WORDS,
        )
        yield _by(
            "mediawire_sources_last_poll",
            "Sources by the outcome of their last poll.",
            "outcome",
            Counter(row["outcome"] for row in rows),
            OUTCOMES,
        )
        yield _by(
            "mediawire_sources_problem",
            "Sources whose last poll failed, by what went wrong.",
            "problem",
            Counter(row["problem"] for row in rows if row["outcome"] == "failed"),
            PROBLEMS,
        )
        times = [
            row["next_poll_at"]
            for row in rows
            if row["next_poll_at"] and row["state"] not in SLEEPING
        ]
        yield _one(
            "mediawire_sources_due",
            "Sources whose time has come and that were not polled yet.",
            sum(at <= now for at in times),
        )
        longest = max((now - at for at in times), default=timedelta(0))
        yield _one(
            "mediawire_due_lag_seconds",
            "How long the source that waits longest has been due; 0 if none is.",
            max(longest.total_seconds(), 0),
        )
        if times:
            yield _one(
                "mediawire_next_poll_timestamp_seconds",
                "When the next source is due, or was.",
                min(times).timestamp(),
            )

    def _articles(self) -> Iterator[Metric]:
        store = self._newsroom.store
        yield _one(
            "mediawire_articles",
            "Articles kept, dropped and withdrawn ones too.",
            store.count(),
        )
        for newest in store.articles(limit=1, leave_out=say_left_out):
            yield _one(
                "mediawire_newest_article_timestamp_seconds",
                "When the newest article was listed.",
                newest.listed_at.timestamp(),
            )

    def _alerts(self) -> Iterator[Metric]:
        yield _by(
            "mediawire_alerts",
            "Matters that an operator should know, by kind; `status` names them.",
            "kind",
            Counter(alert.kind for alert in self._newsroom.alerts()),
            get_args(AlertKind),
        )

    def _publications(self) -> Iterator[Metric]:
        statuses = self._newsroom.store.publication_status()
        yield _per_path(
            "mediawire_publication_written_timestamp_seconds",
            "When a published document last changed.",
            {s.path: s.written_at.timestamp() for s in statuses if s.written_at},
        )
        yield _per_path(
            "mediawire_publication_checked_timestamp_seconds",
            "When a document was last rendered and checked.",
            {each.path: each.checked_at.timestamp() for each in statuses},
        )
        yield _per_path(
            "mediawire_publication_refused",
            "1 if the newest document was not fit to be published, else 0.",
            {each.path: each.refused is not None for each in statuses},
        )
        yield _per_path(
            "mediawire_publication_entries",
            "Entries of the document as last rendered.",
            {each.path: each.entries for each in statuses},
        )
        yield _per_path(
            "mediawire_publication_left_out",
            "Entries that could not be written, or may not be shown.",
            {each.path: len(each.left_out) for each in statuses},
        )


def _polls(polls: Polls) -> Iterator[Metric]:
    yield _by(
        "mediawire_polls",
        "Polls since the start, by outcome.",
        "outcome",
        polls.outcomes,
        OUTCOMES,
        kind=CounterMetricFamily,
    )
    yield _by(
        "mediawire_poll_problems",
        "Polls that failed since the start, by what went wrong.",
        "problem",
        polls.problems,
        PROBLEMS,
        kind=CounterMetricFamily,
    )
    yield _by(
        "mediawire_articles_recorded",
        "Articles that polls brought since the start, new ones and changed ones.",
        "change",
        {"new": polls.new, "changed": polls.changed},
        ("new", "changed"),
        kind=CounterMetricFamily,
    )
    yield CounterMetricFamily(
        "mediawire_fetch_wire_bytes",
        "Bytes of bodies as they came over the wire since the start.",
        value=polls.wire_bytes,
    )
    yield HistogramMetricFamily(
        "mediawire_fetch_duration_seconds",
        "How long fetches took.",
        buckets=list(polls.within),
        sum_value=polls.seconds,
    )


def _one(
    name: str, text: str, value: float, *, labels: Mapping[str, str] | None = None
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=list(labels or ()))
    family.add_metric(list((labels or {}).values()), value)
    return family


def _by(
    name: str,
    text: str,
    label: str,
    tally: Mapping[str, int],
    words: Sequence[str],
    *,
    kind: type[GaugeMetricFamily | CounterMetricFamily] = GaugeMetricFamily,
) -> Metric:
    """Return one figure for each word; `kind` tells a state from what only grows."""
    family = kind(name, text, labels=[label])
    for word in words:
        family.add_metric([word], tally.get(word, 0))
    return family


def _per_path(name: str, text: str, values: Mapping[str, float]) -> Metric:
    """Return one figure for each document, by its path."""
    family = GaugeMetricFamily(name, text, labels=["path"])
    for path, value in values.items():
        family.add_metric([path], value)
    return family
