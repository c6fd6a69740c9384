"""The words of an article are those of its raw item, from end to end."""

import pytest
from msgspec.structs import replace

from aggregator.model import Source
from aggregator.reading import ReadRequest, carries_id, doubts, read
from tests.builders import NOON

RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>A</title><link>https://a.example/</link><item><guid>1</guid>
<title>Rain</title>{}</item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><id>tag:a,1:1</id>
<title>Rain</title>{}</entry></feed>"""
JSON = """{{"version": "https://jsonfeed.org/version/1.1", "title": "A",
"items": [{{"id": "1", {}}}]}}"""
BASE64 = (
    '<content type="text/html" mode="base64">PHA+SXQgPGI+cmFpbmVkPC9iPi48L3A+</content>'
)

CASES = {
    "escaped": RSS.format("<description>&lt;p&gt;It rained.&lt;/p&gt;</description>"),
    "cdata": RSS.format(
        "<description><![CDATA[<p>It &amp; rained.</p>]]></description>"
    ),
    "content": RSS.format("<content:encoded><![CDATA[<p>It</p>]]></content:encoded>"),
    "xhtml": ATOM.format(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>It <b>rained</b>.</p></div></content>"
    ),
    "xhtml that shows markup": ATOM.format(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>Write <code>&lt;b&gt;</code>, <i/>nothing else.</p></div></content>"
    ),
    "xhtml with cdata": ATOM.format(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<pre><![CDATA[if (a < b && c) <i>]]></pre><p>It rained.</p></div></content>"
    ),
    "xhtml with an unclosed direction": ATOM.format(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        "<p>\u202b\u0628\u0627\u0631\u0627\u0646<br/></p><p>2</p></div></content><rights>We</rights>"
    ),
    "text": ATOM.format("<content>It rained &lt;here&gt;.</content>"),
    "base64": ATOM.format(BASE64),
    "base64 of few words": ATOM.format(
        '<content type="text/html" mode="base64">PHA+UmFpbjwvcD4=</content>'
    ),
    "base64 in cdata": ATOM.format(
        BASE64.replace("PHA", "<![CDATA[PHA").replace("</content>", "]]></content>")
    ),
    "json cut within a character": JSON.format(
        '"content_html": "<p>It \\ud83d rained</p>"'
    ),
    "json text with a control": JSON.format('"content_text": "1 <a \\u000b\\ud83d> 2"'),
    "json with a control behind broken markup": JSON.format(
        '"author": {"name": "<!--"}, "content_html": "<p>It\\u0001 rained</p>"'
    ),
    "json": JSON.format('"content_html": "<p>It \\"rained\\".</p>"'),
}


def twice(text):
    """Return UTF-8 that was read as Latin-1, to be encoded again."""
    return text.encode().decode("latin-1")


RAIN = "Es regn\xeat \u2013 sch\xf6n"
BROKEN = "<link>https://a.example/?a=1&b=2</link><b>"
# What false encodings did is undone; where XML is broken, by feedparser, silently.
FALSELY_ENCODED = {
    "marks of windows-1252": RSS.format("<description>It\x92s rain.</description>"),
    "marks in broken XML": RSS.format(f"<description>It\x92s.</description>{BROKEN}"),
    "marks as references": RSS.format("<description>It&#146;s rain.</description>"),
    "marks beyond Latin-1": RSS.format(
        f"<description>\x93\u0434\x94 \xc3\xa9</description>{BROKEN}"
    ),
    "encoded twice": RSS.format(f"<description>&lt;p&gt;{twice(RAIN)}</description>"),
    "encoded twice in broken XML": RSS.format(
        f"<description>{twice(RAIN)}</description><author>\u0434</author>{BROKEN}"
    ),
    "encoded twice as references": RSS.format(
        "<description>&#226;&#128;&#xA6;&#195;&#188;</description>"
    ),
    "encoded twice in xhtml": ATOM.format(
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>{twice(RAIN)} <b>1</b></p></div></content>"
    ),
    "a quote that is decoded twice in broken XML": ATOM.format(
        f"<content><![CDATA[Say &quot;A &amp; B&quot;.]]></content>{BROKEN}"
    ),
    "a stray angle in broken XML": RSS.format(
        "<description>It &lt;i&gt;rained <if&lt;/i&gt; it 'did'.</description>"
    ),
    "an unknown type in broken XML": ATOM.format(
        f'<content type="markdown"><![CDATA[A & B]]></content>{BROKEN}'
    ),
}


def articles(document, content_type=None):
    request = ReadRequest(
        source=Source(id="a", url="https://a.example/feed"),
        url="https://a.example/feed",
        body=document,
        content_type=content_type,
        known=None,
        context=None,
        now=NOON,
    )
    return [article for _, article in read(request).items if article]


@pytest.mark.parametrize("case", CASES)
def test_an_article_as_it_was_read_leaves_no_doubt(case):
    (article,) = articles(CASES[case].encode())

    assert article.source_body
    assert list(doubts(article)) == []


@pytest.mark.parametrize("case", FALSELY_ENCODED)
def test_text_that_was_put_right_leaves_no_doubt_unless_it_changes(case):
    (article,) = articles(FALSELY_ENCODED[case].encode())

    assert list(doubts(article)) == []
    altered = replace(article, source_body=article.source_body + " No.")
    assert "the body as sent does not stand in the raw item" in doubts(altered)


@pytest.mark.parametrize("body", ["&" + "amp;" * 249_000, "<" * 400_000])
def test_words_that_a_broken_item_lacks_are_missed_before_long(body):
    """I13: a quadratic search would not end before the suite is stopped."""
    (article,) = articles(FALSELY_ENCODED["marks in broken XML"].encode())

    found = list(doubts(replace(article, source_body=f"Never. {body}")))

    assert "the body as sent does not stand in the raw item" in found


@pytest.mark.parametrize(
    ("field", "value", "doubt"),
    [
        ("raw", b"<item>It never rained.</item>", "does not stand in the raw item"),
        ("source_body", "<p>It</p>", "the body as sent has another text"),
        ("body", "<p>It reigned.</p>", "the published body has another text"),
        ("text_sha256", "0" * 64, "the published body has another text"),
    ],
)
def test_a_word_that_changes_on_the_way_is_doubted(field, value, doubt):
    (article,) = articles(CASES["escaped"].encode())

    found = list(doubts(replace(article, **{field: value})))

    assert any(doubt in sentence for sentence in found)


@pytest.mark.parametrize(
    ("raw", "does"),
    [
        (b'<item><guid isPermaLink="false">1</guid></item>', True),
        (b"<entry><id><![CDATA[tag:a,1:1]]></id></entry>", True),
        (b"<atom:entry><atom:id>tag:a,1:1</atom:id></atom:entry>", True),
        (b"<entry><source><id>tag:b,1:1</id></source><id>1</id></entry>", True),
        (b"<entry><source><id>tag:b,1:1</id></source></entry>", False),
        (b"<item><guid> </guid><title>1</title></item>", False),
        (b'{"id": "1"}', True),
        (b'{"id": ["1"]}', True),
        (b'{"id": "", "title": "a"}', False),
        (b"{}", False),
    ],
)
def test_an_item_carries_an_id_only_where_it_is_its_own(raw, does):
    assert carries_id(raw) is does
