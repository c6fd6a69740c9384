"""Whatever a source says: normalise never raises, and nothing harmful gets through."""

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from aggregator.model import Article, Source, Trust
from aggregator.reading import normalise
from aggregator.reading.parsed import (
    Category,
    Entry,
    Feed,
    Link,
    Origin,
    Picture,
    Text,
)
from aggregator.text import markup

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

NASTY = st.sampled_from(
    [
        "javascript:alert(1)",
        "JaVa\tScript:alert(1)",
        "data:text/html,x",
        "http://[::1",
        "//x.example/y",
        "https://user:pw@x.example/?token=1",
        "http://x.example/" + "a" * 9000,
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&#xD800;&#0;&#11;&#x110000;",
        "\ud800\x00\x0b\ufffe",
        "\u202eabc\u2066",
        "ann@x.example (Ann)",
        "a@" * 200,
        "2026-01-01T10:00:00Z",
        "9999-12-31T23:59:59Z",
        "Thu, 01 Jan 2026 10:00:00 EST",
        "#",
        "",
        " ",
    ]
)
ANY = NASTY | st.text(
    st.characters(exclude_categories=()) | st.sampled_from("<>&;:/?#@ '\"\u200c"),
    max_size=40,
)
MAYBE = st.none() | ANY
BASES = st.none() | st.just("https://base.example/x/")
TYPES = st.sampled_from(["text/plain", "text/html", "application/xhtml+xml"])
TEXTS = st.builds(
    Text, value=ANY, type=TYPES, base=BASES, language=MAYBE, repaired=st.booleans()
)
LINKS = st.builds(
    Link,
    href=ANY,
    rel=st.sampled_from(["alternate", "enclosure", "self"]),
    type=MAYBE,
    length=MAYBE,
    title=MAYBE,
)
PICTURES = st.builds(
    Picture, url=ANY, type=MAYBE, width=MAYBE, height=MAYBE, alt=MAYBE, credit=MAYBE
)


def several(values):
    return st.lists(values, max_size=3).map(tuple)


ENTRIES = st.builds(
    Entry,
    guid=MAYBE,
    guid_is_permalink=st.booleans(),
    link=MAYBE,
    links=several(LINKS),
    title=st.none() | TEXTS,
    summary=st.none() | TEXTS,
    contents=several(TEXTS),
    authors=several(ANY),
    categories=several(
        st.builds(Category, term=ANY, scheme=MAYBE, label=MAYBE),
    ),
    published=MAYBE,
    updated=MAYBE,
    pictures=several(PICTURES),
    origin=st.none()
    | st.builds(
        Origin,
        title=MAYBE,
        feed_url=MAYBE,
        site_url=MAYBE,
        id=MAYBE,
        rights=MAYBE,
        author=MAYBE,
    ),
    rights=MAYBE,
    license=MAYBE,
    language=MAYBE,
    base=BASES,
)
FEEDS = st.builds(
    Feed,
    version=st.sampled_from(["", "rss20", "atom10", "json11"]),
    title=st.none() | TEXTS,
    site=MAYBE,
    links=several(LINKS),
    feed_id=MAYBE,
    author=MAYBE,
    rights=MAYBE,
    license=MAYBE,
    language=MAYBE,
    image=MAYBE,
    base=BASES,
    entries=several(ENTRIES),
)
SOURCES = st.builds(
    Source,
    id=st.just("harbour"),
    url=st.sampled_from(
        ["https://u:SECRET@s.example/f?token=SECRET", "file:///srv/a.xml"]
    ),
    timezone=st.sampled_from([None, "Asia/Tehran"]),
    language=st.sampled_from([None, "fa"]),
    trust=st.builds(
        Trust, ids=st.booleans(), dates=st.booleans(), authors=st.booleans()
    ),
)


def strings(value):
    """Yield every text in a value, with the name of the field it stands in."""
    if isinstance(value, Struct):
        for field in value.__struct_fields__:
            for name, text in strings(getattr(value, field)):
                yield name or field, text
    elif isinstance(value, tuple):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield "", value


@settings(deadline=None)
@given(FEEDS, SOURCES)
def test_every_entry_becomes_an_article_or_a_reason_and_nothing_raises(feed, source):
    """I4, I7, I17."""
    found = normalise.articles(feed, source, url=source.url, now=NOW)

    assert len(found.articles) == len(feed.entries)
    for article in found.articles:
        if isinstance(article, Article):
            check(article)
    for name, text in strings(found.feed):
        assert not ILLEGAL.search(text), name


def check(article):
    for name, text in strings(article):
        assert not ILLEGAL.search(text), name
        if name in {"url", "feed_url", "site_url", "license"}:
            assert text.startswith(("http://", "https://")), name
            assert len(text) <= 4096
        if name not in {"source_body", "body"}:
            assert "SECRET" not in text, name
    assert "SECRET" not in article.body
    assert article.text_sha256 == markup.text_sha256(article.body)
    assert article.title.strip()
    assert article.title == " ".join(article.title.split())
    assert article.keys
    assert article.published <= NOW
    assert article.published <= article.updated <= NOW
    assert article.dated in {None, article.published}
    assert article.enclosures == tuple(dict.fromkeys(article.enclosures))


@settings(deadline=None)
@given(FEEDS)
def test_the_same_document_gives_the_same_articles(feed):
    """I21: equal after a restart."""
    source = Source(id="harbour", url="https://s.example/f")

    one = normalise.articles(feed, source, url=source.url, now=NOW)
    two = normalise.articles(feed, source, url=source.url, now=NOW)

    assert one == two
