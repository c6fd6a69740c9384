"""`check` and `config`: results on stdout, everything else on stderr, codes that count."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from desk import Desk

from aggregator.cli import mediawire


def run(desk: Desk, *arguments: str) -> Result:
    return CliRunner().invoke(
        mediawire, ["-c", str(desk.folder), *arguments], env={"MEDIAWIRE_CONTACT": None}
    )


@pytest.fixture
def valid(desk: Desk) -> Desk:
    desk.writes("mediawire.yaml", "contact: https://desk.news.example/\n")
    desk.writes("sources.yaml", "sources: [{id: a, url: https://a.example/}]\n")
    desk.writes("publications.yaml", "publications: [{id: w}]\n")
    return desk


def test_check_counts_what_is_there(valid: Desk):
    result = run(valid, "check")

    assert (result.exit_code, result.stdout) == (
        0,
        "ok: 1 source, 1 publication, 0 rules\n",
    )
    assert result.stderr == ""


def test_check_says_all_that_is_wrong_and_exits_78(valid: Desk):
    valid.writes("sources.yaml", "sources: [{id: a, url: a, interval: 5}]\n")

    result = run(valid, "check")

    assert (result.exit_code, result.stdout) == (78, "")
    assert result.stderr.splitlines() == [
        'sources.yaml:1:24: sources.0.url: "a" has no scheme; write https:// in front',
        'sources.yaml:1:37: sources.0.interval: "5" has no unit; write 90s, 30m, 6h or 7d',
    ]


def test_check_warns_and_is_content(valid: Desk):
    valid.writes("mediawire.yaml", "")

    result = run(valid, "check")

    assert result.exit_code == 0
    assert result.stderr.startswith("mediawire: contact is still the example")


def test_check_doubts_a_tag_that_no_source_has(valid: Desk):
    """Its feed stays empty without a word of why."""
    valid.writes(
        "sources.yaml",
        "defaults: {tags: [all]}\ngroups: {g: {tags: [asia]}}\nsources:\n"
        "  - {id: a, url: https://a.example/, group: g, tags: [two]}\n",
    )
    valid.writes(
        "publications.yaml",
        "publications:\n  - {id: w, select: {tags: [all, asia, two]}}\n"
        "  - {id: x, select: {tags: [tow], languages: [eo]}}\n",
    )

    result = run(valid, "check")

    assert result.exit_code == 0
    assert result.stderr == (
        "mediawire: publications.yaml:3:29: publications.1.select.tags.0: "
        'there is no source with the tag "tow"; did you mean two?\n'
    )


def test_check_doubts_rules_without_effect_and_a_preferred_source_that_is_none(
    valid: Desk,
):
    valid.writes("sources.yaml", "sources:\n  - {id: wire, url: https://a.example/}\n")
    valid.writes(
        "publications.yaml",
        "publications: [{id: w}]\nrules:\n  a: {kind: select}\n  b: {kind: headline, dashes: en, keep: [UN]}\n"
        "  c:\n    kind: select\n    drop:\n      # title: x\n"
        "  d: {kind: duplicates, prefer: [wire, wirre]}\n",
    )

    result = run(valid, "check")

    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        f"mediawire: publications.yaml:{doubt}"
        for doubt in (
            "3:3: rules.a: does nothing; write drop, keep or tags, or take the rule out",
            "4:35: rules.b.keep: counts only beside unshout or untitle; write one, or take it out",
            "5:3: rules.c: does nothing; write drop, keep or tags, or take the rule out",
            '9:40: rules.d.prefer.1: there is no source "wirre"; did you mean wire?',
        )
    ]


def test_check_doubts_an_id_that_the_command_line_takes_for_an_option(valid: Desk):
    valid.writes("sources.yaml", "sources:\n  - {id: -x, url: https://a.example/}\n")

    result = run(valid, "check")

    assert result.exit_code == 0
    assert result.stderr == (
        'mediawire: sources.yaml:2:10: sources.0.id: "-x" begins like an option, so a '
        "command takes it only behind -- (`-- -x`); if it is new, write another\n"
    )


def test_check_prints_one_json_document(valid: Desk):
    found = json.loads(run(valid, "check", "--json").stdout)

    assert found == {
        "ok": True,
        "complaints": [],
        "sources": 1,
        "publications": 1,
        "rules": 0,
        "warnings": [],
    }


def test_check_prints_complaints_as_json_and_exits_78(valid: Desk):
    valid.writes("publications.yaml", "publications: [{id: w, limit: x}]\n")

    result = run(valid, "check", "--json")

    assert result.exit_code == 78
    assert json.loads(result.stdout)["complaints"] == [
        {
            "file": "publications.yaml",
            "line": 1,
            "column": 31,
            "path": "publications.0.limit",
            "message": '"x" is no whole number from 1 to 100,000',
        }
    ]


def test_show_prints_what_holds_and_where_it_comes_from(valid: Desk):
    lines = [line.split() for line in run(valid, "config", "show").stdout.splitlines()]

    assert ["contact", "https://desk.news.example/", "mediawire.yaml:1"] in lines
    assert ["fetch.timeout", "30s", "default"] in lines
    assert not [line for line in lines if line[0] == "sources.a.verify_tls"]


def test_show_prints_everything_as_json(valid: Desk):
    found = json.loads(run(valid, "config", "show", "--json").stdout)

    assert {
        "key": "sources.a.verify_tls",
        "value": "true",
        "origin": "default",
    } in found


def test_schema_prints_the_json_schema_of_one_file_or_all(desk: Desk):
    one = json.loads(run(desk, "config", "schema", "sources.yaml").stdout)
    everything = json.loads(run(desk, "config", "schema").stdout)

    assert everything["sources.yaml"] == one
    assert "sources" in one["properties"]


def test_schema_of_something_else_is_wrong_use(desk: Desk):
    assert run(desk, "config", "schema", "x.yaml").exit_code == 2


def test_init_writes_a_folder_that_check_is_content_with(desk: Desk, tmp_path: Path):
    desk.folder = tmp_path / "new"

    written = run(desk, "config", "init").stdout.splitlines()

    assert written == [
        str(desk.folder / name)
        for name in ("mediawire.yaml", "sources.yaml", "publications.yaml")
    ]
    assert run(desk, "check").exit_code == 0
