"""Make the model of what was written: defaults, groups and sources folded into one.

In: the three kinds of files, validated. Out: a Config. What stands nearer to the source
wins: the program's default, `defaults` of sources.yaml, `defaults` of the source's own
file in sources.d, its group, the source itself. Tags are united; rights, trust and
headers are merged key by key; rules are those of the defaults, the group and the source,
in this order, each once.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from pydantic import BaseModel

from aggregator import model
from aggregator.config.schema import (
    PublicationKeys,
    PublicationsFile,
    SharedKeys,
    SourceKeys,
    SourcesFile,
)
from aggregator.config.secret import Surroundings, token_digest
from aggregator.config.service import Alerts, Console, ServiceFile

Layer = SharedKeys | SourceKeys

_UNITED = ("tags", "rules")
_MERGED = ("rights", "trust", "headers")


def config(
    service: ServiceFile,
    sources: Sequence[SourcesFile],
    publications: PublicationsFile,
    *,
    around: Surroundings,
) -> model.Config:
    """Return the whole config; the first of `sources` is sources.yaml."""
    fetch = service.fetch
    manners = model.HostLimits(per_host=fetch.per_host, spacing=fetch.spacing)
    return model.Config(
        folder=around.folder,
        title=service.title,
        base_url=service.base_url,
        contact=service.contact,
        store=service.store,
        listen=service.listen,
        output=around.cwd / service.output,
        keep=service.keep,
        fetch=model.FetchLimits(
            timeout=fetch.timeout,
            max_body=fetch.max_body,
            workers=fetch.workers,
            allow_private=fetch.allow_private,
        ),
        reading=model.ReadingLimits(**dict(service.reading)),
        default_host=manners,
        hosts=tuple(
            (pattern, replace(manners, **_said(host)))
            for pattern, host in service.hosts.items()
        ),
        websub=service.websub,
        sources=tuple(_sources(sources)),
        publications=tuple(map(_publication, publications.publications)),
        console=_console(service.console),
        alerts=_alerts(service.alerts),
        rules=tuple(
            model.RuleSpec(id=id_, kind=rule.kind, options=dict(rule.model_extra or {}))
            for id_, rule in publications.rules.items()
        ),
        secret_files=tuple(dict.fromkeys(around.beside)),
    )


def layers(
    source: SourceKeys, own: SourcesFile, sources: Sequence[SourcesFile]
) -> list[Layer]:
    """Return what speaks of a source, from the farthest to the nearest."""
    groups = (file.groups.get(source.group or "") for file in sources)
    group = next((group for group in groups if group), None)
    far = [sources[0].defaults] + ([own.defaults] if own is not sources[0] else [])
    return [*far, *([group] if group else []), source]


def _console(written: Console) -> model.ConsoleAccess:
    return model.ConsoleAccess(
        token_digest=token_digest(written.token) if written.token else None
    )


def _alerts(written: Alerts) -> model.AlertChannels:
    return model.AlertChannels(
        webhook=written.webhook,
        mail=model.MailChannel(**dict(written.mail)) if written.mail else None,
    )


def _sources(files: Sequence[SourcesFile]) -> Iterator[model.Source]:
    for file in files:
        for source in file.sources:
            yield _source(_folded(layers(source, file, files)))


def _folded(speaking: Sequence[Layer]) -> dict[str, Any]:
    """Return what the layers say together; what none says is not in it."""
    folded: dict[str, Any] = {}
    for layer in speaking:
        for key, value in _said(layer).items():
            before = folded.get(key)
            if key in _UNITED:
                folded[key] = tuple(dict.fromkeys((*(before or ()), *value)))
            elif key in _MERGED:
                said = value if isinstance(value, Mapping) else _said(value)
                folded[key] = {**(before or {}), **said}
            else:
                folded[key] = value
    return folded


def _said(written: BaseModel) -> dict[str, Any]:
    return {key: getattr(written, key) for key in written.model_fields_set}


def _source(said: dict[str, Any]) -> model.Source:
    auth, paused = said.get("auth"), said.get("paused")
    shaped = {
        "rights": model.Rights(**said.get("rights", {})),
        "trust": model.Trust(**said.get("trust", {})),
        "headers": tuple(said.get("headers", {}).items()),
        "auth": auth and model.Auth(username=auth.username, password=auth.password),
        "paused": paused and model.Pause(until=paused.until, why=paused.why),
    }
    return model.Source(**{**said, **shaped})


def _publication(written: PublicationKeys) -> model.Publication:
    said = dict(written) | {
        "title": written.title or written.id,
        "formats": tuple(dict.fromkeys(written.formats)),
        "select": model.Selection(**dict(written.select)),
    }
    return model.Publication(**said)
