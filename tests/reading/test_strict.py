"""A plain entry is read from its element: just as feedparser would have read it."""

from collections import Counter
from html import escape

import pytest
from corpus import files, needs_corpus
from documents import URL, atom, entry, item, rss
from hypothesis import given, settings, strategies

from aggregator.errors import ReadError
from aggregator.reading import parse
from aggregator.reading.decode import decode
from aggregator.reading.tree import document as tree_document
from aggregator.reading.tree import strict_head

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
ITUNES = "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'
DRAFT = (
    "<a:control xmlns:a='http://www.w3.org/2007/app'><a:draft>yes</a:draft></a:control>"
)
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
        rss("<item><title/><guid>1</guid></item>", item(2)),
        atom("<entry><title type='html'> </title><id>urn:x:1</id></entry>", entry(2)),
        rss(f"<item {MEDIA}>{VIDEO}</media:content><guid>1</guid></item>", item(2)),
        rss(f"<item {ITUNES}><title>t</title><category>a</category>"
            "<itunes:keywords>b, a,, b ,ü</itunes:keywords></item>"),
        rss(f"<item {MEDIA}><title>t</title><media:keywords>a, b</media:keywords></item>"),
        atom(f"<entry {MEDIA}><title>t</title><media:group><media:title>T</media:title>"
             "<media:content url='https://source.example/f.mp4'/><media:community>"
             "<media:starRating count='3' average='5'/><media:statistics views='9'/>"
             "</media:community></media:group></entry>"),
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
        "<title type='xhtml'/><guid>1</guid>",
        "<title mode='base64'/><guid>1</guid>",
        f"<title/><group {MEDIA}>{VIDEO}<media:title>T</media:title></media:content></group>",
        f"<title/><media:group {MEDIA}><media:title>T</media:title></media:group>",
        "<title/><Media:title xmlns:Media='urn:m'>T</Media:title>",
        "<title>t</title><rights type='xhtml'>a &amp; b</rights>",
        "<title>t</title><rights mode='base64'>YQ==</rights>",
        "<title>a <b>bold</b> word</title>",
        "<title mode='base64'>YQ==</title>",
        "<title>t</title><tags>a, b</tags>",
        f"<title>t</title><media:keywords {MEDIA}>a<b/></media:keywords>",
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


OF_ENTRIES = [
    *(
        "<title>T</title>",
        "<title/>",
        "<title type='html'> </title>",
        "<title type='odd'/>",
    ),
    *(
        "<category>a</category>",
        "<category domain='d'/>",
        f"<dc:subject {DC}>s</dc:subject>",
    ),
    f"<itunes:keywords {ITUNES}>a, s,, \x92 </itunes:keywords>",
    f"<media:keywords {MEDIA}>a,b</media:keywords>",
    f"<media:content {MEDIA} url='https://source.example/f.mp4'/>",
    f"<media:group {MEDIA}><media:title>Of the film</media:title></media:group>",
    f"<media:thumbnail {MEDIA} url='https://source.example/t.png'/>",
    f"<media:community {MEDIA}><media:statistics views='9'/></media:community>",
    *(
        "<guid>1</guid>",
        "<description>words</description>",
        "<author>a@x.example</author>",
    ),
    *("<source url='https://f.example/'>S<title>No</title></source>", "words"),
    f"<itunes:duration {ITUNES}>1:00</itunes:duration>",
    DRAFT,
]


@given(strategies.lists(strategies.sampled_from(OF_ENTRIES), min_size=1, max_size=6))
@settings(max_examples=300)
def test_whatever_an_entry_holds_is_read_as_feedparser_reads_it(parts):
    document = rss(f"<item>{''.join(parts)}</item>", item(2))

    read = parse._from_the_tree(document, URL)

    assert read is None or read == parse._thoroughly(document, URL)


def test_items_in_capitals_are_items():
    document = rss(item(1), item(2).replace("item>", "ITEM>"))

    assert len(parse.feed(document, url=URL).entries) == 2
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


def test_a_head_with_two_titles_is_left_to_feedparser():
    names = f"<title>A name</title><dc:title {DC}>Another name</dc:title>"
    document = rss(item(1), head=names)

    assert parse._from_the_tree(document, URL) is None


PODCAST = f"<itunes:image {ITUNES} href='https://source.example/cover.jpg?v=2'/>"
GENERATOR = "<a:generatorAgent xmlns:a='http://webns.net/mvcb/' a:resource='urn:x'/>"
INPUT = (
    "<textInput><title>Search</title><name>q</name><description>Ask</description>"
    "<link>https://source.example/search</link></textInput>"
)
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
        f"<title>Name</title>{LINK}{PODCAST}",
        f"<title>Name</title>{LINK}{IMAGE}{PODCAST}",
        f"<title>Name</title>{LINK}{PODCAST}{IMAGE}",
        f"<title>Name</title>{LINK}<image/>",
        f"{INPUT}<title>Name</title>{LINK}",
        f"<title>Name</title>{LINK}{INPUT}<description>of ours</description>",
        f"<title>Name</title>{LINK}{GENERATOR}",
    ],
)
def test_a_plain_head_is_read_as_feedparser_reads_it(head, monkeypatch):
    require_plain(rss(item(1), head=head), monkeypatch)


LOGO = "<logo>https://source.example/l.svg</logo>"
ALTERNATE = "<link href='https://source.example/'/>"


@pytest.mark.parametrize(
    "head", [f"{ALTERNATE}{LOGO}", f"{LOGO}{ALTERNATE}<icon>i.png</icon>"]
)
def test_a_plain_head_of_atom_is_read_as_feedparser_reads_it(head, monkeypatch):
    require_plain(atom(head, entry(1)), monkeypatch)


CHANNEL = f"<title>Name</title>{LINK}<dc:date {DC}>2026-03-02</dc:date>"
LISTED = "<items><rdf:Seq><rdf:li rdf:resource='https://source.example/1'/></rdf:Seq></items>"
NAMED = "<image rdf:resource='https://source.example/logo.png'/>"


def rdf(channel, *beside, namespaces="xmlns='http://purl.org/rss/1.0/'"):
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f"{namespaces}><channel rdf:about='https://source.example/'>{channel}</channel>"
        f"{''.join(beside)}<item rdf:about='https://source.example/1'><title>A</title>"
        "<link>https://source.example/1</link></item></rdf:RDF>"
    ).encode()


@pytest.mark.parametrize(
    "document",
    [
        rdf(CHANNEL + LISTED),
        rdf(CHANNEL + LISTED + NAMED, IMAGE),
        rdf(CHANNEL + NAMED + "<textinput rdf:resource='urn:x'/>", IMAGE, INPUT),
        rdf(CHANNEL, namespaces="xmlns='http://my.netscape.com/rdf/simple/0.9/'"),
        rdf(CHANNEL + IMAGE),
    ],
    ids=["plain", "image", "input", "0.9", "image within"],
)
def test_a_plain_head_of_rss_1_is_read_as_feedparser_reads_it(document, monkeypatch):
    require_plain(document, monkeypatch)


def require_plain(document, monkeypatch):
    """Compare what is read without feedparser with what it reads."""
    expected = parse._thoroughly(document, URL)
    monkeypatch.delattr(parse, "_feedparser")

    assert parse.feed(document, url=URL) == expected


@pytest.mark.parametrize(
    "head",
    [
        f"<title>Name</title>{LINK}<image><url>/logo.png</url></image>",
        f"<title>Name</title>{LINK}{IMAGE}{IMAGE}",
        f"<title>Name</title>{LINK}<image>https://source.example/logo.png</image>",
        f"<title>Name</title>{LINK}<itunes:image {ITUNES} href='cover.jpg'/>",
        f"<title>Name</title>{LINK}<textInput><b><title>t</title></b></textInput>",
        f"<title>Name</title>{LINK}<image><url>https://a.example/<b/></url></image>",
        f"<title>Name</title>{LINK}<logo type='image/png'>https://a.example/l.png</logo>",
        f"<title>Name</title>{LINK}<itunes:image {ITUNES} href='a' HREF='b'/>",
        f"<title>Name</title>{LINK}<DC:title xmlns:DC='urn:dc'>Other</DC:title>",
        f"<title>Name</title>{LINK}<rights type='xhtml'>a &amp; b</rights>",
        f"<title>Name</title>{LINK}<x:y xmlns:x='urn:x'><dc:language {DC}>de</dc:language></x:y>",
        "<title>Name</title>",
        f"<title>Name</title>{LINK}<x><title>y</title></x>",
        f"<title/>{LINK}",
    ],
)
def test_a_head_that_is_not_plain_is_read_by_feedparser(head):
    document = rss(item(1), head=head)

    assert strict_head.said(tree_document.strict(document).root) is None
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


@pytest.mark.parametrize(
    "document",
    [
        rss(item(1)).replace(b"<rss", b"<rss lang='de'"),
        rss(item(1)).replace(b"<channel", b"<channel lang='de'"),
        atom(ALTERNATE, entry(1)).replace(b"<feed", b"<feed lang='de'"),
    ],
    ids=["language", "of the channel", "of Atom"],
)
def test_what_a_root_says_in_an_unusual_way_is_left_to_feedparser(document):
    assert strict_head.said(tree_document.strict(document).root) is None
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


ATOM = "xmlns:a='http://www.w3.org/2005/Atom'"
OF_RSS_1 = "xmlns='http://purl.org/rss/1.0/'"


@pytest.mark.parametrize(
    "document",
    [
        rdf(CHANNEL, namespaces=f"{OF_RSS_1} {ATOM}"),
        rdf(CHANNEL, namespaces="xmlns='urn:x'"),
        rdf(CHANNEL, "<words><title>No</title></words>"),
        rdf(CHANNEL, "<image><url>https://a.example/<b>x</b></url></image>"),
        rdf(CHANNEL).replace(b"<channel", IMAGE.encode() + b"<channel", 1),
    ],
    ids=["two dialects", "none", "words beside", "markup", "image first"],
)
def test_a_head_of_rss_1_that_is_not_plain_is_read_by_feedparser(document):
    assert strict_head.said(tree_document.strict(document).root) is None
    assert parse.feed(document, url=URL) == parse._thoroughly(document, URL)


FRAGMENTS = [
    *("<title>Name</title>", LINK, IMAGE, PODCAST, INPUT, LOGO, LISTED, GENERATOR),
    *("<image/>", "<image><title>No address</title></image>", "<logo>l.svg</logo>"),
    "<image><url> https://a.example/i.gif?a=1 </url><width>8</width></image>",
    f"<itunes:image {ITUNES}/>",
    f"<itunes:image {ITUNES} url='https://a.example/u.jpg'/>",
    *(
        "<items>words</items>",
        "<textInput>words</textInput>",
        "<url>https://u.example/</url>",
    ),
    *("<copyright>(c)</copyright>", f"<dc:rights {DC}>R</dc:rights>", "<id>urn:i</id>"),
    *("<guid>https://g.example/</guid>", f"<dc:title {DC}>T</dc:title>", "words"),
    f"<media:thumbnail {MEDIA} url='https://a.example/t.png'>words</media:thumbnail>",
    f"<itunes:new-feed-url {ITUNES}>https://n.example/</itunes:new-feed-url>",
    f"<itunes:complete {ITUNES}>yes</itunes:complete>",
]
BESIDE = [IMAGE, INPUT, "<image><title>T</title></image>", LOGO, "<title>No</title>"]


@given(
    strategies.lists(strategies.sampled_from(FRAGMENTS), max_size=5),
    strategies.lists(strategies.sampled_from(BESIDE), max_size=2),
    strategies.sampled_from(["rss", "atom", "rdf"]),
)
@settings(max_examples=300)
def test_whatever_a_head_holds_is_read_as_feedparser_reads_it(parts, beside, dialect):
    head = f"<title>Ours</title>{LINK}{''.join(parts)}"
    document = {
        "rss": rss(item(1), head=head),
        "atom": atom(ALTERNATE, entry(1), head=head),
        "rdf": rdf(head, *beside),
    }[dialect]

    read = parse._from_the_tree(document, URL)

    assert read is None or read == parse._thoroughly(document, URL)


@given(strategies.from_regex(strict_head._SETTLED, fullmatch=True))
def test_an_address_that_counts_as_settled_is_what_feedparser_makes_of_it(address):
    picture = f"<image><url>{escape(address)}</url></image>"
    document = rss(item(1), head=f"<title>Name</title>{LINK}{picture}")

    read = parse._from_the_tree(document, URL)

    assert read == parse._thoroughly(document, URL)


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
