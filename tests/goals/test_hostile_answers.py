"""Answers that are no feed, or half of one: what is stored stays, and status says why."""

import gzip

import pytest
from newsdesk import DAY, HOUR, MINUTE, conditional, rss

NO_FEEDS = {
    "html": (b"<!doctype html><html><title>Home</title><p>Welcome", "html-page"),
    "empty": (b"", "empty"),
    "blanks": (b" \n\t \r\n", "empty"),
    "json": (b'{"error": "quota <b>exceeded</b>"}', "not-a-feed"),
    "gzip": (gzip.compress(b"<!doctype html><p>zipped page"), "html-page"),
    "rss": (b"<rss/>", "empty"),
    "captcha": (b"<!DOCTYPE html><title>Just a moment...</title><p>Wait", "captcha"),
}


@pytest.mark.parametrize("kind", NO_FEEDS)
def test_what_is_no_feed_leaves_everything_as_it_was(desk_of, origin, kind):
    """I15: entries and output untouched, status says what came, never retried faster."""
    body, problem = NO_FEEDS[kind]
    origin.answers("/feed", rss(2, 1))
    origin.answers("/feed", body)
    desk = desk_of("/feed")
    desk.poll()
    articles, outputs = desk.articles(), desk.outputs()

    desk.live(DAY)
    desk.wire.publish()

    status = desk.status("feed")
    assert (status["state"], status["problem"]) == ("failing", problem)
    if problem in {"html-page", "not-a-feed", "captcha"}:
        words = body if kind != "gzip" else gzip.decompress(body)
        assert words.decode()[:12] in status["error"]
    if problem == "captcha":
        assert "ask the publisher to let our User-Agent through" in status["error"]
    assert len(status["error"]) < 250
    assert desk.articles() == articles
    assert desk.outputs() == outputs
    assert min(desk.gaps("/feed")[1:]) >= 2 * HOUR


def test_a_feed_that_breaks_off_takes_nothing_and_is_asked_for_again(desk_of, origin):
    """P7, I15: a truncated document never shortens, drops or hides what comes later.

    It arrives without a length, so that nobody but the reader can see that it is cut.
    """
    first = rss(2, 1, body="<p>All the words of report {}.</p>")
    whole = rss(4, 3, 2, 1, body="<p>All the words of report {}, edited.</p>")
    head = b'HTTP/1.1 200 OK\r\nETag: "%b"\r\n\r\n'
    origin.sends("/feed", head % b"1" + first)
    origin.sends("/feed", head % b"2" + whole[: whole.index(b"report 3, ed")])
    origin.sends("/feed", head % b"2" + whole)
    origin.answers("/feed", status=304)
    desk = desk_of("/feed")
    desk.live(MINUTE)
    desk.live(HOUR + MINUTE)
    cut = desk.published()
    desk.live(HOUR + MINUTE)

    assert set(cut) == {"Report 1", "Report 2", "Report 4"}
    assert "All the words of report 1." in cut["Report 1"]["content_html"]
    asked = [heard.header("if-none-match") for _, heard in desk.heard]
    assert asked == [None, b'"1"', b'"1"']
    published = desk.published()
    assert set(published) == {"Report 1", "Report 2", "Report 3", "Report 4"}
    assert all("edited" in item["content_html"] for item in published.values())


def test_a_feed_that_always_breaks_off_is_asked_conditionally_all_the_same(
    desk_of, origin
):
    """P8: the same bytes again are all there is: one more full answer, then 304."""
    body = rss(2, 1).removesuffix(b"</channel></rss>") + b"<item><title>half"
    origin.sends("/feed", b'HTTP/1.1 200 OK\r\nETag: "1"\r\n\r\n' + body)
    desk = desk_of("/feed")
    desk.live(5 * HOUR)

    assert [conditional(heard) for _, heard in desk.heard] == [False] * 2 + [True] * 3


ENCODINGS = [
    ("utf-8", None, "utf-8"),
    ("utf-8", "text/xml; charset=iso-8859-1", "iso-8859-1"),
    ("utf-8", "text/xml", None),
    ("utf-8-sig", "text/xml; charset=latin1", "ascii"),
    ("utf-16", None, "utf-16"),
    ("utf-16-le", None, "utf-16"),
    ("utf-16-be", "application/xml; charset=utf-8", None),
    ("utf-32", None, None),
    ("utf-32-be", None, "utf-32"),
    ("cp1251", None, "windows-1251"),
    ("cp1251", "text/xml; charset=windows-1251", "utf-8"),
    ("koi8-r", 'text/xml; charset="KOI8-R"', None),
    ("utf-8", "text/xml; charset=punycode", "punycode"),
    ("utf-8", "text/xml; charset=utf\x00-8", "x-unheard-of"),
]


def test_text_comes_through_whatever_it_is_said_to_be(desk_of, origin):
    """I19: header, declaration and bytes disagree: 14 of 14 right, no exception."""
    text = "Москва говорит: report {}"
    paths = [f"/e{number:02}" for number in range(len(ENCODINGS))]
    for path, (encoding, header, declared) in zip(paths, ENCODINGS, strict=True):
        document = rss(path[1:], title=text).decode()
        if declared:
            document = f"<?xml version='1.0' encoding='{declared}'?>{document}"
        headers = [("Content-Type", header)] if header else []
        origin.answers(path, document.encode(encoding), headers=headers)
    desk = desk_of(*paths)

    desk.poll()

    assert sorted(desk.articles()) == [text.format(path[1:]) for path in paths]
