"""Take the feeds of a subscription list into the config, each by itself.

In: the bytes of an OPML file, and the config that stands. Out: entries for sources.yaml,
valid each and known to nobody yet, and a sentence for every one that cannot be taken.
ConfigError only where the file as a whole is no list. Nothing is written.
"""

import re
import unicodedata
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from msgspec import Struct
from pydantic import ValidationError

from aggregator.config.addresses import web_address
from aggregator.config.names import folded
from aggregator.config.opml import read_any_opml
from aggregator.config.schema import SourceKeys
from aggregator.config.secret import Surroundings
from aggregator.model import Config

# What pydantic writes before a sentence of ours.
_PYDANTIC = "Value error, "


class Intake(Struct, frozen=True, kw_only=True):
    """What a list brings: `sources` are new, `known` counts those we have.

    `left_out` are sentences with the line of each that cannot be taken; `flaw` is why
    the list had to be read forgivingly.
    """

    sources: tuple[dict[str, Any], ...]
    known: int
    left_out: tuple[str, ...]
    flaw: str | None


def intake(file: str, content: bytes, config: Config) -> Intake:
    """Return what a list brings to a config; ConfigError if it is no list.

    `file` is what it is called in sentences.
    """
    written, types, flaw = read_any_opml(file, content)
    addresses = {_asked(source.url) for source in config.sources}
    ids = {folded(source.id) for source in config.sources}
    taken: list[dict[str, Any]] = []
    left_out: list[str] = []
    known = 0
    for index, outline in enumerate(written.values["sources"]):
        if _asked(outline["url"]) in addresses:
            known += 1
            continue
        entry = _tidy(outline) | {"id": unused(outline["id"], ids)}
        if reason := _no_feed(types[index]) or _refusal(entry, config.folder):
            place = written.place(("sources", index))
            left_out.append(f"{place}: {reason}")
            continue
        ids.add(folded(entry["id"]))
        taken.append(entry)
    return Intake(
        sources=tuple(taken), known=known, left_out=tuple(left_out), flaw=flaw
    )


def _asked(url: str) -> str:
    """Return what tells addresses apart: who asks, and for which part, does not.

    A list that we gave out has no credentials, and a fragment is never asked for.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host, fragment=""))


def unused(id_: str, ids: Collection[str]) -> str:
    """Return an id, with a number if one that is `folded` alike is taken."""
    number = 2
    free = id_
    while folded(free) in ids:
        free = f"{id_}-{number}"
        number += 1
    return free


def _tidy(outline: dict[str, Any]) -> dict[str, Any]:
    """Return an outline's texts as one line each, without control characters."""
    entry = {
        key: [_line(tag) for tag in value] if key == "tags" else _line(value)
        for key, value in outline.items()
    }
    return {key: value for key, value in entry.items() if value}


def _line(text: str) -> str:
    seen = (" " if unicodedata.category(c) in {"Cc", "Cs"} else c for c in text)
    return re.sub(r"\s+", " ", "".join(seen)).strip()


def _no_feed(kind: str) -> str | None:
    """Return why an outline of a `type` is no feed, or None: most have none, or `rss`.

    FreshRSS lists pages, too, out of which it makes feeds itself: `HTML+XPath`.
    Source: its documentation, "OPML in FreshRSS".
    """
    if not kind.lower().startswith(("html+", "xml+", "json+")):
        return None
    return (
        f"this is no feed, but a page that another program makes one of (type {kind})"
    )


def _refusal(entry: dict[str, Any], folder: Path) -> str | None:
    """Return why an entry cannot stand in sources.yaml, or None.

    Its address must be one of the web: a list from outside opens no file of ours.
    """
    around = Surroundings(folder=folder, cwd=folder, environ={})
    try:
        web_address(entry["url"])
        SourceKeys.model_validate(entry, context=around)
    except ValidationError as error:
        return str(error.errors()[0]["msg"]).removeprefix(_PYDANTIC)
    except ValueError as error:
        return str(error)
    return None
