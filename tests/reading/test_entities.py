"""Named entities and DOCTYPEs: resolved here or refused, never left to a parser."""

import pytest
from bombs import BOMBS, document

from aggregator.errors import ReadError
from aggregator.reading.decode import decode


def read(body):
    return decode(body, content_type=None, max_bytes=10_000_000).document.decode()


def refusal(body):
    with pytest.raises(ReadError) as caught:
        read(body)
    assert caught.value.problem == "unreadable"
    return str(caught.value)


def test_names_that_html_defines_become_their_characters():
    assert read(b"<rss>&eacute;&nbsp;&hellip;&amp;&lt;</rss>") == (
        "<rss>\xe9\xa0…&amp;&lt;</rss>"
    )


def test_cdata_and_comments_are_not_touched():
    body = "<rss><![CDATA[&eacute;]]><!-- &eacute; -->&eacute;</rss>"

    assert read(body.encode()) == "<rss><![CDATA[&eacute;]]><!-- &eacute; -->é</rss>"


def test_names_that_nobody_defines_are_left_to_the_parser():
    assert read(b"<rss>&whatever; AT&T;</rss>") == "<rss>&whatever; AT&T;</rss>"


def test_plain_text_of_the_document_itself_is_put_in():
    subset = '<!ENTITY id "tag:x,"> <!ENTITY cubed "&#179;&#x41;"> <!ENTITY q \'a"b\'>'

    found = read(document(subset, "&id;2006 &cubed; &q;"))

    assert found == "<rss>tag:x,2006 \xb3A a&quot;b</rss>"


def test_characters_that_an_entity_escapes_are_plain_text():
    """XML 1.0 appendix D: an escaped `&` is a letter, not the beginning of a name."""
    subset = (
        '<!ENTITY us "A &amp; B"> <!ENTITY we "&#60;b>"> <!ENTITY co "C &#38;#38; D">'
    )

    assert read(document(subset, "&us; &co;")) == "<rss>A &amp; B C &#38; D</rss>"
    assert "the entity we" in refusal(document(subset, "&we;"))


def test_a_backslash_is_a_backslash():
    r"""I17: feedparser takes `C:\data` for a pattern and raises, or inserts DOCTYPE text."""
    subset = r'<!ENTITY path "C:\data a\1b \Users">'

    assert read(document(subset, "&path;")) == r"<rss>C:\data a\1b \Users</rss>"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x/rss-0.91.dtd">',
        '<!DOCTYPE rss SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE rss [<!ENTITY % lat1 PUBLIC "-//W3C//ENTITIES Latin 1//EN" "x">%lat1;]>',
        '<!DOCTYPE rss [<!-- it\'s old --> <!ENTITY unused SYSTEM "file:///x">]>',
    ],
)
def test_old_document_types_are_read_without_their_dtd(doctype):
    assert read(f"{doctype}<rss>&eacute;</rss>".encode()) == "<rss>é</rss>"


@pytest.mark.parametrize("name", BOMBS)
def test_entities_that_are_not_plain_text_are_refused(name):
    """I12: no canary is read, nothing is expanded; see the drill in `test_hostile`."""
    assert "the entity" in refusal(BOMBS[name])
