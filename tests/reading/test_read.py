"""The conductor: bytes in, articles out."""

import json

import pytest
from documents import SOURCE, atom, entry, item, remembered, request, rss
from msgspec.structs import replace

from aggregator.errors import ReadError
from aggregator.reading import conductor, read, xmlfeed
from aggregator.reading.parsed import Entry, Link


def titles(reading):
    return [article.source_title for _, article in reading.items if article]


def refusal(body):
    with pytest.raises(ReadError) as caught:
        read(request(body))
    return caught.value


def test_a_first_reading_makes_an_article_of_every_item():
    reading = read(request(rss(item(1), item(2))))

    assert titles(reading) == ["Report 1", "Report 2"]
    assert reading.feed.title == "Harbour News"
    assert reading.entries_parsed == 2
    assert all(article.raw for _, article in reading.items)


def test_an_article_holds_its_item_as_it_stood():
    _, article = read(request(rss(item(1)))).items[0]

    assert article.raw.decode() == item(1)


def test_a_document_whose_items_are_all_known_is_not_parsed():
    first = read(request(rss(item(1), item(2))))

    again = read(request(rss(item(2), item(1)), **remembered(first)))

    assert (again.feed, again.entries_parsed) == (None, 0)
    assert [article for _, article in again.items] == [None, None]
    assert {digest for digest, _ in again.items} == {
        digest for digest, _ in first.items
    }


def test_only_new_and_edited_items_are_parsed():
    first = read(request(rss(item(1), item(2))))

    edited = item(1, title="Report 1, corrected")
    again = read(request(rss(item(3), item(2), edited), **remembered(first)))

    assert titles(again) == ["Report 3", "Report 1, corrected"]
    assert again.entries_parsed == 2
    assert again.items[1] == (first.items[1][0], None)


def test_an_article_is_the_same_whether_its_neighbours_were_parsed_or_not():
    first = read(request(atom(entry(1))))

    whole = read(request(atom(entry(2), entry(1))))
    cut = read(request(atom(entry(2), entry(1)), **remembered(first)))

    assert cut.items[0] == whole.items[0]


@pytest.mark.parametrize("change", ["root", "address"])
def test_a_changed_context_has_all_items_read_again(change):
    """An item inherits names and addresses from the tags around it."""
    first = read(request(rss(item(1))))

    body = rss(item(1))
    if change == "root":
        body = body.replace(b"<rss ", b"<rss xml:lang='fa' ")
    ask = request(body, **remembered(first))
    again = read(
        ask if change == "root" else replace(ask, url="https://moved.example/")
    )

    assert again.entries_parsed == 1
    assert titles(again) == ["Report 1"]


def test_the_same_item_twice_is_one_article():
    """I21: by its bytes; the same guid with other bytes is for identity to see."""
    reading = read(request(rss(item(1), item(1), item(2))))

    assert titles(reading) == ["Report 1", "Report 2"]


def test_a_line_break_within_a_json_text_costs_no_entry():
    """I7: a template wrote it; JSON wants it escaped, and who reads it need not."""
    body = b'{"title": "A", "items": [{"id": "1", "title": "Rain\tin\nRome"}]}'

    assert titles(read(request(body))) == ["Rain in Rome"]


def test_a_deletion_is_seen_although_no_item_is_new():
    """D18: a feed that only takes an entry back has nothing else to say."""
    first = read(request(atom(entry(1))))
    deletion = (
        "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0'"
        " ref='urn:x:7' when='2026-05-01T10:00:00Z'/>"
    )

    again = read(request(atom(entry(1), deletion), **remembered(first)))

    assert [deletion.ref for deletion in again.deletions] == ["urn:x:7"]
    assert again.entries_parsed == 0


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Printed\nin   error", "Printed in error"),
        ("&lt;b&gt;Wrong&lt;/b&gt; &amp;amp; late", "Wrong & late"),
        ("\u202bשגוי", "\u202bשגוי\u202c"),
        ("long " * 10_000, "long " * 199 + "long…"),
    ],
    ids=["lines", "html", "direction", "long"],
)
def test_the_reason_of_a_deletion_is_a_line_that_harms_nothing(said, told):
    """I10, I20: it stands in every output."""
    deletion = (
        "<at:deleted-entry xmlns:at='http://purl.org/atompub/tombstones/1.0'"
        f" ref='urn:x:7'><at:comment>{said}</at:comment></at:deleted-entry>"
    )

    (deletion,) = read(request(atom(entry(1), deletion))).deletions

    assert deletion.comment == told


def test_an_entry_beyond_repair_is_a_note_and_its_neighbours_are_read():
    reading = read(request(rss(item(1), item(2, body="a & b <p> &nope;"), item(3))))

    assert titles(reading) == ["Report 1", "Report 2", "Report 3"]
    assert "entry 2 is not well-formed: read as it goes" in reading.notes


def test_an_unclosed_tag_does_not_swallow_the_entries_behind_it():
    broken = "<item><title>Broken</title><description><![CDATA[x]]></item>"

    reading = read(request(rss(item(1), broken, item(3))))

    assert titles(reading)[0] == "Report 1"
    assert titles(reading)[-1] == "Report 3"


def test_a_document_that_cannot_be_cut_is_read_whole():
    body = rss(item(1), item(2), head="<title>Harbour</title><br>")

    reading = read(request(body))
    again = read(request(body, **remembered(reading)))

    assert titles(reading) == ["Report 1", "Report 2"]
    assert all(article.raw for _, article in reading.items)
    assert "read whole, as an item stands in an unusual place" in reading.notes
    assert [article for _, article in again.items] == [None, None]


def test_what_is_read_whole_has_the_bytes_by_which_older_stores_know_it():
    """Or all that such a source has listed would be new after an update."""
    entry = Entry(guid="1", links=(Link(href="h"),))

    assert xmlfeed._written(entry) == (
        b'{"guid": "1", "links": [{"href": "h", "language": null, "length": null, '
        b'"rel": "alternate", "title": null, "type": null}]}'
    )


def test_items_that_the_parser_counts_otherwise_are_read_whole():
    body = rss(item(1), "<x:item xmlns:x='urn:x'>no item of RSS</x:item>")

    reading = read(request(body))

    assert titles(reading) == ["Report 1"]
    assert "read whole, as its items are not what they seem" in reading.notes


@pytest.mark.parametrize("whole", [False, True])
def test_a_half_item_at_the_end_is_not_used(whole):
    head = "<title>Harbour</title>" + ("<br>" if whole else "")
    document = rss(item(1), item(2, body="A long report, in full."), head=head)

    reading = read(request(document[: document.index(b", in full")]))

    assert titles(reading) == ["Report 1"]
    assert "the document ends too early: what is complete was used" in reading.notes


def test_only_the_first_2000_items_are_read_and_a_note_says_so():
    """I20: a feed that sends its whole archive gets its newest read."""
    many = [
        f"<item><guid>{number}</guid><title>t</title></item>" for number in range(2100)
    ]

    reading = read(request(rss(*many)))

    assert len(reading.items) == 2000
    assert "2100 entries: the first 2000 were read" in reading.notes
    assert reading.capped == ("2100 entries: the first 2000 were read",)


def test_an_item_of_more_than_8_mib_is_left_out_and_a_note_says_so(monkeypatch):
    """I20: its neighbours are read."""
    monkeypatch.setattr(conductor, "MAX_ITEM_BYTES", 1000)

    reading = read(request(rss(item(1), item(2, body="x" * 2000))))

    assert titles(reading) == ["Report 1"]
    assert any(
        note.startswith("1 entries left out: larger than") for note in reading.notes
    )


@pytest.mark.parametrize(
    "body", [b"<rss/>", b"<rss></rss>", b"<feed> </feed>", b"<rss><channel/></rss>"]
)
def test_a_feed_in_name_only_is_refused(body):
    """I15: it must not look as if everything had been taken back."""
    refused = refusal(body)

    assert refused.problem in {"empty", "not-a-feed"}
    assert f"it begins: {body.decode()}" in str(refused)


def test_a_feed_that_turned_empty_is_read():
    """D18: valid and empty is no error; what is stored stays."""
    reading = read(request(rss()))

    assert reading.items == ()
    assert reading.feed.title == "Harbour News"


def test_a_json_feed_is_read_and_its_known_items_are_not():
    def body(*numbers):
        items = [
            {"id": str(n), "title": f"Report {n}", "content_text": "x"} for n in numbers
        ]
        return json.dumps({"title": "Harbour", "items": items}).encode()

    first = read(request(body(1)))
    again = read(request(body(2, 1), **remembered(first)))

    assert titles(first) == ["Report 1"]
    assert titles(again) == ["Report 2"]
    assert json.loads(first.items[0][1].raw)["id"] == "1"


def test_a_refusal_names_the_source():
    assert str(refusal(b"<html></html>")).startswith(f"{SOURCE.id}: a web page")


def test_whatever_breaks_below_is_a_sentence(monkeypatch):
    """I17: no exception but ReadError comes out of the reading room."""

    def breaks(*_args, **_named):
        raise KeyError("where")

    monkeypatch.setattr(conductor.normalise, "articles", breaks)

    error = refusal(rss(item(1)))

    assert error.problem == "unreadable"
    assert str(error) == "harbour: the document breaks the reader (KeyError)"
