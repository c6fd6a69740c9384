"""Put the door in front of a page of the console, and show what it says.

In: what answers an operator. Out: what answers anybody. A form is read here, at most
16 KB and 50 fields of it, and checked before anything happens.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from aggregator.errors import MediaWireError
from aggregator.model import Source
from aggregator.web.assets import Assets
from aggregator.web.console.access import Access, Pass, RefusedError, check_origin
from aggregator.web.console.desk import Desk
from aggregator.web.receiving import receive
from aggregator.web.rendering import links_of, newsroom_of, page

Form = dict[str, str]
Answer = Callable[[Request], Response]

# Our own script refreshes the page; nothing else runs, and nobody else is asked.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-robots-tag": "noindex",
}
MOST_BYTES = 16 * 1024
MOST_FIELDS = 50
_FORM = "application/x-www-form-urlencoded"


def guarded(answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """Return what lets only the operator through to `answer`, which runs in a thread."""

    async def serve(request: Request) -> Response:
        try:
            request.state.allowed = access_of(request).admit(request)
            if request.method == "POST":
                request.state.form = await read_form(request)
                said = request.state.form.get("seal", "")
                access_of(request).check_form(request, request.state.allowed, said)
        except RefusedError as refused:
            return await run_in_threadpool(turned_away, request, refused)
        return await run_in_threadpool(_answered, request, answer)

    return serve


def open_form(
    answer: Callable[[Request, Form], Response],
) -> Callable[[Request], Awaitable[Response]]:
    """Return what hands a form of our own pages to `answer`, whoever sent it."""

    async def serve(request: Request) -> Response:
        try:
            check_origin(request)
            form = await read_form(request)
            return await run_in_threadpool(answer, request, form)
        except RefusedError as refused:
            return await run_in_threadpool(turned_away, request, refused)

    return serve


async def read_form(request: Request) -> Form:
    """Return the fields of a form; HTTPException if it is none, too large or too slow."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise HTTPException(415, detail=f"Send a form ({_FORM}), nothing else.")
    body = bytearray()
    await receive(request, body.extend, most=MOST_BYTES, noun="form")
    text = body.decode("utf-8", "replace")
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, detail="The form has too many fields.") from None
    return {name: value.replace("\0", "") for name, value in fields}


def turned_away(request: Request, refused: RefusedError) -> Response:
    """Return the page for whoever is not let in: a form to sign in, or why not."""
    headers: dict[str, str] = {}
    if refused.status == 401:  # noqa: PLR2004 - HTTP's word
        headers["www-authenticate"] = "Bearer"
    if refused.wait_s is not None:
        headers["retry-after"] = str(refused.wait_s)
    return shown(
        request,
        "console/sign-in.html",
        status=refused.status,
        headers=headers,
        reason=refused.reason,
        asks=refused.status == 401,  # noqa: PLR2004 - HTTP's word
    )


def shown(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **said: Any,  # noqa: ANN401 - what a template prints
) -> Response:
    """Return a page of the console."""
    assets: Assets = request.app.state.assets
    links = links_of(request)
    allowed: Pass | None = getattr(request.state, "allowed", None)
    return page(
        request,
        template,
        status=status,
        headers=HEADERS | (headers or {}),
        allowed=allowed,
        console_css=links.to(assets.path("console.css")),
        console_js=links.to(assets.path("console.js")),
        **said,
    )


def desk_of(request: Request) -> Desk:
    """Return what the operator may do."""
    desk: Desk = request.app.state.desk
    return desk


def access_of(request: Request) -> Access:
    """Return the door."""
    access: Access = request.app.state.access
    return access


def known_source(request: Request) -> Source:
    """Return the configured source that an address names; 404 without one."""
    source = newsroom_of(request).config.source(request.path_params["id"])
    if source is None:
        raise not_configured()
    return source


def not_configured() -> HTTPException:
    """Return what answers for a source that is not, or is not any more, configured."""
    return HTTPException(404, detail="No such source is configured.")


def _answered(request: Request, answer: Answer) -> Response:
    """Return the answer; what could not be done is a page that says why, and no fault."""
    try:
        return answer(request)
    except MediaWireError as error:
        if request.method != "POST":
            raise
        return shown(
            request,
            "console/not-done.html",
            status=409,
            reasons=str(error).splitlines(),
            back=request.path_params.get("id"),
        )
