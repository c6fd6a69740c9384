"""Show a config as it holds: every value, where it came from, and no secret.

In: a Loaded. Out: settings as (key, value, origin), where the origin is `file:line`, the
name of a flag or environment variable, or `default`. Keys of sources begin with their
id: `sources.un-news.interval`. Masked are header values, credentials, the console's token,
the webhook, user and password in addresses, and what may be one in their queries.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import asdict

from aggregator.config.addresses import host_pattern, joined
from aggregator.config.load import Loaded
from aggregator.config.masking import masked
from aggregator.config.secret import is_elsewhere
from aggregator.config.units import duration_text, size_text
from aggregator.config.written import Path, Written, dotted
from aggregator.epoch import timestamp
from aggregator.model import AlertChannels, Config, Publication, Source

DEFAULT = "default"
HIDDEN = "***"


class Setting(NamedTuple):
    """One value that holds, and who says so."""

    key: str
    value: str
    origin: str


# A file, and the path in it below which a key may be said.
Layer = tuple[Written, Path]


def settings(loaded: Loaded) -> list[Setting]:
    """Return every setting, in the order of the three files."""
    config, files = loaded.config, loaded.files
    found = list(_service(config, files.service))
    for source, layers in zip(
        config.sources, _source_layers(files.sources), strict=True
    ):
        found += _of(source, ("sources", source.id), layers)
    for index, publication in enumerate(config.publications):
        place: Path = ("publications", index)
        layers = [(files.publications, place)]
        found += _of(publication, ("publications", publication.id), layers)
    for rule in config.rules:
        layers = [(files.publications, ("rules", rule.id))]
        options = {"kind": rule.kind, **rule.options}
        found += _leaves(options, (), ("rules", rule.id), layers)
    return found


def _service(config: Config, written: Written) -> Iterator[Setting]:
    layers = [(written, ())]
    patterns = {host_pattern(name): name for name in written.values.get("hosts", ())}
    values = {
        "title": config.title,
        "base_url": config.base_url,
        "contact": config.contact,
        "store": _address(config.store, _value(written.values, ("store",))),
        "listen": joined(*config.listen),
        "output": config.output,
        "keep": config.keep,
        "websub": config.websub,
        "fetch": {
            "timeout": config.fetch.timeout,
            "max_body": size_text(config.fetch.max_body),
            "workers": config.fetch.workers,
            "per_host": config.default_host.per_host,
            "spacing": config.default_host.spacing,
            "allow_private": config.fetch.allow_private,
        },
        "reading": {
            "timeout": config.reading.timeout,
            "max_memory": size_text(config.reading.max_memory),
            "workers": config.reading.workers,
        },
        "hosts": {patterns[pattern]: limits for pattern, limits in config.hosts},
        "console": {"token": HIDDEN if config.console.token_digest else None},
        "alerts": _alerts(config.alerts),
    }
    yield from _leaves(values, (), (), layers)


def _alerts(channels: AlertChannels) -> dict[str, object]:
    """Return where alerts are told; a webhook's address often is its password."""
    mail = channels.mail
    said: dict[str, object] = {"webhook": HIDDEN if channels.webhook else None}
    if mail:
        said["mail"] = {
            "sender": mail.sender,
            "to": mail.to,
            "server": joined(*mail.server),
            "tls": mail.tls,
            "username": HIDDEN if mail.username else None,
            "password": HIDDEN if mail.password else None,
        }
    return said


def _source_layers(files: Sequence[Written]) -> Iterator[list[Layer]]:
    """Return, for each source, where its keys may be said, nearest first."""
    for file in files:
        for index, source in enumerate(file.values.get("sources", ())):
            group = source.get("group")
            yield [
                (file, ("sources", index)),
                *((other, ("groups", group)) for other in files if group),
                (file, ("defaults",)),
                (files[0], ("defaults",)),
            ]


def _of(
    noun: Source | Publication, shown: Path, layers: Sequence[Layer]
) -> Iterator[Setting]:
    said = asdict(noun)
    if isinstance(noun, Source):
        file, place = layers[0]
        said["url"] = _address(noun.url, _value(file.values, (*place, "url")))
        said["headers"] = {name: HIDDEN for name, _ in noun.headers}
        said["auth"] = {"username": HIDDEN, "password": HIDDEN} if noun.auth else None
    yield from _leaves(said, (), shown, layers)


def _leaves(
    value: object, path: Path, shown: Path, layers: Sequence[Layer]
) -> Iterator[Setting]:
    """Return the single values below one, each with its origin."""
    if isinstance(value, Struct):
        value = asdict(value)
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, (*path, key), shown, layers)
        return
    yield Setting(dotted((*shown, *path)), _text(value), _origin(path, layers))


def _origin(path: Path, layers: Sequence[Layer]) -> str:
    for written, prefix in layers:
        if _value(written.values, (*prefix, *path)) is not None:
            place = written.place((*prefix, *path))
            return f"{place.file}:{place.line}" if place.line else place.file
    return DEFAULT


def _value(values: object, path: Path) -> object:
    """Return what stands at a path, or None if nothing does."""
    for step in path:
        if isinstance(values, dict):
            values = values.get(step)
        elif isinstance(values, list) and isinstance(step, int):
            values = values[step]
        else:
            return None
    return values


def _address(url: str, written: object) -> str:
    """Return an address masked, or the place where it is kept, if it is a secret."""
    is_kept = isinstance(written, str) and is_elsewhere(written) and written not in url
    return str(written) if is_kept else masked(url)


def _text(value: object) -> str:
    """Return a value as an operator would write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    return "" if value is None else str(value)
