"""One conditional GET, as the publisher sees it."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from origin import Origin

from aggregator.errors import FetchError
from aggregator.fetching import connections
from aggregator.model import FetchRequest, NotModified, Validators

FEED = b"<rss version='2.0'/>"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_a_fetch_is_one_get_of_the_configured_path(origin, fetch):
    """P1: exactly one GET of exactly the configured path."""
    origin.answers("/feed", FEED)

    fetched = fetch(origin.url("/feed"))

    assert (fetched.body, fetched.status, fetched.wire_bytes) == (FEED, 200, len(FEED))
    assert [heard.line for heard in origin.heard] == [b"GET /feed HTTP/1.1"]


def test_we_say_who_we_are_and_what_we_read(origin, fetch):
    """P18: name/version and contact; Accept lists feed types; gzip."""
    origin.answers("/feed", FEED)

    fetch(origin.url("/feed"))

    (heard,) = origin.heard
    assert heard.header("user-agent").startswith(b"MediaWire/")
    assert heard.header("user-agent").endswith(b" (+https://desk.example/about)")
    assert heard.header("accept").startswith(b"application/atom+xml, application/rss")
    assert heard.header("accept-encoding") == b"gzip"


def test_nothing_is_sent_that_nobody_configured(origin, fetch):
    """P19: no Cookie, no Referer, no Authorization, no fragment, query unchanged."""
    path = "/feed?b=%7e&a=%zz|%2F&c=+"
    origin.answers("/feed", status=302, headers=[("Set-Cookie", "a=b; Path=/")])
    origin.answers(
        path, FEED, headers=[("Set-Cookie", "a=b; Path=/"), ("Connection", "close")]
    )

    fetch(origin.url(path + "#fragment"))
    fetch(origin.url(path))

    assert [heard.path for heard in origin.heard] == [path, path]
    for heard in origin.heard:
        assert not any(map(heard.header, ("cookie", "referer", "authorization")))


def test_a_document_comes_with_what_its_answer_said(origin, fetch):
    origin.answers(
        "/feed",
        FEED,
        headers=[
            ("ETag", '"1"'),
            ("Last-Modified", "then"),
            ("Cache-Control", "max-age=7200"),
            ("Content-Type", "application/rss+xml; charset=utf-8"),
        ],
    )

    fetched = fetch(origin.url("/feed"))

    assert fetched.url == origin.url("/feed")
    assert fetched.validators == Validators(etag=b'"1"', last_modified=b"then")
    assert fetched.advice.max_age == timedelta(hours=2)
    assert fetched.content_type == "application/rss+xml; charset=utf-8"
    assert fetched.moved_to is None


@pytest.mark.parametrize(
    "etag",
    [
        b'"1"',
        b'W/"1"',
        b"1",
        b'""',
        b'"a b"',
        b'"a;b"',
        b'"\xe9"',
        "\N{SNOWMAN}".encode(),
    ],
)
def test_validators_go_back_as_they_came(origin, fetch, etag):
    """P2: the next request returns each value byte for byte."""
    date = b"Mon, 01-Jan-26 00:00:00 GMT"
    origin.answers("/feed", FEED, headers=[("ETag", etag), ("Last-Modified", date)])
    origin.answers("/feed", status=304)
    first = fetch(origin.url("/feed"))

    second = fetch(origin.url("/feed"), validators=first.validators)

    assert second == NotModified(url=first.url, validators=first.validators)
    assert origin.heard[1].header("if-none-match") == etag
    assert origin.heard[1].header("if-modified-since") == date
    assert origin.connections == 1


def test_a_new_etag_beside_an_old_date_is_kept(origin, fetch):
    """P3: 200 with same Last-Modified, new ETag."""
    origin.answers("/feed", FEED, headers=[("ETag", '"2"'), ("Last-Modified", "then")])
    held = Validators(etag=b'"1"', last_modified=b"then")

    fetched = fetch(origin.url("/feed"), validators=held)

    assert fetched.validators == Validators(etag=b'"2"', last_modified=b"then")


def test_a_304_carries_new_validators_and_advice(origin, fetch):
    """P5, P10: a 304 with a new ETag and a max-age."""
    origin.answers(
        "/feed", status=304, headers=[("ETag", '"2"'), ("Cache-Control", "max-age=60")]
    )
    held = Validators(etag=b'"1"', last_modified=b"then")

    answer = fetch(origin.url("/feed"), validators=held)

    assert answer.validators == Validators(etag=b'"2"', last_modified=b"then")
    assert answer.advice.max_age == timedelta(minutes=1)


@pytest.mark.parametrize("header", [(), (("Link", "</closed>; rel=close"),)])
def test_a_304_leaves_its_connection_open_for_the_next(origin, fetch, header):
    origin.answers("/feed", status=304, headers=header)

    for _ in range(3):
        fetch(origin.url("/feed"), validators=Validators(etag=b'"1"'))

    assert (len(origin.heard), origin.connections) == (3, 1)


@pytest.mark.parametrize(
    "steps",
    [
        [b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n'],
        [b"HTTP/1.1 304 Not Modified\r\nETa", 0.01, b'g: "2"\r\n\r\n'],
        [
            b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\nHTTP/1.1 200 OK\r\nETag: "3"\r\n\r\nstray'
        ],
        [b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nConnection: close\r\n\r\n'],
        [b'HTTP/1.1 304 Not Modified\nETag: "2"\n\n'],
        [b'HTTP/1.1 304 Not Modified\r\nX: 1\nETag: "2"\r\n\r\n'],
        [b'HTTP/1.0 304 Not Modified\r\nETag: "2"\r\n\r\n'],
        [b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 304 Fine\r\nETag: "2"\r\n\r\n'],
        [b'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\nETag: "2"\r\n\r\n'],
    ],
)
def test_a_304_in_any_form_is_read_and_leaves_the_next_answer_alone(
    origin, fetch, steps
):
    origin.sends("/feed", *steps, keep_alive=True)
    origin.answers("/other", FEED)

    answer = fetch(origin.url("/feed"), validators=Validators(etag=b'"1"'))
    fetched = fetch(origin.url("/other"))

    assert answer.validators == Validators(etag=b'"2"')
    assert fetched.body == FEED


@pytest.mark.parametrize(
    "announced", [b"Transfer-Encoding: chunked", b"Content-Length: 9"]
)
@pytest.mark.parametrize("pause", [None, 0.01])
def test_a_304_that_announces_a_body_ends_at_its_head_all_the_same(
    origin, make_fetcher, announced, pause
):
    """N8, RFC 9112 section 6.3: a worker waited for it until the deadline."""
    fetcher = make_fetcher(timeout=timedelta(seconds=20))
    begin = [b"HTTP/1.1 304 Not Modified\r\n", *([pause] if pause else [])]
    origin.sends("/feed", *begin, announced + b"\r\n\r\n", keep_alive=True)
    origin.answers("/other", FEED)

    began = monotonic()
    request = FetchRequest(
        source_id="s", url=origin.url("/feed"), validators=Validators(etag=b'"1"')
    )
    answer = fetcher.fetch(request, now=NOW)
    took = monotonic() - began
    other = FetchRequest(source_id="s", url=origin.url("/other"))
    fetched = fetcher.fetch(other, now=NOW)

    assert answer.validators == Validators(etag=b'"1"')
    assert fetched.body == FEED
    assert (took < 10, origin.connections) == (True, 2)


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1 304 Bye\r\nConnection: Close",
        b"HTTP/1.1 304 Bye\r\nX: 1\r\nconnection:\tkeep-alive, close",
        b"HTTP/1.0 304 Bye",
    ],
)
def test_a_304_may_end_its_connection(origin, fetch, line):
    """RFC 9112 section 9.6: nothing more is asked on a connection that is to close."""
    origin.sends("/feed", line + b"\r\n\r\n", keep_alive=True)

    for _ in range(2):
        fetch(origin.url("/feed"), validators=Validators(etag=b'"1"'))

    assert origin.connections == 2


def test_a_304_that_breaks_off_is_no_304(origin, fetch):
    origin.sends("/feed", b'HTTP/1.1 304 Not Modified\r\nETag: "1')

    with pytest.raises(FetchError) as failure:
        fetch(origin.url("/feed"), validators=Validators(etag=b'"1"'))

    assert failure.value.problem == "reset"


def test_a_304_to_a_plain_request_is_no_document(origin, fetch):
    origin.answers("/feed", status=304)

    with pytest.raises(FetchError, match="answered 304 Not Modified") as failure:
        fetch(origin.url("/feed"))

    assert failure.value.problem == "status"


@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (202, "status"),
        (204, "empty"),
        (205, "empty"),
        (206, "status"),
        (300, "status"),
        (401, "status"),
        (404, "status"),
        (410, "gone"),
        (429, "throttled"),
        (500, "status"),
        (503, "throttled"),
    ],
)
def test_a_status_that_is_no_document_is_a_sentence(origin, fetch, status, problem):
    """P7, P12: its validators go nowhere, its advice is kept."""
    origin.answers(
        "/feed", b"", status=status, headers=[("ETag", '"1"'), ("Retry-After", "120")]
    )

    with pytest.raises(FetchError, match=f"/feed: answered {status} ") as failure:
        fetch(origin.url("/feed?token=SECRETTOK"))

    assert (failure.value.problem, failure.value.status) == (problem, status)
    assert failure.value.advice.retry_after == timedelta(minutes=2)
    assert "SECRETTOK" not in str(failure.value)


def test_a_sources_own_headers_and_credentials_are_sent(origin, fetch):
    origin.answers("/feed", FEED)

    fetch(
        origin.url("/feed"),
        headers=(("X-Api-Key", "k\N{SNOWMAN}"), ("accept", "text/xml"), ("Host", "x")),
        auth=("ed", "pass:word"),
    )

    (heard,) = origin.heard
    assert heard.header("x-api-key") == "k\N{SNOWMAN}".encode()
    assert heard.header("accept") == b"text/xml"
    assert heard.raw.lower().count(b"\r\naccept:") == 1
    assert heard.header("host") == b"127.0.0.1:%d" % origin.port
    assert heard.header("authorization") == b"Basic ZWQ6cGFzczp3b3Jk"


def test_credentials_in_the_url_are_sent_as_such_and_shown_nowhere(origin, fetch):
    origin.answers("/feed", FEED)
    url = origin.url("/feed").replace("//", "//ed:pass%3Aword@")

    fetched = fetch(url)

    assert origin.heard[0].header("authorization") == b"Basic ZWQ6cGFzczp3b3Jk"
    assert fetched.url == origin.url("/feed")


def test_the_environment_has_no_say(origin, fetch, monkeypatch, tmp_path):
    """N13: netrc and proxy variables are ignored."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ed password SECRETPW\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    origin.answers("/feed", FEED)

    fetch(origin.url("/feed"))

    assert origin.heard[0].line == b"GET /feed HTTP/1.1"
    assert origin.heard[0].header("authorization") is None


def test_informational_answers_are_skipped_with_what_they_say(origin, fetch):
    origin.sends(
        "/feed",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b'HTTP/1.1 103 Early Hints\r\nETag: "early"\r\nLink: </x>\r\n\r\n',
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + FEED,
    )

    fetched = fetch(origin.url("/feed"))

    assert fetched.body == FEED
    assert fetched.validators == Validators()


def test_a_kept_connection_that_the_server_closed_is_opened_again(origin, fetch):
    """A race between their idle timeout and our next request is no failure of theirs."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n"
    origin.sends("/first", head + FEED, keep_alive=True)
    origin.sends("/second")
    origin.sends("/second", head + FEED)

    fetch(origin.url("/first"))
    fetched = fetch(origin.url("/second"))

    assert fetched.body == FEED
    assert [heard.path for heard in origin.heard] == ["/first", "/second", "/second"]


def test_a_connection_that_rested_for_long_is_not_used_again(
    origin, fetch, monkeypatch
):
    """A network between forgets it without a word: what is sent on it is lost."""
    origin.answers("/feed", FEED)
    fetch(origin.url("/feed"))
    an_hour_later = monotonic() + 3600

    monkeypatch.setattr(connections, "monotonic", lambda: an_hour_later)
    fetch(origin.url("/feed"))
    fetch(origin.url("/feed"))

    assert (len(origin.heard), origin.connections) == (3, 2)


def test_chunks_that_are_announced_twice_are_read_once(origin, fetch):
    """A server and the proxy before it may both say so; browsers read it."""
    twice = b"Transfer-Encoding: chunked\r\ntransfer-encoding: Chunked\r\n"
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(FEED), FEED)
    origin.sends(
        "/feed", b"HTTP/1.1 200 OK\r\n" + twice + b"\r\n" + chunks, keep_alive=True
    )

    assert [fetch(origin.url("/feed")).body for _ in range(2)] == [FEED, FEED]
    assert origin.connections == 1


def test_a_fresh_connection_that_is_closed_is_not_tried_twice(origin, fetch):
    """P1: no second GET."""
    origin.sends("/feed")

    with pytest.raises(FetchError, match="closed the connection without an answer"):
        fetch(origin.url("/feed"))

    assert len(origin.heard) == 1


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_gzip_is_undone(origin, fetch, coding):
    """P18: Accept-Encoding includes gzip."""
    packed = gzip.compress(FEED)
    origin.answers("/feed", packed, headers=[("Content-Encoding", coding)])

    fetched = fetch(origin.url("/feed"))

    assert (fetched.body, fetched.wire_bytes) == (FEED, len(packed))


@pytest.mark.parametrize("size", [(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20])
def test_what_packs_well_comes_out_whole(origin, make_fetcher, size):
    """A few kB, all here with the first bytes, that decode to much more than is taken
    at a time."""
    body = b"x" * size
    origin.answers("/feed", gzip.compress(body), headers=[("Content-Encoding", "gzip")])

    fetcher = make_fetcher(max_body=10 << 20)
    asked = FetchRequest(source_id="s", url=origin.url("/feed"))

    assert fetcher.fetch(asked, now=NOW).body == body


@pytest.mark.parametrize("url", ["ftp://a.example/", "gopher://a/", "a.example", ""])
def test_only_web_and_file_addresses_are_fetched(fetch, url):
    with pytest.raises(FetchError, match="no scheme that can be fetched") as failure:
        fetch(url)

    assert failure.value.problem == "blocked"


def test_many_threads_share_one_fetcher(origin, fetch):
    for number in range(64):
        origin.answers(f"/{number}", b"%d" % number)

    with ThreadPoolExecutor(64) as threads:
        answers = threads.map(lambda n: fetch(origin.url(f"/{n}")), range(64))

    assert [a.body for a in answers] == [b"%d" % number for number in range(64)]


def test_more_hosts_than_connections_are_kept_to_are_asked_again_and_again(
    make_fetcher,
):
    """Connections to a host are let go when too many others were asked since."""
    fetcher = make_fetcher(workers=1)
    with ExitStack() as open_:
        origins = [
            open_.enter_context(Origin(host=f"127.0.0.{number}"))
            for number in range(2, 7)
        ]
        for one in origins:
            one.answers("/feed", b"<rss/>")

        for _ in range(3):
            for one in origins:
                request = FetchRequest(source_id="s", url=one.url())
                assert fetcher.fetch(request, now=NOW).body == b"<rss/>"

        assert [len(one.heard) for one in origins] == [3] * 5
