"""Bytes to UTF-8, and what kind of document they are."""

import contextlib
import gzip
import re

import pytest

from aggregator.errors import ReadError
from aggregator.reading.decode import decode, utf8

MIB = 1_048_576


def read(body, content_type=None):
    return decode(body, content_type=content_type, max_bytes=10 * MIB)


def refusal(body, content_type=None):
    with pytest.raises(ReadError) as caught:
        read(body, content_type)
    return caught.value.problem, str(caught.value)


def feed(title, *, declared=None, encoding="utf-8", mark=b""):
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return mark + f"{declaration}<rss><t>{title}</t></rss>".encode(encoding)


CYRILLIC = "Привет, мир"
FRENCH = "«Été» à Besançon"


@pytest.mark.parametrize(
    ("body", "header", "title"),
    [
        (feed(FRENCH, declared="utf-8"), None, FRENCH),
        (feed(FRENCH), None, FRENCH),
        (feed(FRENCH, declared="iso-8859-1", encoding="latin-1"), None, FRENCH),
        (feed(FRENCH, encoding="latin-1"), "text/xml; charset=ISO-8859-1", FRENCH),
        (
            feed(CYRILLIC, declared="windows-1251", encoding="cp1251"),
            "text/xml",
            CYRILLIC,
        ),
        (
            feed(CYRILLIC, declared="utf-8", encoding="koi8-r"),
            "application/rss+xml;charset='koi8-r'",
            CYRILLIC,
        ),
        (feed("“quoted”", declared="iso-8859-1", encoding="cp1252"), None, "“quoted”"),
        (feed(FRENCH, declared="iso-8859-1"), "text/xml; charset=iso-8859-1", FRENCH),
        (feed(CYRILLIC, mark=b"\xef\xbb\xbf"), "text/xml; charset=koi8-r", CYRILLIC),
        (feed(CYRILLIC, encoding="utf-16"), None, CYRILLIC),
        (feed(CYRILLIC, declared="utf-16", encoding="utf-16-le"), None, CYRILLIC),
        (feed(CYRILLIC, declared="utf-16", encoding="utf-16-be"), None, CYRILLIC),
        (feed(CYRILLIC, encoding="utf-32"), None, CYRILLIC),
        (feed(CYRILLIC, declared="utf-32", encoding="utf-32-be"), None, CYRILLIC),
        (feed("中文报道", declared="gb2312", encoding="gb18030"), None, "中文报道"),
        (feed("日本語", declared="x-sjis", encoding="cp932"), None, "日本語"),
        (feed("日本語", declared="iso-2022-jp", encoding="iso2022_jp"), None, "日本語"),
        (feed(FRENCH, declared="utf-16"), None, FRENCH),
        (feed(FRENCH, declared="punycode"), None, FRENCH),
        (feed(FRENCH, declared="ut\0f"), "text/xml; charset=\0", FRENCH),
        (feed(FRENCH, declared="utf-7"), "text/xml; charset=unicode_escape", FRENCH),
    ],
)
def test_text_is_right_where_a_browser_gets_it_right(body, header, title):
    """I19: header, declaration, mark and bytes may all disagree."""
    assert f"<t>{title}</t>" in read(body, header).document.decode()


@pytest.mark.parametrize(
    ("label", "encoding", "title"),
    [
        ("iso-8859-8-i", "iso8859-8", "שלום"),
        ("iso88592", "iso8859-2", "Žluťoučký"),
        ("iso88591", "latin-1", FRENCH),
        ("windows-949", "cp949", "안녕하세요"),
        ("windows-31j", "cp932", "日本語"),
        ("gb_2312-80", "gb18030", "中文报道"),
        ("x-x-big5", "big5", "中文報道"),
        ("koi8", "koi8-r", CYRILLIC),
    ],
)
def test_a_label_that_browsers_know_is_known(label, encoding, title):
    """I19: Python has other names for some encodings."""
    body = feed(title, declared=label, encoding=encoding)

    assert f"<t>{title}</t>" in read(body).document.decode()


SEEN = "café [x] {y} ~ ñ"
KOREAN = "한국어 뉴스"


@pytest.mark.parametrize("header", [None, "text/xml; charset={}"])
@pytest.mark.parametrize(
    ("label", "encoding", "title"),
    [
        ("IBM437", "cp437", SEEN),
        ("cp850", "cp850", SEEN),
        ("cp00858", "cp858", "5 €"),
        ("cp500", "cp500", SEEN),
        ("IBM273", "cp273", "Grüße, Äpfel [x] {y}"),
        ("ibm01140", "cp1140", "café 5 €"),
        ("cp1026", "cp1026", "café ş"),
        ("johab", "johab", KOREAN),
        ("hz-gb-2312", "hz", "中文新闻"),
        ("iso-2022-kr", "iso2022_kr", KOREAN),
        ("x-mac-ce", "mac-latin2", "Žluťoučký"),
    ],
)
def test_a_label_that_no_browser_knows_is_read_as_feedparser_reads_it(
    label, encoding, title, header
):
    """I19: code pages of DOS and of mainframes came as other letters."""
    body = feed(title, declared=label, encoding=encoding)

    found = read(body, header and header.format(label)).document.decode()

    assert f"<t>{title}</t>" in found


def test_ebcdic_without_a_declaration_is_what_the_header_says():
    body = feed(SEEN, encoding="cp500")

    found = read(body, "application/xml; charset=cp500").document.decode()

    assert f"<t>{SEEN}</t>" in found


def test_a_line_end_of_ebcdic_is_a_line_end():
    body = feed("one\x85two", declared="cp500", encoding="cp500")

    assert b"<t>one\ntwo</t>" in read(body).document


@pytest.mark.parametrize("label", ["utf-8", "iso-8859-1"])
def test_ebcdic_that_declares_another_encoding_is_read_all_the_same(label):
    body = feed("a (b) c", declared=label, encoding="cp037")

    assert "<t>a (b) c</t>" in read(body).document.decode()


def test_a_kind_of_ebcdic_that_is_not_known_is_refused_in_a_sentence():
    """Its letters would be other ones, silently."""
    body = feed(FRENCH, declared="IBM01141", encoding="cp273")

    assert refusal(body) == (
        "unreadable",
        "it is in EBCDIC, and of a kind that is not read: IBM01141",
    )


def test_an_address_in_ascii_is_no_broken_hz():
    """`~` begins an escape in HZ; U+FFFD stood in the link of every entry."""
    body = feed("https://a.example/~user/", declared="hz-gb-2312")

    assert "<t>https://a.example/~user/</t>" in read(body).document.decode()


@pytest.mark.parametrize("label", ["cp500", "hz", "iso-2022-jp"])
def test_a_label_that_the_bytes_belie_changes_no_letter(label):
    body = feed(FRENCH, declared=label)

    assert f"<t>{FRENCH}</t>" in read(body).document.decode()


def test_what_begins_in_ascii_is_no_ebcdic_whatever_it_declares():
    body = feed(FRENCH, declared="cp500", encoding="cp1252")

    assert f"<t>{FRENCH}</t>" in read(body).document.decode()


def test_one_broken_byte_costs_one_character():
    """I19: the other entries do not turn into another alphabet for it."""
    body = feed(CYRILLIC, declared="utf-8").replace(b"</t>", b"\xff</t>")

    assert f"<t>{CYRILLIC}\ufffd</t>" in read(body).document.decode()


@pytest.mark.parametrize("declared", ["utf-8", None])
@pytest.mark.parametrize(
    "text",
    [
        "café",
        "It’s “late” – or not…",
        "À la créée: «Été» à Besançon",
        "Ünal, Žižek, Åse og Þór",
        "50 € or £40, 3°",
        "¿Qué? ¡Más!",
        "Haÿ-les-Roses, près de Paris",
        "100\xa0km",
    ],
)
def test_western_text_declared_as_utf8_is_windows_1252(text, declared):
    body = feed(text, declared=declared, encoding="cp1252")

    assert f"<t>{text}</t>" in read(body).document.decode()


@pytest.mark.parametrize("declared", ["utf-8", None])
@pytest.mark.parametrize(
    "broken",
    [
        b"bad \xff byte",
        b"bad\xffbyte",
        b"long \xc0\x80 zero",
        b"slash\xc0\xaf",
        b"caf\xc3...",
        b"cut \xe2\x80 quote",
        b"cut \xf0\x9f smile",
        b"lone \x80 byte",
        "Привет, мир".encode("koi8-r"),
        "שלום עולם".encode("cp1255"),
    ],
)
def test_what_is_neither_utf8_nor_western_text_is_replaced_and_the_rest_stays(
    broken, declared
):
    """I19: right where a browser gets it right, otherwise U+FFFD."""
    body = feed("@", declared=declared).replace(b"@", broken)

    title = read(body).document.decode().split("<t>")[1].split("</t>")[0]

    assert title == broken.decode("utf-8", "replace")


def test_one_broken_byte_among_accents_does_not_cost_them():
    body = feed("caf\xe9 cr\xe8me \xff", declared="utf-8", encoding="latin-1")

    assert "<t>café crème ÿ</t>" in read(body).document.decode()


def test_a_mark_before_broken_bytes_is_no_exception():
    assert "\ufffd" in read(b"\xef\xbb\xbf<rss>\xff</rss>").document.decode()


@pytest.mark.parametrize("code", [0, 1, 8, 0xB, 0xC, 0x1B, 0xFFFE, 0xFFFF])
def test_characters_that_xml_forbids_are_gone_raw_or_referred_to(code):
    """I7: one of them in one entry would spoil the document for the strict parser."""
    raw = chr(code).encode()
    body = b"<rss>a" + raw + b"b&#%d;c&#x%x;d</rss>" % (code, code)

    assert utf8(body, None) == b"<rss>abcd</rss>"


@pytest.mark.parametrize("number", ["xD800", "x110000", "99999999999999", "x0000DFFF"])
def test_references_beyond_unicode_become_the_replacement_character(number):
    """I17: feedparser raises on each of these."""
    assert (
        utf8(f"<rss>&#{number};</rss>".encode(), None).decode() == "<rss>\ufffd</rss>"
    )


@pytest.mark.parametrize("inner", ["&#0;", "&#x1;", "&#&#0;0;"])
@pytest.mark.parametrize("outer", ["&#{}0;", "&#{}xD800;", "&#x{}110000;"])
def test_a_reference_within_a_reference_spoils_no_document(outer, inner):
    """I7: what was cut out left a reference to what no document may hold."""
    body = f"<rss>{outer.format(inner)}</rss>".encode()

    found = re.findall(rb"&#(x?)([0-9A-F]+);", utf8(body, None))

    assert found == []


def test_ordinary_references_stay_as_they_are():
    body = b"<rss>&#10;&#x9;&#233;&#x1F600;&amp;#0;</rss>"

    assert utf8(body, None) == body


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty"),
        (b" \r\n\t ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "html-page"),
        (b"<!-- x --><HTML lang=en><head><title>Hi</title></head>", "html-page"),
        (b"<?xml version='1.0'?><!DOCTYPE html PUBLIC 'a' 'b'><html/>", "html-page"),
        (b"<html><title>Just a moment...</title></html>", "captcha"),
        (b"<html><div class='g-recaptcha'></div></html>", "captcha"),
        (b"<html><script src=/cdn-cgi/challenge-platform/jsd.js>", "html-page"),
        (b'{"error": "rate limited"}', "not-a-feed"),
        (b'["items"]', "not-a-feed"),
        (b'{"items": [', "not-a-feed"),
        (b"[" * 100_000, "not-a-feed"),
        (b"Service temporarily unavailable", "not-a-feed"),
        (b"<note><to>you</to><body>me</body></note>", "not-a-feed"),
        (b"PK\x03\x04 no feed", "not-a-feed"),
        (b"\x1f\x8bnot really gzip", "unreadable"),
    ],
)
def test_what_is_no_feed_is_refused_by_name(body, problem):
    """I15: entries and output stay as they are, and the status says why."""
    assert refusal(body)[0] == problem


def test_a_refusal_quotes_the_first_80_characters_escaped():
    """I15: on one line, with nothing that could move a terminal's cursor."""
    _, sentence = refusal("<p>\n\x1b[31m\u202ered</p>".encode() + b"x" * 200)

    quoted = sentence.partition("begins: ")[2]
    assert quoted.startswith("<p> [31m\\u202ered</p>xxx")
    assert len(quoted) < 100


def test_gzip_without_a_header_is_unpacked():
    """I15: a feed is a feed, also when the server forgot to say it was packed."""
    found = read(gzip.compress(b"<rss><channel/></rss>"))

    assert found.document == b"<rss><channel/></rss>"
    assert found.notes == ("the document was gzip that no header announced",)


def test_all_members_of_gzip_are_unpacked():
    """RFC 1952, section 2.2: half of the entries were lost."""
    halves = gzip.compress(b"<rss><channel/>") + gzip.compress(b"</rss>") + b"\0\0"

    assert read(halves).document == b"<rss><channel/></rss>"


def test_gzip_that_grows_past_the_cap_is_refused():
    packed = gzip.compress(b"<rss>" + b" " * 20 * MIB)

    problem, sentence = refusal(packed)

    assert (problem, sentence) == ("too-large", "gzip that unpacks to more than 10 MiB")


@pytest.mark.parametrize("before", [b"<b>Warning</b>: odd\n", b"<!-- cached -->", b"x"])
def test_a_declaration_counts_though_something_stands_before_it(before):
    body = before + feed(CYRILLIC, declared="windows-1251", encoding="cp1251")

    assert f"<t>{CYRILLIC}</t>" in read(body).document.decode()


def test_a_warning_printed_before_the_feed_is_passed_over():
    body = b"<br />\n<b>Warning</b>: odd in <b>x.php</b>\n<?xml version='1.0'?><rss>a</rss>"

    found = read(body)

    assert found.document == b"<rss>a</rss>"
    assert len(found.notes) == 1


def test_a_page_that_mentions_a_feed_is_still_a_page():
    assert (
        refusal(b"<html><!-- <rdf:RDF/> --><body><rss></body></html>")[0] == "html-page"
    )


def test_a_number_of_any_length_costs_no_json_feed():
    """I17: Python refuses whole numbers of more than 4,300 digits, and the document."""
    digits = "9" * 5_000

    found = read(f'{{"items": [{{"id": {digits}}}, {{"id": 7}}]}}'.encode())

    assert found.json == {"items": [{"id": digits}, {"id": 7}]}


def test_json_keeps_its_parsed_form():
    found = read(b'\xef\xbb\xbf {"items": [], "title": "x"}')

    assert found.json == {"items": [], "title": "x"}


@pytest.mark.parametrize("before", [b"", b"<!DOCTYPE x [", b"<!-- ", b"<rss><channel>"])
@pytest.mark.parametrize(
    "piece",
    [b"&#x1", b"&a", b"<![CDATA[", b"<!--", b"<!DOCTYPE x [>", b'<!ENTITY a ""', b"'"],
)
def test_decoding_is_linear_whatever_is_left_open(before, piece):
    """I13: a quadratic pattern would not end on 4 MiB before the suite is stopped."""
    body = before + piece * (4 * MIB // len(piece)) + b"]>--><rss>&a;</rss>"

    with contextlib.suppress(ReadError):
        read(body)
