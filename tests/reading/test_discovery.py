"""Which feeds a page names as its own."""

import pytest

from aggregator.reading.discovery import FeedLink, feed_links, likely_feeds

AT = "https://a.example/news/today"


def found(head):
    page = f"<!doctype html><html><head>{head}</head><body></body></html>"
    return [link.url for link in feed_links(page.encode(), url=AT)]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("<link rel=alternate type=application/rss+xml href=/rss>", "https://a.example/rss"),
        ('<LINK REL="ALTERNATE home" TYPE="application/atom+xml;charset=x" HREF="x">', "https://a.example/news/x"),
        ('<link rel="alternate" type="application/feed+json" href="//b.example/f">', "https://b.example/f"),
        ('<link rel="feed" href="?feed=1">', "https://a.example/news/today?feed=1"),
        ("</head><body><a rel=alternate type=application/rss+xml href=/r>RSS</a>", "https://a.example/r"),
        ('<base href="/deep/"><link rel=alternate type=text/xml href=f>', "https://a.example/deep/f"),
    ],
)  # fmt: skip
def test_a_feed_that_is_marked_as_one_is_found(link, url):
    assert found(link) == [url]


@pytest.mark.parametrize(
    "link",
    [
        '<link rel="alternate" hreflang="fr" href="/fr">',
        '<link rel="alternate" type="application/json+oembed" href="/o">',
        '<link rel="alternate" type="application/json" href="/wp-json/">',
        '<link rel="alternate stylesheet" type="text/xml" href="/s">',
        '<link rel="alternate" type="application/rss+xml" href="javascript:x()">',
        '<link rel="alternate" type="application/rss+xml">',
        '<!-- <link rel="alternate" type="application/rss+xml" href="/old"> -->',
    ],
)
def test_what_is_no_feed_of_the_web_is_not(link):
    assert found(link) == []


def test_feeds_keep_the_order_of_the_page_with_comments_last_and_each_once():
    rss = '<link rel=alternate type=application/rss+xml title="{}" href={}>'
    head = "".join(
        rss.format(*each)
        for each in (("Comments", "c"), ("All", "a"), ("Sport", "b"), ("All", "a"))
    )

    links = feed_links(head.encode(), url=AT)

    assert links == (
        FeedLink(url="https://a.example/news/a", title="All"),
        FeedLink(url="https://a.example/news/b", title="Sport"),
        FeedLink(url="https://a.example/news/c", title="Comments"),
    )


def test_links_of_the_site_itself_that_speak_of_a_feed_are_likely_ones():
    page = "".join(
        f"<a href={address}>x</a>"
        for address in (
            "/feedback",
            "/rss/comments.xml",
            "https://rss.a.example/world",
            "/newsfeeder#rss",
            "https://other.example/rss",
            "/?feed=rss2",
            "javascript:rss()",
            "//www.a.example/feeds/all.xml",
            "/?feed=rss2#top",
        )
    )

    assert likely_feeds(page.encode(), url=AT) == (
        "https://rss.a.example/world",
        "https://a.example/?feed=rss2",
        "https://www.a.example/feeds/all.xml",
        "https://a.example/rss/comments.xml",
    )


@pytest.mark.parametrize("page", [b"", b" ", b"\0", b"<", b"\xff\xfe<link>"])
def test_a_page_that_is_none_names_none(page):
    assert feed_links(page, url=AT) == likely_feeds(page, url=AT) == ()
