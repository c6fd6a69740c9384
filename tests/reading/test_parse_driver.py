"""Our SAX driver in feedparser: equal results, and never another driver."""

import io
import sys
import types

import feedparser
import feedparser.api
import pytest

from aggregator.reading import buffered, parse

MIXED = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:h="http://www.w3.org/1999/xhtml"
 xml:lang="fa" xml:base="http://a.example/b/"><title>نمی\u200cخواهم &amp; &lt;x&gt;
two lines</title><entry><id>1</id><content type="xhtml"><h:div>a<h:br/>b &amp; c
<![CDATA[<d>]]> e&#233;</h:div></content><!-- between --><summary>x<?pi y?>z</summary>
<title type="html"><![CDATA[AT&amp;T]]> and &lt;b&gt;more&lt;/b&gt;</title></entry></feed>
""".encode()


def parsed_with(drivers, document, monkeypatch):
    monkeypatch.setattr(feedparser.api, "PREFERRED_XML_PARSERS", drivers)
    return feedparser.parse(io.BytesIO(document), sanitize_html=False)


@pytest.mark.parametrize(
    "document",
    [MIXED, MIXED.replace(b"&amp;", b"&"), MIXED[:300], b"<rss><channel/></rss>"],
    ids=["mixed", "broken", "cut", "empty"],
)
def test_the_buffered_driver_changes_no_result(document, monkeypatch):
    plain = parsed_with(["xml.sax.expatreader"], document, monkeypatch)
    ours = parsed_with([buffered.__name__], document, monkeypatch)

    plain.pop("bozo_exception", None)
    ours.pop("bozo_exception", None)
    assert ours == plain


def test_our_driver_hands_text_over_in_one_piece():
    parser = buffered.create_parser()
    parser.reset()

    assert parser._parser.buffer_text


def test_libxml2s_driver_is_never_asked_for(monkeypatch):
    """I12: it opened files that a DOCTYPE names."""
    trap = types.ModuleType("drv_libxml2")
    trap.create_parser = lambda: pytest.fail("libxml2's driver was asked for")
    monkeypatch.setitem(sys.modules, "drv_libxml2", trap)

    feed = parse.feed(MIXED, url="https://a.example/feed")

    assert len(feed.entries) == 1
