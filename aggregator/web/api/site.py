"""The API as an app, to be mounted below `/api/v1`.

In: the state of the pages' app. Out: an app of its own, so that whatever is refused
below `/api/v1` is refused as a problem. A HEAD is answered as a GET, whose body the
server leaves out; OPTIONS says what may be done, also to scripts of other sites.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import State
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aggregator.web.answers import answer, document
from aggregator.web.api import openapi
from aggregator.web.api.description import ROOT, Asked, Operation
from aggregator.web.api.listing import Page, next_address
from aggregator.web.api.operations import LISTED
from aggregator.web.api.problems import HANDLERS
from aggregator.web.api.values import asked
from aggregator.web.negotiation import accepts, listed
from aggregator.web.protection import FEED_POLICY
from aggregator.web.rendering import links_of, newsroom_of
from aggregator.web.sharing import SHARED, preflight

_HEADERS = {
    "cache-control": "public, max-age=60",
    "content-security-policy": FEED_POLICY,
    **SHARED,
    "x-robots-tag": "noindex",
}


def root(request: Request, _asked: Asked) -> dict[str, Any]:
    """Return where everything is."""
    links = links_of(request)
    return {
        "openapi": links.to(f"{ROOT}/openapi.json"),
        "operations": {each.id: links.to(f"{ROOT}{each.path}") for each in OPERATIONS},
    }


def described(request: Request, _asked: Asked) -> dict[str, Any]:
    """Return the API as OpenAPI describes it."""
    config = newsroom_of(request).config
    return openapi.document(OPERATIONS, title=config.title, base_url=config.base_url)


OPERATIONS = (
    Operation(
        id="getRoot",
        path="/",
        summary="Where everything is",
        text="The addresses of all operations, and of this description.",
        returns="Root",
        answer=root,
    ),
    *LISTED,
    Operation(
        id="getDescription",
        path="/openapi.json",
        summary="This description",
        text="OpenAPI 3.1.",
        returns="OpenAPI",
        answer=described,
    ),
)


def api(state: State) -> Starlette:
    """Return the API of the newsroom that a state of the pages' app holds."""
    app = Starlette(
        routes=[
            Route(each.path, _endpoint(each), methods=["GET", "OPTIONS"])
            for each in OPERATIONS
        ],
        exception_handlers=HANDLERS,
    )
    app.router.redirect_slashes = False  # it would believe the Host header
    app.state = state
    return app


def _endpoint(operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        if request.method == "OPTIONS":
            return preflight()
        if not accepts(listed(request.headers, "accept"), openapi.JSON):
            raise HTTPException(406)
        return await run_in_threadpool(_answered, operation, request)

    return serve


def _answered(operation: Operation, request: Request) -> Response:
    said = asked(operation, request)
    found = operation.answer(request, said)
    headers = dict(_HEADERS)
    if isinstance(found, Page):
        address = next_address(found, operation, said, links_of(request))
        if address:
            headers["link"] = f'<{address}>; rel="next"'
        found = {"items": found.items, "next": address}
    body = json.dumps(found, ensure_ascii=False).encode("utf-8", "replace")
    return answer(request.headers, document(body, openapi.JSON), headers=headers)
