"""The read API: exact about what can be asked, and showing what may be shown only."""

import json
import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from builders import NOON, article, attribution, publication
from edition import PERSIAN, WIRE
from house import AGENCY, House, served
from msgspec.structs import replace
from reading_pages import links, strict

from aggregator.errors import StoreError
from aggregator.model import Dropped, Enclosure, Rights, Selection
from aggregator.web.api.site import OPERATIONS

API = "/api/v1"


def ask(site, path, status=200, **headers):
    """Return what the API says at a path, as it stands in its JSON."""
    answer = site.get(API + path, **headers)
    assert answer.status == status, answer.text
    kind = "application/json" if status == 200 else "application/problem+json"
    assert answer.type == kind
    return json.loads(answer.body)


def whole_list(site, path):
    """Return the pages of a list, each as its items, followed by `next`."""
    pages = []
    while path:
        page = ask(site, path.removeprefix(API))
        pages.append(page["items"])
        path = page["next"]
    return pages


def ids(pages):
    return [item["id"] for page in pages for item in page]


def test_a_source_without_public_address_has_none_here_nor_on_the_page(tmp_path):
    unknown = attribution(feed_url="https://feed.invalid/agency", site_url=None)
    house = House(tmp_path).take(article(url=None, attribution=unknown))
    with served(house) as site:
        (told,) = ask(site, "/articles")["items"]
        page = site.get(f"/articles/{told['id']}").text

    assert told["source"]["feed_url"] is None
    assert told["credit"] == "Source: Example Agency"
    assert "feed.invalid/" not in page.replace(told["published_id"], "")


# what can be asked


def test_the_description_holds_every_route_and_every_parameter(site):
    told = ask(site, "/openapi.json")

    routes = {each.path: {p.name for p in each.parameters} for each in OPERATIONS}
    described = {
        path: {p["name"] for p in operations["get"]["parameters"]}
        for path, operations in told["paths"].items()
    }
    assert described == routes
    assert told["servers"] == [{"url": "https://wire.example/api/v1"}]
    # and the app has no other routes than these
    for path in routes:
        assert site.get(API + re.sub("{.*}", "nothing", path)).status in {200, 400, 404}


def test_the_root_leads_to_every_operation(site):
    root = ask(site, "/")
    moved = site.get(API)

    assert (moved.status, moved.headers["location"]) == (308, f"{API}/")
    assert set(root["operations"]) == {each.id for each in OPERATIONS}
    assert ask(site, root["openapi"].removeprefix(API))["openapi"] == "3.1.1"


def test_the_page_about_us_leads_to_the_description(site):
    page = strict(site.get("/about").body)
    (told,) = links(page, "service-desc")

    assert site.get(told["href"]).type == "application/json"
    assert told["href"] in {a.get("href") for a in page.iter("a")}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=many", "limit"),
        ("limit=٣", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=nothing", "cursor"),
        ("cursor=" + "0" * 34 + "%0A", "cursor"),
        ("since=yesterday", "since"),
        ("until=2026-13-01T00:00:00Z", "until"),
        ("since=2026-11-24T12:00:00", "since"),
        ("language=%00", "language"),
        ("tag=%00", "tag"),
        ("source=a/b", "source"),
        ("sort=title", "sort"),
    ],
)
def test_what_cannot_be_asked_is_a_400_that_names_the_parameter(site, query, parameter):
    problem = ask(site, f"/articles?{quote(query, safe='=&%')}", 400)

    assert [each["parameter"] for each in problem["errors"]] == [parameter]
    assert parameter in problem["detail"]
    assert problem["status"] == 400


def test_all_that_is_wrong_is_named_at_once(site):
    problem = ask(site, "/search?limit=x&colour=red", 400)

    named = {each["parameter"] for each in problem["errors"]}
    assert named == {"limit", "colour", "q"}


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/articles/",
        "/articles/0123456789abcdef0123",
        "/articles/..%2f..%2fetc",
        "/articles/%00",
        "/sources/nobody",
        "/publications/none",
        "/articles?publication=none",
        "/articles?source=nobody",
        "/search?q=ferry&source=nobody",
    ],
)
def test_what_is_not_there_is_a_problem_in_json(site, path):
    assert ask(site, path, 404)["title"] == "Not Found"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE"])
def test_nothing_can_be_changed(site, method):
    """A1: the API is for reading, every other method is a 405 that says so."""
    answer = site.ask(method, f"{API}/articles")

    assert answer.status == 405
    assert {"GET", "HEAD"} <= set(answer.headers["allow"].split(", "))
    assert json.loads(answer.body)["status"] == 405


def test_options_says_what_may_be_done_and_lets_other_sites_read(site):
    answer = site.ask("OPTIONS", f"{API}/articles")

    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ("application/json", 200),
        ("application/*", 200),
        ("text/html, */*;q=0.1", 200),
        ("text/html", 406),
        ("application/json;q=0, */*", 406),
        ("application/xml, text/*", 406),
    ],
)
def test_who_does_not_take_json_is_told_so(site, accept, status):
    ask(site, "/status", status, accept=accept)


@pytest.mark.parametrize("path", ["/articles", "/openapi.json", "/nothing", "/search"])
def test_head_says_what_get_says(site, path):
    """A14: HEAD equals GET's headers."""
    get, head = site.get(API + path), site.head(API + path)

    assert head.body == b""
    assert (head.status, head.headers | {"date": ""}) == (
        get.status,
        get.headers | {"date": ""},
    )


def test_answers_are_conditional_and_can_do_nothing_in_a_browser(site):
    """A11, D10: ETag and 304; nosniff and a sandbox."""
    first = site.get(f"{API}/articles")
    again = site.get(f"{API}/articles", if_none_match=first.headers["etag"])

    assert (again.status, again.body) == (304, b"")
    for answer in (first, site.get(f"{API}/nothing")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; sandbox"
        )


def test_a_store_that_cannot_be_read_is_a_503_without_its_secrets(house):
    def broken(*_, **__):
        raise StoreError("the disk at /srv/secret is full")

    house.store.latest = broken
    with served(house) as site:
        answer = site.get(f"{API}/articles")

    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert answer.type == "application/problem+json"
    assert "secret" not in answer.text


# lists


def test_a_list_is_paged_by_a_cursor_to_its_end_without_gap_or_repeat(site, newspaper):
    wanted = [a.id for a in newspaper.store.articles()]
    pages = whole_list(site, f"{API}/articles?limit=15")

    assert ids(pages) == wanted
    assert [len(page) for page in pages] == [15, 15, 15, 15, 4]
    answer = site.get(f"{API}/articles?limit=15")
    following = json.loads(answer.body)["next"]
    assert answer.headers["link"] == f'<{following}>; rel="next"'


def test_what_comes_in_meanwhile_moves_no_page(house):
    house.take(*[article(n) for n in range(1, 7)])
    with served(house) as site:
        first = ask(site, "/articles?limit=3")
        house.take(article(0))
        rest = whole_list(site, first["next"])

    assert ids([first["items"], *rest]) == [article(n).id for n in range(1, 7)]


def test_a_cursor_holds_also_where_its_report_is_gone(house):
    house.take(*[article(n) for n in range(1, 7)])
    with served(house) as site:
        first = ask(site, "/articles?limit=3")
        last = first["items"][-1]["id"]
        house.store.withdraw(last, at=NOON, reason="wrong", by="desk")
        rest = whole_list(site, first["next"])

    assert ids(rest) == [article(n).id for n in range(4, 7)]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("source=other", [3]),
        ("tag=sea", [1, 3]),
        ("language=EN", [1, 3]),
        ("language=en-GB", [3]),
        ("publication=german", [2]),
        ("publication=german&source=other", []),
        ("since=2026-11-24T11:58:00Z", [1, 2]),
        ("until=2026-11-24T11:58:00Z", [3]),
        ("since=2026-11-24t12:58:00%2B01:00&until=2026-11-24T11:59:00z", [2]),
        ("since=2026-11-24T12:58:00+01:00&until=2026-11-24T11:59:00+00:00", [2]),
        ("until=0001-01-01T00:00:00%2B23:59", []),
        ("since=9999-12-31T23:59:60Z", []),
        ("tag=nobody", []),
    ],
)
@pytest.mark.parametrize("place", ["/articles?", "/search?q=report&"])
def test_lists_are_filtered(tmp_path, place, query, numbers):
    other = replace(article(3).attribution, source_id="other")
    three = {
        1: article(1, desk_tags=("sea", "port")),
        2: article(2, language="de"),
        3: article(3, attribution=other, language="en-GB", desk_tags=("sea",)),
    }
    house = House(
        tmp_path,
        sources=(AGENCY, replace(AGENCY, id="other")),
        publications=(
            publication(),
            publication(id="german", select=Selection(languages=("de",))),
        ),
    ).take(*three.values())
    with served(house) as site:
        found = ids(whole_list(site, f"{API}{place}{query}"))

    assert found == [three[n].id for n in numbers]


def test_a_page_of_a_filtered_list_keeps_its_filters(site):
    pages = whole_list(site, f"{API}/articles?language=fa&limit=5")

    assert len(pages) > 2
    assert {item["language"] for page in pages for item in page} == {"fa"}


def test_a_long_stretch_that_may_not_be_shown_costs_short_pages_only(tmp_path):
    house = House(
        tmp_path, publications=(publication(select=Selection(tags=("sea",))),)
    )
    house.take(*[article(n) for n in range(60)], article(99, desk_tags=("sea",)))
    with served(house) as site:
        pages = whole_list(site, f"{API}/articles?limit=2")

    assert ids(pages) == [article(99).id]
    assert len(pages) == 7


def test_search_finds_however_letters_are_written(site):
    arabic = quote("كشتي طولاني")

    assert ids(whole_list(site, f"{API}/search?q={arabic}&limit=100"))
    assert ask(site, "/search?q=" + quote('"" - * ))(('))["items"] == []
    for end, found in (("f", True), ("0", False)):
        page = ask(site, f"/search?q=ferry&cursor={end * 34}")
        assert bool(page["items"]) is found
    for odd in ('" OR NEAR(', "a" * 500, "-" * 500, "\x00'\\%", "b " * 250):
        ask(site, f"/search?q={quote(odd)}")


# what is shown


def test_a_report_is_shown_with_all_that_its_page_has(site):
    line = ask(site, "/articles?limit=1")["items"][0]
    whole = ask(site, f"/articles/{line['id']}")

    assert whole | line == whole
    assert whole["title"] == "Ferry returns after the longest winter in ten years"
    assert whole["source_title"].startswith("FERRY RETURNS")
    assert whole["content_html"].endswith("</a></p>")
    assert 'class="mediawire-credit"' in whole["content_html"]
    assert whole["image"]["credit"] == "Harbour Gazette / A. Brink"
    assert whole["page_url"] == f"https://wire.example/articles/{line['id']}"
    assert whole["listed_at"] == "2026-11-24T11:53:00Z"


def test_a_file_of_a_report_says_whose_it_is_and_how_long_it_plays(tmp_path):
    file = Enclosure(url="https://a.example/2.jpg", credit="Kim", duration=5)
    one = article(enclosures=(file,))
    with served(House(tmp_path).take(one)) as site:
        files = ask(site, f"/articles/{one.id}")["attachments"]

    assert [(each["credit"], each["duration"]) for each in files] == [("Kim", 5)]


@pytest.mark.parametrize("body", ["excerpt", "headline"])
def test_no_more_of_a_report_is_shown_than_its_source_allows(tmp_path, body):
    rights = Rights(body=body, words=3, images=False)
    one = article(body="<p>One two three four five <img src='https://a.example/x'></p>")
    house = House(tmp_path, sources=(replace(AGENCY, rights=rights),)).take(one)
    with served(house) as site:
        said = [
            site.get(f"{API}{p}").text for p in ("/articles", f"/articles/{one.id}")
        ]

    for text in said:
        assert "four" not in text
        assert "a.example/x" not in text


@pytest.mark.parametrize("path", ["/articles", "/search?q=report", "/articles/{}"])
def test_what_no_publication_shows_is_not_there(tmp_path, path):
    embargo = replace(AGENCY, id="late", rights=Rights(embargo=timedelta(days=1)))
    late = article(1, attribution=replace(article().attribution, source_id="late"))
    dropped = article(2, dropped=Dropped(rule="no-sport", reason="sport"))
    house = House(tmp_path, sources=(AGENCY, embargo)).take(late, dropped)
    with served(house) as site:
        for each in (late, dropped):
            if "{}" in path:
                ask(site, path.format(each.id), 404)
            else:
                assert ask(site, path)["items"] == []


def test_a_withdrawn_report_is_a_410_with_the_reason_and_none_of_its_words(house):
    one = article(title="Ferry sank")
    house.take(one)
    house.store.withdraw(one.id, at=NOON, reason="printed in error", by="source")
    with served(house) as site:
        problem = ask(site, f"/articles/{one.id}", 410)
        listed = ask(site, "/articles")["items"]
        found = ask(site, "/search?q=ferry")["items"]

    assert problem["reason"] == "printed in error"
    assert problem["withdrawn_by"] == "source"
    assert problem["withdrawn_at"] == "2026-11-24T12:00:00Z"
    assert "Ferry" not in json.dumps(problem)
    assert listed == found == []


def test_a_publication_shows_its_reports_under_its_own_words(tmp_path):
    short = publication(id="short", body="headline", credit="From")
    house = House(tmp_path, publications=(publication(), short)).take(article())
    with served(house) as site:
        first = ask(site, "/articles")["items"][0]
        there = ask(site, "/articles?publication=short")["items"][0]

    assert (first["publication"], there["publication"]) == ("wire", "short")
    assert there["summary"] == ""
    assert there["credit"].startswith("From: ")


def test_sources_are_listed_by_id_in_pages_without_what_is_secret(site):
    """A5: no password, no token in any output."""
    pages = whole_list(site, f"{API}/sources?limit=4")
    one = ask(site, "/sources/gazette")

    assert ids(pages) == ["fanus", "gazette", "kawa", "manara", "migdal", "nordlicht"]
    assert one in pages[0]
    assert one["feed_url"] == "https://gazette.example/feed.xml?lang=en"
    assert one["state"] == "ok"
    assert one["rights"]["license"] == "https://license.example/by/4.0/"
    everything = json.dumps(pages)
    assert "s3cret" not in everything
    assert "pass@" not in everything


def test_a_source_that_is_no_longer_read_is_there_while_its_reports_are(house):
    house.take(article())
    view = house.report
    house.report = lambda one, shown_in: view(one, shown_in) if house.kept else None
    house.kept = True
    agency = house.config.sources
    with served(house) as site:
        house.reconfigure(sources=())
        house.report = lambda one, shown_in: (
            house.reconfigure(sources=agency),
            view(one, shown_in),
            house.reconfigure(sources=()),
        )[1]
        there = ask(site, "/sources/agency")
        house.report = lambda *_: None
        ask(site, "/sources/agency", 404)

    assert (there["title"], there["state"]) == ("Example Agency", None)


def test_publications_say_where_their_feeds_are(site):
    pages = whole_list(site, f"{API}/publications?limit=1")
    persian, wire = (page[0] for page in pages)

    assert (persian["id"], wire["id"]) == (PERSIAN.id, WIRE.id)
    assert wire == ask(site, "/publications/wire")
    assert wire["feeds"][1] == {
        "format": "atom",
        "url": "https://wire.example/feeds/wire.atom",
        "media_type": "application/atom+xml",
        "entries": 64,
        "written_at": "2026-11-24T12:00:00Z",
    }


def test_status_tells_in_numbers_and_names_no_fault_of_a_source(house):
    house.take(article()).publish()
    house.states["agency"] = "failing"
    with served(house) as site:
        well = ask(site, "/status")
        house.troubles.append("no tick since noon")
        ill = ask(site, "/status")

    assert (well["ready"], well["articles"]) == (True, 1)
    assert (well["sources"]["failing"], well["sources"]["ok"]) == (1, 0)
    assert {each["refused"] for each in well["documents"]} == {False}
    assert (ill["ready"], ill["reasons"]) == (False, ["no tick since noon"])


def test_the_api_stands_below_the_path_of_the_site(tmp_path):
    house = House(tmp_path, base_url="https://press.example/wire")
    house.take(article(1), article(2))
    with served(house) as site:
        answer = site.get("/wire/api/v1/articles?limit=1")
        following = json.loads(answer.body)["next"]
        second = json.loads(site.get(following).body)

    assert following.startswith("/wire/api/v1/articles?")
    assert ids([second["items"]]) == [article(2).id]
