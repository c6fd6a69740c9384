"""A document that lists what it listed before is known by its bytes, or it is read."""

import json
import random

import pytest
from documents import atom, entry, item, remembered, request, rss
from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.reading import read
from aggregator.reading.passage import unread
from tests import corpus

BODY = rss(item(1), item(2), item(3))
DATED = "<title>Harbour News</title><lastBuildDate>{}</lastBuildDate>"


def again(body, before=BODY, **asked):
    """The question about a body where `before` was read last."""
    reading = read(request(before))
    asked = {"passage": reading.passage} | remembered(reading) | asked
    passage = asked.pop("passage")
    return replace(request(body, **asked), passage=passage)


def json_feed(*numbers, **more):
    items = [{"id": str(n), "content_text": f"Report [{n}]"} for n in numbers]
    return json.dumps({"title": "Harbour", "items": items} | more, indent=2).encode()


UNCHANGED = {
    "nothing": (BODY, BODY),
    "another date in the head": (
        rss(item(1), item(2), head=DATED.format("Monday")),
        rss(item(1), item(2), head=DATED.format("a day later")),
    ),
    "something behind the items": (
        BODY,
        BODY.replace(b"</channel>", b"<ttl>60</ttl><!-- 12:05 --></channel>"),
    ),
    "Atom": (
        atom(entry(1), entry(2)),
        atom(entry(1), entry(2)).replace(b"06-01T00:00:00Z</up", b"06-02T00:00:00Z</up", 1),
    ),
    "letters beyond ASCII": (
        rss(item(1, title="Бергамо — پارس")),
        rss(item(1, title="Бергамо — پارس"), head="<title>Порт</title>"),
    ),
    "JSON": (json_feed(1, 2), json_feed(1, 2, title="Haven")),
    "JSON with more arrays": (
        json_feed(1, 2, authors=[{"name": "A"}], expired=False),
        json_feed(1, 2, authors=[{"name": "A"}], expired=True),
    ),
    "one item": (rss(item(1)), rss(item(1), head="<title>H</title>")),
}  # fmt: skip


@pytest.mark.parametrize("what", UNCHANGED)
def test_where_only_the_surroundings_changed_nothing_is_read(what):
    before, after = UNCHANGED[what]
    asked = again(after, before)

    found = unread(asked)

    assert found is not None
    assert found == read(asked)
    assert (found.feed, found.entries_parsed) == (None, 0)


CHANGED = {
    "an item was edited": BODY.replace(b"Report 2", b"Report 9"),
    "an item came on top": rss(item(4), item(1), item(2), item(3)),
    "an item came below": rss(item(1), item(2), item(3), item(4)),
    "an item came elsewhere": BODY.replace(
        b"</rss>", b"<channel>" + item(4).encode() + b"</channel></rss>"
    ),
    "an item went": rss(item(1), item(2)),
    "the last was cut off": BODY[: BODY.index(b"n3")],
    "the tags around it say more": BODY.replace(b"<rss ", b"<rss xml:lang='fa' "),
    "it stands in another place": BODY.replace(b"\n<item>", b"<image>\n<item>", 1),
    "entries were taken back": BODY.replace(
        b"<item>", b"<at:deleted-entry ref='n1'/><item>", 1
    ),
    "it has entities of its own": BODY.replace(
        b"<rss", b'<!DOCTYPE rss [<!ENTITY ship "boat">]><rss', 1
    ),
    "it says that it is Japanese": b'<?xml version="1.0" encoding="iso-2022-jp"?>'
    + BODY,
    "it is not UTF-8 any more": BODY.replace(b"Harbour", b"Harb\xf6r"),
    "it became a web page": b"<html>" + BODY,
    "there is much around it": BODY.replace(b"<title>", b"<title>" + b"x" * 70_000, 1),
}


@pytest.mark.parametrize("how", CHANGED)
def test_where_more_may_have_changed_it_is_read(how):
    assert unread(again(CHANGED[how])) is None


def test_a_document_from_another_address_is_read():
    assert unread(again(BODY, url="https://elsewhere.example/feed")) is None


def test_what_was_never_read_is_read():
    assert unread(request(BODY)) is None
    assert unread(again(BODY, known={})) is None


TELLING = {
    "an entry twice": rss(item(1), item(1)),
    "an item beyond repair": rss(item(1), "<item><title>&&</tit</item>"),
    "named entities": rss(item(1, title="Caf&eacute;")),
    "control characters": rss(item(1, title="bell \x07")),
    "another encoding": rss(item(1, title="Å")).decode().encode("latin-1"),
    "an early end": BODY[: BODY.rindex(b"</channel>")] + b"<tt",
    "no items": rss(),
    "processing instructions": BODY.replace(b"\n<item>", b"<?x y?><item>"),
    "JSON items that are no objects": json_feed(1, 2).replace(b'"items": [', b'"items": [4,'),
}  # fmt: skip


@pytest.mark.parametrize("what", TELLING)
def test_what_needs_a_closer_look_has_no_passage(what):
    """Notes are told at each poll, and what decoding changed may be changed otherwise."""
    assert read(request(TELLING[what])).passage is None


def test_json_as_deep_as_the_stack_is_left_to_the_reader():
    """What holds the parser's recursion need not hold the writer's, deeper in a call."""
    for depth in range(100, 1_000, 20):
        deep = "[" * depth + "]" * depth
        body = json_feed(1, 2).replace(
            b'{\n  "title"', b'{"author": %b, "title"' % deep.encode(), 1
        )
        try:
            asked = again(body, body)
        except ReadError:
            continue

        assert unread(asked) in (None, read(asked))


@corpus.needs_corpus
def test_whatever_happens_to_a_document_it_is_read_or_was_read_already():
    """Ten changes to each real feed: some 1,100 are told unread, all as they are read."""
    chance = random.Random(4)
    told = read_ = 0
    for path in corpus.files("snapshots")[::2]:
        body = path.read_bytes()
        try:
            reading = read(request(body))
        except ReadError:
            continue
        if reading.passage is None or len(body) > 200_000:
            continue
        asked = again(body, body)
        start = body.find(reading.passage.begin)
        for _ in range(10):
            after = replace(
                asked, body=changed(body, start, reading.passage.size, chance)
            )
            found = unread(after)
            if found is None:
                read_ += 1
                continue
            told += 1
            assert found == read(after), path
    assert told > 500
    assert read_ > 500


PUT_IN = (
    *(b"<item><title>x</title></item>", b"<entry/>", b"<!-- <item> -->", b"<?a b?>"),
    *(b"<![CDATA[<item>]]>", b"\0", b"\xff", b"&nbsp;", b"<channel>", b"</channel>"),
    *(b'<!DOCTYPE rss [<!ENTITY a "b">]>', b"<at:deleted-entry ref='x'/>", b"\x1b$B"),
    *(b" xml:base='http://x.example/'", b'"items": [], ', b'"language": "fr", ', b"]"),
    *(b"\xef\xbb\xbf", b' encoding="iso-2022-jp"', b"<ttl>60</ttl>", b" ", b"x"),
)  # fmt: skip


def changed(body, start, size, chance):
    """Change something, mostly around the items."""
    end = start + size
    if chance.random() < 0.7:
        place = chance.choice(
            [chance.randint(0, start), chance.randint(end, len(body))]
        )
    else:
        place = chance.randint(0, len(body))
    if chance.random() < 0.6:
        return body[:place] + chance.choice(PUT_IN) + body[place:]
    return body[:place] + body[place + chance.randint(1, 12) :]
