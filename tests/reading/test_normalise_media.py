"""Enclosures, pictures, categories and times of an entry."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from aggregator.model import Enclosure, Image, Source, Tag, Trust, content_digest
from aggregator.reading import normalise
from aggregator.reading.normalise import caps
from aggregator.reading.parsed import Category, Entry, Feed, Link, Picture
from tests import builders

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOURCE = Source(id="harbour", url="https://source.example/feed")


def read(source=SOURCE, **entry):
    entry.setdefault("guid", "1")
    feed = Feed(version="rss20", entries=(Entry(**entry),))
    return normalise.articles(feed, source, url=source.url, now=NOW)


def article(source=SOURCE, **entry):
    (made,) = read(source, **entry).articles
    return made


def enclosed(href, **said):
    return Link(href=href, rel="enclosure", **said)


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("12", 12),
        (" 21474836480 ", 21_474_836_480),
        ("0", None),
        ("None", None),
        ("abc", None),
        ("-1", None),
        ("1.5", None),
        ("9" * 30, None),
        ("٣", None),
        (None, None),
    ],
)
def test_a_length_is_a_count_of_bytes_or_unknown(said, length):
    """I23."""
    (file,) = article(links=(enclosed("http://s.example/a", length=said),)).enclosures

    assert file.length == length


@pytest.mark.parametrize(
    ("href", "said", "kind"),
    [
        ("http://s.example/a.mp3", "Audio/MPEG; x=1", "audio/mpeg"),
        ("http://s.example/a.mp3?x=1", None, "audio/mpeg"),
        ("http://s.example/a.mp3", "mp3", "audio/mpeg"),
        ("http://s.example/a", None, None),
        ("http://s.example/a", '"><script>', None),
    ],
)
def test_a_type_has_the_shape_of_one_or_comes_from_the_ending(href, said, kind):
    (file,) = article(links=(enclosed(href, type=said),)).enclosures

    assert file.type == kind


def test_every_file_is_kept_once_and_only_web_addresses():
    """I4, I23: two enclosures are two."""
    made = article(
        links=(
            enclosed("/a.mp3", title="One"),
            enclosed("https://source.example/a.mp3"),
            enclosed("http://s.example/b.mp4"),
            enclosed("javascript:x"),
            enclosed("file:///etc/passwd"),
            Link(href="http://s.example/page"),
        )
    )

    assert made.enclosures == (
        Enclosure(url="https://source.example/a.mp3", type="audio/mpeg", title="One"),
        Enclosure(url="http://s.example/b.mp4", type="video/mp4"),
    )


def test_an_entry_with_nothing_but_a_file_is_published():
    made = article(guid=None, links=(enclosed("http://s.example/a.mp3"),))

    assert made.keys == ("link:https://s.example/a.mp3",)
    assert made.title == "source.example"


@pytest.mark.parametrize(
    ("pictures", "url"),
    [
        ([("a.jpg", None), ("b.jpg", "900")], "a.jpg"),
        ([("a.jpg", "100"), ("b.jpg", "900")], "b.jpg"),
        ([("data:image/png;base64,xx", None), ("b.jpg", None)], "b.jpg"),
        ([("a.jpg", "wide"), ("b.jpg", "-5")], "a.jpg"),
    ],
)
def test_the_first_picture_counts_unless_another_is_known_to_be_wider(pictures, url):
    made = article(pictures=tuple(Picture(url=u, width=w) for u, w in pictures))

    assert made.image.url == f"https://source.example/{url}"


def test_an_enclosed_picture_has_the_credit_that_the_entry_gives_it():
    """The article has one picture; of the second, nobody was told whose it is."""
    named = [
        Picture(url=f"http://s.example/{who}.jpg", credit=who) for who in ("Jo", "Kim")
    ]

    made = article(pictures=tuple(named), links=(enclosed("http://s.example/Kim.jpg"),))

    assert (made.image.credit, made.enclosures[0].credit) == ("Jo", "Kim")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("01:02:03", 3723),
        ("62:03", 3723),
        (" 3723 ", 3723),
        ("3723.9", 3723),
        ("1:99:03", 9543),
        ("0:00", None),
        ("00:00:00", None),
        ("-5", None),
        ("1:2:3:4", None),
        ("1 h", None),
        ("no one cares", None),
        ("٣", None),
        ("9999999", None),
        ("9" * 5000, None),
        ("", None),
    ],
)
def test_a_duration_is_a_count_of_seconds_or_unknown(said, seconds):
    link = enclosed("http://s.example/a.mp3", duration=said)

    assert article(links=(link,)).enclosures[0].duration == seconds


def test_the_duration_of_an_entry_is_that_of_its_first_file_that_plays():
    sent = ("sheet.pdf", "cover.jpg", "part.mp3", "more.mp3")
    links = tuple(enclosed(f"http://s.example/{name}") for name in sent)

    files = article(links=links, duration="90").enclosures

    assert [file.duration for file in files] == [None, None, 90, None]


def test_a_file_keeps_its_own_duration_whichever_of_two_elements_names_it():
    url = "http://s.example/a.mp3"

    made = article(links=(enclosed(url), enclosed(url, duration="60")), duration="90")

    assert [file.duration for file in made.enclosures] == [60]


def test_files_without_credit_have_the_digest_that_stands_in_older_stores():
    """Or every stored article with files would be named by `verify`."""
    file = Enclosure(url="https://a.example/1.jpg", type="image/jpeg", length=5)
    plain = builders.article(1, enclosures=(file,))
    credited = builders.article(1, enclosures=(replace(file, credit="Jo"),))

    assert content_digest(plain).hex() == "8e5fa095ce5596700c80c83a8e85ecc3"
    assert content_digest(credited) != content_digest(plain)
    lasting = builders.article(1, enclosures=(replace(file, duration=5),))
    assert content_digest(lasting) != content_digest(plain)


def test_a_picture_keeps_size_words_and_credit():
    picture = Picture(
        url="a",
        type="image/webp",
        width="640px",
        height="0",
        alt="A &amp; B",
        credit="Jo",
    )

    assert article(pictures=(picture,)).image == Image(
        url="https://source.example/a",
        type="image/webp",
        width=640,
        alt="A & B",
        credit="Jo",
    )


def test_an_enclosed_picture_stands_in_for_a_missing_one():
    made = article(links=(enclosed("/a.mp3"), enclosed("/b.png")))

    assert made.image == Image(url="https://source.example/b.png", type="image/png")


def test_no_picture_is_invented():
    assert article().image is None


def test_categories_are_text_once_each_with_a_real_scheme_or_none():
    """I4."""
    made = article(
        categories=(
            Category(term="Sea &amp; <b>Sky</b>", label="S"),
            Category(term="sea & sky"),
            Category(term="x", scheme="http://d.example/"),
            Category(term="x", scheme="javascript:1"),
            Category(term=" "),
        )
    )

    assert made.tags == (
        Tag(term="Sea & Sky", label="S"),
        Tag(term="x", scheme="http://d.example/"),
        Tag(term="x"),
    )


def test_too_many_categories_are_cut_and_the_operator_told():
    """I20."""
    found = read(categories=tuple(Category(term=str(n)) for n in range(10_000)))

    assert len(found.articles[0].tags) == caps.TAGS
    assert any("categories" in note for note in found.notes)


EARLY, LATE = "2026-01-01T10:00:00Z", "2026-01-02T10:00:00Z"
EARLY_TIME = datetime(2026, 1, 1, 10, tzinfo=UTC)
LATE_TIME = EARLY_TIME + timedelta(days=1)


@pytest.mark.parametrize(
    ("published", "updated", "dated", "changed"),
    [
        (EARLY, LATE, EARLY_TIME, LATE_TIME),
        (LATE, EARLY, LATE_TIME, LATE_TIME),
        (EARLY, None, EARLY_TIME, EARLY_TIME),
        (None, LATE, LATE_TIME, LATE_TIME),
        (EARLY, "2099-01-01T00:00:00Z", EARLY_TIME, EARLY_TIME),
        ("2099-01-01T00:00:00Z", None, None, NOW),
        ("2026-03-01T12:00:01Z", None, None, NOW),
        ("yesterday", None, None, NOW),
        ("1970-01-01T00:00:00Z", None, None, NOW),
        ("0026-06-01T10:00:00Z", None, None, NOW),
        ("1989-12-31T23:59:59Z", LATE, LATE_TIME, LATE_TIME),
        (None, None, None, NOW),
    ],
)
def test_dates_are_believed_unless_unknown_or_in_the_future(
    published, updated, dated, changed
):
    """I18."""
    made = article(published=published, updated=updated)

    assert made.dated == dated
    assert made.published == (dated or NOW)
    assert made.updated == changed
    assert made.first_seen == made.listed_at == NOW


def test_dates_that_are_not_trusted_are_unknown():
    source = Source(id="s", url=SOURCE.url, trust=Trust(dates=False))

    made = article(source, published=EARLY, updated=LATE)

    assert (made.dated, made.published, made.updated) == (None, NOW, NOW)


def test_a_date_without_zone_is_read_in_the_sources_zone():
    source = Source(id="s", url=SOURCE.url, timezone="Asia/Tehran")

    made = article(source, published="2026-01-01T10:00:00")

    assert made.dated == datetime(2026, 1, 1, 6, 30, tzinfo=UTC)
