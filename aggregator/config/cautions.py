"""What an operator should know of a config that is valid all the same.

In: the files as written, and what they are read in. Out: sentences for the log and for
`check`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from stat import S_IROTH
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from aggregator.config.addresses import DEFAULT_PORTS, holds_password, host_pattern
from aggregator.config.fields import TRUE
from aggregator.config.files import Files
from aggregator.config.folder import MORE_SOURCES, PUBLICATIONS, SERVICE, SOURCES
from aggregator.config.masking import SECRET_NAME
from aggregator.config.secret import KEYS, Surroundings, is_elsewhere
from aggregator.config.service import EXAMPLE_CONTACT, ServiceFile
from aggregator.config.written import FEW, Written
from aggregator.model import Source

_HERE = ServiceFile.model_fields["base_url"].default
# Domains that belong to nobody (RFC 2606), as in the contact we ship.
_EXAMPLES = re.compile(r"(^|[/@.])example\.(org|com|net)(/|:|$)", re.IGNORECASE)
# Of files that somebody means to be read, as the capitals of an exporter's `FEEDS.OPML`.
_LISTS = {".yml", ".yaml", ".opml", ".xml"}
# Where container runtimes mount secrets: open to all inside, and to nobody else.
_MOUNTED = Path("/run/secrets")


def cautions(around: Surroundings, files: Files) -> Iterator[str]:
    """Return a sentence for each thing that is likely not meant."""
    folder = around.folder
    yield from _misnamed(folder)
    contact = files.service.values.get("contact", EXAMPLE_CONTACT)
    if _EXAMPLES.search(contact):
        yield (
            f"contact is still the example ({contact}), so publishers cannot reach you; "
            f"set it in {SERVICE} to a page or mail address of yours"
        )
    base_url = files.service.values.get("base_url", _HERE)
    if files.service.values.get("websub", "").lower() in TRUE and _is_here(base_url):
        yield (
            f"websub is on, and no hub reaches base_url ({base_url}); set it in "
            f"{SERVICE} to the address at which the world sees this service"
        )
    if not any(file.values.get("sources") for file in files.sources):
        yield f"no source is configured, so nothing is polled; see {SOURCES}"
    if not files.publications.values.get("publications"):
        yield f"no publication is configured; see {PUBLICATIONS}"
    yield from _named_twice(files.service)
    yield from _polled_twice(files)
    yield from _whole_texts(files)
    for file in (files.service, *files.sources):
        if _holds_secrets(file) and _is_open(folder / file.file):
            yield (
                f"{file.file} holds secrets and everybody on this machine can read it; "
                f"run `chmod o-r {folder / file.file}`, or write env:NAME or file:PATH"
            )
    for path in dict.fromkeys(around.opened):
        if _is_open(path) and not path.resolve().is_relative_to(_MOUNTED):
            yield (
                f"{path} is a secret and everybody on this machine can read it; "
                f"run `chmod o-r {path}`"
            )


def _is_here(base_url: str) -> bool:
    """Whether an address is one of this machine, as seen from itself."""
    host = urlsplit(base_url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


def _named_twice(service: Written) -> Iterator[str]:
    """Mention hosts that are written in two ways: the later one holds."""
    named: dict[str, str] = {}
    hosts = service.values.get("hosts", {})
    for written in hosts:
        earlier = named.setdefault(host_pattern(written), written)
        if earlier != written:
            yield (
                f"hosts.{earlier} and hosts.{written} in {SERVICE} are one host, and "
                "the second holds; keep one of them"
            )


def _polled_twice(files: Files) -> Iterator[str]:
    """Mention addresses that several sources have: their publisher is asked twice."""
    ids: dict[str, list[str]] = {}
    for file in files.sources:
        for source in file.values.get("sources", ()):
            ids.setdefault(_as_asked(source["url"]), []).append(source["id"])
    for several in ids.values():
        if len(several) > 1:
            yield f"the sources {', '.join(several)} have the same url; keep one of them"


def _as_asked(url: str) -> str:
    """Return an address in one form for all that ask the same of the same host."""
    address = url.partition("#")[0]
    with suppress(ValueError):
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
        shown = "" if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{port}"
        user = parts.netloc.rpartition("@")[0]
        return urlunsplit(
            (parts.scheme, f"{user}@{host}{shown}", parts.path or "/", parts.query, "")
        )
    return address


def _whole_texts(files: Files) -> Iterator[str]:
    """Mention sources whose `words` bound nothing, as nobody says `body: excerpt`."""
    groups: dict[str, Any] = {}
    for file in files.sources:
        groups |= file.values.get("groups", {})
    unbounded = []
    for file in files.sources:
        defaults = [
            each.values.get("defaults", {}) for each in (file, files.sources[0])
        ]
        for source in file.values.get("sources", ()):
            layers = [source, groups.get(source.get("group"), {}), *defaults]
            said = {key for layer in layers for key in layer.get("rights", {})}
            if "words" in said and "body" not in said:
                unbounded.append(source["id"])
    offered = files.publications.values.get("publications", ())
    if unbounded and any(each.get("body", "full") == "full" for each in offered):
        yield (
            f"rights.words of {_some(unbounded)} bounds excerpts only, "
            "and the whole text is shown; write `body: excerpt` beside it"
        )


def never_shown(sources: Iterable[Source]) -> Iterator[str]:
    """Mention sources whose reports may be shown no more before they may be shown."""
    hidden = [
        source.id
        for source in sources
        if source.rights.embargo is not None
        and source.rights.expires is not None
        and source.rights.embargo >= source.rights.expires
    ]
    if hidden:
        yield (
            f"no report of {_some(hidden)} is ever shown: rights.expires ends before "
            "rights.embargo does; make it longer"
        )


def _some(ids: Sequence[str]) -> str:
    others = f" and {len(ids) - FEW} more" if len(ids) > FEW else ""
    return f"{', '.join(ids[:FEW])}{others}"


def _misnamed(folder: Path) -> Iterator[str]:
    """Mention files that look like ours and are not read: `sources.yml`."""
    known = (SERVICE, SOURCES, PUBLICATIONS)
    for path in sorted(folder.glob("*.y*ml")):
        near = get_close_matches(path.name, known, n=1, cutoff=0.8)
        if path.name not in known and near:
            yield f"{path.name} is not read; did you mean {near[0]}?"
    for path in sorted(folder.glob(f"{MORE_SOURCES}/[!.]*")):
        if path.suffix.lower() in _LISTS and path.suffix not in {".yaml", ".opml"}:
            yield (
                f"{MORE_SOURCES}/{path.name} is not read; files there end in .yaml or "
                ".opml"
            )


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & S_IROTH)
    except OSError:
        return False


def _holds_secrets(file: Written) -> bool:
    store = file.values.get("store", "")
    is_secret = _is_secret_address(store) or holds_password(store)
    if (is_secret and not is_elsewhere(store)) or _says_secret_keys(file):
        return True
    speaking = [file.values.get("defaults", {}), *file.values.get("sources", ())]
    speaking += file.values.get("groups", {}).values()
    return any(map(_speaks_secrets, speaking))


def _says_secret_keys(file: Written) -> bool:
    """Return whether the token, the webhook or the mail password stands in the file."""
    for path in KEYS:
        said: Any = file.values
        for key in path:
            said = said.get(key, {})
        if said and not is_elsewhere(said):
            return True
    return False


def _speaks_secrets(layer: Mapping[str, Any]) -> bool:
    secrets = [
        value
        for name, value in layer.get("headers", {}).items()
        if SECRET_NAME.search(name)
    ]
    secrets += [
        value for name, value in layer.get("auth", {}).items() if name == "password"
    ]
    return any(not is_elsewhere(secret) for secret in secrets) or _is_secret_address(
        layer.get("url", "")
    )


def _is_secret_address(url: str) -> bool:
    """Return whether an address holds a password, or a query value named like one."""
    if is_elsewhere(url) or not ("@" in url or "?" in url):
        return False
    parts = urlsplit(url)
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    return bool(parts.password) or any(map(SECRET_NAME.search, names))
