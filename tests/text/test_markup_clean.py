"""Bodies: what goes, what stays, and that not a word is touched."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.markup import as_html, clean, plain, visible_text
from tests.text.allowance import not_allowed
from tests.text.vectors import VECTORS

BASE = "https://news.example/2026/story.html"

FRAGMENTS = st.sampled_from(
    [
        *VECTORS.values(),
        *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href=/x>", "</a>"),
        *("<table>", "<tr>", "<td>", "</table>", "<form>", "<input>", "<select>"),
        *("<option>", "</select>", "<svg>", "</svg>", "<math>", "<mi>", "</math>"),
        *("<style>", "</style>", "<script>", "</script>", "<!--", "-->", "--!>"),
        *("<![CDATA[", "]]>", "<?xml ", "?>", "<title>", "</title>", "<textarea>"),
        *("</textarea>", "<noscript>", "</noscript>", "<iframe>", "</iframe>"),
        *("<template>", "</template>", "<plaintext>", "<xmp>", "</xmp>", "<video>"),
        *("</video>", "<br>", "<li>", "<ruby>", "<rp>", "(", "</rp>", "<button>"),
        *("&lt;", "&amp;", "&#11;", "&#x202e;", "&nbsp;", "&#133;", "&", "<", ">"),
        *("\u202e", "\u202c", "\u2066", "\u2069", "\u200c", "\u0301", "\x00", "\x0b"),
        *(
            "\x85",
            "\ufeff",
            "\ufffe",
            "\ud800",
            "\U0001fffe",
            "سلام",
            "漢字",
            " ",
            "\n",
            '"',
        ),
        *("<img src=a.png width=1 height=1>", "<img srcset='x 2x'>", "<p ping=x>"),
        *("<picture>", "<source srcset=x>", "<source src=x>", "</picture>", "<audio>"),
    ]
)
DOCUMENTS = st.lists(FRAGMENTS | st.text(max_size=6), max_size=25).map("".join)


@pytest.mark.parametrize("html", VECTORS.values(), ids=VECTORS.keys())
def test_no_attack_leaves_anything_that_is_not_allowed(html):
    """I1: each of the 113 vectors, as body of every type."""
    for media_type in ("text/html", "application/xhtml+xml", "text/plain"):
        cleaned = clean(html, base=BASE, media_type=media_type)

        assert not_allowed(cleaned.html) == []


@pytest.mark.parametrize("html", VECTORS.values(), ids=VECTORS.keys())
def test_an_attack_as_plain_text_shows_what_was_written(html):
    """I1: text is text, however much it looks like markup."""
    cleaned = clean(html, media_type="text/plain")

    assert cleaned.text.split() == html.replace("\x00", "").replace("\x01", "").split()


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS)
def test_only_what_is_allowed_is_published(html):
    """I6: tags and attributes of the list only, whatever the document."""
    cleaned = clean(html, base=BASE)

    assert not_allowed(cleaned.html) == []


@settings(max_examples=200, deadline=None)
@given(DOCUMENTS, st.sampled_from(["text/html", "application/xhtml+xml", "text/plain"]))
def test_the_words_stay_the_same(html, media_type):
    """The visible text of the published body is the visible text of the source's."""
    cleaned = clean(html, base=BASE, media_type=media_type)

    assert visible_text(cleaned.html) == visible_text(as_html(html, media_type))
    assert cleaned.text == visible_text(cleaned.html)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_what_was_cleaned_is_clean(html):
    once = clean(html, base=BASE).html

    assert clean(once, base=BASE).text == visible_text(once)
    assert not_allowed(clean(once, base=BASE).html) == []


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS)
def test_every_body_fits_into_xml(html):
    """I7: an XML parser takes whatever comes out, as text."""
    element = ET.Element("content")
    element.text = clean(html, base=BASE).html

    assert ET.fromstring(ET.tostring(element)).text is not False


def test_relative_addresses_become_absolute():
    html = '<a href="../a?b#c">x</a><img src="//cdn.example/i.png" alt="i">'

    cleaned = clean(html, base=BASE)

    assert 'href="https://news.example/a?b#c"' in cleaned.html
    assert 'src="https://cdn.example/i.png"' in cleaned.html
    assert "made addresses absolute" in cleaned.changes


@pytest.mark.parametrize(
    "base", [None, "", "javascript:alert(1)//", "data:,x", "feed.xml"]
)
def test_without_a_web_address_as_base_a_relative_address_goes(base):
    """I4: `xml:base` may be hostile."""
    cleaned = clean('<a href="x.html">x</a>', base=base)

    assert "href" not in cleaned.html
    assert "removed addresses that are not http or https" in cleaned.changes


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:X()", "data:text/html,x", "vbscript:x", "file:///etc/passwd"),
        *("blob:https://x/1", "jav&#x09;ascript:X()", "&#106;avascript:X()", "about:x"),
    ],
)
@pytest.mark.parametrize("place", ["a href", "img src", "video poster", "q cite"])
def test_only_web_addresses_stand_where_an_address_stands(place, address):
    """I4: other schemes go, in every attribute that loads or links."""
    cleaned = clean(f'<{place}="{address}"></{place.split()[0]}>x', base=BASE)

    assert not_allowed(cleaned.html) == []
    assert "x" in cleaned.text


def test_mail_addresses_stay_as_links_but_not_as_images():
    cleaned = clean('<a href="mailto:a@b.example">a</a><img src="mailto:a@b.example">')

    assert 'href="mailto:a@b.example"' in cleaned.html
    assert "<img" not in cleaned.html


def test_direction_and_language_stay():
    html = '<p dir="rtl" lang="fa">می‌خواهم</p>'

    assert clean(html).html == html


def test_a_joiner_of_letters_stays_in_a_persian_word():
    """U+200C decides how Persian letters join: without it the word is another."""
    cleaned = clean("<p>می\u200cخواهم &zwnj;</p>")

    assert cleaned.html.count("\u200c") == 2


def test_pictures_nobody_can_see_go():
    html = 'a<img src="/p.gif" width="1" height="1"><img src="/q.png" width="10">'

    cleaned = clean(html, base=BASE)

    assert "p.gif" not in cleaned.html
    assert "q.png" in cleaned.html
    assert "removed tracking pixels" in cleaned.changes


def test_media_keep_their_controls_and_play_only_when_asked():
    cleaned = clean(
        '<video autoplay controls src="/v.mp4">old browser</video>', base=BASE
    )

    assert cleaned.html == (
        '<video controls="" src="https://news.example/v.mp4">old browser</video>'
    )


PICTURE = (
    '<picture><source srcset="/a.webp" type="image/webp">'
    '<img src="https://news.example/a.jpg"></picture>'
)
VIDEO = (
    '<video controls=""><source src="https://news.example/v.mp4" type="video/mp4">'
    "old browser</video>"
)


def test_a_picture_becomes_its_image_alone():
    """A `source` without `picture`, `audio` or `video` around it is not valid HTML."""
    cleaned = clean(f"a{PICTURE}b", base=BASE)

    assert cleaned.html == 'a<img src="https://news.example/a.jpg">b'
    assert cleaned.text == "ab"
    assert "removed source elements that no audio or video plays" in cleaned.changes


def test_audio_and_video_keep_their_sources_whatever_stands_beside_them():
    audio = VIDEO.replace("video", "audio")
    html = f"<p>{VIDEO}</p>{PICTURE}<figure>{audio}</figure>"

    assert clean(VIDEO, base=BASE).html == VIDEO
    assert clean(VIDEO, base=BASE).changes == ()
    assert clean(html, base=BASE).html.count("<source") == 2


@pytest.mark.parametrize("address", ["", 'src="javascript:x"', 'srcset="a.mp4 2x"'])
def test_a_source_without_address_goes_from_a_video_too(address):
    cleaned = clean(f"<video><source {address} type='video/mp4'>old</video>", base=BASE)

    assert cleaned.html == "<video>old</video>"


def test_changes_are_named():
    html = '<p style="x" onclick="y">a</p><script>b</script><form>c</form>'

    assert clean(html).changes == (
        "removed attributes: onclick, style",
        "removed elements: form, script",
    )


def test_a_clean_body_is_not_touched():
    html = "<p>One <b>two</b>.</p>\n<blockquote>Three</blockquote>"

    cleaned = clean(html)

    assert cleaned.html == html
    assert cleaned.changes == ()


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\ufeff", "&#xFEFF;"])
@pytest.mark.parametrize("wild", ["", "<noscript>n</noscript>"])
def test_a_byte_order_mark_before_a_body_costs_it_no_markup(mark, wild):
    link = '<p>It <a href="https://a.example/">rained</a>.</p>'

    cleaned = clean(mark + link + wild)

    assert '<a href="https://a.example/"' in cleaned.html
    assert visible_text(cleaned.html) == visible_text(mark + link + wild)


def test_text_keeps_its_lines_and_paragraphs():
    cleaned = clean("a < b\r\nc\n\n\nd", media_type="text/plain")

    assert cleaned.html == "<p>a &lt; b<br>\nc</p>\n<p>d</p>"


def test_an_unknown_type_is_text():
    """Atom content may be of any type; only HTML and XHTML are read as markup."""
    cleaned = clean("<svg onload=X()>", media_type="image/svg+xml")

    assert cleaned.html == "<p>&lt;svg onload=X()&gt;</p>"


def test_elements_closed_at_once_do_not_swallow_the_rest_of_xhtml():
    html = '<div>a<script src="x"/>b<i/>c<br/>d<a title="x/>y"/>e</div>'

    cleaned = clean(html, media_type="application/xhtml+xml")

    assert cleaned.text == "abc de"
    assert "<i></i>c" in cleaned.html


@pytest.mark.parametrize("text", ["a ]]> b", "a <![CDATA[ b", "a -- b", "a ?> b"])
def test_marks_of_xml_stay_in_text(text):
    """I9: what would end a section of XML is only text here."""
    cleaned = clean(text, media_type="text/plain")

    assert cleaned.text == text


@pytest.mark.parametrize(
    "code", [0, 1, 8, 0xB, 0xC, 0x1B, 0x7F, 0x85, 0xFFFE, 0xFFFF, 0xD800, 0x1FFFE]
)
def test_characters_xml_cannot_carry_do_not_come_through(code):
    """I7: raw, and as a character reference."""
    for written in (chr(code), f"&#{code};"):
        cleaned = clean(f"<p title='{written}'>a{written}b</p>")

        assert re.fullmatch(r'<p title="[\ufffd… ]?">a[\ufffd… ]?b</p>', cleaned.html)


def test_a_body_is_cut_between_characters_and_closed_again():
    """I20: the cap holds for the bytes that go out, and the body says so."""
    html = "<div><p>" + "<b>日本語 &amp; 漢字</b> " * 500 + "</p></div>"

    cleaned = clean(html, max_bytes=1000)

    assert 900 < len(cleaned.html.encode()) <= 1000
    assert cleaned.html.endswith("</p></div>")
    assert "\ufffd" not in cleaned.html
    assert cleaned.changes == ("cut at 1000 bytes",)
    assert visible_text(html).startswith(cleaned.text)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.integers(0, 200))
def test_no_cut_body_is_longer_than_its_cap(html, max_bytes):
    """I20: whatever the document, and it stays clean."""
    cleaned = clean(html, base=BASE, max_bytes=max_bytes)

    assert len(cleaned.html.encode()) <= max_bytes
    assert not_allowed(cleaned.html) == []


def test_titles_with_attacks_hold_no_markup_to_run():
    """I1: a title is text; what looks like markup in it is text, too."""
    for html in VECTORS.values():
        title = plain(html)

        assert title == " ".join(title.split())
        assert "\x00" not in title
