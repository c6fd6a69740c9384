"""Characters, markup, addresses and enclosures meant to spoil what we publish."""

import json
import re
from random import Random
from xml.etree import ElementTree as ET

import feedrules
import pytest
from lxml import etree
from newsdesk import MINUTE

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
NAMES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
CODES = [0, 1, 8, 0xB, 0xC, 0x1B, 0x7F, 0x85, 0xFFFE, 0xFFFF, 0xD800, 0x1FFFE]
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def channel(items, head=""):
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {NAMES}><channel>'
        f"<title>Agency</title><link>https://agency.example/</link>{head}{items}"
        "</channel></rss>"
    )


def entry(number, **fields):
    said = {
        "guid": f"<guid isPermaLink='false'>n{number}</guid>",
        "title": f"<title>Report {number}</title>",
        "link": f"<link>https://agency.example/{number}</link>",
        "description": f"<description>Words of {number}</description>",
    }
    return f"<item>{''.join((said | fields).values())}</item>"


def spoiled(first, x):
    """Return one entry for each field, numbered from `first` on, with `x` in it."""
    fields = {
        "title": f"<title>a{x}b</title>",
        "description": f"<description>a{x}b</description>",
        "content": f"<content:encoded>a{x}b</content:encoded>",
        "author": f"<dc:creator>a{x}b</dc:creator>",
        "category": f"<category>a{x}b</category>",
        "rights": f"<dc:rights>a{x}b</dc:rights>",
        "guid": f"<guid isPermaLink='false'>{first}a{x}b</guid>",
    }
    return [
        entry(first + number, **{name: field})
        for number, (name, field) in enumerate(fields.items())
    ]


def parsed(outputs):
    """Return the documents as expat, libxml2 and a JSON parser read them."""
    for kind in ("rss", "atom"):
        etree.fromstring(outputs[kind], etree.XMLParser(huge_tree=True))
    rss, atom = ET.fromstring(outputs["rss"]), ET.fromstring(outputs["atom"])
    return rss.findall(".//item"), atom.findall(f"{ATOM}entry"), items(outputs)


def items(outputs):
    return json.loads(outputs["json"])["items"]


def texts(value):
    """Yield every string in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.items():
            yield from texts(list(each))
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)


def test_no_character_keeps_an_entry_or_its_neighbours_from_readers(desk_of, origin):
    """I7: 12 characters, raw and as references, in 7 fields each: 0 failures.

    Each of 12 documents holds 100 entries; all are in every output, which expat,
    libxml2 and a JSON parser read.
    """
    paths = []
    for number, code in enumerate(CODES):
        raw = chr(code).encode("utf-8", "surrogatepass").decode("latin-1")
        forms = (raw, f"&#{code};", f"&amp;#{code};")
        first = 100 * number
        marked = [e for n, x in enumerate(forms) for e in spoiled(first + 7 * n, x)]
        plain = [entry(n) for n in range(first + len(marked), first + 100)]
        document = channel("".join([*marked, *plain]))
        origin.answers(f"/x{code:x}", document.encode("latin-1"))
        paths.append(f"/x{code:x}")
    desk = desk_of(*paths)
    desk.live(MINUTE)
    statuses = desk.wire.publish()

    rss, atom, jsons = parsed(desk.outputs())
    assert len(rss) == len(atom) == len(jsons) == 1_200
    assert not [s for s in statuses if s.refused or s.left_out]
    assert not [text for text in texts(jsons) if ILLEGAL.search(text)]


@pytest.mark.parametrize(
    "words", ["]]>", "<![CDATA[", "a -- b", "<!-- --", "?>", "<?x"]
)
def test_what_ends_a_section_comes_through_every_output(desk_of, origin, words):
    """I9: byte-equal after a round trip through each output, 6 of 6."""
    shown = words.replace("<", "&lt;").replace(">", "&gt;")
    content = shown.replace("&", "&amp;")
    described = f"<description>&lt;p&gt;x {content} y&lt;/p&gt;</description>"
    title = f"<title>x {shown} y</title>"
    origin.answers(
        "/feed", channel(entry(1, title=title, description=described)).encode()
    )
    desk = desk_of("/feed")
    desk.poll()

    (rss,), (atom,), (one,) = parsed(desk.outputs())
    bodies = [
        rss.findtext(CONTENT),
        atom.findtext(f"{ATOM}content"),
        one["content_html"],
    ]
    credit = '<p class="mediawire-credit">'
    for body in bodies:
        assert body.partition(credit)[0].strip() == f"<p>x {shown} y</p>"
    assert one["title"] == f"x {words} y"
    assert rss.findtext("title") in {f"x {words} y", f"x {shown} y"}


def test_enclosures_are_legal_whatever_their_length(desk_of, origin):
    """I23: two, length None, abc, -1, missing type, 20 GB; Atom has all, RSS the first."""
    lengths = ["None", "abc", "-1", "", "21474836480"]
    entries = "".join(
        entry(
            number,
            first=f"<enclosure url='https://a.example/{number}.mp3' length='{length}'/>",
            second="<enclosure url='https://a.example/b.mp4' type='video/mp4' length='7'/>",
        )
        for number, length in enumerate(lengths)
    )
    origin.answers("/feed", channel(entries).encode())
    desk = desk_of("/feed")
    desk.poll()
    outputs = desk.outputs()

    for item in parsed(outputs)[0]:
        (enclosure,) = item.iter("enclosure")
        assert enclosure.get("length").isdecimal()
    for one in parsed(outputs)[1]:
        links = [x for x in one.iter(f"{ATOM}link") if x.get("rel") == "enclosure"]
        assert len(links) == 2
        assert all(x.get("type") and x.get("length").isdecimal() for x in links)
    assert found(outputs) == []


def found(outputs):
    """Return what the rules of the formats find wrong, document by document."""
    return [
        f"{kind}: {p}"
        for kind in outputs
        for p in feedrules.problems(outputs[kind], kind)
    ]


HOSTILE = [
    *("", " ", "\t\n", "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"),
    *(
        "http://",
        "//evil.example",
        "/relative",
        "?q",
        "#f",
        "http://[::1",
        "mailto:a@b",
    ),
    *(
        "http://a.example/a b",
        "http://a.example/<x>",
        "http://é.example/ü",
        "HTTP://A/%zz",
    ),
    *(
        "http://a.example:99999/",
        "urn:x",
        "tag:x",
        "42",
        "-1",
        "NaN",
        "9" * 400,
        "None",
    ),
    *("<b>bold</b>", "<script>x()</script>", "&lt;i&gt;", "&amp;amp;", "]]>", "&nope;"),
    *("\u202eevil", "\u2066x", "\u200f", "\u200b" * 50, "a" + "\u0301" * 60, "\ufeff"),
    *("\x0b", "\x1b[31m", "\x85", "\ufffe", "\U0001fffe", "x" * 3_000, "é" * 900),
    *(
        "Mon, 01 Jan 2099 00:00:00 GMT",
        "0000-00-00",
        "1767261600",
        "tomorrow",
        "32.13.26",
    ),
    *("audio/mpeg", "a/b/c", "en", "xx-YY-zz", "english", "\r\nX: y", "%s%n{{7*7}}"),
]
ELEMENTS = [
    *(
        "guid",
        "title",
        "link",
        "description",
        "pubDate",
        "author",
        "category",
        "comments",
    ),
    *("source", "dc:creator", "dc:date", "dc:rights", "dc:language", "content:encoded"),
    *(
        "itunes:summary",
        "itunes:author",
        "media:title",
        "media:credit",
        "media:keywords",
    ),
]
ATTRIBUTES = ["url", "href", "type", "length", "domain", "medium", "width", "height"]


def hostile_feed(number):
    """Return a feed of an entry or two made of hostile words, the same for a number."""
    chance = Random(number)

    def word():
        text = chance.choice(HOSTILE)
        if chance.random() < 0.8:
            text = text.replace("&", "&amp;").replace("<", "&lt;")
        return text

    def element():
        names = [*ELEMENTS, "enclosure", "media:content", "media:thumbnail", "source"]
        name = chance.choice(names)
        said = "".join(
            f' {key}="{word().replace(chr(34), "")}"'
            for key in chance.sample(ATTRIBUTES, chance.randrange(4))
        )
        return f"<{name}{said}>{word()}{word()}</{name}>"

    def item():
        return (
            f"<item>{''.join(element() for _ in range(chance.randrange(1, 14)))}</item>"
        )

    head = "".join(element() for _ in range(chance.randrange(3)))
    items = "".join(item() for _ in range(chance.randrange(1, 3)))
    return channel(items, head).encode("utf-8", "replace")


def test_a_thousand_hostile_sources_spoil_no_output(desk_of, origin):
    """I24: 1,000 generated hostile sources: 0 errors in any output, nothing left out."""
    paths = [f"/h{number:03}" for number in range(1_000)]
    for number, path in enumerate(paths):
        origin.answers(path, hostile_feed(number))
    desk = desk_of(*paths)
    desk.live(MINUTE)
    statuses = desk.wire.publish()
    outputs = desk.outputs()

    assert len(items(outputs)) > 1_000
    assert not [status for status in statuses if status.refused or status.left_out]
    assert found(outputs) == []
