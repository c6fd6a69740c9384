"""What crosses from a reading process is what was read, and of no other shape."""

from datetime import UTC, datetime

import pytest
from documents import item, request, rss
from msgspec import ValidationError
from msgspec.structs import replace

from aggregator.model import (
    Article,
    Attribution,
    Deletion,
    Dropped,
    Enclosure,
    FeedInfo,
    Hints,
    Image,
    Reading,
    Tag,
    Via,
    Withdrawn,
)
from aggregator.reading import read
from aggregator.reading.packing import Answer, Refused, answer_of, packed, request_of

NOW = datetime(2026, 3, 2, 11, 5, 9, 123456, tzinfo=UTC)
ARTICLE = Article(
    id="0" * 20,
    published_id="urn:x:1",
    source_id="agency",
    keys=("guid:1", "text:2"),
    url=None,
    source_title="Title",
    title="Title",
    tags=(Tag(term="a", scheme="urn:s", label="A"),),
    enclosures=(Enclosure(url="https://a.example/f.mp3", length=20_000_000_000),),
    image=Image(url="https://a.example/i.png", width=1),
    attribution=Attribution(
        source_id="agency",
        title="Agency",
        feed_url="https://a.example/feed",
        via=Via(title="First"),
    ),
    dated=datetime(1, 1, 1, tzinfo=UTC),
    published=NOW,
    updated=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    first_seen=NOW,
    listed_at=NOW,
    raw=b"<item>\xff\x00</item>",
    dropped=Dropped(rule="no-sport", reason="title has football"),
    withdrawn=Withdrawn(at=NOW, reason="wrong", by="source"),
)


def test_a_request_crosses_unchanged():
    asked = request(rss(item(1)), known={b"\x00" * 16: "0" * 20})

    assert request_of(packed(asked)) == asked


def test_a_reading_crosses_unchanged():
    reading = read(request(rss(item(1), item(2))))

    assert answer_of(packed(Answer(reading=reading))).reading == reading


def test_everything_that_can_be_said_crosses():
    feed = FeedInfo(title="A", hints=Hints(skip_hours=frozenset({1, 2}), ttl=NOW - NOW))
    reading = Reading(
        feed=feed,
        context=b"c",
        items=((b"1", ARTICLE), (b"2", None)),
        deletions=(Deletion(ref="urn:9", at=NOW, comment="gone"),),
        notes=("capped",),
    )

    assert answer_of(packed(Answer(reading=reading))).reading == reading


def test_why_there_is_no_reading_crosses():
    refused = Refused(sentence="agency: empty", problem="empty")

    assert answer_of(packed(Answer(refused=refused))) == Answer(refused=refused)
    assert answer_of(packed(Answer(exhausted=True))).exhausted


def test_what_crossed_is_frozen():
    reading = read(request(rss(item(1))))
    (_, article), *_ = answer_of(packed(Answer(reading=reading))).reading.items

    with pytest.raises(AttributeError):
        article.title = "Another"


def test_what_has_the_shape_of_no_answer_is_refused():
    """A process that read what strangers wrote is not taken at its word."""
    reading = Reading(feed=None, context=b"", items=())

    with pytest.raises(ValidationError):
        answer_of(packed({"reading": "what it likes"}))
    with pytest.raises(ValidationError):
        answer_of(packed(Answer(reading=replace(reading, notes=(1,)))))
