"""Make an address out of what a feed wrote: absolute, legal, http or https, or nothing.

In: a base address (or None) and a reference as it stood in the feed: relative, with
blanks and line breaks inside, backslashes, letters outside ASCII, credentials.
Out: an absolute URI that RFC 3986 and the W3C feed validator accept, or None. Never any
other scheme: `javascript:`, `data:` and friends give None however they are spelled.

The tolerance is that of browsers (WHATWG URL standard) where feeds need it, the result
is the strict form. This is done with the standard library and `idna` alone: a URL parser
in C++ (ada) would be about 10 microseconds faster per address but leaves characters
such as `|` and `^` in queries, which the feed validator rejects, so its results would
have to be taken apart again.

Existing percent-escapes are kept byte for byte; nothing is encoded twice.
"""

import re
from functools import lru_cache
from html import unescape
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple
from urllib.parse import quote, unquote

MAX_CHARS = 8192  # of an address; a longer one is dropped, for it cannot be cut

SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
# RFC 3986 appendix B, after the scheme.
PARTS = re.compile(
    r"(?P<slashes>//(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
ASCII_HOST = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
BLANKS = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
_LEADING = re.compile(rf"\A{BLANKS.pattern}+")
LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
PATH_SAFE = "/:@!$&'()*+,;=-._~%"
QUERY_SAFE = PATH_SAFE + "?"
DEFAULT_PORTS = {"http": 80, "https": 443}
PORT = re.compile(r"0*[0-9]{1,5}")
MAX_PORT = 65535
MAX_HOST = 253

_LETTER = r"(?:[A-Za-z0-9/:@!$&'()*+,;=\-._~{more}]|%[0-9A-Fa-f]{{2}})*+"
_REST = rf"(?:\?({_LETTER.format(more='?')}))?(?:#({_LETTER.format(more='?')}))?"
PLAIN = re.compile(
    r"(https?)://([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*)(?::([1-9][0-9]{0,4}))?"
    rf"((?:/{_LETTER.format(more='')})?){_REST}"
)
ROOTED = re.compile(rf"(/(?!/){_LETTER.format(more='')}){_REST}")


class Address(NamedTuple):
    """An absolute http or https address in its parts, each legal as it stands."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        """Return the address, put together again (RFC 3986 section 5.3)."""
        port = "" if self.port is None else f":{self.port}"
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{self.host}{port}{self.path}{query}{fragment}"


def resolve(base: str | None, href: str) -> str | None:
    r"""Return `href` as an absolute http(s) address, or None if it is none.

    A relative reference needs a base that is itself http(s); an empty one names
    nothing. A reference without scheme (`//host/path`) takes the base's, else https.
    Credentials are dropped, default ports too. `http:/host` and `http:\host` are
    taken as a browser without base takes them: as `http://host`.

    Source: RFC 3986 section 5.2; WHATWG URL standard (blanks, backslashes).
    """
    address = address_of(base, href)
    return None if address is None else str(address)


def resolve_content(base: str | None, href: str) -> str | None:
    """Return `href` as `resolve` does, or as a `mailto:` address (links in a body)."""
    if href[:1] in {"m", "M"} or BLANKS.match(href):
        bare = _LEADING.sub("", CONTROLS.sub("", href)).strip()
        if bare[:7].lower() == "mailto:" and len(bare) <= MAX_CHARS:
            return "mailto:" + _legal(bare[7:], QUERY_SAFE)
    return resolve(base, href)


def address_of(base: str | None, href: str) -> Address | None:
    """Return what `resolve` returns, in its parts."""
    if len(href) > MAX_CHARS:  # pictures written into an address: too long to be kept
        return _written.__wrapped__(base, href)
    short = _rooted(base, href) if href[:1] == "/" else _plain(href)
    return short or _written(base, href)


@lru_cache(maxsize=512)  # one address of an entry is asked for up to five times
def _plain(href: str) -> Address | None:
    """Return an address that is legal and normal as it stands, at a tenth of the cost.

    None for any other, which may be an address all the same.
    """
    parts = PLAIN.fullmatch(href)
    if parts is None:
        return None
    scheme, host, digits, path, query, fragment = parts.groups()
    if len(host) > MAX_HOST or "/." in path or "%2" in path:
        return None  # dot segments, perhaps
    port = int(digits) if digits else None
    if port is not None and port > MAX_PORT:
        return None
    return Address(
        scheme=scheme,
        host=host,
        port=None if port == DEFAULT_PORTS[scheme] else port,
        path=path or "/",
        query=query,
        fragment=fragment,
    )


def _rooted(base: str | None, href: str) -> Address | None:
    """Return the target of a path from the root that is legal as it stands, likewise."""
    parts = ROOTED.fullmatch(href)
    start = None if parts is None or base is None else address_of(None, base)
    if parts is None or start is None:
        return None
    path, query, fragment = parts.groups()
    if "/." in path or "%2" in path:
        return None
    return start._replace(path=path, query=query, fragment=fragment)


@lru_cache(maxsize=512)
def _written(base: str | None, href: str) -> Address | None:
    text = CONTROLS.sub("", href.encode("utf-8", "ignore").decode()).strip()
    if not text or len(text) > MAX_CHARS:
        return None
    # The scheme is looked for as the most lenient reader would: references decoded,
    # blanks out. Who hides a scheme from us gets no address.
    named = SCHEME.match(BLANKS.sub("", unescape(text)))
    if named is not None:
        scheme = named[1].lower()
        plain = SCHEME.match(text)
        if scheme not in DEFAULT_PORTS or plain is None:
            return None
        return _absolute(scheme, "//" + text[plain.end() :].lstrip("/\\"))
    if text[:2].replace("\\", "/") == "//":
        known = None if base is None else address_of(None, base)
        return _absolute(known.scheme if known else "https", "//" + text[2:])
    start = None if base is None else address_of(None, base)
    return None if start is None else _relative(start, text)


def _absolute(scheme: str, rest: str) -> Address | None:
    parts = _split(rest)
    located = _authority(parts["authority"] or "")
    if located is None:
        return None
    host, port = located
    return Address(
        scheme=scheme,
        host=host,
        port=None if port == DEFAULT_PORTS[scheme] else port,
        path=_path(parts["path"] or "/"),
        query=_optional(parts["query"]),
        fragment=_optional(parts["fragment"]),
    )


def _relative(base: Address, text: str) -> Address:
    """Return the target of a relative reference (RFC 3986 section 5.2.2)."""
    parts = _split(text)
    path, query = parts["path"] or "", _optional(parts["query"])
    fragment = _optional(parts["fragment"])
    if not path:
        kept = base.query if query is None else query
        return base._replace(query=kept, fragment=fragment)
    if not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return base._replace(path=_path(path), query=query, fragment=fragment)


def _split(text: str) -> dict[str, str | None]:
    end = re.search(r"[?#]|$", text)
    cut = len(text) if end is None else end.start()
    found = PARTS.fullmatch(text[:cut].replace("\\", "/") + text[cut:])
    return {} if found is None else found.groupdict()


def _authority(text: str) -> tuple[str, int | None] | None:
    """Return host and port of an authority, without credentials; None if illegal."""
    netloc = text.rpartition("@")[2].strip()
    bracketed = re.fullmatch(r"\[([0-9A-Fa-f:.]+)\](?::(\d*))?", netloc)
    if bracketed is not None:
        try:
            host = f"[{IPv6Address(bracketed[1]).compressed}]"
        except AddressValueError:
            return None
        digits = bracketed[2]
    else:
        name, _, digits = netloc.partition(":")
        host = _host(name)
        if not host:
            return None
    if not digits:
        return host, None
    if not PORT.fullmatch(digits) or int(digits) > MAX_PORT:
        return None
    return host, int(digits)


def _host(name: str) -> str:
    """Return a host name in lower-case ASCII, or an empty string if it is none."""
    lowered = unquote(name, errors="replace").lower()
    if not lowered.isascii():
        import idna  # only names outside ASCII need its tables

        try:
            lowered = idna.encode(lowered, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    return lowered if ASCII_HOST.fullmatch(lowered) else ""


def _path(path: str) -> str:
    """Return a legal absolute path without dot segments (RFC 3986 section 5.2.4)."""
    kept: list[str] = []
    segments = path.split("/")[1:] if path.startswith("/") else path.split("/")
    last = len(segments) - 1
    for number, segment in enumerate(segments):
        dots = segment.lower().replace("%2e", ".")
        if dots == "..":
            del kept[-1:]
        elif dots != ".":
            kept.append(segment)
            continue
        if number == last:
            kept.append("")
    return "/" + _legal("/".join(kept), PATH_SAFE)


def _optional(text: str | None) -> str | None:
    return None if text is None else _legal(text, QUERY_SAFE)


def _legal(text: str, safe: str) -> str:
    return quote(LONE_PERCENT.sub("%25", text.strip()), safe=safe)
