"""What an operator should know of a config that is valid all the same.

In: the folder and its files as written. Out: sentences for the log and for `check`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from stat import S_IROTH
from typing import Any
from urllib.parse import urlsplit

from aggregator.config.secret import is_elsewhere
from aggregator.config.written import Written

# Domains that belong to nobody (RFC 2606), as in the contact we ship.
_EXAMPLES = re.compile(r"(^|[/@.])example\.(org|com|net)(/|:|$)", re.IGNORECASE)
_SECRET_NAME = re.compile(r"auth|cookie|key|token|secret|pass|sig", re.IGNORECASE)


def cautions(
    folder: Path, service: Written, sources: Sequence[Written], publications: Written
) -> Iterator[str]:
    """Return a sentence for each thing that is likely not meant."""
    known = [service.file, sources[0].file, publications.file]
    yield from _misnamed(folder, known)
    contact = service.values.get("contact", "https://example.org/about")
    if _EXAMPLES.search(contact):
        yield (
            f"contact is still the example ({contact}), so publishers cannot reach you; "
            "set it in mediawire.yaml to a page or mail address of yours"
        )
    if not any(file.values.get("sources") for file in sources):
        yield "no source is configured, so nothing is polled; see sources.yaml"
    if not publications.values.get("publications"):
        yield "no publication is configured; see publications.yaml"
    for file in (service, *sources):
        if _holds_secrets(file) and _is_open(folder / file.file):
            yield (
                f"{file.file} holds secrets and everybody on this machine can read it; "
                f"run `chmod o-r {folder / file.file}`, or write env:NAME or file:PATH"
            )


def _misnamed(folder: Path, known: Sequence[str]) -> Iterator[str]:
    """Mention files that look like ours and are not read: `sources.yml`."""
    for path in sorted(folder.glob("*.y*ml")):
        near = get_close_matches(path.name, known, n=1, cutoff=0.8)
        if path.name not in known and near:
            yield f"{path.name} is not read; did you mean {near[0]}?"
    for path in sorted(folder.glob("sources.d/*.yml")):
        yield f"sources.d/{path.name} is not read; files there end in .yaml or .opml"


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & S_IROTH)
    except OSError:
        return False


def _holds_secrets(file: Written) -> bool:
    if _is_secret_address(file.values.get("store", "")):
        return True
    speaking = [file.values.get("defaults", {}), *file.values.get("sources", ())]
    speaking += file.values.get("groups", {}).values()
    return any(map(_speaks_secrets, speaking))


def _speaks_secrets(layer: Mapping[str, Any]) -> bool:
    secrets = [
        value
        for name, value in layer.get("headers", {}).items()
        if _SECRET_NAME.search(name)
    ]
    secrets += [
        value for name, value in layer.get("auth", {}).items() if name == "password"
    ]
    return any(not is_elsewhere(secret) for secret in secrets) or _is_secret_address(
        layer.get("url", "")
    )


def _is_secret_address(url: str) -> bool:
    """Return whether an address holds a password, or a query value named like one."""
    if is_elsewhere(url):
        return False
    parts = urlsplit(url)
    names = [pair.partition("=")[0] for pair in parts.query.split("&")]
    return bool(parts.password) or any(map(_SECRET_NAME.search, names))
