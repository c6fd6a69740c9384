"""Tell machines whether the service is well: alive, ready, and in figures."""

from collections import Counter as Tally
from collections.abc import Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from aggregator.errors import StoreError
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import newsroom_of, standings_of
from aggregator.web.standings import Standings

NEVER_KEPT = {"cache-control": "no-store"}
STATE_WORDS = ("new", "ok", "failing", "throttled", "paused", "held", "gone")
OUTCOMES = ("updated", "unchanged", "failed")


async def healthy(_request: Request) -> Response:
    """Answer that the process is alive, and nothing more."""
    return PlainTextResponse("healthy\n", headers=NEVER_KEPT)


def ready(request: Request) -> Response:
    """Answer 200 if the service does its work, else 503 with the reasons."""
    reasons = unready(newsroom_of(request))
    return JSONResponse(
        {"ready": not reasons, "reasons": reasons},
        status_code=503 if reasons else 200,
        headers=NEVER_KEPT,
    )


def unready(newsroom: Newsroom) -> list[str]:
    """Return why the service is not ready: its own reasons, and the store's."""
    try:
        newsroom.store.meta("ready")
    except StoreError as error:
        return [*newsroom.unready(), str(error)]
    return newsroom.unready()


def metrics(request: Request) -> Response:
    """Return the figures in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(newsroom_of(request), standings_of(request)))
    return Response(
        generate_latest(registry),
        headers=NEVER_KEPT | {"content-type": CONTENT_TYPE_LATEST},
    )


class _Figures:
    """What Prometheus gets: no label names a source, so the number of series is fixed."""

    def __init__(self, newsroom: Newsroom, standings: Standings) -> None:
        self._newsroom = newsroom
        self._standings = standings

    def collect(self) -> Iterator[Metric]:
        """Yield every figure as it is now."""
        standings = self._standings.rows()
        states = Tally(standing["state"] for standing in standings)
        yield _by(
            "mediawire_sources", "Sources by state.", "state", states, STATE_WORDS
        )
        outcomes = Tally(standing["outcome"] for standing in standings)
        yield _by(
            "mediawire_sources_last_poll",
            "Sources by the outcome of their last poll.",
            "outcome",
            outcomes,
            OUTCOMES,
        )
        yield GaugeMetricFamily(
            "mediawire_articles",
            "Articles kept, dropped and withdrawn ones too.",
            value=self._newsroom.store.count(),
        )
        yield GaugeMetricFamily(
            "mediawire_ready",
            "1 if the service is ready, else 0.",
            value=not self._newsroom.unready(),
        )
        yield from self._publications()

    def _publications(self) -> Iterator[Metric]:
        written = GaugeMetricFamily(
            "mediawire_publication_written_timestamp_seconds",
            "When a published document last changed.",
            labels=["path"],
        )
        refused = GaugeMetricFamily(
            "mediawire_publication_refused",
            "1 if the newest document was not fit to be published, else 0.",
            labels=["path"],
        )
        for status in self._newsroom.store.publication_status():
            if status.written_at:
                written.add_metric([status.path], status.written_at.timestamp())
            refused.add_metric([status.path], status.refused is not None)
        yield written
        yield refused


def _by(
    name: str, text: str, label: str, tally: Tally[str], words: tuple[str, ...]
) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for word in words:
        family.add_metric([word], tally[word])
    return family
