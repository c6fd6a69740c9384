"""Refuse a request in a form that programs read: problem+json.

In: a status, and why in a sentence. Out: `application/problem+json` with the same
headers as any other answer. No detail ever holds more than the client sent, and that
only by the name of its parameter.

Source: RFC 9457; `errors` as in its section 3, with `parameter` in place of a pointer.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import StoreError
from aggregator.events import log
from aggregator.web.protection import FEED_POLICY
from aggregator.web.sharing import SHARED

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "30"  # seconds

_SAID = {
    404: "There is nothing at this address.",
    405: "The API can only be read: with GET or HEAD.",
    406: "Answers are written as application/json.",
    500: "Something broke on our side.",
    503: "Our archive cannot be read at the moment.",
}


class ProblemError(HTTPException):
    """A request refused with more to say than a sentence: `more` becomes members."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:  # noqa: ANN401 - members of JSON
        super().__init__(status, detail=detail)
        self.more = more


def problem(
    status: int,
    detail: str | None = None,
    *,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a refusal: why, and what else there is to know."""
    title = HTTPStatus(status).phrase
    said = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail if detail and detail != title else _SAID.get(status, title),
        **(more or {}),
    }
    body = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
    return Response(
        body,
        status_code=status,
        headers={
            "cache-control": "no-cache",
            "content-security-policy": FEED_POLICY,
            **SHARED,
            **(headers or {}),
            "content-type": MEDIA_TYPE,
        },
    )


def refused(_request: Request, error: Exception) -> Response:
    """Return a refusal that was raised."""
    if not isinstance(error, HTTPException):
        raise error
    more = error.more if isinstance(error, ProblemError) else None
    return problem(error.status_code, error.detail, more=more, headers=error.headers)


def unavailable(request: Request, error: Exception) -> Response:
    """Return 503 while the store cannot be read, and tell the operator why."""
    log.error("api not served", path=request.url.path, reason=str(error))
    return problem(503, headers={"retry-after": RETRY_AFTER})


def broken(_request: Request, _error: Exception) -> Response:
    """Return 500 for a fault of ours; Starlette passes the error on to the log."""
    return problem(500)


HANDLERS = {HTTPException: refused, StoreError: unavailable, Exception: broken}
