"""Tell machines whether the service is well: alive, ready, and in figures."""

import threading
from concurrent.futures import Future
from weakref import WeakKeyDictionary

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from aggregator.errors import StoreError
from aggregator.store import Store
from aggregator.web.figures import Figures
from aggregator.web.newsroom import Newsroom
from aggregator.web.rendering import newsroom_of, standings_of

NEVER_KEPT = {"cache-control": "no-store"}
# A database server that froze answers nobody; `mediawire health` waits for 5 seconds.
PATIENCE_S = 3.0


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
            _require_answer(newsroom.store)
        except StoreError as error:
            return [str(error)]
    return reasons


_asked: WeakKeyDictionary[Store, Future[None]] = WeakKeyDictionary()
_asking = threading.Lock()


def _require_answer(store: Store) -> None:
    """Raise StoreError for what is wrong with a store, or if it says nothing for a while.

    It is asked by one thread at a time: while it hangs, no more than that one does.
    """
    with _asking:
        asked = _asked.get(store)
        if asked is None or asked.done():
            asked = _asked[store] = Future()
            threading.Thread(target=_ask, args=(store, asked), daemon=True).start()
    try:
        asked.result(PATIENCE_S)
    except TimeoutError as error:
        message = f"the store has not answered for {PATIENCE_S:.0f} seconds"
        raise StoreError(message) from error


def _ask(store: Store, asked: Future[None]) -> None:
    try:
        store.require_schema()
    except Exception as error:  # noqa: BLE001 - it is raised again for who asked
        asked.set_exception(error)
    else:
        asked.set_result(None)


def metrics(request: Request) -> Response:
    """Return the figures in the text format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(newsroom_of(request), standings_of(request)))
    ProcessCollector(registry=registry)
    return Response(
        generate_latest(registry),
        headers=NEVER_KEPT | {"content-type": CONTENT_TYPE_LATEST},
    )
