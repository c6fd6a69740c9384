"""Tell machines whether the service is well: alive, ready, and in figures."""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from aggregator.errors import StoreError
from aggregator.web.figures import Figures
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import newsroom_of, standings_of

NEVER_KEPT = {"cache-control": "no-store"}


async def healthy(request: Request) -> Response:
    """Answer 200 if every part of the process is at work, else 503; ask nobody else."""
    reasons = newsroom_of(request).unready()
    return PlainTextResponse(
        "\n".join([*(reasons or ["healthy"]), ""]),
        status_code=503 if reasons else 200,
        headers=NEVER_KEPT,
    )


def ready(request: Request) -> Response:
    """Answer 200 if the service does its work, else 503 with the reasons."""
    reasons = unready(newsroom_of(request))
    return JSONResponse(
        {"ready": not reasons, "reasons": reasons},
        status_code=503 if reasons else 200,
        headers=NEVER_KEPT,
    )


def unready(newsroom: Newsroom) -> list[str]:
    """Return why the service is not ready: its own reasons, or else the store's.

    A store that is locked would let whoever asks wait, too.
    """
    reasons = newsroom.unready()
    if not reasons:
        try:
            newsroom.store.require_schema()
        except StoreError as error:
            return [str(error)]
    return reasons


def metrics(request: Request) -> Response:
    """Return the figures in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(newsroom_of(request), standings_of(request)))
    ProcessCollector(registry=registry)
    return Response(
        generate_latest(registry),
        headers=NEVER_KEPT | {"content-type": CONTENT_TYPE_LATEST},
    )
