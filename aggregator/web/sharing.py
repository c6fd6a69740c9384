"""What scripts on the pages of other sites may read and ask: feeds and the API.

A reader that runs in a browser asks as others do. To send a condition it asks first, by
OPTIONS, whether it may; to keep an ETag for the next time it must be shown it.

Source: the Fetch standard, section 3.3 (CORS protocol). `If-None-Match` and the like
are not among the headers that need no asking, `ETag` not among those always shown.
"""

from starlette.responses import Response

SHARED = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Last-Modified, Link, Retry-After",
}
_PREFLIGHT = {
    "allow": "GET, HEAD, OPTIONS",
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD",
    "access-control-allow-headers": "If-None-Match, If-Modified-Since, Cache-Control",
    "access-control-max-age": "86400",  # seconds; browsers hold it for two hours
}


def preflight() -> Response:
    """Return what may be asked, for an OPTIONS."""
    return Response(status_code=204, headers=_PREFLIGHT)
