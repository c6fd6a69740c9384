"""`file:`: read a document from a file: URL of the config, as conditionally as from the web.

In: an absolute file URL, validators of the last reading, the cap. Out: Fetched, or
NotModified while size and modification time stand still. Refused: whatever is not a plain
file on this machine. Only the config may name one; a redirect to file: ends in FetchError.
"""

import os
import stat
from datetime import datetime
from urllib.parse import unquote, urlsplit

from aggregator.errors import FetchError
from aggregator.fetching.dialling import Resolver
from aggregator.fetching.kinds import Kind
from aggregator.model import (
    Fetched,
    FetchLimits,
    FetchRequest,
    NotModified,
    Validators,
)

schemes = ("file",)

_HERE = frozenset({"", "localhost"})


class FileFetcher:
    """Reads files of this machine, at most `cap` bytes of each."""

    def __init__(self, cap: int) -> None:
        self._cap = cap

    def fetch(self, request: FetchRequest, *, now: datetime) -> Fetched | NotModified:
        """Return the file's bytes, or NotModified; FetchError `file` or `too-large`."""
        del now
        return _read(request.url, request.validators, cap=self._cap)

    def close(self) -> None:
        """Nothing is kept open."""


def opened(limits: FetchLimits, *, contact: str, resolver: Resolver) -> Kind:
    """Return the reader of files."""
    del contact, resolver
    return FileFetcher(limits.max_body)


def _read(url: str, validators: Validators, *, cap: int) -> Fetched | NotModified:
    path = _path(url)
    try:
        # Non-blocking, so that a named pipe is looked at and refused, not waited for.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise FetchError(f"{path} is not a plain file", problem="file")
            fresh = _validators(found)
            if fresh.etag == validators.etag:
                return NotModified(url=url, validators=validators)
            body = file.read(cap + 1)
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise FetchError(f"{path} cannot be read: {reason}", problem="file") from error
    if len(body) > cap:
        raise FetchError(
            f"{path} is too large: more than {cap:,} bytes (fetch.max_body)",
            problem="too-large",
        )
    return Fetched(url=url, body=body, validators=fresh, wire_bytes=len(body))


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.netloc.lower() not in _HERE or not path.startswith("/") or "\0" in path:
        raise FetchError("the file URL names no file on this machine", problem="file")
    return path


def _validators(found: os.stat_result) -> Validators:
    return Validators(etag=b'"%x-%x"' % (found.st_mtime_ns, found.st_size))
