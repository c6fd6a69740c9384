"""What a request says: who we are, what we can read, and what we already have.

In: a source's own headers and credentials, and validators. Out: header lines. Never in
them: Cookie or Referer of our own, fragments, or anything another origin gave us.
"""

from base64 import b64encode
from urllib.parse import unquote_to_bytes

from aggregator import __version__
from aggregator.model import RESERVED_HEADERS, Validators

Lines = dict[str, str | bytes]

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, "
    "application/rdf+xml;q=0.9, application/xml;q=0.9, text/xml;q=0.8, "
    "application/json;q=0.7, */*;q=0.1"
)


def user_agent(contact: str) -> str:
    """Return our name, version, and where a publisher finds whoever runs this."""
    return f"MediaWire/{__version__} (+{contact})"


def anonymous(agent: str) -> Lines:
    """Return the headers that every request carries, to whatever origin."""
    return {
        "User-Agent": agent,
        "Accept": _ACCEPT,
        # br and zstd: two more decoders that can be bombed, for nearly no gain on feeds.
        "Accept-Encoding": "gzip",
        "Connection": "keep-alive",
    }


def personal(
    agent: str,
    headers: tuple[tuple[str, str], ...],
    auth: tuple[str, str] | None,
    userinfo: str | None,
) -> Lines:
    """Return the headers for a source's own origin: its own lines and credentials too.

    A source's line replaces ours of the same name. `auth` goes before an Authorization
    line among the headers, and that before credentials in the URL.
    """
    lines = anonymous(agent)
    for name, value in headers:
        if name.lower() not in RESERVED_HEADERS:
            _replace(lines, name, value.encode())
    credentials = _credentials(auth, userinfo)
    if credentials is not None and (auth or "authorization" not in _names(lines)):
        _replace(lines, "Authorization", credentials)
    return lines


def basic(userinfo: str | None) -> bytes | None:
    """Return the Authorization of an address that holds user and password, or None."""
    return _credentials(None, userinfo)


def conditional(lines: Lines, validators: Validators) -> Lines:
    """Return headers that ask only for what changed since the validators came."""
    asked = dict(lines)
    if validators.etag is not None:
        asked["If-None-Match"] = validators.etag
    if validators.last_modified is not None:
        asked["If-Modified-Since"] = validators.last_modified
    return asked


def _names(lines: Lines) -> set[str]:
    return {name.lower() for name in lines}


def _replace(lines: Lines, name: str, value: bytes) -> None:
    for known in [known for known in lines if known.lower() == name.lower()]:
        del lines[known]
    lines[name] = value


def _credentials(auth: tuple[str, str] | None, userinfo: str | None) -> bytes | None:
    """Return a Basic Authorization value in UTF-8 (RFC 7617), or None."""
    if auth is not None:
        pair = ":".join(auth).encode()
    elif userinfo:
        pair = unquote_to_bytes(userinfo)
    else:
        return None
    return b"Basic " + b64encode(pair if b":" in pair else pair + b":")
