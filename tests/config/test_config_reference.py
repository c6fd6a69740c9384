"""The schema describes itself: every key with type, default and meaning."""

import json

import pytest

from aggregator.config.reference import FILES, json_schema, keys_at, reference


def test_every_key_of_the_reference_has_a_type_and_a_meaning():
    for key in reference():
        assert key.type, key
        assert key.description.endswith((".", "…")), key


@pytest.mark.parametrize(
    ("path", "kind", "default"),
    [
        ("fetch.timeout", "duration", "30s"),
        ("fetch.max_body", "size", "10MB"),
        ("fetch.allow_private", "list of network or host:port", "[]"),
        ("listen", "host:port", "127.0.0.1:8080"),
        ("hosts.NAME.spacing", "duration", "2s"),
        ("sources[].id", "id", None),
        ("sources[].rights.body", "full, excerpt, headline", "full"),
        ("sources[].paused.until", "time", ""),
        ("sources[].headers", "mapping of secret", ""),
        ("groups.NAME.interval", "duration", "1h"),
        ("publications[].formats", "list of id", "[rss, atom, json]"),
        ("rules.NAME.kind", "id", None),
    ],
)
def test_a_key_is_described_as_an_operator_writes_it(path, kind, default):
    [found] = [key for key in reference() if key.path == path]

    assert (found.type, found.default) == (kind, default)


@pytest.mark.parametrize("file", FILES)
def test_the_json_schema_of_a_file_is_json(file):
    schema = json.loads(json.dumps(json_schema(file)))

    assert schema["title"] == file
    assert schema["properties"]


def test_keys_are_found_by_place():
    assert "interval" in (keys_at("sources.yaml", ("sources", 3)) or [])
    assert keys_at("sources.yaml", ("sources", 3, "headers")) is None
    assert keys_at("publications.yaml", ("rules", "r")) is None
