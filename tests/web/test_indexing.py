"""What search engines are told, by the rights of each source.

`noindex`: nothing of a report is to be found through us. `canonical`: the source's own
page is. `index`: ours may be. Lists beyond the first page, search and refusals never.
"""

import pytest
from builders import NOON, article, publication
from house import AGENCY, House, served
from msgspec.structs import replace
from reading_pages import links, metas, strict

from aggregator.model import Rights


def told(site, path, status=200):
    """Return (what robots may, which address stands for the page) of a page."""
    answer = site.get(path, accept="text/html")
    assert answer.status == status
    tree = strict(answer.body)
    found = [link["href"] for link in links(tree, "canonical")]
    robots = metas(tree).get("robots", "") + answer.headers.get("x-robots-tag", "")
    return robots, found


@pytest.mark.parametrize(
    ("policy", "robots", "canonical"),
    [
        ("noindex", "noindex", []),
        ("canonical", "", ["https://agency.example/reports/1"]),
        ("index", "", ["https://wire.example/articles/{id}"]),
    ],
)
def test_a_report_is_indexed_as_its_source_allows(tmp_path, policy, robots, canonical):
    one = article(1)
    source = replace(AGENCY, rights=Rights(index=policy))
    with served(House(tmp_path, sources=(source,)).take(one)) as site:
        page = told(site, f"/articles/{one.id}")

    assert page == (robots, [each.format(id=one.id) for each in canonical])


def test_a_canonical_report_without_an_address_of_its_own_is_not_the_sources(tmp_path):
    one = article(1, url=None)
    source = replace(AGENCY, rights=Rights(index="canonical"))
    with served(House(tmp_path, sources=(source,)).take(one)) as site:
        page = told(site, f"/articles/{one.id}")

    assert page == ("", [f"https://wire.example/articles/{one.id}"])


def test_only_first_pages_of_lists_are_indexed(site):
    first = strict(site.get("/feeds/wire", accept="text/html").body)
    (older,) = (link["href"] for link in links(first, "next"))

    assert told(site, "/")[0] == ""
    assert told(site, "/feeds/wire")[0] == ""
    assert told(site, "/sources/")[0] == ""
    assert told(site, older)[0] == "noindex, follow"
    assert told(site, "/search")[0] == "noindex"
    assert told(site, "/search?q=ferry")[0] == "noindex"
    assert told(site, "/nothing", 404)[0] == "noindex"


def test_a_list_has_one_address_whatever_is_written_behind_it(site):
    """Networks add what they count clicks by: the page is to be found once."""
    for path in ("/", "/feeds/wire", "/sources/gazette", "/about"):
        assert told(site, f"{path}?utm_source=x") == (
            "",
            [f"https://wire.example{path}"],
        )

    older = links(strict(site.get("/feeds/wire", accept="text/html").body), "next")
    assert told(site, older[0]["href"])[1] == []


def test_nothing_is_described_by_nothing(tmp_path):
    """Who shares such a page gets no preview rather than an empty one."""
    plain = publication(description="")
    bare = article(1, body="")
    with served(House(tmp_path, publications=(plain,)).take(bare)) as site:
        said = [
            meta.attrib
            for path in ("/feeds/wire", f"/articles/{bare.id}")
            for meta in strict(site.get(path, accept="text/html").body).iter("meta")
        ]

    assert said
    assert [each for each in said if each.get("content") == ""] == []


def test_a_report_that_was_taken_back_is_forgotten(house):
    house.take(article(1))
    house.store.withdraw(article(1).id, at=NOON, reason="wrong", by="desk")
    with served(house) as site:
        assert told(site, f"/articles/{article(1).id}", 410)[0] == "noindex"


@pytest.mark.parametrize(
    "path",
    ["/feeds/wire.rss", "/feeds/wire.atom", "/feeds/wire.json", "/api/v1/articles"],
)
def test_what_programs_read_is_no_way_around_it(site, path):
    assert site.get(path).headers["x-robots-tag"] == "noindex"
