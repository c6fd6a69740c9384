"""The schema as editors, the README and complaints need it: all keys, flat or by place.

Everything here is derived from the classes in `schema`; nothing is described twice.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from aggregator.config.folder import PUBLICATIONS, SERVICE, SOURCES
from aggregator.config.schema import PublicationsFile, SourcesFile
from aggregator.config.service import ServiceFile
from aggregator.config.written import Path

FILES: dict[str, type[BaseModel]] = {
    SERVICE: ServiceFile,
    SOURCES: SourcesFile,
    PUBLICATIONS: PublicationsFile,
}

Schema = dict[str, Any]


class Key(NamedTuple):
    """One row of the config reference.

    `path` has `[]` for every entry of a list and `NAME` for every key of a mapping with
    free keys. `default` is as an operator would write it; None where it is required.
    """

    file: str
    path: str
    type: str
    default: str | None
    description: str


@cache
def json_schema(file: str) -> Schema:
    """Return the JSON Schema of one of the three files."""
    # Only in this mode pydantic shows defaults as they are written: 30s, not PT30S.
    schema = FILES[file].model_json_schema(mode="serialization")
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **schema}


def reference() -> list[Key]:
    """Return every key of the three files, in the order of the schema."""
    return [key for file in FILES for key in _keys(file, json_schema(file), "")]


def settings() -> list[Path]:
    """Return the path of every single value in mediawire.yaml, but for `hosts`."""
    return [
        tuple(key.path.split("."))
        for key in reference()
        if key.file == SERVICE and "NAME" not in key.path
    ]


def is_list(file: str, path: Path) -> bool:
    """Return whether the value at a path is a list."""
    return _at(file, path).get("type") == "array"


def keys_at(file: str, path: Path) -> list[str] | None:
    """Return which keys a mapping at this path may have; None if there is no such rule."""
    schema = _at(file, path)
    is_closed = schema.get("additionalProperties") is False
    return list(schema["properties"]) if is_closed else None


def has_free_keys(file: str, path: Path) -> bool:
    """Return whether the keys of the mapping at this path are names of mappings."""
    values = _at(file, path).get("additionalProperties")
    return isinstance(values, dict) and "$ref" in values


def must_be_filled(file: str, path: Path) -> bool:
    """Return whether the value at this path is a text that may not be empty."""
    return bool(_at(file, path).get("minLength"))


def _keys(file: str, schema: Schema, prefix: str) -> Iterator[Key]:
    root = json_schema(file)
    required = schema.get("required", ())
    for name, written in schema["properties"].items():
        below = _resolved(root, written)
        path = f"{prefix}{name}"
        items = _resolved(root, below.get("items", {}))
        free = below.get("additionalProperties")
        values = _resolved(root, free if isinstance(free, dict) else {})
        if "properties" in below:
            yield from _keys(file, below, f"{path}.")
        elif "properties" in items:
            yield from _keys(file, items, f"{path}[].")
        elif "properties" in values:
            yield from _keys(file, values, f"{path}.NAME.")
        else:
            default = None if name in required else _shown(written.get("default"))
            kind = _word(below, items, values)
            yield Key(file, path, kind, default, written.get("description", ""))


def _at(file: str, path: Path) -> Schema:
    root = json_schema(file)
    schema = root
    for step in path:
        below = schema.get("properties", {}).get(step)
        if below is None:
            below = schema.get("items") or schema.get("additionalProperties")
            below = below if isinstance(below, dict) else {}
        schema = _resolved(root, below)
    return schema


def _resolved(root: Schema, schema: Schema) -> Schema:
    """Return what a reference or an optional value stands for."""
    for choice in schema.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(root, choice)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return cast("Schema", root["$defs"][name])
    return schema


def _word(below: Schema, items: Schema, values: Schema) -> str:
    if "enum" in below:
        return ", ".join(below["enum"])
    if below.get("type") == "array":
        return f"list of {items.get('format', 'text')}"
    if below.get("type") == "object":
        return f"mapping of {values.get('format', 'text')}"
    return str(below.get("format", "text"))


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list):
        return f"[{', '.join(map(str, default))}]"
    return "" if default in (None, "", {}) else str(default)
