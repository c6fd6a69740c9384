"""Items found by their bytes."""

import pytest
from documents import atom, entry, item, rss

from aggregator.reading.split import Split, Whole, split


def raws(document):
    found = split(document)
    assert isinstance(found, Split)
    return [found.raw(number).decode() for number in range(len(found.items))]


def reason(document):
    found = split(document)
    assert isinstance(found, Whole)
    return found.reason


def test_items_are_cut_out_with_their_tags():
    assert raws(rss(item(1), item(2))) == [item(1), item(2)]


def test_entries_in_any_prefix_are_items():
    document = (
        b'<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>1</a:entry></a:feed>'
    )

    assert raws(document) == ["<a:entry>1</a:entry>"]


def test_items_beside_the_channel_are_found():
    document = (
        b'<rdf:RDF><channel><items><rdf:li resource="x"/></items></channel>'
        b"<item about='1>2'>a</item><item/></rdf:RDF>"
    )

    assert raws(document) == ["<item about='1>2'>a</item>", "<item/>"]


def test_tags_in_cdata_comments_and_instructions_do_not_count():
    one = "<item><![CDATA[</item><item>]]><!-- </item> --><?x </item> ?></item>"

    assert raws(rss(one, item(2))) == [one, item(2)]


def test_keeping_some_items_leaves_everything_else():
    found = split(rss(item(1), "<ttl>60</ttl>", item(2), item(3)))

    kept = found.keep({1})

    assert kept == rss("", "<ttl>60</ttl>", item(2), "")
    assert found.keep({0, 1, 2}) == found.document


def test_the_same_bytes_have_the_same_digest_wherever_they_stand():
    first = split(rss(item(1), item(2)))
    second = split(rss(item(3), item(2), head="<title>Other</title>"))

    assert first.items[1].digest == second.items[1].digest
    assert first.items[0].digest != second.items[0].digest


def test_ancestors_change_with_the_tags_around_the_items_and_nothing_else():
    def ancestors(document):
        return split(document).ancestors

    known = ancestors(rss(item(1)))

    assert ancestors(rss(item(2), item(3), head="<title>b</title>")) == known
    assert ancestors(rss(item(1)).replace(b"<channel>", b"<channel a='b'>")) != known
    assert ancestors(rss(item(1)).replace(b"<rss ", b"<rss xml:base='/' ")) != known


def test_a_megabyte_of_root_does_not_count_for_each_item():
    """I13: items in many places under one root that is large."""
    places = b"<channel><item/></channel>" * 20_000

    assert (
        len(split(b"<rss a='" + b"x" * 1_000_000 + b"'>" + places + b"</rss>").items)
        == 20_000
    )


def test_an_item_without_end_is_left_out_and_the_document_ended():
    """A half report must not replace a whole one that we may hold."""
    document = rss(item(1), item(2))

    found = split(document[: document.rindex(b"</description>")])

    assert found.cut_short
    assert [i.digest for i in found.items] == [split(document).items[0].digest]
    assert found.document.endswith(b"</item></channel></rss>")


@pytest.mark.parametrize("cut", [b"</rss>", b"</channel></rss>", b"ss>"])
def test_only_end_tags_missing_is_not_cut_short(cut):
    found = split(rss(item(1)).removesuffix(cut))

    assert not found.cut_short
    assert found.document.endswith(b"</channel></rss>")


def test_a_title_that_ends_too_early_is_left_out():
    found = split(b"<rss><channel><link>https://x/</link><title>Harbo")

    assert found.document == b"<rss><channel><link>https://x/</link></channel></rss>"


def test_what_follows_the_root_is_left_out():
    assert split(rss(item(1)) + b"\n<!-- cached --> <br> junk").document == rss(item(1))


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (rss("<item><item>a</item></item>"), "items within items"),
        (rss(item(1), head="<title>a</link>"), "tags do not match"),
        (rss(item(1), head="<p>a<item>b</item></p>"), "unusual place"),
        (rss(item(1), "<?php x ?>"), "processing instruction"),
        (rss(item(1), "a < b"), "broken mark-up"),
        (rss(item(1)) + rss(item(2)), "items after its end"),
        (b"<rss", "before anything is complete"),
    ],
)
def test_what_cannot_be_cut_safely_says_why(document, why):
    assert why in reason(document)


@pytest.mark.parametrize(
    "piece",
    [b"<!--", b"<![CDATA[", b"<?", b"<a '", b'<a x="', b"<item", b"<", b"<item>"],
)
def test_the_scan_is_linear_whatever_is_left_open(piece):
    """I13: a quadratic scan of 8 MiB would not end before the next poll."""
    document = b"<rss><channel><title>t</title>" + piece * (8_000_000 // len(piece))

    split(document)


def test_xhtml_in_atom_entries_is_no_item():
    assert raws(atom(entry(1), entry(2))) == [entry(1), entry(2)]
