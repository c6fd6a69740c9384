"""Every dialect of XML feed, read to the same facts."""

import pytest

from aggregator.errors import ReadError
from aggregator.reading import parse

URL = "https://source.example/feeds/all.xml"

RSS_091 = b"""<rss version="0.91"><channel>
<title>Harbour News</title><link>http://source.example/</link>
<description>d</description><language>en-gb</language>
<item><title>First ship</title><link>http://source.example/1</link>
<description>It came &lt;b&gt;early&lt;/b&gt;.</description></item>
</channel></rss>"""

RSS_092 = b"""<rss version="0.92"><channel>
<title>Harbour News</title><link>http://source.example/</link>
<language>en-gb</language>
<item><title>First ship</title><link>http://source.example/1</link>
<description>It came &lt;b&gt;early&lt;/b&gt;.</description>
<source url="http://wire.example/rss">The Wire</source>
<enclosure url="http://source.example/1.mp3" length="12" type="audio/mpeg"/></item>
</channel></rss>"""

RSS_10 = b"""<rdf:RDF xmlns="http://purl.org/rss/1.0/"
  xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
  xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="http://source.example/rss"><title>Harbour News</title>
<link>http://source.example/</link><dc:language>en-gb</dc:language>
<items><rdf:Seq><rdf:li rdf:resource="http://source.example/1"/></rdf:Seq></items>
</channel>
<item rdf:about="http://source.example/1"><title>First ship</title>
<link>http://source.example/1</link>
<description>It came &lt;b&gt;early&lt;/b&gt;.</description>
<dc:creator>Ann Other</dc:creator><dc:date>2026-01-01T10:00:00Z</dc:date></item>
</rdf:RDF>"""

RSS_20 = b"""<rss version="2.0"><channel>
<title>Harbour News</title><link>http://source.example/</link>
<language>en-gb</language>
<item><title>First ship</title><link>http://source.example/1</link>
<description>It came &lt;b&gt;early&lt;/b&gt;.</description>
<guid isPermaLink="false">ship-1</guid><author>ann@source.example (Ann Other)</author>
<pubDate>Thu, 01 Jan 2026 10:00:00 GMT</pubDate></item>
</channel></rss>"""

ATOM_03 = b"""<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en-gb">
<title>Harbour News</title><link rel="alternate" type="text/html"
 href="http://source.example/"/>
<entry><title>First ship</title><link rel="alternate" type="text/html"
 href="http://source.example/1"/><id>tag:source.example,2004:1</id>
<issued>2026-01-01T10:00:00Z</issued><modified>2026-01-02T10:00:00Z</modified>
<author><name>Ann Other</name></author>
<content type="text/html" mode="escaped">It came &lt;b&gt;early&lt;/b&gt;.</content>
</entry></feed>"""

ATOM_10 = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-gb">
<title>Harbour News</title><link href="http://source.example/"/>
<id>urn:uuid:60a76c80-d399-11d9-b93c-0003939e0af6</id>
<entry><title>First ship</title><link href="http://source.example/1"/>
<id>urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a</id>
<published>2026-01-01T10:00:00Z</published><updated>2026-01-02T10:00:00Z</updated>
<author><name>Ann Other</name><email>ann@source.example</email></author>
<content type="html">It came &lt;b&gt;early&lt;/b&gt;.</content></entry></feed>"""

DIALECTS = {
    "rss091u": RSS_091,
    "rss092": RSS_092,
    "rss10": RSS_10,
    "rss20": RSS_20,
    "atom03": ATOM_03,
    "atom10": ATOM_10,
}


@pytest.mark.parametrize(("version", "document"), DIALECTS.items(), ids=DIALECTS)
def test_every_dialect_tells_its_name_title_site_and_language(version, document):
    feed = parse.feed(document, url=URL)

    assert feed.version == version
    assert feed.title.value == "Harbour News"
    assert feed.site == "http://source.example/"
    assert feed.language == "en-gb"


@pytest.mark.parametrize("document", DIALECTS.values(), ids=DIALECTS)
def test_every_dialect_gives_title_link_and_body_of_its_entry(document):
    (entry,) = parse.feed(document, url=URL).entries

    body = entry.contents[0] if entry.contents else entry.summary
    assert entry.title.value == "First ship"
    assert entry.link == "http://source.example/1"
    assert (body.value, body.type) == ("It came <b>early</b>.", "text/html")


@pytest.mark.parametrize(
    ("version", "guid", "published", "updated", "authors"),
    [
        ("rss091u", None, None, None, ()),
        (
            "rss10",
            "http://source.example/1",
            None,
            "2026-01-01T10:00:00Z",
            ("Ann Other",),
        ),
        (
            "rss20",
            "ship-1",
            "Thu, 01 Jan 2026 10:00:00 GMT",
            None,
            ("ann@source.example (Ann Other)",),
        ),
        (
            "atom03",
            "tag:source.example,2004:1",
            "2026-01-01T10:00:00Z",
            "2026-01-02T10:00:00Z",
            ("Ann Other",),
        ),
        (
            "atom10",
            "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a",
            "2026-01-01T10:00:00Z",
            "2026-01-02T10:00:00Z",
            ("Ann Other",),
        ),
    ],
)
def test_ids_dates_and_authors_are_as_sent(version, guid, published, updated, authors):
    (entry,) = parse.feed(DIALECTS[version], url=URL).entries

    assert entry.guid == guid
    assert (entry.published, entry.updated) == (published, updated)
    assert entry.authors == authors


def test_entries_come_in_document_order():
    items = b"".join(b"<item><guid>%d</guid></item>" % n for n in range(30))
    document = b'<rss version="2.0"><channel>' + items + b"</channel></rss>"

    feed = parse.feed(document, url=URL)

    assert [entry.guid for entry in feed.entries] == [str(n) for n in range(30)]


def test_a_default_namespace_with_a_slip_in_it_is_meant_well():
    document = RSS_10.replace(b"http://purl.org/rss/1.0/", b"http://purl.org/rss/1.0")

    (entry,) = parse.feed(document, url=URL).entries

    assert entry.guid == "http://source.example/1"
    assert entry.authors == ("Ann Other",)


@pytest.mark.parametrize(
    "document", [b"<opml><body/></opml>", b"<html><p>hello</p></html>", b"<a/>"]
)
def test_what_is_no_feed_is_refused_by_name(document):
    with pytest.raises(ReadError) as error:
        parse.feed(document, url=URL)

    assert error.value.problem == "not-a-feed"


def test_what_breaks_feedparser_is_a_read_error_and_no_traceback():
    """I17: a reference that chr() refuses, in a document that is not well-formed."""
    document = b'<rss version="2.0"><channel><item><title>&#x110000;</b></item>'

    with pytest.raises(ReadError) as error:
        parse.feed(document, url=URL)

    assert error.value.problem == "unreadable"


def test_a_broken_document_is_read_as_far_as_it_goes_and_says_so():
    document = RSS_20.replace(b"</channel></rss>", b"<item><title>Half a sh")

    feed = parse.feed(document, url=URL)

    assert [entry.guid for entry in feed.entries][:1] == ["ship-1"]
    assert "not well-formed" in feed.notes[0]


def test_a_stray_ampersand_costs_nothing():
    """I21: ids are the same whether an address is escaped properly or not."""
    document = RSS_20.replace(b"ship-1", b"http://x.example/?a=1&b=2")

    feed = parse.feed(document, url=URL)

    assert feed.entries[0].guid == "http://x.example/?a=1&b=2"
    assert feed.notes == ()


def test_an_ampersand_in_cdata_stays_what_it_is():
    body = b"<description><![CDATA[a & b &amp; c]]></description>"
    document = RSS_091.replace(b"</item>", b"<guid>a&b</guid></item>").replace(
        b"<description>It came &lt;b&gt;early&lt;/b&gt;.</description>", body
    )

    (entry,) = parse.feed(document, url=URL).entries

    assert entry.guid == "a&b"
    assert entry.summary.value == "a & b &amp; c"


@pytest.mark.parametrize("comment", [b"<!-- a -- b -->", b"<!-- a --->", b"<!----->"])
def test_a_comment_that_xml_forbids_costs_nothing(comment):
    document = RSS_20.replace(b"<item>", comment + b"<item>" + comment)

    assert parse.feed(document, url=URL) == parse.feed(RSS_20, url=URL)


def test_unclosed_sections_are_passed_over_in_one_go():
    """I13: a megabyte of them is no quadratic search."""
    document = b"<rss version='2.0'><channel><item>&x" + b"<![CDATA[" * 100_000

    assert parse._mended(document).startswith(
        b"<rss version='2.0'><channel><item>&amp;x<![CDATA["
    )
