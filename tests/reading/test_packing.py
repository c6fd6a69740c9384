"""What crosses from a reading process is what was read, and as hard to change."""

from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, datetime

import pytest
from documents import item, request, rss

from aggregator.errors import ReadError
from aggregator.model import Article, Attribution, Enclosure, Image, Tag, Via
from aggregator.reading import read
from aggregator.reading.packing import packed, unpacked

NOW = datetime(2026, 3, 2, tzinfo=UTC)
ARTICLE = Article(
    id="0" * 20,
    published_id="urn:x:1",
    source_id="agency",
    keys=("guid:1", "text:2"),
    url=None,
    source_title="Title",
    title="Title",
    tags=(Tag(term="a", scheme="urn:s", label="A"),),
    enclosures=(Enclosure(url="https://a.example/f.mp3", length=3),),
    image=Image(url="https://a.example/i.png", width=1),
    attribution=Attribution(
        source_id="agency",
        title="Agency",
        feed_url="https://a.example/feed",
        via=Via(title="First"),
    ),
    published=NOW,
    updated=NOW,
    first_seen=NOW,
    listed_at=NOW,
    raw=b"<item/>",
)


def test_a_reading_crosses_unchanged():
    reading = read(request(rss(item(1), item(2))))

    assert unpacked(packed(reading)) == reading


def test_every_field_of_an_article_crosses():
    """Whatever fields it will have: none is named where it is packed."""
    made = unpacked(packed(ARTICLE))

    assert made == ARTICLE
    for one in (made, made.attribution, made.tags[0], made.enclosures[0], made.image):
        assert is_dataclass(one)
        assert all(hasattr(one, field.name) for field in fields(one))


def test_what_crossed_is_frozen():
    with pytest.raises(FrozenInstanceError):
        unpacked(packed(ARTICLE)).title = "Another"


def test_what_is_no_article_crosses_too():
    error = unpacked(packed(ReadError("agency: empty", problem="empty")))

    assert (str(error), error.problem) == ("agency: empty", "empty")
    assert isinstance(unpacked(packed(MemoryError())), MemoryError)
