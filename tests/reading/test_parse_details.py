"""The second look: what feedparser alone would lose."""

import re
from datetime import timedelta

import feedparser
import pytest

from aggregator.reading import parse, said
from aggregator.reading.parsed import Category, Link, Origin, Picture, Text
from aggregator.reading.tree import media

URL = "https://source.example/feeds/all.xml"
SPACES = b"""xmlns:atom="http://www.w3.org/2005/Atom"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/"
 xmlns:media="http://search.yahoo.com/mrss/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"
 xmlns:cc="http://web.resource.org/cc/"
 xmlns:creativeCommons="http://backend.userland.com/creativeCommonsRssModule"
 xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" """


def rss(channel):
    head = b'<rss version="2.0" ' + SPACES + b"><channel><title>t</title>"
    return parse.feed(head + channel + b"</channel></rss>", url=URL)


def item(inner):
    (entry,) = rss(b"<item>" + inner + b"</item>").entries
    return entry


def atom(inner, attributes=b""):
    head = b'<feed xmlns="http://www.w3.org/2005/Atom" ' + attributes + b">"
    document = head + b"<title>t</title><entry><id>1</id>" + inner
    (entry,) = parse.feed(document + b"</entry></feed>", url=URL).entries
    return entry


@pytest.mark.parametrize(
    ("guid", "raw", "is_permalink"),
    [
        (b"<guid>42</guid>", "42", True),
        (b'<guid isPermaLink="false"> 42 </guid>', "42", False),
        (b'<guid ispermalink="FALSE">a/b</guid>', "a/b", False),
        (b"<guid>one</guid><guid>two</guid>", "two", True),
        (
            b"<guid><![CDATA[http://a.example/?x&y]]></guid>",
            "http://a.example/?x&y",
            True,
        ),
        (b"<guid/>", None, False),
    ],
)
def test_a_guid_is_kept_as_sent(guid, raw, is_permalink):
    """I21: never resolved against the feed's address."""
    entry = item(guid)

    assert (entry.guid, entry.guid_is_permalink) == (raw, is_permalink)


def test_an_atom_id_is_no_permalink_and_not_resolved():
    entry = atom(b"")

    assert (entry.guid, entry.guid_is_permalink, entry.link) == ("1", False, None)


def test_every_skipped_hour_and_day_is_read():
    """P20: feedparser keeps the last of each."""
    hours = b"".join(b"<hour>%d</hour>" % hour for hour in (0, 1, 2, 24, 99))
    hints = rss(
        b"<ttl>240</ttl><skipHours>" + hours + b"<hour>x</hour></skipHours>"
        b"<skipDays><day>Saturday</day><day>sunday</day><day>Foo</day></skipDays>"
    ).hints

    assert hints.ttl == timedelta(hours=4)
    assert hints.skip_hours == {0, 1, 2}
    assert hints.skip_days == {5, 6}


@pytest.mark.parametrize(
    ("channel", "ttl", "period"),
    [
        (b"<sy:updatePeriod>daily</sy:updatePeriod>", None, timedelta(days=1)),
        (
            (
                b"<sy:updatePeriod> hourly </sy:updatePeriod>"
                b"<sy:updateFrequency>2</sy:updateFrequency>"
            ),
            None,
            timedelta(minutes=30),
        ),
        (
            b"<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>",
            timedelta(hours=1),
            timedelta(days=1),
        ),
        (b"<ttl>0</ttl>", None, None),
        (b"<ttl>-5</ttl>", None, None),
        (b"<ttl>soon</ttl>", None, None),
        (b"<ttl>99999999999999999999</ttl>", timedelta(days=365), None),
        (b"<ttl>239.5</ttl>", timedelta(hours=4), None),
        (b"<ttl>240.0</ttl>", timedelta(hours=4), None),
        (b"<ttl>1e3</ttl>", None, None),
        (b"<ttl>999999999</ttl>", timedelta(days=365), None),
        (b"<sy:updateFrequency>0</sy:updateFrequency>", None, None),
        (b"<sy:updatePeriod>fortnightly</sy:updatePeriod>", None, None),
    ],
)
def test_both_waits_are_read_and_nonsense_is_silence(channel, ttl, period):
    """P20."""
    hints = rss(channel).hints

    assert (hints.ttl, hints.period) == (ttl, period)


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        ("0.5", 2),
        ("0.00000000001", 365),
        ("0", 1),
        ("-2", 1),
        ("often", 1),
        ("", 1),
        ("1.0", 1),
    ],
)
def test_a_period_stands_whatever_its_frequency_says(frequency, days):
    """P20: half an update a day is one in two days; what is no number says nothing."""
    hints = rss(
        b"<sy:updatePeriod>daily</sy:updatePeriod>"
        b"<sy:updateFrequency>%s</sy:updateFrequency>" % frequency.encode()
    ).hints

    assert hints.period == timedelta(days=days)


def test_no_period_is_longer_than_a_year():
    """P20."""
    hints = rss(
        b"<sy:updatePeriod>yearly</sy:updatePeriod>"
        b"<sy:updateFrequency>0.001</sy:updateFrequency>"
    ).hints

    assert hints.period == timedelta(days=365)


def test_all_enclosures_are_read_with_type_and_length_as_sent():
    """I23."""
    entry = item(
        b'<enclosure url="a.mp3" type="audio/mpeg" length="21474836480"/>'
        b'<enclosure url="b.mp3" length="None"/>'
        b'<media:content url="c.mp4" type="video/mp4" fileSize="7">'
        b"<media:title>Film</media:title></media:content>"
        b'<atom:link rel="enclosure" href="d.pdf"/>'
    )

    files = [link for link in entry.links if link.rel == "enclosure"]
    assert sorted(files, key=lambda link: link.href) == [
        Link(href="a.mp3", rel="enclosure", type="audio/mpeg", length="21474836480"),
        Link(href="b.mp3", rel="enclosure", length="None"),
        Link(href="c.mp4", rel="enclosure", type="video/mp4", length="7", title="Film"),
        Link(href="d.pdf", rel="enclosure"),
    ]


@pytest.mark.parametrize(
    ("said", "draft"),
    [
        ("<a:control xmlns:a='http://www.w3.org/2007/app'>%s</a:control>", "a:draft"),
        ("<a:control xmlns:a='http://purl.org/atom/app#'>%s</a:control>", "a:draft"),
        ("%s", "draft xmlns='http://purl.org/atom-blog/ns#'"),
    ],
)
@pytest.mark.parametrize(("word", "is_draft"), [("yes", True), ("no", False)])
def test_a_draft_is_told_from_what_is_published(said, draft, word, is_draft):
    marked = f"<{draft}>{word}</{draft.partition(' ')[0]}>"

    assert item((said % marked).encode()).draft is is_draft


def test_a_feed_says_that_it_has_moved_and_that_it_is_finished():
    feed = rss(
        b"<itunes:new-feed-url> https://new.example/f </itunes:new-feed-url>"
        b"<itunes:complete>Yes</itunes:complete><item><title>A</title></item>"
    )

    assert (feed.moved_to, feed.finished) == ("https://new.example/f", True)


def test_where_only_feedparser_counts_it_says_the_same_of_files_and_drafts():
    """Two parsers may disagree on the entries: then nobody looks a second time."""
    feed = said.feed(
        feedparser.parse(
            b'<rss version="2.0" xmlns:app="http://www.w3.org/2007/app" '
            + SPACES
            + b"><channel><title>t</title><item><title>A</title>"
            b"<app:control><app:draft>yes</app:draft></app:control>"
            b"<itunes:duration>5:00</itunes:duration>"
            b'<media:content url="b.mp4" duration="7"/></item></channel></rss>'
        )
    )

    (entry,) = feed.entries
    assert entry.draft
    assert (entry.duration, entry.links[0].duration) == ("5:00", "7")


def test_a_body_is_read_in_the_first_form_of_the_content_module():
    entry = item(
        b"<content:items><rdf:Bag><rdf:li><content:item>"
        b"<rdf:value>&lt;b>A&lt;/b> ship</rdf:value>"
        b"</content:item></rdf:li></rdf:Bag></content:items>"
    )

    assert entry.contents == (Text(value="<b>A</b> ship", type="text/html"),)


def test_the_forms_of_one_text_are_read_each_as_what_it_is():
    entry = atom(
        b"<content type='multipart/alternative'>"
        b"<content type='text/plain'>A ship</content><content type='text/html' "
        b"mode='escaped'>&lt;b>A&lt;/b> ship</content></content>"
    )

    assert entry.contents == (
        Text(value="A ship"),
        Text(value="<b>A</b> ship", type="text/html"),
    )


def test_a_duration_is_read_of_a_file_and_of_the_entry():
    entry = item(
        b'<enclosure url="a.mp3"/><itunes:duration>1:02:03</itunes:duration>'
        b'<media:content url="b.mp4" duration="70"/>'
    )

    assert [(link.href, link.duration) for link in entry.links] == [
        ("a.mp3", None),
        ("b.mp4", "70"),
    ]
    assert entry.duration == "1:02:03"


def test_pictures_come_with_size_words_and_credit_most_telling_first():
    entry = item(
        b'<media:thumbnail url="small.jpg" width="75" height="50"/>'
        b'<itunes:image href="cover.jpg"/>'
        b"<media:group>"
        b'<media:content url="big.jpg" medium="image" width="1200">'
        b"<media:description>A quay</media:description></media:content>"
        b"<media:credit>Jo Lens</media:credit></media:group>"
    )

    assert entry.pictures == (
        Picture(url="big.jpg", width="1200", alt="A quay", credit="Jo Lens"),
        Picture(url="cover.jpg"),
        Picture(url="small.jpg", width="75", height="50", credit="Jo Lens"),
    )


def test_no_picture_has_the_credit_of_another_group():
    """Both groups count as standing beside the entry; the first credit was everybody's."""
    groups = b"".join(
        b'<media:group><media:credit>%s</media:credit><media:content url="%s.jpg">'
        b'<media:thumbnail url="%s.png"/></media:content></media:group>' % ((who,) * 3)
        for who in (b"Jo", b"Kim")
    )

    alone = b'<media:content url="alone.jpg"/>'

    assert {one.url: one.credit for one in item(groups + alone).pictures} == {
        "Jo.jpg": "Jo",
        "Jo.png": "Jo",
        "Kim.jpg": "Kim",
        "Kim.png": "Kim",
        "alone.jpg": None,
    }


@pytest.mark.parametrize(
    ("credit", "times"), [(b"", 0), (b"<media:credit>Jo</media:credit>", 10)]
)
def test_a_group_is_asked_once_for_the_credit_of_all_its_pictures(
    monkeypatch, credit, times
):
    """A group of 4,000 pictures held a reading process up for six seconds."""
    asked = []
    own = media._own_credit
    monkeypatch.setattr(media, "_own_credit", lambda one: asked.append(one) or own(one))
    pictures = b"".join(b'<media:content url="%d.jpg"/>' % n for n in range(9))

    entry = item(b"<media:group>" + credit + pictures + b"</media:group>")

    assert len(entry.pictures) == 9
    assert len(asked) == times


def test_an_enclosed_picture_has_the_credit_of_its_entry():
    enclosed = b'<enclosure url="quay.jpg" type="image/jpeg"/><enclosure url="a.mp3"/>'
    entry = item(enclosed + b"<media:credit>Jo Lens</media:credit>")

    assert entry.pictures == (
        Picture(url="quay.jpg", type="image/jpeg", credit="Jo Lens"),
    )
    assert item(enclosed).pictures == ()


OWN = b"<title>Own</title><link>https://source.example/own</link>"
LOGO = (
    b"<image><title>Logo</title><url>https://source.example/i.png</url>"
    b"<link>https://source.example/logo</link></image>"
)
SEARCH = (
    b"<textInput><title>Search</title><link>https://source.example/q</link></textInput>"
)


@pytest.mark.parametrize("beside", [b"", b"words beside", b"a<b"], ids=repr)
@pytest.mark.parametrize(
    "inner", [OWN + LOGO, LOGO + OWN, OWN + SEARCH, SEARCH + OWN, SEARCH + OWN + LOGO]
)
def test_what_a_picture_or_search_field_is_called_is_not_the_headline(inner, beside):
    """Whether or not the document is well-formed."""
    entry = item(inner + beside)

    assert entry.title.value == "Own"
    assert entry.link == "https://source.example/own"


@pytest.mark.parametrize("inner", [LOGO, SEARCH])
def test_an_entry_without_headline_does_not_borrow_that_of_its_picture(inner):
    assert item(inner + b"<guid>1</guid>").title is None


def test_what_an_entry_tells_of_another_thing_is_not_said_of_the_entry():
    """Activity Streams: whoever shares a note does not have the rights of its author."""
    entry = atom(
        b"""<title>Own</title><category term="own"/>
        <a:object xmlns:a="http://activitystrea.ms/spec/1.0/"><title>Other</title>
        <category term="other"/><rights>Other</rights>
        <published>2020-01-01T00:00:00Z</published></a:object>"""
    )

    assert (entry.title.value, entry.rights, entry.published) == ("Own", None, None)
    assert entry.categories == (Category(term="own"),)


def test_unclosed_search_fields_are_passed_over_in_one_go():
    """I13: a megabyte of them is no quadratic search."""
    document = b"<rss version='2.0'><channel><item>" + b"<textInput>" * 100_000

    assert parse._TEXT_INPUT.sub(b"", document) == document


def test_an_authors_portrait_is_no_picture_of_the_report():
    entry = item(
        b'<media:content url="https://1.gravatar.com/avatar/ab" medium="image"/>'
    )

    assert entry.pictures == ()


@pytest.mark.parametrize(
    ("dc", "content", "media"),
    [
        (
            "https://purl.org/dc/elements/1.1/",
            "https://purl.org/rss/1.0/modules/content/",
            "https://search.yahoo.com/mrss/",
        ),
        (
            "http://purl.org/dc/elements/1.1",
            "http://purl.org/rss/1.0/modules/content",
            "http://search.yahoo.com/mrss",
        ),
        ("urn:dc", "urn:content", "http://video.search.yahoo.com/mrss/"),
    ],
    ids=["https", "no slash", "another"],
)
def test_a_vocabulary_is_known_though_its_address_was_rewritten(dc, content, media):
    """feedparser goes by the prefix then, and so did it before there was a second look."""
    (entry,) = parse.feed(
        f'<rss version="2.0" xmlns:dc="{dc}" xmlns:content="{content}" '
        f'xmlns:media="{media}"><channel><title>t</title><item><title>t</title>'
        "<dc:creator>Ann</dc:creator><content:encoded>Full</content:encoded>"
        '<media:thumbnail url="https://a.example/i.png"/></item></channel></rss>'.encode(),
        url=URL,
    ).entries

    assert entry.authors == ("Ann",)
    assert [text.value for text in entry.contents] == ["Full"]
    assert [picture.url for picture in entry.pictures] == ["https://a.example/i.png"]


def test_both_kinds_of_source_are_merged():
    """WISHES 3: an aggregate names the first source of an entry."""
    entry = item(
        b'<source url="http://wire.example/rss">Wire</source>'
        b"<atom:source><atom:id>urn:wire</atom:id><atom:title>The Wire</atom:title>"
        b'<atom:link href="http://wire.example/"/><atom:rights>(c) Wire</atom:rights>'
        b"<atom:author><atom:name>W. Ire</atom:name></atom:author></atom:source>"
    )

    assert entry.origin == Origin(
        title="The Wire",
        feed_url="http://wire.example/rss",
        site_url="http://wire.example/",
        id="urn:wire",
        rights="(c) Wire",
        author="W. Ire",
    )
    assert entry.title is None


@pytest.mark.parametrize(
    "licence",
    [
        b"<creativeCommons:license>http://l.example/by</creativeCommons:license>",
        b'<cc:license rdf:resource="http://l.example/by"/>',
        b'<atom:link rel="license" href="http://l.example/by"/>',
        b"<dcterms:license>http://l.example/by</dcterms:license>",
    ],
)
def test_a_licence_is_found_in_every_module(licence):
    assert item(licence).license == "http://l.example/by"
    assert rss(licence).license == "http://l.example/by"


@pytest.mark.parametrize(
    ("inner", "authors"),
    [
        (b"<dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator>", ("Ann", "Bob")),
        (b"<author>a@b.example (Ann)</author>", ("a@b.example (Ann)",)),
        (b"<author>Bob</author><dc:creator>Ann</dc:creator>", ("Ann", "Bob")),
        (b"<dc:creator>Ann</dc:creator><author>Bob</author>", ("Ann", "Bob")),
        (b"<author>Ann</author><itunes:author>Pod</itunes:author>", ("Ann", "Pod")),
        (b"<itunes:author>Pod</itunes:author>", ("Pod",)),
        (b"<dc:creator>Ann</dc:creator><dc:creator>Ann</dc:creator>", ("Ann",)),
    ],
)
def test_authors_are_all_read_the_most_telling_first(inner, authors):
    assert item(inner).authors == authors


EDITOR = b"<managingEditor>ed@source.example (Ed)</managingEditor>"


@pytest.mark.parametrize("name", [b"item", b"ITEM"])
def test_a_managing_editor_is_nobodys_author(name):
    """RSS 2.0: one answers for the content. Al Jazeera's is called "Apps Support".

    Items in capitals are feedparser's alone.
    """
    feed = rss(EDITOR + b"<%b>" % name + EDITOR + b"</%b><item/>" % name)

    assert [one.authors for one in feed.entries] == [(), ()]
    assert feed.author is None


def test_a_shows_author_is_still_the_feeds():
    assert rss(EDITOR + b"<itunes:author>Pod</itunes:author>").author == "Pod"


def test_categories_keep_scheme_and_label():
    entry = item(b'<category domain="http://d.example/">Sea</category><category/>')
    other = atom(b'<category term="sea" scheme="http://d.example/" label="Sea"/>')

    assert entry.categories == (Category(term="Sea", scheme="http://d.example/"),)
    assert other.categories == (
        Category(term="sea", scheme="http://d.example/", label="Sea"),
    )


def test_content_encoded_is_the_body_and_description_the_summary_in_any_order():
    parts = [
        b"<description>short</description>",
        b"<content:encoded>&lt;p&gt;long&lt;/p&gt;</content:encoded>",
        b"<itunes:summary>spoken</itunes:summary>",
    ]
    for order in (parts, parts[::-1]):
        entry = item(b"".join(order))

        assert [text.value for text in entry.contents] == ["<p>long</p>"]
        assert entry.retold.value == "spoken"
        assert entry.summary.value == "short"


def test_a_caption_is_not_the_article_but_speaks_where_nothing_else_does():
    caption = b"<media:description>A quay at dawn</media:description>"

    with_text = item(b"<description>The report</description>" + caption)
    alone = item(b"<media:group>" + caption + b"</media:group>")

    assert (with_text.contents, with_text.summary.value) == ((), "The report")
    assert (alone.contents, alone.summary.value) == ((), "A quay at dawn")


@pytest.mark.parametrize(
    ("content", "value", "kind"),
    [
        (b"<content>1 &lt; 2</content>", "1 < 2", "text/plain"),
        (b'<content type="html">a&lt;br/&gt;b</content>', "a<br/>b", "text/html"),
        (b'<content type="text/markdown">*a*</content>', "*a*", "text/plain"),
        (b'<content type="markdown">*a*</content>', "*a*", "text/plain"),
        (
            (
                b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
                b"a<br/>&lt;b <p/></div></content>"
            ),
            "a<br>&lt;b <p></p>",
            "application/xhtml+xml",
        ),
        (
            (
                b'<content type="xhtml"><h:div xmlns:h="http://www.w3.org/1999/xhtml">'
                b"<h:p>a</h:p></h:div></content>"
            ),
            "<p",
            "application/xhtml+xml",
        ),
        (
            (
                b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">a</div>'
                b'<div xmlns="http://www.w3.org/1999/xhtml">b</div></content>'
            ),
            "<div",
            "application/xhtml+xml",
        ),
        (
            b'<content type="application/octet-stream">PGI+YTwvYj4=</content>',
            None,
            None,
        ),
        (
            b'<content mode="base64" type="text/html">PGI+YTwvYj4=</content>',
            "<b>a</b>",
            "text/html",
        ),
    ],
)
def test_atom_content_is_read_by_its_type(content, value, kind):
    entry = atom(content)

    if value is None:
        assert entry.contents == ()
    else:
        assert entry.contents[0].value.startswith(value)
        assert entry.contents[0].type == kind


def test_content_elsewhere_is_a_file_that_goes_with_the_entry():
    entry = atom(b'<content type="video/mp4" src="film.mp4"/>')

    assert Link(href="film.mp4", rel="enclosure", type="video/mp4") in entry.links


def test_language_is_the_entrys_own_or_its_texts_and_never_inherited_from_the_feed():
    own = atom(b'<content xml:lang="fa">x</content>', b'xml:lang="en"')
    none = atom(b"<content>x</content>", b'xml:lang="en"')

    assert (own.language, own.contents[0].language) == (None, "fa")
    assert (none.language, none.contents[0].language) == (None, None)


def test_dc_language_names_the_language_of_an_item():
    assert item(b"<dc:language>ps</dc:language>").language == "ps"


def test_bases_are_joined_from_the_outside_in_and_only_real_ones():
    """I4: a base can point no link at a script."""
    entry = atom(
        b'<content xml:base="pics/">x</content><summary xml:base="javascript:1">y</summary>',
        b'xml:base="/news/"',
    )

    assert entry.base == "https://source.example/news/"
    assert entry.contents[0].base == "https://source.example/news/pics/"
    assert entry.summary.base == "https://source.example/news/"


def test_a_base_within_a_text_or_on_a_link_counts_there_and_innermost_first():
    entry = atom(
        b'<link href="1" xml:base="https://links.example/"/>'
        b'<source xml:base="https://first.example/f/"><link rel="self" href="x"/></source>'
        b'<content type="xhtml" xml:base="in/"><div xmlns="http://www.w3.org/1999/xhtml">'
        b'<a href="a">a</a><p xml:base="https://other.example/b/"><a href="c">c</a>'
        b'<img src="d" xml:base="e/"/><a href="mailto:f@g.example">f</a></p></div></content>',
        b'xml:base="/news/"',
    )

    (content,) = entry.contents
    assert entry.link == "https://links.example/1"
    assert entry.origin.feed_url == "https://first.example/f/x"
    assert content.base == "https://source.example/news/in/"
    assert re.findall('(?:href|src)="([^"]*)', content.value) == [
        "a",
        "https://other.example/b/c",
        "https://other.example/b/e/d",
        "mailto:f@g.example",
    ]


def test_the_first_source_of_an_entry_has_the_base_that_is_in_force_there():
    source = b'<source><title>x</title><link rel="self" href="feed"/></source>'
    entry = atom(source, b'xml:base="/news/"')

    base = "https://source.example/news/"
    assert (entry.origin.base, entry.origin.feed_url) == (base, "feed")


def test_without_xml_base_nothing_claims_a_base():
    entry = atom(b"<content>x</content><source><title>x</title></source>")

    bases = (entry.base, entry.contents[0].base, entry.origin.base)
    assert bases == (None, None, None)


REGISTERED = b"http://www.iana.org/assignments/relation/"


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        (b"<link>http://a.example/?a=1&amp;b=2</link>", "http://a.example/?a=1&b=2"),
        (b"<link>one</link><link>two</link>", "two"),
        (b'<link>page</link><atom:link rel="self" href="s"/>', "page"),
        (b'<link>page</link><atom:link rel="replies" href="r"/>', "page"),
        (b'<atom:link rel="alternate" type="application/pdf" href="p"/>', "p"),
        (b'<atom:link rel="enclosure" href="e"/>', None),
        (b'<link>page</link><atom:link rel="enclosure">e</atom:link>', "page"),
        (b'<link>page</link><atom:link href="other"/>', "page"),
        (b'<atom:link href="other"/><link>page</link>', "page"),
        (b'<atom:link rel="%salternate" href="p"/>' % REGISTERED, "p"),
        (b"<link/>", None),
        (b"<link>&lt;![CDATA[http://a.example/]]&gt;</link>", "http://a.example/"),
    ],
)
def test_the_entrys_own_link_is_told_from_the_others(inner, link):
    assert item(inner).link == link


ENGLISH = b'<link hreflang="en" href="en"/>'
FRENCH = b'<link hreflang="fr" href="fr"/>'
PLAIN = b'<link href="plain"/>'
FILE = b'<link type="application/pdf" hreflang="en-GB" href="file"/>'


@pytest.mark.parametrize(
    ("inner", "language", "link"),
    [
        (ENGLISH + FRENCH, b"en-GB", "en"),
        (FRENCH + ENGLISH, b"en-GB", "en"),
        (FRENCH + PLAIN + ENGLISH, b"en-GB", "plain"),
        (ENGLISH + b'<link hreflang="EN_gb" href="gb"/>', b"en-GB", "gb"),
        (FILE + FRENCH + ENGLISH, b"de", "fr"),
        (FILE + FRENCH, b"en-GB", "fr"),
        (PLAIN + b'<link href="second"/>', b"en", "plain"),
        (FRENCH + ENGLISH, b"", "fr"),
    ],
)
def test_of_several_pages_the_one_in_the_entrys_language_is_its_own(
    inner, language, link
):
    spoken = b'xml:lang="' + language + b'"' if language else b""
    own = b'<content xml:lang="fr">x</content>'

    assert atom(inner + own, spoken).link == link


def test_the_entrys_language_decides_before_the_feeds():
    document = (
        b'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>t</title>'
        b'<entry xml:lang="fr"><id>1</id>' + ENGLISH + FRENCH + b"</entry>" + ENGLISH
    )

    feed = parse.feed(document + FRENCH + b"</feed>", url=URL)

    assert (feed.entries[0].link, feed.site) == ("fr", "en")


def test_text_that_was_encoded_twice_is_put_right_and_says_so():
    twice = "<description>Grüße</description>".encode().decode("latin-1").encode()

    summary = item(twice).summary

    assert (summary.value, summary.repaired) == ("Grüße", True)


def test_marks_of_windows_1252_are_read_in_xhtml_too():
    """As control characters they would leave the words without a trace."""
    inner = (
        b'<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        b"<p>It&#146;s <b>&#147;rain&#148;</b></p></div></content>"
    )

    (content,) = atom(inner).contents

    assert "It\u2019s" in content.value
    assert ">\u201crain\u201d<" in content.value
    assert content.repaired


@pytest.mark.parametrize(
    ("sent", "meant"), [("J&#xC3;&#xBC;rg", "J\xfcrg"), ("O&#146;Neil", "O\u2019Neil")]
)
def test_names_are_put_right_as_headlines_are(sent, meant):
    read = item(
        f"<title>{sent}</title><dc:creator>{sent}</dc:creator><source>{sent}</source>"
        f'<media:content url="https://a.example/i.png" medium="image">'
        f"<media:credit>{sent}</media:credit></media:content>".encode()
    )

    names = [*read.authors, read.origin.title, read.pictures[0].credit]
    assert {read.title.value, *names} == {meant}


def wrapped(markup):
    return b"&lt;![CDATA[" + markup + b"]]&gt;"


@pytest.mark.parametrize("beside", [b"", b"<x>1</x>"], ids=repr)
def test_a_section_that_was_escaped_with_its_text_is_opened(beside):
    """With feedparser and without; of a text without markup nothing was left."""
    read = item(
        b"<title>%s</title><description>%s</description><category>%s</category>%s"
        % (wrapped(b"Rain"), wrapped(b"It &lt;b&gt;rains"), wrapped(b"sea"), beside)
    )

    assert (read.title.value, read.summary.value) == ("Rain", "It <b>rains")
    assert read.categories == (Category(term="sea"),)


def test_a_section_in_the_midst_of_a_text_is_left_alone():
    summary = item(
        b"<description>%s and %s</description>" % (wrapped(b"a"), wrapped(b"b"))
    ).summary

    assert summary.value == "<![CDATA[a]]> and <![CDATA[b]]>"


def test_honest_text_beyond_ascii_is_left_alone():
    summary = item("<description>Grüße نمی\u200cخواهم</description>".encode()).summary

    assert (summary.value, summary.repaired) == ("Grüße نمی\u200cخواهم", False)


def test_deletions_are_all_read():
    """D18: at:deleted-entry (RFC 6721); feedparser keeps the last."""
    deletions = rss(
        b'<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        b'ref="a" when="2026-01-01T00:00:00Z"><at:comment>wrong</at:comment>'
        b'</at:deleted-entry><at:deleted-entry ref="b" '
        b'xmlns:at="http://purl.org/atompub/tombstones/1.0"/>'
    ).deletions

    assert [(one.ref, one.comment) for one in deletions] == [("a", "wrong"), ("b", "")]
    assert deletions[0].at.year == 2026


def test_where_two_parsers_count_differently_feedparser_stands_alone():
    """An item of another namespace counts for feedparser by its prefix alone."""
    document = (
        b'<rss version="2.0"><channel><item><title>a</title><description>x'
        b"</description></item><iTEM><title>b</title></iTEM></channel></rss>"
    )

    feed = parse.feed(document, url=URL)

    assert [entry.title.value for entry in feed.entries] == ["a", "b"]
    assert any("disagree" in note for note in feed.notes)


def test_the_id_of_a_feed_is_no_page_of_it():
    """RFC 4287, 4.2.6: feedparser takes it for the link that is missing."""
    head = b'<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>'
    said = b"<id>http://x.example/feedid</id><entry><id>1</id></entry></feed>"

    feed = parse.feed(head + said, url=URL)

    assert (feed.feed_id, feed.site) == ("http://x.example/feedid", None)
