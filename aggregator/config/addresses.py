"""Addresses as an operator writes them: checked, and otherwise left alone.

Every function takes the text and returns what the program goes on with, or raises
ValueError with a sentence for a person. What is shown of an address is masked.
"""

import re
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import quote, unquote, urljoin, urlsplit, urlunsplit

from aggregator.config.masking import masked

LAST_PORT = 65_535

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+-]*", re.IGNORECASE)
_NEVER_IN_HOSTS = re.compile(r"[\"<>\\^`{|}]")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NO_PATH_IN_URLS = str.maketrans({"%": "%25", "?": "%3F", "#": "%23"})
DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_.])?", re.IGNORECASE)
_EMPTY_LABEL = re.compile(r"^\.|\.\.")
_MAIL = re.compile(r"[^@:\s()<>]+@[^@:\s()<>]+\.[^@:\s()<>]+")
_DATABASES = ("postgresql", "postgresql+psycopg")
# What stands behind the scheme, as SQLAlchemy takes it apart: the first @ ends a password.
_SERVER = re.compile(
    r"([^:/@]*(:[^@]*)?@)?(\[[^/?@]+\]|[^/:?@]*)(:[0-9]{1,5})?(/[^?@]*)?(\?.*)?"
)


def web_address(text: str) -> str:
    """Return an absolute http or https address, byte for byte as written."""
    if reason := refusal(text):
        raise ValueError(f'"{masked(text)}" {reason}')
    return text


def public_address(text: str) -> str:
    """Return an http or https address that readers are shown: without a user."""
    if "@" in urlsplit(web_address(text)).netloc:
        raise ValueError(
            f'"{masked(text)}" is shown to readers; take user and password out of it'
        )
    return _normal(text)


def _normal(url: str) -> str:
    """Return a web address in the form in which it may stand in a feed.

    Scheme and host small, no default port, all of it ASCII and legal (RFC 3986, sections
    6.2.2 and 6.2.3): `HTTP://Bücher.example:80/föö` is what a browser shows, and what
    feed validators find no IRI. What is legal there stays as it is written.
    """
    parts = urlsplit(url)
    host = _ascii_host(url, parts.hostname or "")
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != DEFAULT_PORTS[parts.scheme]:
        netloc = f"{netloc}:{parts.port}"
    path, query, fragment = map(_legal, (parts.path, parts.query, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def _ascii_host(url: str, host: str) -> str:
    if host.isascii():
        if _NEVER_IN_HOSTS.search(host):
            raise ValueError(f'"{masked(url)}" has a wrong host')
        return host
    import idna  # its tables take 20 ms to load

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        raise ValueError(f'"{masked(url)}" has a wrong host') from None


def _legal(text: str) -> str:
    """Return a path, query or fragment with what must be escaped there escaped."""
    return quote(_LONE_PERCENT.sub("%25", text), safe="/%:@!$&'()*+,;=~?")


def refusal(text: str) -> str | None:
    """Return why a text is no http or https address, or None; no more of it than a scheme."""
    if _BLANK.search(text):
        return "holds a blank or control character; write %20"
    scheme, separator, _ = text.partition("://")
    if not separator or not _SCHEME.fullmatch(scheme):
        return "has no scheme; write https:// in front"
    if scheme.lower() not in {"http", "https"}:
        return f"begins with {scheme}:, which is not read here; write http or https"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        return f"has a wrong {'port' if 'ort' in str(error) else 'host'}"
    if not host or "\\" in parts.netloc or port == 0:
        return "names no host"
    return "has a wrong host: a dot too many" if _EMPTY_LABEL.search(host) else None


def feed_address(text: str, folder: Path) -> str:
    """Return the address of a feed; `file:` ones absolute, seen from the config folder."""
    if not text.lower().startswith("file:"):
        return web_address(text)
    rest = text[len("file:") :]
    if "\0" in rest or "?" in rest or "#" in rest or not unquote(rest).strip("/"):
        raise ValueError(f'"{masked(text)}" names no file; write file:feeds/one.xml')
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if host.lower() not in {"", "localhost"} or not slash:
            raise ValueError(
                f'"{masked(text)}" is on another machine; write file:///folder/feed.xml, '
                "or file:feed.xml for a file beside the config"
            )
        rest = f"/{path}"
    return urljoin(f"{folder.as_uri()}/", quote(rest, safe="/%:@!$&'()*+,;=~"))


def base_address(text: str) -> str:
    """Return the public address, without a slash at its end, in ASCII.

    It stands in headers, in RSS, and in what browsers say of where they are.
    """
    web_address(text)
    parts = urlsplit(text)
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            f'"{masked(text)}" must be a plain address: no user, no ? and no #'
        )
    return _normal(text).rstrip("/")


def mail_address(text: str) -> str:
    """Return a plain mail address: no name, no angle brackets."""
    if not _MAIL.fullmatch(text) or not text.isascii() or not text.isprintable():
        raise ValueError(f'"{text}" is no mail address; write desk@your.site')
    return text


def contact(text: str) -> str:
    """Return where a publisher reaches the operator: a web or mail address."""
    if not text:
        raise ValueError("is empty; write a page or mail address of yours")
    if _MAIL.fullmatch(text.removeprefix("mailto:")) and text.isascii():
        return text
    if not text.isascii():
        raise ValueError(f'"{text}" must be plain ASCII, as it stands in a header')
    try:
        web_address(text)
    except ValueError:
        raise ValueError(
            f'"{masked(text)}" is neither a web nor a mail address; '
            "write https://your.site/about or desk@your.site"
        ) from None
    return public_address(text)


def host_and_port(text: str) -> tuple[str, int]:
    """Return host and port of `127.0.0.1:8080`, `[::1]:8080` or `name:8080`."""
    host, colon, port = text.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not colon or not _is_host(bare) or (":" in bare and bare == host):
        raise ValueError(f'"{masked(text)}" is not host:port; write 127.0.0.1:8080')
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > LAST_PORT:
        raise ValueError(f'"{port}" is no port; write a number up to {LAST_PORT}')
    return bare, int(port)


def joined(host: str, port: int) -> str:
    """Return host and port as they are written: the reverse of `host_and_port`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def dialled(text: str) -> str:
    """Return an entry of `allow_private`: a network in CIDR form, or host:port."""
    if "/" in text:
        try:
            ip_network(text)
        except ValueError:
            raise ValueError(_network_hint(text)) from None
        return text
    try:
        return str(ip_network(text.strip("[]")))
    except ValueError:
        pass
    try:
        _, port = host_and_port(text)
    except ValueError:
        raise ValueError(_network_hint(text)) from None
    if not port:
        raise ValueError(
            f'"{text}" names no port; a network allows all of its ports: 127.0.0.0/8'
        )
    return text


def host_pattern(text: str) -> str:
    """Return a pattern of host names, small: `example.org`, `*.example.org`.

    A name in its own letters is returned as it is asked for: `*.xn--exmple-cua.org`.
    """
    with suppress(ValueError):
        return str(ip_address(text.strip("[]")))
    with suppress(ValueError):
        if re.fullmatch(r"[^\s/:@]+", text) and not _EMPTY_LABEL.search(text):
            return ".".join(map(_label, text.lower().rstrip(".").split(".")))
    raise ValueError(f'"{text}" is no host; write example.org or "*.example.org"')


def of_sqlite(file: Path) -> str:
    """Return the SQLAlchemy URL of an SQLite file."""
    return f"sqlite:///{_in_url(file)}"


def _in_url(name: Path) -> Path:
    """Return a name on disk as SQLAlchemy has to be told it.

    It takes %20 for a space and ends the path at a question mark: below a folder of such
    a name the store would be another file, outside of that folder. And `masked` hides
    what comes after a #.
    """
    return Path(str(name).translate(_NO_PATH_IN_URLS))


def database(text: str, cwd: Path) -> str:
    """Return an SQLAlchemy URL; the path of an SQLite file is made absolute.

    What is written is a URL already; the folder in front of it is a name on disk.
    """
    scheme, separator, rest = text.partition("://")
    if scheme == "sqlite" and separator and len(rest) > 1 and rest.startswith("/"):
        path, mark, options = rest[1:].partition("?")
        if path and path != ":memory:":
            return f"sqlite:///{_in_url(cwd) / path}{mark}{options}"
    if scheme in _DATABASES and separator and rest and not _BLANK.search(text):
        if not _SERVER.fullmatch(rest):
            raise ValueError(
                f'"{masked(text)}" has a wrong host or port; in a user or password, @ '
                "is written %40"
            )
        return text
    raise ValueError(
        f'"{masked(text)}" is no store; write sqlite:///data/mediawire.db '
        "or postgresql+psycopg://user@host/database"
    )


def holds_password(store: str) -> bool:
    """Whether the address of a database holds a password.

    As SQLAlchemy takes it apart: the first @ ends it, whatever stands in it.
    """
    user, is_named, _ = store.partition("://")[2].partition("@")
    return bool(is_named) and ":" in user


def _label(text: str) -> str:
    """Return a part of a host name in ASCII; ValueError if it is none."""
    if text.isascii():
        return text
    import idna  # only names outside ASCII need its tables

    return idna.encode(text, uts46=True).decode("ascii")


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return bool(_HOST_NAME.fullmatch(text)) and not _EMPTY_LABEL.search(text)
    return True


def _network_hint(text: str) -> str:
    try:
        return (
            f'"{text}" has bits beyond its mask; write {ip_network(text, strict=False)}'
        )
    except ValueError:
        return f'"{text}" is neither a network such as 10.1.2.0/24 nor host:port'
