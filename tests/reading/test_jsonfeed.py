"""JSON Feed, and what people take for one."""

import json

import pytest

from aggregator.reading.jsonfeed import JsonFeed
from aggregator.reading.parsed import Category, Link, Picture, Text

URL = "https://source.example/feed.json"


def parsed(**said):
    said.setdefault("items", [])
    feed = JsonFeed(said=said, url=URL)
    return feed.parsed(range(len(feed.parts))).feed


def one(**item):
    return parsed(items=[item]).entries[0]


def test_a_feed_of_version_1_1_is_read():
    feed = parsed(
        version="https://jsonfeed.org/version/1.1",
        title="Harbour News",
        home_page_url="https://source.example/",
        feed_url=URL,
        language="en",
        icon="https://source.example/icon.png",
        authors=[{"name": "Ann"}, {"url": "https://bob.example/"}],
    )

    assert feed.version == "json11"
    assert feed.title == Text(value="Harbour News")
    assert feed.site == "https://source.example/"
    assert feed.links == (Link(href=URL, rel="self"),)
    assert (feed.language, feed.author) == ("en", "Ann, https://bob.example/")
    assert feed.image == "https://source.example/icon.png"


@pytest.mark.parametrize(
    ("hubs", "found"),
    [
        ([{"type": "WebSub", "url": "https://hub.example/"}], ["https://hub.example/"]),
        ([{"type": "rssCloud", "url": "https://x.example/"}, 5, {}], []),
        ("https://hub.example/", []),
        (None, []),
    ],
)
def test_hubs_that_speak_websub_are_links(hubs, found):
    links = parsed(hubs=hubs).links

    assert [link.href for link in links if link.rel == "hub"] == found


def test_an_item_is_read():
    entry = one(
        id="urn:x:1",
        url="https://source.example/1",
        external_url="https://other.example/",
        title="First ship",
        content_html="<p>It came.</p>",
        content_text="It came.",
        summary="A ship",
        image="https://source.example/1.png",
        date_published="2026-01-01T10:00:00Z",
        date_modified="2026-01-02T10:00:00Z",
        authors=[{"name": "Ann"}],
        tags=["ships", "ships", "harbour"],
        attachments=[
            {
                "url": "https://x.example/a.mp3",
                "mime_type": "audio/mpeg",
                "size_in_bytes": 9.0,
                "duration_in_seconds": 61.5,
            }
        ],
    )

    assert entry.guid == "urn:x:1"
    assert entry.link == "https://source.example/1"
    assert entry.title == Text(value="First ship")
    assert entry.contents == (Text(value="<p>It came.</p>", type="text/html"),)
    assert entry.summary == Text(value="A ship")
    assert entry.pictures == (Picture(url="https://source.example/1.png"),)
    assert entry.published == "2026-01-01T10:00:00Z"
    assert entry.updated == "2026-01-02T10:00:00Z"
    assert entry.authors == ("Ann",)
    assert entry.categories == (Category(term="ships"), Category(term="harbour"))
    assert entry.links == (
        Link(href="https://other.example/", rel="related"),
        Link(
            href="https://x.example/a.mp3",
            rel="enclosure",
            type="audio/mpeg",
            length="9",
            duration="61.5",
        ),
    )


@pytest.mark.parametrize(
    ("said", "finished"), [(True, True), (False, False), ("true", False), (None, False)]
)
def test_a_feed_that_has_expired_says_so_by_true_alone(said, finished):
    assert parsed(expired=said, items=[{"id": 1}]).finished is finished


def test_items_inherit_authors_and_the_desk_decides_of_the_language():
    """As with RSS and Atom: what a whole feed says comes after the operator's word."""
    feed = parsed(author={"name": "Ann"}, language="fa", items=[{"id": 1}])

    assert (feed.entries[0].authors, feed.entries[0].language) == (("Ann",), None)
    assert feed.language == "fa"


@pytest.mark.parametrize(
    ("item", "field", "value"),
    [
        ({"id": 42}, "guid", "42"),
        ({"id": True}, "guid", None),
        ({"external_url": "https://x.example/"}, "link", "https://x.example/"),
        ({"content_text": "1 < 2"}, "contents", (Text(value="1 < 2"),)),
        ({"author": "Ann"}, "authors", ("Ann",)),
        ({"authors": {"name": "Ann"}, "author": None}, "authors", ()),
        ({"tags": "a, b"}, "categories", (Category(term="a"), Category(term="b"))),
        ({"tags": [None, 1, {}]}, "categories", (Category(term="1"),)),
        (
            {"attachments": [None, {}, {"url": 3}]},
            "links",
            (Link(href="3", rel="enclosure"),),
        ),
        ({"title": ["no"]}, "title", None),
    ],
)
def test_values_of_an_odd_type_cost_only_themselves(item, field, value):
    assert getattr(one(**item), field) == value


def test_items_that_are_no_objects_are_left_out_with_a_note():
    feed = JsonFeed(said={"items": [1, None, {"id": "a"}]}, url=URL)

    assert len(feed.parts) == 1
    assert feed.notes == ("2 items left out: they are not JSON objects",)


def test_the_order_of_keys_is_not_a_change_and_a_value_is():
    def digest(item):
        return JsonFeed(said={"items": [item]}, url=URL).parts[0].digest

    assert digest({"id": "a", "title": "b"}) == digest({"title": "b", "id": "a"})
    assert digest({"id": "a"}) != digest({"id": "b"})


def test_the_bytes_of_an_item_are_its_json():
    raw = one(id="ä", title="b").raw

    assert json.loads(raw) == {"id": "ä", "title": "b"}


def test_a_new_author_of_the_feed_is_another_context():
    def context(author):
        return JsonFeed(said={"items": [], "author": {"name": author}}, url=URL).context

    assert context("Ann") != context("Bob")
