"""What the console changes: forms in, a decision of the desk, and back to the page.

Each answers a POST, and leads to a page of ours with 303, so that reloading repeats
nothing. What cannot be done now is said on a page of its own (409).
"""

from collections.abc import Awaitable, Callable
from shlex import quote
from typing import Literal, TypedDict

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from aggregator.errors import MediaWireError
from aggregator.events import log
from aggregator.text import markup
from aggregator.web.console.access import COOKIE
from aggregator.web.console.desk import Desk
from aggregator.web.console.guarding import (
    HEADERS,
    Form,
    access_of,
    desk_of,
    guarded,
    known_source,
    open_form,
    shown,
)
from aggregator.web.console.sessions import LASTS
from aggregator.web.language import direction
from aggregator.web.lines import time
from aggregator.web.rendering import links_of, newsroom_of

LONGEST_REASON = 300  # characters


class _Terms(TypedDict):
    path: str
    httponly: bool
    samesite: Literal["strict"]
    secure: bool


def decision(
    verb: str, decide: Callable[[Desk, str], None]
) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers a form that asks the desk for one thing about a source."""

    @guarded
    def answer(request: Request) -> Response:
        id_ = known_source(request).id
        decide(desk_of(request), id_)
        return _done(request, id_, verb)

    return answer


poll = decision("poll", lambda desk, id_: desk.poll(id_))
resume = decision("resume", lambda desk, id_: desk.resume(id_))
release = decision("release", lambda desk, id_: desk.release(id_))
reject = decision("reject", lambda desk, id_: desk.reject(id_))


@guarded
def pause(request: Request) -> Response:
    """Pause a source, with a reason."""
    id_ = known_source(request).id
    desk_of(request).pause(id_, why=_reason(request))
    return _done(request, id_, "pause")


@guarded
def test(request: Request) -> Response:
    """Show what is behind an address; nothing is kept."""
    url = request.state.form.get("url", "").strip()
    if not url:
        raise MediaWireError("Write the address to be tested.")
    now = newsroom_of(request).now()
    found = desk_of(request).test(url)
    return shown(
        request,
        "console/tested.html",
        found=found,
        typed=quote(found["url"]),
        headlines=[
            (
                each["title"],
                direction(found["language"], each["title"]),
                time(each["published"], now, None),
            )
            for each in found["headlines"]
        ],
    )


@guarded
def withdraw(request: Request) -> Response:
    """Take an article back, with a reason that readers will see."""
    ref, reason = request.state.form.get("article", "").strip(), _reason(request)
    if not ref or not reason:
        raise MediaWireError(
            "Write the article's id or address, and the reason; it stands on its page."
        )
    gone = desk_of(request).withdraw(ref, reason=reason)
    if not gone:
        raise MediaWireError("It was withdrawn before.")
    log.info("withdrawn", articles=gone, reason=reason, by="console")
    return _to(request, "/status/?did=withdraw")


@open_form
def sign_in(request: Request, form: Form) -> Response:
    """Give whoever has the token a session, in a cookie that no script reads."""
    session = access_of(request).sign_in(request, form.get("token", ""))
    answer = _to(request, "/status/")
    answer.set_cookie(
        COOKIE,
        session,
        max_age=int(LASTS.total_seconds()),
        **_terms(request),
    )
    log.info("signed in", peer=request.client.host if request.client else None)
    return answer


@guarded
def sign_out(request: Request) -> Response:
    """Take the cookie back."""
    answer = _to(request, "/status/")
    answer.delete_cookie(COOKIE, **_terms(request))
    return answer


def _terms(request: Request) -> _Terms:
    """Return who may have the cookie; one is taken back on the terms it was given on."""
    return {
        "path": links_of(request).to("/status/"),
        "httponly": True,
        "samesite": "strict",
        "secure": newsroom_of(request).config.base_url.startswith("https:"),
    }


def _reason(request: Request) -> str:
    """Return the reason in a form on one line, shortened if it is a letter."""
    said = markup.plain(request.state.form.get("why", ""), "text/plain")
    return said[:LONGEST_REASON]


def _done(request: Request, source_id: str, what: str) -> Response:
    log.info("asked for", what=what, source_id=source_id, by="console")
    return _to(request, f"/status/sources/{source_id}?did={what}")


def _to(request: Request, path: str) -> Response:
    return RedirectResponse(
        links_of(request).to(path), status_code=303, headers=HEADERS
    )
