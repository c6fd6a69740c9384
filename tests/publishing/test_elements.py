"""Section by section what each format carries, read by others: feedparser, lxml, json."""

import json
import re
from datetime import timedelta

import feedrules
import pytest
from builders import NOON, article, attribution
from lxml import etree
from msgspec.structs import replace
from readers import attributes, entry_of, rendered, texts

from aggregator import __version__
from aggregator.model import Also, Enclosure, Image, Tag, Via
from aggregator.publishing import Margin, Tombstone

CREDIT = (
    '<p class="mediawire-credit">Source: Example Agency – '
    '<a href="https://agency.example/reports/1">https://agency.example/reports/1</a></p>'
)
EXCERPT = "Report 1 in the agency's own words. Source: Example Agency – https://agency.example/reports/1"

WHOLE = article(
    1,
    title="Storm in the north",
    source_title="STORM IN THE NORTH",
    published_id="urn:example:1",
    authors=("Ann", "Ben"),
    updated=NOON + timedelta(hours=2),
    tags=(Tag(term="weather", scheme="https://agency.example/tags", label="Weather"),),
    enclosures=(
        Enclosure(url="https://agency.example/1.mp3", type="audio/mpeg", length=1234),
        Enclosure(url="https://agency.example/2.mp4", type="video/mp4"),
    ),
    image=Image(
        url="https://agency.example/1.png", width=640, height=480, credit="Cid"
    ),
    attribution=attribution(
        author="The Newsroom",
        license="https://creativecommons.org/licenses/by/4.0/",
        feed_id="tag:agency.example,2026:feed",
    ),
)


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    return rendered(tmp_path_factory.mktemp("public"), WHOLE)


# -- RSS


def test_an_rss_item_carries_everything(documents):
    item = entry_of(documents["rss"])

    assert texts(item, "guid") == ["urn:example:1"]
    assert attributes(item, "guid") == [{"isPermaLink": "false"}]
    assert texts(item, "title") == ["Storm in the north"]
    assert texts(item, "dcterms:alternative") == ["STORM IN THE NORTH"]
    assert texts(item, "link") == ["https://agency.example/reports/1"]
    assert texts(item, "description") == [EXCERPT]
    assert texts(item, "content:encoded") == [WHOLE.body + CREDIT]
    assert texts(item, "source") == ["Example Agency"]
    assert attributes(item, "source") == [{"url": "https://agency.example/feed.xml"}]
    assert texts(item, "dc:creator") == ["Ann", "Ben"]
    assert texts(item, "author") == []
    assert texts(item, "dc:rights") == ["© Example Agency"]
    assert texts(item, "cc:license") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert texts(item, "pubDate") == ["Tue, 24 Nov 2026 11:59:00 +0000"]
    assert texts(item, "dcterms:modified") == ["2026-11-24T14:00:00+00:00"]
    assert texts(item, "category") == ["Media Wire", "Weather"]
    assert attributes(item, "category") == [
        {"domain": "https://wire.example/feeds/wire"},
        {"domain": "https://agency.example/tags"},
    ]


def test_an_rss_item_has_its_first_file_as_enclosure_and_all_as_media(documents):
    """I23: RSS: first, with a legal length."""
    item = entry_of(documents["rss"])

    assert attributes(item, "enclosure") == [
        {
            "url": "https://agency.example/1.mp3",
            "length": "1234",
            "type": "audio/mpeg",
        }
    ]
    assert [media["url"] for media in attributes(item, "media:content")] == [
        "https://agency.example/1.png",
        "https://agency.example/1.mp3",
        "https://agency.example/2.mp4",
    ]
    assert texts(item, "media:content/media:credit") == ["Cid"]


@pytest.mark.parametrize("name", ["rss", "atom"])
def test_media_say_all_that_is_known_of_a_picture_and_of_files(tmp_path, name):
    picture = "https://agency.example/1.png"
    pictured = article(
        1,
        image=Image(url=picture, width=640, height=480, credit="Cid"),
        enclosures=(
            Enclosure(url=picture, type="image/png", length=777, title="The dam"),
            Enclosure(url="https://agency.example/2.jpg", title="Ice", credit="Kim"),
        ),
    )

    entry = entry_of(rendered(tmp_path, pictured)[name])

    assert attributes(entry, "media:content") == [
        {
            "url": picture,
            "type": "image/png",
            "fileSize": "777",
            "medium": "image",
            "width": "640",
            "height": "480",
        },
        {
            "url": "https://agency.example/2.jpg",
            "type": "image/jpeg",
            "medium": "image",
        },
    ]
    assert texts(entry, "media:content/media:title") == ["The dam", "Ice"]
    assert texts(entry, "media:content/media:credit") == ["Cid", "Kim"]


def test_a_file_says_its_title_and_in_a_json_feed_whose_it_is(tmp_path):
    file = Enclosure(url="https://agency.example/2.jpg", title="Ice", credit="Kim")

    documents = rendered(tmp_path, article(1, enclosures=(file,)))

    (said,) = json.loads(documents["json"])["items"][0]["attachments"]
    assert (said["title"], said["_mediawire"]) == ("Ice", {"credit": "Kim"})
    links = attributes(entry_of(documents["atom"]), "a:link")
    assert [link["title"] for link in links if link["rel"] == "enclosure"] == ["Ice"]


def test_a_file_says_how_long_it_plays_and_nothing_where_nobody_knows(tmp_path):
    known = Enclosure(url="https://agency.example/1.mp3", duration=3723)
    unknown = Enclosure(url="https://agency.example/2.mp3")

    said = rendered(tmp_path, article(1, enclosures=(known, unknown)))

    for name in ("rss", "atom"):
        played = attributes(entry_of(said[name]), "media:content")
        assert [each.get("duration") for each in played] == ["3723", None]
    files = json.loads(said["json"])["items"][0]["attachments"]
    assert [each.get("duration_in_seconds") for each in files] == [3723, None]


def test_of_a_picture_and_a_file_nothing_is_said_that_is_not_known(tmp_path):
    image = Image(url="https://a.example/1", type="image/webp", width=0, height=0)
    report = Enclosure(url="https://a.example/2", type="application/pdf")
    pictured = article(1, image=image, enclosures=(report,))

    item = entry_of(rendered(tmp_path, pictured)["rss"])

    assert attributes(item, "media:content") == [
        {"url": "https://a.example/1", "type": "image/webp", "medium": "image"},
        {"url": "https://a.example/2", "type": "application/pdf"},
    ]


def test_a_guid_that_is_the_link_says_so(tmp_path):
    item = entry_of(rendered(tmp_path, article(1))["rss"])

    assert attributes(item, "guid") == [{"isPermaLink": "true"}]


def test_an_rss_channel_says_who_speaks_and_that_the_words_are_others(documents):
    """O9: a self link of its type; the site's own link beside it."""
    channel = etree.fromstring(documents["rss"]).find("channel")

    assert texts(channel, "title") == ["Media Wire"]
    assert texts(channel, "link") == ["https://wire.example/feeds/wire"]
    assert texts(channel, "description") == [
        "Reports from other agencies. They do not necessarily reflect our opinion."
    ]
    assert attributes(channel, "a:link") == [
        {
            "href": "https://wire.example/feeds/wire.rss",
            "rel": "self",
            "type": "application/rss+xml",
        }
    ]
    assert texts(channel, "generator") == [f"Media Wire {__version__}"]
    assert texts(channel, "lastBuildDate") == ["Tue, 24 Nov 2026 14:00:00 +0000"]
    assert texts(channel, "copyright") == texts(channel, "dc:rights") == []


def test_a_description_is_safe_for_readers_that_take_it_for_html(tmp_path):
    """I1: text that looks like markup is not run where a reader shows HTML."""
    tricky = article(1, body="<p>&lt;script&gt;x()&lt;/script&gt;</p>")

    documents = rendered(tmp_path, tricky)

    assert "<script>" not in texts(entry_of(documents["rss"]), "description")[0]
    assert "<script>" not in texts(entry_of(documents["atom"]), "a:summary")[0]
    assert json.loads(documents["json"])["items"][0]["summary"].startswith(
        "<script>x()</script> Source:"
    )


# -- Atom


def test_an_atom_entry_carries_everything(documents):
    entry = entry_of(documents["atom"])

    assert texts(entry, "a:id") == ["urn:example:1"]
    assert texts(entry, "a:title") == ["Storm in the north"]
    assert texts(entry, "dcterms:alternative") == ["STORM IN THE NORTH"]
    assert texts(entry, "a:content") == [WHOLE.body + CREDIT]
    assert attributes(entry, "a:content") == [{"type": "html"}]
    assert texts(entry, "a:summary") == [EXCERPT]
    assert texts(entry, "a:author/a:name") == ["Ann", "Ben"]
    assert texts(entry, "a:rights") == ["© Example Agency"]
    assert texts(entry, "a:published") == ["2026-11-24T11:59:00+00:00"]
    assert texts(entry, "a:updated") == ["2026-11-24T14:00:00+00:00"]
    assert attributes(entry, "a:category") == [
        {"term": "Media Wire", "scheme": "https://wire.example/feeds/wire"},
        {
            "term": "weather",
            "label": "Weather",
            "scheme": "https://agency.example/tags",
        },
    ]


def test_atom_links_keep_what_they_say(documents):
    """I23: Atom: both enclosures, with rel, type and length."""
    links = attributes(entry_of(documents["atom"]), "a:link")

    assert links == [
        {"href": "https://agency.example/reports/1", "rel": "alternate"},
        {"href": "https://agency.example/reports/1", "rel": "via"},
        {"href": "https://creativecommons.org/licenses/by/4.0/", "rel": "license"},
        {
            "href": "https://agency.example/1.mp3",
            "rel": "enclosure",
            "type": "audio/mpeg",
            "length": "1234",
        },
        {
            "href": "https://agency.example/2.mp4",
            "rel": "enclosure",
            "type": "video/mp4",
            "length": "0",
        },
    ]


def test_an_atom_source_is_the_head_of_the_feed_it_came_from(documents):
    source = entry_of(documents["atom"]).find("{*}source")

    assert [(child.tag.rpartition("}")[2], child.text) for child in source] == [
        ("id", "tag:agency.example,2026:feed"),
        ("title", "Example Agency"),
        ("updated", "2026-11-24T14:00:00+00:00"),
        ("link", None),
        ("link", None),
        ("author", None),
        ("rights", "© Example Agency"),
    ]
    assert attributes(source, "a:link") == [
        {"href": "https://agency.example/feed.xml", "rel": "self"},
        {"href": "https://agency.example/", "rel": "alternate"},
    ]
    assert texts(source, "a:author/a:name") == ["The Newsroom"]


@pytest.mark.parametrize(
    ("said", "of_source", "of_feed"),
    [
        ({"feed_rights": "(c) B"}, ["(c) B"], "(c) B"),
        ({"feed_rights": ""}, [], None),
        ({"via": Via(title="Paper")}, ["(c) Luc"], "(c) Luc"),
        ({"via": Via(title="Paper", rights="")}, [], "(c) Luc"),
        (
            {"via": Via(title="Paper", rights="(c) P"), "feed_rights": "(c) B"},
            ["(c) P"],
            "(c) B",
        ),
    ],
)
def test_rights_are_each_its_own(tmp_path, said, of_source, of_feed):
    """RFC 4287, 4.2.11: a source holds what its feed says, not what the entry does."""
    by = article(1, attribution=attribution(rights="(c) Luc", **said))

    documents = rendered(tmp_path, by)

    entry = entry_of(documents["atom"])
    assert texts(entry, "a:rights") == ["(c) Luc"]
    assert texts(entry, "a:source/a:rights") == of_source
    assert texts(entry_of(documents["rss"]), "dc:rights") == ["(c) Luc"]
    ours = json.loads(documents["json"])["items"][0]["_mediawire"]
    assert ours["rights"] == "(c) Luc"
    assert ours["source"].get("rights") == of_feed


def test_nothing_of_ours_is_inherited_by_atom_entries(documents):
    feed = etree.fromstring(documents["atom"])

    assert texts(feed, "a:author") == texts(feed, "a:rights") == []
    assert texts(feed, "a:id") == ["https://wire.example/feeds/wire"]


@pytest.mark.parametrize(
    ("authors", "of_feed", "named"),
    [
        (("Ann",), {"author": "The Newsroom"}, ["Ann"]),
        ((" ",), {"author": "The Newsroom"}, ["The Newsroom"]),
        ((), {}, ["Example Agency"]),
        ((), {"via": Via(title="Paper")}, ["Paper"]),
    ],
)
def test_every_entry_has_an_author_of_its_own(tmp_path, authors, of_feed, named):
    by = article(1, authors=authors, attribution=attribution(**of_feed))

    documents = rendered(tmp_path, by)

    assert texts(entry_of(documents["atom"]), "a:author/a:name") == named
    assert texts(entry_of(documents["rss"]), "dc:creator") == named
    (item,) = json.loads(documents["json"])["items"]
    assert [author["name"] for author in item["authors"]] == named


# -- the picture of a publication


def test_a_publication_with_a_picture_shows_it_in_every_format(tmp_path):
    logo = "https://wire.example/logo.png?a=1&b=2"
    pictured = rendered(tmp_path / "a", WHOLE, image=logo)
    bare = rendered(tmp_path / "b", WHOLE)

    (channel,) = etree.fromstring(pictured["rss"])
    assert [(e.tag, e.text) for e in channel.find("image")] == [
        ("url", logo),
        ("title", channel.findtext("title")),
        ("link", channel.findtext("link")),
    ]
    assert texts(etree.fromstring(pictured["atom"]), "a:logo") == [logo]
    assert json.loads(pictured["json"])["icon"] == logo
    assert [feedrules.problems(body, kind) for kind, body in pictured.items()] == [
        [],
        [],
        [],
    ]
    for kind, element in {
        "rss": rb"<image>.*?</image>",
        "atom": rb"<logo>.*?</logo>",
        "json": rb'"icon":".*?",',
    }.items():
        assert re.subn(element, b"", pictured[kind]) == (bare[kind], 1)


# -- JSON Feed


def test_a_json_feed_carries_everything(documents):
    feed = json.loads(documents["json"])

    assert feed == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Media Wire",
        "home_page_url": "https://wire.example/feeds/wire",
        "feed_url": "https://wire.example/feeds/wire.json",
        "description": "Reports from other agencies. "
        "They do not necessarily reflect our opinion.",
        "language": "en",
        "_mediawire": {
            "about": "https://wire.example/about",
            "generator": f"Media Wire {__version__}",
            "updated": "2026-11-24T14:00:00+00:00",
        },
        "items": [
            {
                "id": "urn:example:1",
                "url": "https://agency.example/reports/1",
                "title": "Storm in the north",
                "content_html": WHOLE.body + CREDIT,
                "summary": EXCERPT,
                "image": "https://agency.example/1.png",
                "date_published": "2026-11-24T11:59:00+00:00",
                "date_modified": "2026-11-24T14:00:00+00:00",
                "authors": [{"name": "Ann"}, {"name": "Ben"}],
                "tags": ["Media Wire", "Weather"],
                "language": "en",
                "attachments": [
                    {
                        "url": "https://agency.example/1.mp3",
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": 1234,
                    },
                    {"url": "https://agency.example/2.mp4", "mime_type": "video/mp4"},
                ],
                "_mediawire": {
                    "about": "https://wire.example/about",
                    "source": {
                        "id": "agency",
                        "title": "Example Agency",
                        "feed_url": "https://agency.example/feed.xml",
                        "home_page_url": "https://agency.example/",
                        "rights": "© Example Agency",
                    },
                    "image_credit": "Cid",
                    "source_title": "STORM IN THE NORTH",
                    "rights": "© Example Agency",
                    "license": "https://creativecommons.org/licenses/by/4.0/",
                    "text_sha256": WHOLE.text_sha256,
                },
            }
        ],
    }


def test_a_headline_that_the_source_did_not_send_is_not_told_as_its_own(tmp_path):
    documents = rendered(tmp_path, replace(WHOLE, source_title=""))

    ours = json.loads(documents["json"])["items"][0]["_mediawire"]
    assert "source_title" not in ours
    assert texts(entry_of(documents["rss"]), "dcterms:alternative") == []


def test_an_atom_category_has_a_scheme_only_if_it_is_an_iri(tmp_path):
    """RFC 4287, section 4.2.2.2."""
    tagged = article(1, tags=(Tag(term="art", scheme="our own"),))

    entry = entry_of(rendered(tmp_path, tagged)["atom"])

    assert attributes(entry, "a:category")[1:] == [{"term": "art"}]


def test_a_licence_that_is_no_address_is_no_link(tmp_path):
    documents = rendered(
        tmp_path, article(1, attribution=attribution(license="urn:x:free"))
    )

    assert b"urn:x:free" not in documents["rss"] + documents["atom"]


def test_who_else_carried_a_report_is_told_in_every_format(tmp_path):
    """With no address that is nobody's to open."""
    url, feed, secret = "https://b.example/1?a&b", "https://b.example/f", "file:///s"
    also = (
        Also(source_id="b", title="B & <C>", url=url, feed_url=feed),
        Also(source_id="d", title="D", url=secret, feed_url=secret),
    )

    documents = rendered(tmp_path, article(1), also=also)

    related = {"href": url, "rel": "related", "title": "B & <C>"}
    item, entry = entry_of(documents["rss"]), entry_of(documents["atom"])
    assert attributes(item, "a:link") == [related]
    links = attributes(entry, "a:link")
    assert [link for link in links if link["rel"] == "related"] == [related]
    assert json.loads(documents["json"])["items"][0]["_mediawire"]["also"] == [
        {"id": "b", "title": "B & <C>", "url": url, "feed_url": feed},
        {"id": "d", "title": "D"},
    ]


# -- what was taken back


def test_what_was_taken_back_is_told_with_the_reason(tmp_path):
    stone = Tombstone(
        ref='urn:x:"1"&<2>',
        at=NOON + timedelta(microseconds=1),
        reason="a <hoax> & a lie",
    )
    margin = Margin(tombstones=(stone,))

    documents = rendered(tmp_path, article(1), margin=margin)

    at = "{http://purl.org/atompub/tombstones/1.0}"
    (deleted,) = etree.fromstring(documents["atom"]).iter(f"{at}deleted-entry")
    assert dict(deleted.attrib) == {"ref": stone.ref, "when": NOON.isoformat()}
    assert deleted.findtext(f"{at}comment") == stone.reason
    feed = json.loads(documents["json"])
    assert feed["_mediawire"]["withdrawn"] == [
        {"id": stone.ref, "at": NOON.isoformat(), "reason": stone.reason}
    ]
    assert documents["json"].count(b'"items":[') == len(feed["items"]) == 1


def test_a_reason_with_what_xml_cannot_hold_spoils_no_document(tmp_path):
    stone = Tombstone(ref="urn:x:1", at=NOON, reason="a\x0b hoax")

    documents = rendered(tmp_path, article(1), margin=Margin(tombstones=(stone,)))

    assert etree.fromstring(documents["atom"]).tag.endswith("feed")


def test_a_section_is_named_once_and_in_json_a_word_of_two_schemes(tmp_path):
    of_a = Tag(term="art", scheme="https://a.example/")
    tags = (of_a, Tag(term=" "), Tag(term="art"), of_a)
    documents = rendered(tmp_path, replace(WHOLE, tags=tags))

    assert json.loads(documents["json"])["items"][0]["tags"] == ["Media Wire", "art"]
    assert len(texts(entry_of(documents["rss"]), "category")) == 3


# -- an entry that came through an aggregate


def test_the_first_source_stays_the_source_and_ours_is_the_way_it_came(tmp_path):
    first = Via(
        title="Paper", feed_url="https://paper.example/feed", id="urn:example:paper"
    )
    passed = article(1, attribution=attribution(title="Planet", via=first))

    documents = rendered(tmp_path, passed)

    item, entry = entry_of(documents["rss"]), entry_of(documents["atom"])
    assert texts(item, "source") == ["Paper"]
    assert attributes(item, "source") == [{"url": "https://paper.example/feed"}]
    assert texts(entry, "a:source/a:title") == ["Paper"]
    assert texts(entry, "a:source/a:id") == ["urn:example:paper"]
    assert {"href": "https://agency.example/", "rel": "via"} in attributes(
        entry, "a:link"
    )
    ours = json.loads(documents["json"])["items"][0]["_mediawire"]
    assert ours["source"]["title"] == "Planet"
    assert ours["via"] == {"title": "Paper", "feed_url": "https://paper.example/feed"}


def test_an_author_of_the_first_source_stays_with_it_where_another_signed(tmp_path):
    """RFC 4287, 4.2.11: what a `source` said of its feed is kept."""
    first = Via(title="Paper", feed_url="https://paper.example/feed")
    passed = article(
        1, authors=("Ann",), attribution=attribution(author="The Paper Desk", via=first)
    )

    entry = entry_of(rendered(tmp_path, passed)["atom"])

    assert texts(entry, "a:author/a:name") == ["Ann"]
    assert texts(entry, "a:source/a:author/a:name") == ["The Paper Desk"]


def test_the_site_of_a_first_source_stands_for_its_feed(tmp_path):
    site = "https://paper.example/"
    passed = article(1, attribution=attribution(via=Via(title="Paper", site_url=site)))

    documents = rendered(tmp_path, passed)

    assert attributes(entry_of(documents["rss"]), "source") == [{"url": site}]
    assert texts(entry_of(documents["atom"]), "a:source/a:id") == [site]
    ours = json.loads(documents["json"])["items"][0]["_mediawire"]
    assert ours["via"] == {"title": "Paper", "feed_url": site, "home_page_url": site}


@pytest.mark.parametrize(
    ("said", "way"),
    [
        ({}, "https://agency.example/"),
        ({"site_url": None}, "https://agency.example/feed.xml"),
    ],
)
def test_an_entry_without_address_came_by_the_site_or_else_the_feed(
    tmp_path, said, way
):
    """A feed without id of its own is named by its address."""
    bare = article(1, url=None, attribution=attribution(**said))

    entry = entry_of(rendered(tmp_path, bare)["atom"])

    assert attributes(entry, "a:link") == [{"href": way, "rel": "via"}]
    assert texts(entry, "a:source/a:id") == ["https://agency.example/feed.xml"]


def test_a_first_source_without_address_is_not_given_the_feed_of_another(tmp_path):
    passed = article(
        1, attribution=attribution(title="Planet", via=Via(title="Paper", id="paper"))
    )

    documents = rendered(tmp_path, passed)

    ours = "https://wire.example/sources/agency"
    item, entry = entry_of(documents["rss"]), entry_of(documents["atom"])
    assert texts(item, "source") == texts(entry, "a:source/a:title") == ["Paper"]
    assert attributes(item, "source") == [{"url": ours}]
    assert texts(entry, "a:source/a:id") == [ours]
    assert b"agency.example/feed" not in documents["atom"]


@pytest.mark.parametrize(
    "url", ["file:///srv/secret.xml", "https://feed.invalid/secret"]
)
def test_a_local_source_is_named_by_our_page_about_it(tmp_path, url):
    """Nor is the address shown that reading keeps where there is none."""
    local = attribution(feed_url=url, site_url=url)
    files = (Enclosure(url=url), Enclosure(url="ftp://agency.example/secret"))

    documents = rendered(
        tmp_path, article(1, url=None, attribution=local, enclosures=files)
    )

    assert all(b"secret" not in document for document in documents.values())
    ours = "https://wire.example/sources/agency"
    assert attributes(entry_of(documents["rss"]), "source") == [{"url": ours}]
    assert texts(entry_of(documents["atom"]), "a:source/a:id") == [ours]
