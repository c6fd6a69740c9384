"""Say in one plain sentence why no document came.

In: whatever requests, urllib3, http.client, ssl or socket raised, or a status that is not
a document. Out: a FetchError with a sentence of its own for each kind of failure. Never in
it: credentials or a query. The libraries' own texts hold both, so none of them is passed
on, and none of their exceptions is chained; only the innermost cause is.
"""

import errno
import http.client
import ssl
from collections.abc import Iterator
from http import HTTPStatus

from aggregator.errors import FetchError
from aggregator.model import Advice, Problem
from aggregator.text import challenges

# OpenSSL's X509_V_ERR_ codes.
_CERTIFICATE_FAULTS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is self-signed",
    19: "its certificate is signed by an authority we do not know (self-signed)",
    20: "its certificate is signed by an authority we do not know",
    21: "its certificate cannot be verified; the server may not send the whole chain",
    23: "its certificate has been revoked",
    62: "its certificate is for another host name",
    64: "its certificate is for another address",
}
_TLS_FAULTS = {
    "UNSUPPORTED_PROTOCOL": "it only speaks a version of TLS that is too old",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it only speaks a version of TLS that is too old",
    "WRONG_VERSION_NUMBER": "it does not speak TLS on this port",
    "HTTP_REQUEST": "it does not speak TLS on this port",
    "RECORD_LAYER_FAILURE": "it does not speak TLS on this port",
    "UNEXPECTED_EOF_WHILE_READING": "it broke off the TLS connection",
}
_NOT_HTTP = "what answered does not speak HTTP that we understand"
_UNREACHABLE = {errno.ENETUNREACH: "network", errno.EHOSTUNREACH: "host"}

_STATUS_PROBLEMS: dict[int, Problem] = {
    HTTPStatus.NO_CONTENT: "empty",
    HTTPStatus.RESET_CONTENT: "empty",
    HTTPStatus.GONE: "gone",
    HTTPStatus.TOO_MANY_REQUESTS: "throttled",
    HTTPStatus.SERVICE_UNAVAILABLE: "throttled",
}

_WRAPPERS = frozenset({"requests", "urllib3"})

# The first kind that is anywhere among the causes decides.
_KINDS: tuple[tuple[type[BaseException], Problem], ...] = (
    (ssl.SSLError, "tls"),
    (ssl.CertificateError, "tls"),
    (TimeoutError, "timeout"),
    (ConnectionRefusedError, "refused"),
    (http.client.RemoteDisconnected, "reset"),
    (http.client.IncompleteRead, "reset"),
    (http.client.HTTPException, "protocol"),
    (ConnectionError, "reset"),
    (OSError, "refused"),
    (ValueError, "protocol"),
)


def broken(place: str, error: Exception) -> tuple[FetchError, BaseException | None]:
    """Return what an exception means, and the cause to chain.

    `place` is the address as it may be shown.
    """
    causes = list(_causes(error))
    for kind, problem in _KINDS:
        for cause in causes:
            if isinstance(cause, kind):
                return FetchError(
                    f"{place}: {_sentence(cause)}", problem=problem
                ), cause
    # urllib3 found the answer contradicting itself.
    return FetchError(f"{place}: {_NOT_HTTP}", problem="protocol"), None


def status(
    place: str, code: int, advice: Advice, *, is_check: bool = False
) -> FetchError:
    """Return what a status other than 200 and 304 means.

    204 and 205 carry no document by definition, so they count as an empty one; 206 is a
    part nobody asked for. `is_check`: what came with it is a robot check.
    """
    try:
        phrase = f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        phrase = f"status {code}"
    if is_check:
        return FetchError(
            f"{place}: answered {phrase} with a robot check instead of the feed; "
            f"{challenges.WHAT_NOW}",
            problem="captcha",
            status=code,
            advice=advice,
        )
    return FetchError(
        f"{place}: answered {phrase}",
        problem=_STATUS_PROBLEMS.get(code, "status"),
        status=code,
        advice=advice,
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what an error wraps, outermost first, without the wrappings themselves.

    All of requests' exceptions are OSErrors, whatever they are about.
    """
    waiting, known = [error], set()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in known:
            continue
        known.add(id(cause))
        is_wrapping = type(cause).__module__.split(".")[0] in _WRAPPERS
        if not is_wrapping or isinstance(cause, http.client.HTTPException):
            yield cause
        wrapped = (*cause.args, getattr(cause, "reason", None), cause.__cause__)
        waiting += [
            w for w in (*wrapped, cause.__context__) if isinstance(w, BaseException)
        ]


def _sentence(cause: BaseException) -> str:  # noqa: PLR0911 - a table that needs code
    match cause:
        case ssl.SSLCertVerificationError():
            return _CERTIFICATE_FAULTS.get(
                getattr(cause, "verify_code", 0), "its certificate cannot be verified"
            )
        case ssl.SSLError():
            # Only OpenSSL's own have one: not what Python code raises.
            reason = getattr(cause, "reason", None) or "no reason given"
            plain = reason.replace("_", " ").lower()
            return _TLS_FAULTS.get(reason, f"TLS failed ({plain})")
        case TimeoutError():
            return "it did not answer in full within the time allowed (fetch.timeout)"
        case ConnectionRefusedError():
            return "it refused the connection"
        case http.client.RemoteDisconnected():
            return "it closed the connection without an answer"
        case http.client.IncompleteRead():
            return "the answer broke off before its announced end"
        case http.client.HTTPException() | ValueError():
            return _NOT_HTTP
        case ConnectionError():
            return "the connection broke off"
        case OSError() if cause.errno in _UNREACHABLE:
            return f"its {_UNREACHABLE[cause.errno]} cannot be reached"
        case _:
            return "it cannot be reached"
