"""feedparser may see less of a document: what is read from it stays the same."""

import pytest
from corpus import files, needs_corpus
from documents import URL, atom, entry, item, rss

from aggregator.errors import ReadError
from aggregator.reading import parse
from aggregator.reading.decode import decode
from aggregator.reading.tree.lean import lean

MEDIA = "xmlns:media='http://search.yahoo.com/mrss/'"


def both_ways(document):
    return parse._quickly(document, URL), parse._thoroughly(document, URL)


@pytest.mark.parametrize(
    "document",
    [
        rss(item(1), item(2, title="A &amp; B &lt;i&gt;c&lt;/i&gt;")),
        atom(entry(1), entry(2)),
        rss("<item><description>Only words</description></item>"),
        rss(
            f"<item><media:group {MEDIA}><media:title>Of the film</media:title>"
            "<media:content url='https://source.example/f.mp4'/></media:group></item>"
        ),
        rss(
            "<item><source url='https://first.example/'>First<title>No</title></source>"
            "<title>Own</title><category domain='d'>c</category></item>"
        ),
        atom(
            "<entry><source><title>First</title><updated>2020-01-01T00:00:00Z</updated>"
            "</source><id>urn:x:1</id><title>Own</title></entry>"
        ),
    ],
)
def test_both_ways_read_the_same(document):
    quickly, thoroughly = both_ways(document)

    assert quickly == thoroughly


@pytest.mark.parametrize(
    "document",
    [
        rss("<item><title>a<b</title></item>"),  # not well-formed
        rss("<item><guid>1</guid> words beside <title>a</title></item>"),
        rss("<item><title>&nosuch;</title></item>"),
        b"<!DOCTYPE rss [<!ENTITY x 'y'>]>" + rss(item(1)),
    ],
)
def test_a_document_that_is_not_plain_is_read_whole(document):
    assert lean(document) is None


def test_bodies_do_not_reach_feedparser():
    lighter = lean(rss(item(1, body="The whole story.")))

    assert b"The whole story." not in lighter
    assert b"Report 1" in lighter


@needs_corpus
def test_both_ways_read_the_same_of_real_feeds():
    compared = 0
    for path in files("snapshots")[::12]:
        try:
            decoded = decode(path.read_bytes(), content_type=None, max_bytes=10**8)
            quickly = (
                parse._quickly(decoded.document, URL) if not decoded.json else None
            )
        except ReadError:
            continue
        if quickly is not None:
            assert quickly == parse._thoroughly(decoded.document, URL), path
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("kind", ["", " ", "title"])
def test_a_headline_of_no_type_is_text(kind):
    """feedparser takes it for base64, of which nothing is left but Latin letters."""
    document = atom(
        f"<entry><id>urn:x:1</id><title type='{kind}'>باران</title></entry>"
    )

    (read,) = parse._quickly(document, URL).entries

    assert (read.title.value, read.title.type) == ("باران", "text/plain")
