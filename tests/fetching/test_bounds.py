"""Hostile servers: nothing lasts longer, grows larger or stays open than it may."""

import gzip
import itertools
import os
import socket
import ssl
import threading
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from origin import Origin

from aggregator.errors import FetchError
from aggregator.fetching import Fetcher
from aggregator.fetching.bodies import STEP
from aggregator.fetching.deadline import Deadline, Exchange, TimedTLSSocket, running
from aggregator.model import FetchLimits, FetchRequest

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
OK = b"HTTP/1.1 200 OK\r\n"
LIMITS = FetchLimits(
    allow_private=("127.0.0.0/8",),
    timeout=timedelta(seconds=0.3),
    max_body=1_000_000,
)


def drip(start, piece, every=0.02):
    """Yield the start, then a piece again and again, slowly and for ever."""
    yield start
    for _ in itertools.count():
        yield piece
        yield every


SLOW = {
    "body": lambda: drip(OK + b"Content-Length: 99999\r\n\r\n", b"x"),
    "chunks": lambda: drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    # Empty stored blocks, which add nothing and do not end.
    "gzip body": lambda: drip(
        OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08" + bytes(6) + b"\xff",
        b"\x00\x00\x00\xff\xff",
    ),
    "headers": lambda: drip(OK, b"X: y\r\n"),
    "one header": lambda: drip(OK + b"X: ", b"y"),
    "status line": lambda: drip(b"HTTP/1.1 ", b"2"),
    "100 Continue": lambda: drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "103 Early Hints": lambda: drip(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "silence": lambda: [3600.0],
    "silence in the body": lambda: [OK + b"Content-Length: 9\r\n\r\nx", 3600.0],
}


def open_files():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.parametrize("slow", SLOW)
def test_a_slow_server_ends_at_the_deadline_and_leaves_nothing(slow):
    """N8: drip, endless 100 Continue, accept and silence; counts return."""
    before = open_files(), threading.active_count()
    fetcher = Fetcher(LIMITS, contact="x")

    with Origin() as origin:
        origin.streams("/feed", SLOW[slow]())
        with pytest.raises(FetchError, match="within the time allowed") as failure:
            fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)

    assert failure.value.problem == "timeout"
    # The fetcher is not closed: a broken connection must not wait for that.
    assert (open_files(), threading.active_count()) == before


def test_silence_on_a_connection_kept_alive_ends_at_the_deadline(origin):
    """N8: a request that may be sent once more is not sent for ever."""
    fetcher = Fetcher(LIMITS, contact="x")
    origin.answers("/good", b"<rss/>")
    origin.sends("/silent", 60.0)
    for path in ("/good", "/good"):
        fetcher.fetch(FetchRequest(source_id="s", url=origin.url(path)), now=NOW)

    with pytest.raises(FetchError) as failure:
        fetcher.fetch(FetchRequest(source_id="s", url=origin.url("/silent")), now=NOW)

    assert failure.value.problem == "timeout"
    fetcher.close()


def test_a_server_that_never_shakes_hands_ends_at_the_deadline():
    """N8: TLS hello never answered."""
    before = open_files()
    fetcher = Fetcher(LIMITS, contact="x")

    with Origin() as origin:
        origin.silence()
        url = origin.url().replace("http:", "https:")
        with pytest.raises(FetchError) as failure:
            fetcher.fetch(FetchRequest(source_id="s", url=url), now=NOW)

    assert failure.value.problem == "timeout"
    assert open_files() == before


def test_a_handshake_waits_only_for_what_is_left():
    """N8: however long the connection itself took."""
    context = ssl.create_default_context()
    context.sslsocket_class = TimedTLSSocket
    ours, theirs = socket.socketpair()
    with (
        theirs,
        context.wrap_socket(
            ours, server_hostname="a.example", do_handshake_on_connect=False
        ) as sock,
    ):
        sock.settimeout(60)
        token = running.set(Exchange(deadline=Deadline(timedelta(0)), path="/"))
        with pytest.raises(TimeoutError, match="deadline"):
            sock.do_handshake()
        running.reset(token)


def test_a_resolver_that_never_answers_ends_at_the_deadline():
    """N8: the wait for a name is part of the fetch."""
    done = threading.Event()
    fetcher = Fetcher(LIMITS, contact="x", resolver=lambda *_: done.wait(60) and ())

    with pytest.raises(FetchError) as failure:
        fetcher.fetch(FetchRequest(source_id="s", url="http://a.example/"), now=NOW)
    done.set()

    assert failure.value.problem == "timeout"


def test_redirects_share_one_deadline(origin, make_fetcher):
    fetcher = make_fetcher(timeout=timedelta(seconds=0.3))
    for number in range(5):
        hop = b"HTTP/1.1 302 Found\r\nLocation: /%d\r\n\r\n" % (number + 1)
        origin.sends(f"/{number}", 0.1, hop)

    with pytest.raises(FetchError) as failure:
        fetcher.fetch(FetchRequest(source_id="s", url=origin.url("/0")), now=NOW)

    assert failure.value.problem == "timeout"
    assert len(origin.heard) < 5


BOMB = gzip.compress(bytes(50_000_000))
DEFLATED = zlib.compress(bytes(50_000_000))
TOO_LARGE = {
    "announced": [OK + b"Content-Length: 400000000\r\n\r\n"],
    "announced in more digits than a number has": [
        OK + b"Content-Length: " + b"9" * 4000 + b"\r\n\r\n" + b"x" * 1_000_001
    ],
    "not announced": [OK + b"\r\n", *[b"x" * 100_000] * 11],
    "chunked": [
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        *[b"186a0\r\n" + b"x" * 100_000 + b"\r\n"] * 11,
    ],
    "a gzip bomb": [OK + b"Content-Encoding: gzip\r\n\r\n" + BOMB],
    "a deflate bomb": [OK + b"Content-Encoding: deflate\r\n\r\n" + DEFLATED],
    "a bare deflate bomb": [
        OK + b"Content-Encoding: deflate\r\n\r\n" + DEFLATED[2:],
    ],
    "a bomb of many members": [
        OK + b"Content-Encoding: gzip\r\n\r\n",
        *[gzip.compress(bytes(100_000))] * 11,
    ],
    "gzip members without content": [
        OK + b"Content-Encoding: gzip\r\n\r\n",
        *[gzip.compress(b"", mtime=0) * 5_000] * 11,
    ],
}


@pytest.mark.parametrize("large", TOO_LARGE)
def test_a_body_stops_at_the_cap(origin, make_fetcher, large):
    """N9: stops at the cap; error says "too large"; memory stays flat."""
    fetcher = make_fetcher(max_body=1_000_000)
    origin.sends("/feed", *TOO_LARGE[large])

    tracemalloc.start()
    with pytest.raises(FetchError, match="too large") as failure:
        fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert failure.value.problem == "too-large"
    assert most < 10_000_000


def test_a_body_of_exactly_the_cap_passes(origin, make_fetcher):
    fetcher = make_fetcher(max_body=1_000)
    origin.answers("/feed", b"x" * 1_000)

    fetched = fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)

    assert len(fetched.body) == 1_000


@pytest.mark.parametrize(
    "coding",
    [
        "br",
        "zstd",
        "compress",
        "gzip, gzip",
        ", ".join(["gzip"] * 8),
        "x" * 99,
    ],
)
def test_a_coding_we_do_not_read_is_refused(origin, fetch, coding):
    """N9: br, zstd, 8 codings."""
    origin.answers("/feed", b"whatever", headers=[("Content-Encoding", coding)])

    with pytest.raises(FetchError, match="neither asked for nor read") as failure:
        fetch(origin.url())

    assert failure.value.problem == "encoding"


@pytest.mark.parametrize("coding", ["identity", "none", "UTF-8", ""])
def test_a_coding_that_means_none_is_none(origin, fetch, coding):
    origin.answers("/feed", b"<rss/>", headers=[("Content-Encoding", coding)])

    assert fetch(origin.url()).body == b"<rss/>"


def bare(body):
    """Return deflate without the header and checksum of zlib."""
    return zlib.compress(body, wbits=-15)


@pytest.mark.parametrize("coding", ["gzip, identity", "identity, gzip", "GZIP,"])
def test_a_coding_beside_none_is_that_coding(origin, fetch, coding):
    packed = gzip.compress(b"<rss/>")
    origin.answers("/feed", packed, headers=[("Content-Encoding", coding)])

    assert fetch(origin.url()).body == b"<rss/>"


@pytest.mark.parametrize("deflated", [zlib.compress, bare])
@pytest.mark.parametrize("body", [b"<rss/>", os.urandom(9_000), b""])
def test_deflate_is_read_with_its_header_or_without(origin, fetch, deflated, body):
    head = OK + b"Content-Encoding: deflate\r\n\r\n"
    sent = deflated(body)
    origin.sends("/feed", head, sent[:1], 0.01, sent[1:], 0.01, b"and more")

    assert fetch(origin.url()).body == body


@pytest.mark.parametrize("over", [-1, 0, 1, 64, 129])
@pytest.mark.parametrize("packed", [zlib.compress, bare, gzip.compress])
def test_what_ends_near_the_end_of_a_step_is_read_whole(
    origin, make_fetcher, packed, over
):
    """zlib had taken in the last byte before it had given out the last ones."""
    body = b" " * (STEP + over)
    coding = b"gzip" if packed is gzip.compress else b"deflate"
    origin.sends(
        "/feed", OK + b"Content-Encoding: " + coding + b"\r\n\r\n", packed(body)
    )

    fetcher = make_fetcher(max_body=2 * STEP)

    answer = fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)

    assert answer.body == body


PACKED = gzip.compress(os.urandom(3_000))
BROKEN = {
    "gzip cut off, close-delimited": (
        [OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:1_500]],
        "encoding",
    ),
    "gzip without its checksum": (
        [OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-4]],
        "encoding",
    ),
    "gzip with a wrong checksum": (
        [OK + b"Content-Encoding: gzip\r\n\r\n" + PACKED[:-8] + bytes(8)],
        "encoding",
    ),
    "gzip that is not": (
        [OK + b"Content-Encoding: gzip\r\n\r\n<rss/>"],
        "encoding",
    ),
    "gzip that is deflate": (
        [OK + b"Content-Encoding: gzip\r\n\r\n" + zlib.compress(b"<rss/>")],
        "encoding",
    ),
    "deflate that is not": (
        [OK + b"Content-Encoding: deflate\r\n\r\n<rss/>"],
        "encoding",
    ),
    "deflate cut off": (
        [OK + b"Content-Encoding: deflate\r\n\r\n" + bare(b"<rss/>")[:-1]],
        "encoding",
    ),
    "deflate of one byte": (
        [OK + b"Content-Encoding: deflate\r\n\r\n\x78"],
        "encoding",
    ),
    "deflate with a wrong checksum": (
        [OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"a")[:-1] + b"?"],
        "encoding",
    ),
    "less than announced": ([OK + b"Content-Length: 99\r\n\r\n<rss/>"], "reset"),
    "gzip, less than announced": (
        [OK + b"Content-Length: 9999\r\nContent-Encoding: gzip\r\n\r\n" + PACKED],
        "reset",
    ),
    "an announced length that cuts gzip": (
        [OK + b"Content-Length: 99\r\nContent-Encoding: gzip\r\n\r\n" + PACKED],
        "encoding",
    ),
    "chunks cut off": (
        [OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss/\r\n"],
        "reset",
    ),
    "chunks without a size": (
        [OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"],
        "reset",
    ),
    "two announced lengths": (
        [OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\n<rss/>"],
        "protocol",
    ),
    "a coded transfer": (
        [OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"],
        "protocol",
    ),
    "two transfer codings": (
        [
            OK + b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"0\r\n\r\n",
        ],
        "protocol",
    ),
    "headers cut off": ([OK + b'ETag: "abc'], "reset"),
    "headers cut off after a line": ([OK + b'ETag: "abc"\r\n'], "reset"),
    "101 headers": ([OK + b"X: y\r\n" * 101 + b"\r\n"], "protocol"),
    "a header of 70 KB": ([OK + b"X: " + b"y" * 70_000 + b"\r\n\r\n"], "protocol"),
    "headers of 5 MB": (
        [OK + (b"X: " + b"y" * 60_000 + b"\r\n") * 90 + b"\r\n"],
        "protocol",
    ),
    "another protocol": ([b"SSH-2.0-OpenSSH_9.2\r\n"], "protocol"),
    "a status that is none": ([b"HTTP/1.1 xyz\r\n\r\n"], "protocol"),
    "HTTP/2 unasked": ([b"HTTP/2 200\r\n\r\n"], "protocol"),
    "nothing": ([], "reset"),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_answer_is_a_sentence_and_leaves_nothing(broken):
    """N9: Content-Length lies up and down; half a document is no document."""
    before = open_files()
    steps, problem = BROKEN[broken]
    fetcher = Fetcher(LIMITS, contact="x")

    with Origin() as origin:
        origin.sends("/feed", *steps)
        with pytest.raises(FetchError) as failure:
            fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)
        fetcher.close()

    assert failure.value.problem == problem
    assert open_files() == before


@pytest.mark.parametrize(
    "tail", [b"", bytes(99), b"garbage", gzip.compress(b"<b/>", mtime=0)]
)
def test_gzip_ends_with_its_last_member(origin, fetch, tail):
    head = OK + b"Content-Encoding: gzip\r\n\r\n"
    origin.sends("/feed", head + gzip.compress(b"<a/>", mtime=0), 0.01, tail)

    assert fetch(origin.url()).body in {b"<a/>", b"<a/><b/>"}


@pytest.mark.parametrize("status", [200, 302, 404])
def test_closing_the_fetcher_closes_everything(status):
    """N8: socket counts return."""
    before = open_files(), threading.active_count()

    with Origin() as origin:
        origin.answers("/feed", b"x", status=status, headers=[("Location", "/feed")])
        fetcher = Fetcher(LIMITS, contact="x")
        for _ in range(3):
            try:
                fetcher.fetch(FetchRequest(source_id="s", url=origin.url()), now=NOW)
            except FetchError:
                continue
        fetcher.close()

    assert (open_files(), threading.active_count()) == before
