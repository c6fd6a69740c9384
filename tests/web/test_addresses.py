"""Every address of the contract: status, type, headers; valid HTML; nobody is led away."""

import json
import re
from contextlib import ExitStack
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from builders import article
from edition import SOURCES, long_read, story
from house import House, served
from reading_pages import links, one, strict, text

from aggregator.store import open_store
from tests.store.databases import DATABASES, schema

ARTICLE = f"/articles/{long_read().id}"
HTML = "text/html; charset=utf-8"
OPML = "text/x-opml; charset=utf-8"
ROUTES = {
    "/": (200, HTML),
    "/about": (200, HTML),
    "/feeds/wire": (200, HTML),
    "/feeds/persian": (200, HTML),
    "/feeds/wire.rss": (200, "application/rss+xml; charset=utf-8"),
    "/feeds/wire.atom": (200, "application/atom+xml; charset=utf-8"),
    "/feeds/wire.json": (200, "application/feed+json"),
    ARTICLE: (200, HTML),
    f"/articles/{story(2).id}": (200, HTML),
    "/articles/nothing": (404, HTML),
    "/sources/": (200, HTML),
    "/sources/fanus": (200, HTML),
    "/sources/nothing": (404, HTML),
    "/sources.opml": (200, OPML),
    "/feeds.opml": (200, OPML),
    "/search": (200, HTML),
    "/search?q=ferry": (200, HTML),
    "/opensearch.xml": (200, "application/opensearchdescription+xml; charset=utf-8"),
    "/api/v1/": (200, "application/json"),
    "/api/v1/articles": (200, "application/json"),
    "/api/v1/openapi.json": (200, "application/json"),
    "/api/v1/nothing": (404, "application/problem+json"),
    "/-/healthy": (200, "text/plain; charset=utf-8"),
    "/healthz": (200, "text/plain; charset=utf-8"),
    "/-/ready": (200, "application/json"),
    "/readyz": (200, "application/json"),
    "/metrics": (200, "text/plain; version=1.0.0; charset=utf-8"),
    "/nothing": (404, HTML),
}


@pytest.mark.parametrize(
    ("path", "status", "kind"), [(p, *r) for p, r in ROUTES.items()]
)
def test_every_address_answers_as_the_contract_says(site, path, status, kind):
    """A11: and forbids script, frames, sniffing and referrers on each."""
    answer = site.get(path, accept="text/html,*/*;q=0.8")

    assert (answer.status, answer.headers["content-type"]) == (status, kind)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["content-security-policy"].startswith("default-src 'none';")
    assert "script" not in answer.headers["content-security-policy"]
    assert "cache-control" in answer.headers
    assert "server" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.body)


@pytest.mark.parametrize("path", [p for p, (_, kind) in ROUTES.items() if kind == HTML])
def test_every_page_is_valid_and_complete_html(site, path):
    page = strict(site.get(path, accept="text/html").text)
    ids = [element.get("id") for element in page.iter() if element.get("id")]

    assert page.get("lang")
    assert page.get("dir") in {"ltr", "rtl"}
    assert page.findtext(".//head/title").strip()
    assert len(page.findall(".//h1")) == 1
    assert len(page.findall(".//main")) == 1
    assert len(ids) == len(set(ids))
    assert all(img.get("alt") is not None for img in page.iter("img"))
    assert all(element.get("style") is None for element in page.iter())
    assert all(
        script.get("type") == "application/ld+json" for script in page.iter("script")
    )
    assert all(not name.startswith("on") for e in page.iter() for name in e.attrib)


@pytest.mark.parametrize("path", [p for p, (_, kind) in ROUTES.items() if kind == HTML])
def test_every_link_within_the_site_leads_somewhere(site, path):
    page = strict(site.get(path, accept="text/html").text)
    ours = {
        link.get("href").partition("#")[0].removeprefix("https://wire.example")
        for link in [*page.iter("a"), *page.iter("link")]
        if link.get("href").startswith(("/", "https://wire.example/"))
    }

    browser = "text/html,*/*;q=0.8"
    statuses = {href: site.get(href, accept=browser).status for href in ours}

    assert set(statuses.values()) == {200}, statuses


def test_pages_are_small(site):
    """A page of 30 articles stays under 60 KB without its pictures."""
    for path in ("/", "/feeds/wire", "/feeds/persian", ARTICLE, "/sources/"):
        assert len(site.get(path, accept="text/html").body) < 60_000


def test_the_style_sheet_is_kept_for_a_year_under_a_name_of_its_content(site):
    (sheet,) = links(strict(site.get("/").text), "stylesheet")
    answer = site.get(sheet["href"])

    assert answer.type == "text/css"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["etag"].strip('"') in sheet["href"]


@pytest.mark.parametrize(
    "path",
    [
        "/sources",
        "/sources?next=//evil.example",
        "//evil.example/",
        "//evil.example",
        "/%5cevil.example",
        "/\\evil.example",
        "/feeds/wire/?url=https://evil.example",
        "/sources//evil.example",
        "/about/",
        "/search//evil.example/",
        "/feeds/%2fevil.example/",
        "/articles/%5cevil.example/?next=//evil.example",
    ],
)
def test_nobody_is_led_to_another_site(site, path):
    """A10: 0 foreign Locations, whatever the address, the parameters or the Host."""
    for headers in ({}, {"host": "evil.example", "x-forwarded-host": "evil.example"}):
        answer = site.ask("GET", path, headers)
        location = answer.headers.get("location", "/")
        assert re.match(r"/(?![/\\])", location)
        assert urlsplit(location)[:2] == ("", "")
        assert "evil.example" not in urlsplit(location).query
        assert b"evil.example" not in answer.body


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/about/", "/about"),
        ("/search/?q=red+ferry%26&lang=fa", "/search?q=red+ferry%26&lang=fa"),
        ("/feeds/wire/?before=1-a&next=//evil.example", "/feeds/wire?before=1-a"),
        ("/articles/a%3fb%0a%25c/", "/articles/a%3Fb%0A%25c"),
        (f"{ARTICLE}/", ARTICLE),
        ("/sources/fanus/", "/sources/fanus"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(site, path, location):
    for answer in (site.get(path), site.head(path)):
        assert (answer.status, answer.headers["location"]) == (308, location)


@pytest.mark.parametrize("kind", DATABASES)
def test_an_address_that_no_database_can_hold_is_not_found(tmp_path, kind):
    """PostgreSQL took it for a broken connection: 503, and an error in the log."""
    house = House(tmp_path)
    with ExitStack() as open_ones:
        if kind == "postgresql":
            url = open_ones.enter_context(schema())
            house.store = open_ones.enter_context(open_store(url))
        site = open_ones.enter_context(served(house))
        found = [
            site.get(path).status
            for path in ("/articles/%00", "/sources/a%00b", "/search?q=%00")
        ]

    assert found == [404, 404, 200]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/feeds/none.atom", "/metrics", "/-/ready"])
def test_nothing_can_be_changed_from_outside(site, method, path):
    answer = site.ask(method, path)

    assert answer.status == 405
    assert answer.headers["allow"] in {"GET, HEAD", "HEAD, GET"}


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "taken away"])
def test_a_site_in_a_folder_works_however_its_proxy_treats_the_folder(tmp_path, kept):
    house = House(tmp_path, base_url="https://press.example/wire").publish()
    with served(house) as site:
        page = site.get("/wire/" if kept else "/")
        (sheet,) = links(strict(page.text), "stylesheet")
        found = site.get(sheet["href"].removeprefix("" if kept else "/wire"))

    assert sheet["href"].startswith("/wire/static/")
    assert found.type == "text/css"


@pytest.mark.parametrize("folder", ["wire", "press/the%20wire", "%D0%B2"])
def test_the_public_address_itself_is_the_first_page(tmp_path, folder):
    """As `sdPublisher` names it and people type it: without a slash at its end."""
    house = House(tmp_path, base_url=f"https://press.example/{folder}").publish()
    with served(house) as site:
        bare, whole = (site.get(f"/{folder}{end}") for end in ("", "/"))

    assert bare.status == 200
    assert bare.body == whole.body


@pytest.mark.parametrize("asked", ["", "/feeds"], ids=["taken away", "kept"])
def test_a_folder_may_be_called_as_one_of_our_own_is(tmp_path, asked):
    house = House(tmp_path, base_url="https://press.example/feeds").publish()
    paths = ("/", "/feeds/wire", "/feeds/wire.rss", "/about", "/sources/")
    with served(house) as site:
        found = {path: site.get(asked + path).status for path in paths}

    assert found == dict.fromkeys(paths, 200)


def test_what_we_read_is_listed_without_anything_secret(site):
    """Public addresses never show credentials or tokens, anywhere."""
    outlines = ET.fromstring(site.get("/sources.opml").body).findall(".//outline")

    assert [o.get("xmlUrl") for o in outlines] == [
        f"https://{source.id}.example/feed.xml?lang={source.language}"
        for source in SOURCES
    ]
    for path in ROUTES:
        body = site.get(path).body
        assert b"s3cret" not in body
        assert b"user:pass" not in body


def test_sources_of_a_group_are_listed_together_and_files_not_at_all(tmp_path):
    from aggregator.model import Source

    sources = (
        Source(id="a", url="https://a.example/f", group="desk"),
        Source(id="b", url="file:///srv/secret.xml"),
        Source(id="c", url="https://c.example/f"),
        Source(id="d", url="https://d.example/f", group="desk"),
    )
    with served(House(tmp_path, sources=sources)) as site:
        body = ET.fromstring(site.get("/sources.opml").body).find("body")
        page = site.get("/sources/b").text

    assert [
        (o.get("text"), [i.get("text") for i in o]) for o in body.findall("outline")
    ] == [("desk", ["a", "d"]), ("c", [])]
    assert "/srv/secret" not in page


def test_sources_are_listed_with_the_home_page_that_their_feed_names(tmp_path):
    from aggregator.model import Source

    said = Source(id="b", url="https://b.example/f", site="https://u:s3cret@b.example/")
    house = House(tmp_path, sources=(Source(id="a", url="https://a.example/f"), said))
    house.sites["a"] = "https://a.example/"
    with served(house) as site:
        outlines = ET.fromstring(site.get("/sources.opml").body).findall(".//outline")

    assert [o.get("htmlUrl") for o in outlines] == [
        "https://a.example/",
        "https://b.example/",
    ]


def test_what_we_offer_is_listed_for_feed_readers(site):
    outlines = ET.fromstring(site.get("/feeds.opml").body).findall(".//outline")

    assert [(o.get("text"), o.get("xmlUrl"), o.get("language")) for o in outlines] == [
        ("Media Wire", "https://wire.example/feeds/wire.atom", None),
        ("رسانه‌های دیگر", "https://wire.example/feeds/persian.atom", "fa"),
    ]


def test_the_site_names_itself_as_it_is_told_to(tmp_path):
    """Pages, lists of feeds, the search of browsers; what writes feeds names itself."""
    house = House(tmp_path, title="Der <Ferne> Nachrichtenspiegel").take(article())
    pages = ("/", "/about", "/sources/", "/search", "/nothing", "/feeds/wire")
    lists = ("/sources.opml", "/feeds.opml", "/opensearch.xml", "/api/v1/openapi.json")
    with served(house.publish()) as site:
        for path in pages:
            said = strict(site.get(path, accept="text/html").text)
            assert text(one(said, ".//p[@class='name']")) == house.config.title
            assert said.findtext(".//title").endswith(house.config.title)
        told = {path: site.get(path).body for path in lists}
        feed = site.get("/feeds/wire.rss").text

    for path, sentence in zip(
        lists[:2], ("What {} reads", "What {} offers"), strict=True
    ):
        title = ET.fromstring(told[path]).findtext("head/title")
        assert title == sentence.format(house.config.title)
    short, long = [name.text for name in ET.fromstring(told["/opensearch.xml"])][:2]
    assert (short, long) == ("Der <Ferne> Nach", house.config.title)
    assert (
        json.loads(told["/api/v1/openapi.json"])["info"]["title"] == house.config.title
    )
    assert "<generator>Media Wire " in feed
