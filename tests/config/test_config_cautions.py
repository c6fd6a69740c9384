"""A config that is valid and likely not meant is mentioned; nothing fails because of it."""

import pytest
from desk import Desk


def test_the_example_contact_is_warned_of_and_an_own_one_is_not(desk: Desk):
    """P18: it is the operator's contact that publishers are given."""
    desk.writes("mediawire.yaml", "contact: https://example.org/about")
    before = desk.reads().warnings
    desk.writes("mediawire.yaml", "contact: https://desk.news.example/about")
    after = desk.reads().warnings

    assert any(w.startswith("contact is still the example") for w in before)
    assert not any("contact" in w for w in after)


def test_a_file_with_a_name_that_is_nearly_ours_is_mentioned(desk: Desk):
    desk.writes("sources.yml", "sources: []")
    desk.writes("mediawire.yaml", "")
    desk.writes("sources.d/more.yml", "")

    warnings = desk.reads().warnings

    assert "sources.yml is not read; did you mean sources.yaml?" in warnings
    assert (
        "sources.d/more.yml is not read; files there end in .yaml or .opml" in warnings
    )


def test_a_list_of_sources_that_is_not_read_is_mentioned(desk: Desk):
    desk.writes("mediawire.yaml", "")
    for name in ("FEEDS.OPML", "feeds.xml", ".#feeds.xml", "notes.txt", "old.opml.bak"):
        desk.writes(f"sources.d/{name}", "")

    assert [said for said in desk.reads().warnings if "sources.d/" in said] == [
        "sources.d/FEEDS.OPML is not read; files there end in .yaml or .opml",
        "sources.d/feeds.xml is not read; files there end in .yaml or .opml",
    ]


def test_an_address_that_is_polled_twice_is_mentioned(desk: Desk):
    desk.writes(
        "sources.yaml",
        "sources:\n"
        "  - {id: a, url: https://a.example/}\n"
        "  - {id: b, url: https://b.example/}\n"
        "  - {id: c, url: https://a.example/}\n",
    )

    assert (
        "the sources a, c have the same url; keep one of them" in desk.reads().warnings
    )


@pytest.mark.parametrize(
    "other",
    [
        *("https://a.example", "https://a.example/#top", "https://A.example:443/"),
        *("HTTPS://a.example/", "https://a.example./"),
    ],
)
def test_an_address_is_known_again_however_it_is_written(desk: Desk, other: str):
    """P8: its publisher was asked twice within a second."""
    sources = f"[{{id: a, url: 'https://a.example/'}}, {{id: b, url: '{other}'}}]"
    desk.writes("sources.yaml", f"sources: {sources}")

    assert any("a, b have the same url" in said for said in desk.reads().warnings)


def test_other_addresses_are_others(desk: Desk):
    urls = ("http://a.example/", "https://a.example/?x", "https://u:p@a.example/")
    rows = "".join(f"  - {{id: s{n}, url: '{url}'}}\n" for n, url in enumerate(urls))
    desk.writes(
        "sources.yaml", f"sources:\n{rows}  - {{id: b, url: https://a.example/}}"
    )

    assert not any("same url" in said for said in desk.reads().warnings)


def test_words_that_bound_nothing_are_mentioned(desk: Desk):
    desk.writes(
        "sources.yaml",
        "groups: {short: {rights: {body: excerpt}}}\n"
        "sources:\n"
        "  - {id: a, url: https://a.example/, rights: {words: 50}}\n"
        "  - {id: b, url: https://b.example/, rights: {words: 50}, group: short}\n"
        "  - {id: c, url: https://c.example/}\n",
    )
    desk.writes("publications.yaml", "publications: [{id: wire}]")

    assert (
        "rights.words of a bounds excerpts only, and the whole text is shown; "
        "write `body: excerpt` beside it" in desk.reads().warnings
    )


def test_a_host_that_is_written_in_two_ways_is_mentioned(desk: Desk):
    desk.writes("sources.yaml", "sources: []")
    desk.writes(
        "mediawire.yaml",
        "hosts: {Example.org: {spacing: 5s}, b.example: {}, example.org.: {spacing: 9s}}",
    )

    config = desk.reads()

    assert config.host_limits("example.org").spacing.total_seconds() == 9
    assert (
        "hosts.Example.org and hosts.example.org. in mediawire.yaml are one host, and "
        "the second holds; keep one of them" in config.warnings
    )


def test_rights_that_end_before_they_begin_are_mentioned(desk: Desk):
    desk.writes(
        "sources.yaml",
        "groups: {late: {rights: {embargo: 2d}}}\n"
        "sources:\n"
        "  - {id: a, url: https://a.example/, group: late, rights: {expires: 48h}}\n"
        "  - {id: b, url: https://b.example/, group: late, rights: {expires: 49h}}\n"
        "  - {id: c, url: https://c.example/, rights: {expires: 1h}}\n",
    )

    assert (
        "no report of a is ever shown: rights.expires ends before rights.embargo does; "
        "make it longer" in desk.reads().warnings
    )


def test_words_are_enough_where_only_excerpts_are_offered(desk: Desk):
    desk.writes(
        "sources.yaml",
        "sources: [{id: a, url: https://a.example/, rights: {words: 50}}]",
    )
    desk.writes("publications.yaml", "publications: [{id: wire, body: excerpt}]")

    assert not [each for each in desk.reads().warnings if "rights.words" in each]
