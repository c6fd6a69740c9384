"""Ids are file names and parts of addresses: what is unsafe never gets further."""

import pytest
from desk import Desk

UNSAFE = [
    "../x",
    "a/b",
    "..%2f",
    "a\\0b",
    ".",
    "..",
    "a..b",
    ".hidden",
    "x" * 300,
    "con",
    "NUL.txt",
    "wire.",
    "wire ",
    "",
    "café",
    "cafe\\u0301",
    "a\\\\b",
    "~",
]


@pytest.mark.parametrize("name", UNSAFE)
@pytest.mark.parametrize("noun", ["publications", "sources"])
def test_a_name_that_is_no_safe_file_name_is_refused(desk: Desk, noun, name):
    """A8: refused when the config is read, and the message names it."""
    url = ", url: https://a.example/" if noun == "sources" else ""
    desk.writes(f"{noun}.yaml", f'{noun}:\n  - {{id: "{name}"{url}}}\n')

    complaint = desk.complaint()

    assert complaint.startswith(f"{noun}.yaml:2:10: {noun}.0.id: ")
    assert name[:20].encode().decode("unicode_escape")[:1] in complaint or not name


@pytest.mark.parametrize("twin", ["WIRE", "Wire", "wire"])
def test_names_that_some_systems_fold_into_one_are_refused(desk: Desk, twin):
    """A8: upper and lower twins would be one file on some systems."""
    desk.writes("publications.yaml", f"publications:\n  - id: wire\n  - id: {twin}\n")

    assert f'"{twin}" is already the publication at' in desk.complaint()


def test_composed_and_decomposed_twins_are_both_refused(desk: Desk):
    """A8: neither form of é is an id, and the second is named as a twin besides."""
    desk.writes(
        "publications.yaml", 'publications: [{id: "caf\\u00e9"}, {id: "cafe\\u0301"}]'
    )

    complaints = desk.complaints()

    assert sum("is no id" in complaint for complaint in complaints) == 2
    assert (
        sum("is already the publication" in complaint for complaint in complaints) == 1
    )


@pytest.mark.parametrize(
    "name", ["un-news", "UN_News", "bbc.co.uk", "42", "a", "x" * 100]
)
def test_a_safe_name_is_taken_as_it_is(desk: Desk, name):
    desk.writes("sources.yaml", f"sources: [{{id: {name}, url: https://a.example/}}]")

    assert desk.reads().sources[0].id == name


def test_a_refused_name_comes_with_a_better_one(desk: Desk):
    desk.writes("publications.yaml", "publications: [{id: Über uns}]")

    assert desk.complaint().endswith("; write uber-uns")
