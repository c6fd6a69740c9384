import pytest

from aggregator.web.negotiation import accepts_gzip, representation

ALL = ("atom", "rss", "json")

# As sent on the wire; versions cut out.
READERS = {
    "NetNewsWire": ("", "atom"),
    "curl": ("*/*", "atom"),
    "feedparser": (
        (
            "application/atom+xml,application/rdf+xml,application/rss+xml,"
            "application/x-netcdf,application/xml;q=0.9,text/xml;q=0.2,*/*;q=0.1"
        ),
        "atom",
    ),
    "Miniflux": (
        (
            "application/xml, application/atom+xml, application/rss+xml, "
            "application/rdf+xml, application/feed+json, text/html, */*;q=0.9"
        ),
        "atom",
    ),
    "FreshRSS": (
        (
            "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
            "application/xml;q=0.8, text/xml;q=0.8, text/html;q=0.7, "
            "unknown/unknown;q=0.1, application/unknown;q=0.1, */*;q=0.1"
        ),
        "atom",
    ),
    "CommaFeed": (
        (
            "application/rss+xml, application/rdf+xml;q=0.8, "
            "application/atom+xml;q=0.6, application/xml;q=0.4, text/xml;q=0.4"
        ),
        "rss",
    ),
    "Akregator": ("text/html, application/rss+xml;q=1.0, */*;q=0.5", "rss"),
    "a JSON Feed reader": ("application/feed+json, application/json;q=0.9", "json"),
    "a reader of XML": ("text/xml, application/xml", "atom"),
    "Thunderbird": (
        (
            "application/rss+xml,application/rdf+xml,application/atom+xml,"
            "application/xml;q=0.9,text/xml;q=0.8,*/*;q=0.7"
        ),
        "atom",
    ),
}
BROWSERS = {
    "Chromium": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
        "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
    ),
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Lynx": "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01",
    "w3m": "text/html, text/*;q=0.5, image/*, application/*, */*",
    "a crawler": "text/html",
    "Dillo": "text/*,image/*,*/*;q=0.2",
}


@pytest.mark.parametrize(("accept", "wanted"), READERS.values(), ids=READERS)
def test_a_feed_reader_gets_a_feed_and_the_one_it_asks_for(accept, wanted):
    """O8: feed readers' Accept always gets a feed."""
    assert representation(accept, ALL) == wanted


@pytest.mark.parametrize("accept", BROWSERS.values(), ids=BROWSERS)
def test_a_browser_gets_the_page(accept):
    """O8: a person who opens a feed's address gets a readable page."""
    assert representation(accept, ALL) == "html"


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        (None, "atom"),
        ("image/png", "atom"),
        ("text/html;q=0, */*", "atom"),
        ("application/atom+xml;q=0, */*", "rss"),
        ("application/rss+xml;q=0.5, application/atom+xml;q=0.4", "rss"),
        ("APPLICATION/RSS+XML", "rss"),
        ("text/xml, application/rss+xml", "rss"),
        ("text/html;level=1;q=0.3, application/feed+json;q=0.2", "html"),
        ("application/rss+xml;q=nonsense", "rss"),
        (";;;,,,q=1", "atom"),
        ("text/html;q=0", "atom"),
        ("application/feed+json;q=0, image/png", "atom"),
        ("text/html;q=0, text/*", "atom"),
        ("text/*", "html"),
        ("text/html;q=0.5, application/*", "atom"),
        ("application/rss+xml, application/*;q=0.9", "rss"),
        ("application/atom+xml;q=0, application/*", "rss"),
        ("text/xml, text/*", "atom"),
    ],
)
def test_qualities_and_nonsense_are_read_as_the_rfc_says(accept, wanted):
    assert representation(accept, ALL) == wanted


def test_a_format_that_is_not_offered_is_never_chosen():
    assert representation("application/rss+xml", ("json",)) == "json"
    assert representation("*/*", ("rss", "json")) == "rss"


@pytest.mark.parametrize(
    ("accept_encoding", "yes"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("x-gzip", True),
        ("*", True),
        ("gzip;q=0", False),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("br", False),
    ],
)
def test_gzip_is_sent_only_to_who_takes_it(accept_encoding, yes):
    assert accepts_gzip(accept_encoding) is yes
