"""The validator of these tests finds what it is there to find."""

import json

import feedrules
import pytest
from builders import ANY_RIGHTS, NOON, article, attribution, publication, report

from aggregator.model import Enclosure, Image, Tag
from aggregator.publishing import Archives, Margin, Publisher, Tombstone, slip


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    publisher = Publisher(tmp_path_factory.mktemp("x"), base_url="https://wire.example")
    rich = article(
        1,
        tags=(Tag(term="weather", scheme="https://a.example/tags"),),
        enclosures=(Enclosure(url="https://a.example/x", type="audio/mpeg", length=5),),
        image=Image(url="https://a.example/i.png", width=5),
        attribution=attribution(license="https://license.example/"),
    )
    shown_in = publication(image="https://wire.example/logo.png")
    reports = [report(each, shown_in, ANY_RIGHTS) for each in (rich, article(2))]
    return {
        representation.path.rpartition(".")[2]: representation.body.decode()
        for representation in publisher.render(shown_in, reports)
    }


@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_nothing_is_wrong_with_our_own_documents(documents, kind):
    assert feedrules.problems(documents[kind].encode(), kind) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ('version="2.0"', 'version="0.91"'),
        ("<title>Media Wire</title>", "<title></title>"),
        ("<link>https://wire.example/feeds/wire</link>", "<link>/wire</link>"),
        ('rel="self"', 'rel="hub"'),
        ("<language>en</language>", "<language>english</language>"),
        ("<channel>", "<channel><copyright>ours</copyright>"),
        ("</channel>", "<docs>x</docs></channel>"),
        (">https://agency.example/reports/2</guid>", ">https://a.example/</guid>"),
        ("reports/2", "reports/1"),
        ('isPermaLink="true"', 'isPermaLink="yes"'),
        ("guid", "dc:identifier"),
        ("Tue, 24 Nov 2026", "Mon, 24 Nov 2026"),
        ("24 Nov 2026 11:59:00 +0000", "24 Nov 26 11:59 CET"),
        ("2026-11-24T11:59:00+00:00", "2026-11-24"),
        ("<item>", "<item><author>Ann</author>"),
        ("<dc:creator>Example Agency<", "<dc:creator> <"),
        ('<source url="https://agency.example/feed.xml">', '<source url="feed.xml">'),
        (">Example Agency</source>", "></source>"),
        ("description>", "dc:description>"),
        (">weather</category>", "> </category>"),
        ('length="5"', 'length="None"'),
        ('type="audio/mpeg"', 'type="abc"'),
        ('url="https://a.example/x" length', 'url="javascript:x" length'),
        ('width="5"', 'width="0"'),
        (">https://license.example/<", ">free<"),
        ("<pubDate>", "<pubDate>x</pubDate><pubDate>"),
        ("<url>https://wire.example/logo.png", "<url>logo.png"),
        ("<image>", "<image><width>144</width>"),
        ("/feeds/wire</link></image>", "</link></image>"),
    ],
)
def test_a_fault_in_rss_is_found(documents, good, bad):
    assert good in documents["rss"]

    assert found(documents["rss"].replace(good, bad), "rss")


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"),
        ('rel="self" type="application/atom+xml"', 'rel="self" type="text/xml"'),
        ('xml:lang="en"', 'xml:lang="english"'),
        ("<entry", "<author><name>Media Wire</name></author><entry"),
        ("<entry", "<rights>ours</rights><entry"),
        ("</entry></feed>", "</entry><subtitle>x</subtitle></feed>"),
        ("reports/2", "reports/1"),
        ("<id>https://agency.example/reports/1</id>", "<id>42</id>"),
        ("<id>https://agency.example/reports/1</id>", ""),
        ("<title>Report number 1</title>", "<title/>"),
        ("<author><name>Example Agency</name></author>", ""),
        ("<name>Example Agency</name>", "<name></name>"),
        ('<content type="html">', '<content type="CDATA">'),
        ('<summary type="html">', '<summary type="text/html">'),
        ("<updated>2026-11-24T11:59:00+00:00", "<updated>2026-11-24T11:59:00"),
        ('term="weather"', 'term=""'),
        ('scheme="https://a.example/tags"', 'scheme="my tags"'),
        ('rel="via"', 'rel="canonical"'),
        ('rel="via"', 'rel="alternate"'),
        ('href="https://a.example/x" rel="enclosure"', 'href="x" rel="enclosure"'),
        ('length="5"', 'length="None"'),
        ("<logo>https://wire.example/logo.png", "<logo>logo.png"),
        ("<source><id>https://agency.example/feed.xml</id>", "<source>"),
        ("<source>", "<source><contributor/>"),
        ('<link href="https://agency.example/feed.xml" rel="self"/>', ""),
    ],
)
def test_a_fault_in_atom_is_found(documents, good, bad):
    assert good in documents["atom"]

    assert found(documents["atom"].replace(good, bad), "atom")


@pytest.fixture(scope="module")
def margined(tmp_path_factory):
    """A month, and a live document that goes on in it and took something back."""
    folder = tmp_path_factory.mktemp("x")
    archives = Archives(folder, base_url="https://wire.example")
    publisher = Publisher(folder, base_url="https://wire.example")
    reports = [report(article(n), publication(), ANY_RIGHTS) for n in (1, 2)]
    before = "2026-10"
    volume = archives.volume(publication(), "2026-11")
    volume.add(
        [slip(each.article, each.title) for each in reports],
        {each.article.id: each for each in reports},
    )
    archives.write(publication(), "2026-11", volume, previous=before, now=NOON)
    margin = Margin(
        previous=archives.address("wire", "2026-11"),
        tombstones=(Tombstone(ref="urn:x:1", at=NOON, reason="a hoax"),),
    )
    publisher.publish(publication(), reports, now=NOON, margin=margin)
    return {
        "month": (folder / "feeds/wire/archive/2026-11.atom").read_text(),
        "live": (folder / "feeds/wire.atom").read_text(),
    }


@pytest.mark.parametrize("name", ["month", "live"])
def test_nothing_is_wrong_with_months_and_tombstones(margined, name):
    assert feedrules.problems(margined[name].encode(), "atom") == []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("month", 'rel="current"', 'rel="related"'),
        ("month", 'rel="prev-archive"', 'rel="previous"'),
        ("month", "fh:archive", "fh:complete"),
        ("live", 'rel="prev-archive"', 'rel="current"'),
        ("live", 'ref="urn:x:1"', 'ref="1"'),
        ("live", 'when="2026-11-24T12:00:00+00:00"', 'when="today"'),
    ],
)
def test_a_fault_beside_the_entries_is_found(margined, name, good, bad):
    assert good in margined[name]

    assert found(margined[name].replace(good, bad), "atom")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda feed: feed.update(version="1"),
        lambda feed: feed.update(title=""),
        lambda feed: feed.update(feed_url="wire.json"),
        lambda feed: feed.update(author={"name": "Media Wire"}),
        lambda feed: feed["items"][0].update(id=42),
        lambda feed: feed["items"][0].update(url="/x"),
        lambda feed: feed["items"][0].update(date_published="yesterday"),
        lambda feed: feed["items"][0].update(authors=[{"name": ""}]),
        lambda feed: feed["items"][0].update(tags=[" "]),
        lambda feed: feed["items"][0].update(guid="x"),
        lambda feed: feed["items"][0].update(language="english"),
        lambda feed: feed["items"][0]["attachments"][0].update(mime_type="abc"),
        lambda feed: feed["items"][0]["attachments"][0].update(size_in_bytes="5"),
        lambda feed: feed["items"][0]["attachments"][0].update(duration_in_seconds="5"),
        lambda feed: feed["items"][0]["_mediawire"]["source"].pop("id"),
        lambda feed: feed["items"].append(feed["items"][0]),
    ],
)
def test_a_fault_in_json_feed_is_found(documents, spoil):
    feed = json.loads(documents["json"])
    spoil(feed)

    assert found(json.dumps(feed), "json")


def found(document, kind):
    return feedrules.problems(document.encode(), kind)
