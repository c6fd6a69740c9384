r"""Read an http or https address once, the same way for the guard, the wire and the reader.

In: the text of a URL. Out: a Target whose host is what will be resolved and whose path is
what will be sent: percent escapes, case and order exactly as written, only what cannot
stand in a request line at all (blanks, non-ASCII) encoded. Refused: every other scheme,
and what two parsers could read in two ways (`http://a.example\@127.0.0.1/`).
"""

import re
from urllib.parse import quote, unquote

from msgspec import Struct

from aggregator.model import repr_without

_SHAPE = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#\\]+)(?P<path>[/?][^#]*)?(?:#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_PLACE = re.compile(
    r"(?P<host>\[[0-9a-f:.%]+\]|[^:\[\]]+)(?::(?P<port>[0-9]*))?", re.IGNORECASE
)
_HOST = re.compile(r"[a-z0-9_.~-]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# All of printable ASCII stays as it is: "unchanged" is decided here, not by quote().
_AS_IT_IS = re.compile(r"[\x21-\x7e]+")
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LAST_PORT = 65535


class Target(Struct, frozen=True, kw_only=True):
    """Where a request goes. `path` holds the query too, as it stands on the wire.

    `host` is lower-case ASCII, without brackets. `userinfo` (user:password of the URL,
    still percent-encoded) is kept apart from everything that is shown.
    """

    scheme: str
    host: str
    port: int
    path: str
    userinfo: str | None = None

    def __repr__(self) -> str:
        return repr_without(self, "userinfo")

    @property
    def origin(self) -> tuple[str, str, int]:
        """What credentials and validators belong to (RFC 6454)."""
        return (self.scheme, self.host, self.port)

    @property
    def url(self) -> str:
        """The whole address, without userinfo and fragment."""
        return f"{self.scheme}://{self._place}{self.path}"

    @property
    def shown(self) -> str:
        """The address as a person may see it: without query too, where tokens live."""
        return f"{self.scheme}://{self._place}{self.path.partition('?')[0]}"

    @property
    def _place(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        is_default = self.port == _DEFAULT_PORTS[self.scheme]
        return host if is_default else f"{host}:{self.port}"


def target(url: str) -> Target:
    """Return where a URL points; ValueError with a plain reason if nowhere we go."""
    shape = _SHAPE.fullmatch(url)
    if shape is None:
        raise ValueError("it is not an http or https address")
    if _CONTROL.search(url):
        raise ValueError("it holds control characters")
    scheme = shape["scheme"].lower()
    userinfo, at, place = shape["authority"].rpartition("@")
    parts = _PLACE.fullmatch(place)
    if parts is None:
        raise ValueError("its host is malformed")
    path = shape["path"] or "/"
    if not path.startswith("/"):
        path = f"/{path}"
    return Target(
        scheme=scheme,
        host=_host(parts["host"]),
        port=_port(parts["port"], scheme),
        path=path if _AS_IT_IS.fullmatch(path) else quote(path, safe=_PRINTABLE),
        userinfo=userinfo if at else None,
    )


def shown(url: str) -> str:
    """Return a URL fit for logs and errors: no userinfo, no query, no fragment."""
    try:
        return target(url).shown
    except ValueError:
        return "an unreadable address"


def _port(text: str | None, scheme: str) -> int:
    port = int(text) if text else _DEFAULT_PORTS[scheme]
    if not 0 < port <= _LAST_PORT:
        raise ValueError("its port does not exist")
    return port


def _host(text: str) -> str:
    """Return a host as it is resolved and sent: lower-case, internationals as A-labels."""
    if text.startswith("["):
        return text[1:-1].lower()
    host = unquote(text)
    if not host.isascii():
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise ValueError("its host name is not a legal one") from None
    if not _HOST.fullmatch(host):
        raise ValueError("its host name is not a legal one")
    return host.lower()
