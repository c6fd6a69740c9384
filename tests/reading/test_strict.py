"""A plain entry is read from its element: just as feedparser would have read it."""

from collections import Counter

import pytest
from corpus import files, needs_corpus
from documents import URL, atom, entry, item, rss

from aggregator.errors import ReadError
from aggregator.reading import parse
from aggregator.reading.decode import decode
from aggregator.reading.tree import document as tree_document
from aggregator.reading.tree import strict_head

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
VIDEO = "<media:content url='https://source.example/f.mp4'>"


@pytest.mark.parametrize(
    "document",
    [
        rss(item(1), item(2, title="A &amp; B &lt;i&gt;c&lt;/i&gt;")),
        atom(entry(1), entry(2)),
        atom("<entry><id>urn:x:1</id><title type='html'>a &lt;b> c</title></entry>"),
        atom("<entry><id>urn:x:1</id><title type='text'>a &lt;b> c</title></entry>"),
        rss("<item><description>Only words</description></item>"),
        rss("<item><title>&#xC3;&#xBC;ber und \x92s</title></item>"),
        rss("<item><title>One<!-- not two --> title</title><guid>1</guid></item>"),
        rss(f"<item {MEDIA}>{VIDEO}<media:title>Of the film</media:title>"
            "</media:content><title>Own</title></item>"),
        rss("<item><source url='https://first.example/'>First<title>No</title></source>"
            "<title>Own</title><category domain='d'>c</category></item>"),
        rss("<item><title>t</title><category>a</category><category>a</category>"
            "<category domain='x'/><category>b</category><category> </category></item>"),
        atom("<entry><title>t</title><category term='a' label='A' scheme='urn:s'/>"
             "<category term='a' label='A' scheme='urn:s'>again</category></entry>"),
        rss("<item><title>t</title><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
            "<pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item>"),
        rss(f"<item {DC}><title>t</title><dc:date>2026-03-02</dc:date>"
            "<dc:subject>s</dc:subject><dc:rights>(c) Us</dc:rights></item>"),
        atom("<entry><title>t</title><created>2026-03-02T10:00:00Z</created></entry>"),
        rss("<item xmlns:x='urn:x'><title>t</title><x:own>words</x:own></item>"),
        rss("<item><image>https://a.example/i.png</image><title>t</title></item>"),
        rss("<item><image><title>Of the image</title></image><title>t</title></item>"),
        rss("<item><title>t</title><image><title>Of the image</title></image></item>"),
    ],
)  # fmt: skip
def test_plain_entries_are_read_as_feedparser_reads_them(document):
    read = parse._from_the_tree(document, URL)

    assert read is not None
    assert read == parse._thoroughly(document, URL)


@pytest.mark.parametrize(
    "children",
    [
        f"<dc:title {DC}>Other</dc:title><title>Own</title>",
        "<title>One</title><title>Two</title>",
        "<title/><guid>1</guid>",
        "<title>a <b>bold</b> word</title>",
        "<title mode='base64'>YQ==</title>",
        "<title>t</title><tags>a, b</tags>",
        f"<title>t</title><media:keywords {MEDIA}>a, b</media:keywords>",
        f"<title>t</title><media:group {MEDIA}><media:category>c</media:category></media:group>",
        f"<group {MEDIA}>{VIDEO}<media:title>Of the film</media:title></media:content></group>",
        "<title>t</title><y:thing xmlns:y='urn:y'><title>inner</title></y:thing>",
        "<title>t</title> words beside <guid>1</guid>",
        "<title>t</title><published_parsed>x</published_parsed>",
    ],
)
def test_what_is_not_plain_is_left_to_feedparser(children):
    document = rss(f"<item>{children}</item>", item(2))

    assert parse._from_the_tree(document, URL) is None
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


def test_a_head_with_two_titles_is_left_to_feedparser():
    names = f"<title>A name</title><dc:title {DC}>Another name</dc:title>"
    document = rss(item(1), head=names)

    assert parse._from_the_tree(document, URL) is None


IMAGE = "<image><url>https://source.example/logo.png</url><title>L</title></image>"
LINK = "<link>https://source.example/</link>"


@pytest.mark.parametrize(
    "head",
    [
        f"<title>A &amp;lt;b> c</title>{LINK}<copyright>(c) 2026 Us</copyright>",
        f"{IMAGE}<title>Name</title>{LINK}<ttl>60</ttl><language>fa</language>",
        (
            f"<title>Name</title>{LINK}{IMAGE}<category>c</category>"
            "<skipHours><hour>3</hour></skipHours><managingEditor>m@x (M)</managingEditor>"
        ),
        f"<title>Name</title>{LINK}<dc:rights {DC}>Theirs</dc:rights><docs>d</docs>",
    ],
)
def test_a_plain_head_is_read_as_feedparser_reads_it(head, monkeypatch):
    document = rss(item(1), head=head)
    expected = parse._thoroughly(document, URL)
    monkeypatch.delattr(parse, "_feedparser")

    assert parse.feed(document, url=URL) == expected


@pytest.mark.parametrize(
    "head",
    [
        f"<title>Name</title>{LINK}<image><url>/logo.png</url></image>",
        f"<title>Name</title>{LINK}<textInput><title>t</title></textInput>",
        "<title>Name</title>",
        f"<title>Name</title>{LINK}<x><title>y</title></x>",
        f"<title/>{LINK}",
    ],
)
def test_a_head_that_is_not_plain_is_read_by_feedparser(head):
    document = rss(item(1), head=head)

    assert strict_head.said(tree_document.strict(document).root) is None
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


@needs_corpus
def test_every_feed_collected_is_read_as_feedparser_reads_it_or_left_to_it():
    counted = Counter()
    for path in [*files("snapshots"), *files("conformance")][::4]:
        try:
            found = decode(path.read_bytes(), content_type=None, max_bytes=10**8)
            read = None if found.json else parse._from_the_tree(found.document, URL)
        except ReadError:
            continue
        if read is not None:
            assert read == parse._thoroughly(found.document, URL), path
        counted[read is not None] += 1
    assert counted[True] > 300
