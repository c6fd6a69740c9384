"""Who is the operator: whoever has the token; without one, whoever sits at this machine.

In: a request. Out: a Pass, or RefusedError with a status and a sentence. A token comes
as `Authorization: Bearer`, or is given once in the sign-in form and becomes a session.

Without a token a request must come from loopback, name a loopback host (a name that a
stranger's DNS leads to 127.0.0.1 is none), and show no sign of a proxy: behind one,
everybody comes from loopback.

A browser sends its cookie, and its loopback address, along with requests that other
sites make it send. So what changes anything must name our own origin and carry the seal
that our form has. A Bearer token nobody sends by accident.

Source: RFC 6750 section 2.1 (Bearer), RFC 6454 (Origin), Fetch Metadata (Sec-Fetch-Site).
"""

import hmac
import re
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from msgspec import Struct
from starlette.requests import Request

from aggregator.config.secret import token_digest
from aggregator.model import repr_without
from aggregator.web.console.sessions import is_seal, is_session, seal, session
from aggregator.web.console.throttle import WrongTokens
from aggregator.web.rendering import newsroom_of

COOKIE = "mediawire_console"

_PORT = re.compile(r":[0-9]*$", re.ASCII)

_PROXY_SIGNS = frozenset(
    {
        "forwarded",
        "via",
        "x-real-ip",
        "x-client-ip",
        "cf-connecting-ip",
        "true-client-ip",
    }
)
_ON_THIS_MACHINE = (
    "The console opens on this machine only, because no token is configured. Set "
    "console.token in mediawire.yaml to open it from elsewhere."
)
_FOREIGN = "This request did not come from a page of this console; nothing was changed."
_STALE = (
    "This form was made before you signed in or before the service started anew; "
    "nothing was changed. Go back, reload the page, and try again."
)


class RefusedError(Exception):
    """A request that is not the operator's; `wait_s` if it may be tried again then."""

    def __init__(self, status: int, reason: str, *, wait_s: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.wait_s = wait_s


class Pass(Struct, frozen=True, kw_only=True):
    """What lets a request in. `seal` is for its forms; None where none is needed."""

    seal: str | None
    has_session: bool = False

    def __repr__(self) -> str:
        return repr_without(self, "seal")


class Access:
    """The door of one console."""

    def __init__(self) -> None:
        self._wrong = WrongTokens()
        # Of forms on this machine, where there is no token to make seals with.
        self._own_key = secrets.token_bytes(32)

    def admit(self, request: Request) -> Pass:
        """Return the pass of a request; raises RefusedError."""
        digest = newsroom_of(request).config.console.token_digest
        if digest is None:
            if not is_local(request):
                raise RefusedError(403, _ON_THIS_MACHINE)
            return Pass(seal=seal(self._own_key, "local"))
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            self._compare(request, digest, token)
            return Pass(seal=None)
        cookie = request.cookies.get(COOKIE, "")
        if not is_session(digest, cookie, now=newsroom_of(request).now()):
            raise RefusedError(401, "")
        return Pass(seal=seal(digest, cookie), has_session=True)

    def sign_in(self, request: Request, token: str) -> str:
        """Return a new session for the token; raises RefusedError for another one."""
        newsroom = newsroom_of(request)
        digest = newsroom.config.console.token_digest
        if digest is None:
            raise RefusedError(403, _ON_THIS_MACHINE)
        self._compare(request, digest, token)
        return session(digest, now=newsroom.now())

    def check_form(self, request: Request, holds: Pass, said: str) -> None:
        """Make sure that a form is one of ours; raises RefusedError."""
        check_origin(request, must_say=holds.seal is not None)
        if holds.seal is None:
            return
        digest = newsroom_of(request).config.console.token_digest
        key = digest if holds.has_session and digest else self._own_key
        of = request.cookies.get(COOKIE, "") if holds.has_session else "local"
        if not is_seal(key, of, said):
            raise RefusedError(403, _STALE)

    def _compare(self, request: Request, digest: bytes, token: str) -> None:
        now, address = newsroom_of(request).now(), _address(request)
        if wait := self._wrong.wait(address, now=now):
            seconds = int(wait.total_seconds()) + 1
            raise RefusedError(
                429,
                f"Too many wrong tokens came from your address. Try again in {seconds} s.",
                wait_s=seconds,
            )
        if not hmac.compare_digest(token_digest(token.strip()), digest):
            self._wrong.note(address, now=now)
            raise RefusedError(401, "This is not the token.")


def is_local(request: Request) -> bool:
    """Whether a request comes from this machine, and from no proxy on it."""
    return (
        _is_loopback(request.client.host if request.client else "")
        and _is_loopback(_PORT.sub("", request.headers.get("host", "")).strip("[]"))
        # nginx, told nothing else, asks in HTTP/1.0 and adds no header of its own.
        and request.scope.get("http_version") != "1.0"
        and not any(
            name in _PROXY_SIGNS or name.startswith("x-forwarded")
            for name in request.headers
        )
    )


def check_origin(request: Request, *, must_say: bool = True) -> None:
    """Make sure that no other site sent this; raises RefusedError.

    Our pages are served with `Referrer-Policy: same-origin`: under `no-referrer`, which
    all others have, browsers say `Origin: null` with every form.
    """
    site, origin = (request.headers.get(n) for n in ("sec-fetch-site", "origin"))
    if site not in {None, "same-origin"} or (origin is None and must_say):
        raise RefusedError(403, _FOREIGN)
    if origin is not None and not _is_ours(request, origin):
        raise RefusedError(403, _FOREIGN)


def _is_ours(request: Request, origin: str) -> bool:
    config = newsroom_of(request).config
    scheme, _, place = origin.lower().partition("://")
    ours = {request.headers.get("host", "").lower()}
    if config.console.token_digest is not None:
        # A proxy may ask us under another name than the one that the browser sees.
        ours.add(urlsplit(config.base_url).netloc.lower())
    return scheme in {"http", "https"} and place in ours


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _address(request: Request) -> str:
    """Return whose tries are counted together: those of one peer.

    Behind a proxy that is all who come through it, for what it says of them may be made
    up by them. Who has signed in already is never counted.
    """
    return request.client.host if request.client else ""
