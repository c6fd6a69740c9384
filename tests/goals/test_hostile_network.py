"""Addresses, answers and certificates meant to harm, through the whole program."""

import gc
import gzip
import json
import ssl
import weakref
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import trustme
from click.testing import CliRunner
from installation import Installation
from newsdesk import DAY, NOON, rss
from origin import Origin

from aggregator.cli import mediawire
from aggregator.errors import FetchError
from aggregator.fetching import cadence, tls
from aggregator.model import Auth, FetchLimits, Source
from aggregator.poll import Rooms, poll

STRICT = FetchLimits(timeout=timedelta(seconds=5))
OK = b"HTTP/1.1 200 OK\r\n"
FORMS = [
    *("127.0.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1"),
    *("017700000001", "127.1", "127.0.1", "127.000.000.001", "0", "0.0.0.0"),
    *("[::]", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1.", "user@127.0.0.1"),
    *("localhost", "LOCALHOST", "%31%32%37.0.0.1", "[::ffff:7f00:1]"),
]


def sources_at(urls, **fields):
    return [Source(id=f"s{n}", url=url, **fields) for n, url in enumerate(urls)]


def problems(results):
    return [results[f"s{n}"].outcome.problem for n in range(len(results))]


def test_no_notation_of_loopback_is_ever_dialled(desk_of, origin):
    """N1: refused, 0 connections, and the status says that it is our doing."""
    urls = [f"http://{form}:{origin.port}/feed" for form in FORMS]
    desk = desk_of(sources=sources_at(urls), fetch=STRICT)

    results = desk.poll()

    assert origin.connections == 0
    assert set(problems(results)) <= {"blocked", "dns"}
    assert "can be listed in fetch.allow_private" in desk.status("s0")["error"]


def test_no_redirect_leads_inside(desk_of, origin):
    """N2: refused at that hop, 0 connections."""
    with Origin(host="0.0.0.0") as inside:
        forms = [f"http://{form}:{inside.port}/feed" for form in FORMS]
        forms += ["http://169.254.169.254/latest/meta-data/"]
        forms += [f"//127.0.0.2:{inside.port}/", f"http:/\\127.0.0.2:{inside.port}/"]
        forms += [f"\\\\127.0.0.2:{inside.port}/", f"/\\127.0.0.2:{inside.port}/"]
        for number, there in enumerate(forms):
            origin.answers(f"/{number}", status=302, headers=[("Location", there)])
        urls = [origin.url(f"/{number}") for number in range(len(forms))]
        listed = FetchLimits(allow_private=(f"127.0.0.1:{origin.port}",))
        desk = desk_of(sources=sources_at(urls), fetch=listed)

        results = desk.poll()

        assert inside.connections == 0
    assert len(origin.heard) == len(forms)
    assert set(problems(results)) <= {"blocked", "dns", "redirect"}


def test_a_name_that_turns_inside_between_two_polls_is_not_followed(desk_of):
    """N3: one resolution per connection; the checked address is the connected one."""
    answers = ["127.0.0.2"]
    asked = []

    def resolver(host, _port):
        asked.append(host)
        return answers

    with Origin(host="127.0.0.2") as public:
        public.answers("/feed", rss(1), headers=[("Connection", "close")])
        url = public.url("/feed", host="rebinding.example")
        listed = FetchLimits(allow_private=("127.0.0.2/32",))
        desk = desk_of(sources=sources_at([url]), resolver=resolver, fetch=listed)
        desk.poll()
        answers[:] = ["127.0.0.1", "10.0.0.1"]
        results = desk.poll(force=True)

        assert public.heard[0].header("host").startswith(b"rebinding.example:")
        assert len(public.heard) == 1
    assert problems(results) == ["blocked"]
    assert asked == ["rebinding.example"] * 2


@pytest.mark.parametrize(
    ("listed", "passes"),
    [
        ("127.0.0.0/24", True),
        ("127.0.1.0/24", False),
        ("127.0.0.1:PORT", True),
        ("127.0.0.1:1", False),
        ("127.0.0.2:PORT", False),
        ("localhost:PORT", False),
    ],
)
def test_only_what_the_config_lists_is_dialled(desk_of, origin, listed, passes):
    """N5: a network or host:port, 6 of 6."""
    origin.answers("/feed", rss(1))
    entry = listed.replace("PORT", str(origin.port))
    desk = desk_of("/feed", fetch=FetchLimits(allow_private=(entry,)))

    desk.poll()

    assert (origin.connections == 1) == passes


def test_every_way_out_goes_through_the_one_guard(tmp_path, origin):
    """N7: poll, discovery, trial and import pointed at loopback: 0 connections."""
    at = Installation(tmp_path, {"a": origin.url()})
    service = (at.config / "mediawire.yaml").read_text()
    at.write("mediawire.yaml", service.replace("allow_private: [127.0.0.0/8], ", ""))
    at.write(
        "list.opml",
        f'<opml version="2.0"><body><outline type="rss" text="x" '
        f'xmlUrl="{origin.url("/imported")}"/></body></opml>',
    )
    url = origin.url("/")
    tell = partial(CliRunner().invoke, mediawire)

    for words in (
        ["poll"],
        ["source", "test", url],
        ["source", "add", url],
        ["check", "--online"],
        ["source", "import", str(at.config / "list.opml")],
        ["poll"],
    ):
        tell(["-c", str(at.config), *words])
    told = tell(["-c", str(at.config), "status", "--json"])

    assert origin.connections == 0
    errors = [row["error"] for row in json.loads(told.stdout)]
    assert len(errors) == 2
    assert all("not dialled" in error for error in errors)


def test_what_is_far_too_large_leaves_a_word_and_no_report(desk_of, origin):
    """N9: "too large" for a long body and a gzip bomb, a word of its own for codings."""
    bomb = gzip.compress(bytes(50_000_000))
    zipped = ("Content-Encoding", "gzip")
    origin.sends("/long", OK + b"\r\n", *[b"<rss>" + b" " * 100_000] * 20)
    origin.answers("/bomb", bomb, headers=[zipped])
    origin.answers(
        "/eight", bomb, headers=[("Content-Encoding", ", ".join(["gzip"] * 8))]
    )
    for coding in ("br", "zstd", "deflate"):
        origin.answers(f"/{coding}", b"x" * 900, headers=[("Content-Encoding", coding)])
    origin.sends("/short", OK + b"Content-Length: 9999\r\n\r\n" + rss(1))
    origin.answers(
        "/redirect", bomb, status=302, headers=[("Location", "/bomb"), zipped]
    )
    paths = [
        "/long",
        "/bomb",
        "/eight",
        "/br",
        "/zstd",
        "/deflate",
        "/short",
        "/redirect",
    ]
    desk = desk_of(*paths, fetch=FetchLimits(**CAPPED))

    results = desk.poll()

    assert {id_: result.outcome.problem for id_, result in results.items()} == {
        **dict.fromkeys(["long", "bomb", "redirect"], "too-large"),
        **dict.fromkeys(["eight", "br", "zstd", "deflate"], "encoding"),
        "short": "reset",
    }
    assert "too large" in desk.status("bomb")["error"]
    assert desk.articles() == {}


CAPPED = {"max_body": 1_000_000, "allow_private": ("127.0.0.0/8",)}


def test_redirects_that_lead_nowhere_are_told_apart(desk_of, origin):
    """N11: 7 of 7 end in a sentence of their own; what a browser follows is followed."""
    locations = {
        "/loop": "/loop2",
        "/loop2": "/loop",
        "/empty": "",
        "/latin": b"/caf\xe9",
        "/spaces": "/a b",
        "/lines": b"/x\rSet-Cookie: a=b",
        "/huge": "/" + "x" * 70_000,
        **{f"/chain{n}": f"/chain{n + 1}" for n in range(6)},
    }
    for path, location in locations.items():
        origin.answers(path, status=302, headers=[("Location", location)])
    for path in ("/caf%E9", "/a%20b", "/chain6"):
        origin.answers(path, rss(1))
    paths = ["/loop", "/chain0", "/empty", "/latin", "/spaces", "/lines", "/huge"]
    desk = desk_of(*paths)

    results = desk.poll()

    sentences = {
        "loop": "it redirects in a circle",
        "chain0": "more than 5 redirects in a row",
        "empty": "it redirects without saying where to",
        "lines": "it redirects to an address with control characters",
        "huge": "does not speak HTTP that we understand",
    }
    for id_, sentence in sentences.items():
        assert sentence in desk.status(id_)["error"]
        assert results[id_].outcome.problem in {"redirect", "protocol"}
    assert {results[id_].outcome.kind for id_ in ("latin", "spaces")} == {"updated"}


def test_nothing_of_a_source_reaches_another_origin(desk_of, origin):
    """N12: Authorization, key, cookie and validators all absent there, 0 leaks."""
    with Origin() as stranger:
        origin.answers("/feed", rss(1), headers=[("ETag", '"SECRET"')])
        there = [("Location", stranger.url("/feed"))]
        origin.answers("/feed", status=301, headers=there)
        stranger.answers("/feed", rss(2), headers=[("ETag", '"theirs"')])
        source = Source(
            id="a",
            url=origin.url("/feed"),
            auth=Auth(username="ed", password="SECRET"),
            headers=(("X-Api-Key", "SECRET"), ("Cookie", "id=SECRET")),
        )
        desk = desk_of(sources=[source])
        desk.live(4 * DAY)

        assert desk.wire.schedule.states()["a"].fetch_url == stranger.url("/feed")
        assert len(stranger.heard) > 40
        for heard in stranger.heard:
            assert b"SECRET" not in heard.raw
            names = ("authorization", "x-api-key", "cookie", "referer")
            assert not any(map(heard.header, names))


def test_the_environment_has_no_say_in_where_and_as_whom_we_ask(tmp_path, origin):
    """N13: NETRC, HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY: 0 uses."""
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ed password SECRETPW\n")
    origin.answers("/feed", rss(1))
    with Origin() as proxy:
        names = ("http_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy")
        environ = dict.fromkeys(names, proxy.url("")) | {"NETRC": str(netrc)}
        at = Installation(tmp_path / "at", {"a": origin.url()})

        at.run("poll", environ=environ | {"NO_PROXY": "", "no_proxy": ""})

        assert proxy.connections == 0
    assert [heard.header("authorization") for heard in origin.heard] == [None]


def served_by(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def test_a_certificate_that_is_not_right_has_its_reason_and_its_override(
    desk_of, monkeypatch, tmp_path
):
    """N14: expired, self-signed, wrong name; an override per source, seen in status.

    TLS 1.0 is refused in the tests of the fetching room.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authorities.pem")
    monkeypatch.setattr(tls.certifi, "where", lambda: str(tmp_path / "authorities.pem"))
    old = datetime(2020, 1, 1, tzinfo=UTC)
    certificates = {
        "good": authority.issue_cert("news.example"),
        "expired": authority.issue_cert("news.example", not_after=old),
        "stranger": trustme.CA().issue_cert("news.example"),
        "wrong": authority.issue_cert("other.example"),
    }
    servers = {id_: Origin(tls=served_by(c)) for id_, c in certificates.items()}
    for server in servers.values():
        server.answers("/feed", rss(1))
    urls = {id_: s.url("/feed", host="news.example") for id_, s in servers.items()}
    named = [Source(id=id_, url=url) for id_, url in urls.items()]
    trusted = Source(id="trusted", url=urls["stranger"], verify_tls=False)
    desk = desk_of(sources=[*named, trusted], resolver=lambda *_: ["127.0.0.1"])

    results = desk.poll()
    for server in servers.values():
        server.stop()

    kinds = {id_: result.outcome.kind for id_, result in results.items()}
    assert kinds == {
        **dict.fromkeys(["good", "trusted"], "updated"),
        **dict.fromkeys(["expired", "stranger", "wrong"], "failed"),
    }
    errors = {id_: desk.status(id_)["error"] for id_ in kinds}
    assert "has expired" in errors["expired"]
    assert "an authority we do not know" in errors["stranger"]
    assert "for another host name" in errors["wrong"]
    assert "certificate is not verified" in desk.status("trusted")["because"]
    assert "certificate is not verified" not in desk.status("good")["because"]


class Bomb(bytearray):
    """What had come of a body when it was too large."""


def test_what_came_of_a_bomb_is_let_go_of_with_the_poll():
    """N9: not when the garbage collector finds that the error held its own frames."""
    came = []

    class Web:
        def fetch(self, request, **_):
            body = Bomb(10)
            came.append(weakref.ref(body))
            raise FetchError(f"{request.url}: too large", problem="too-large")

    source = Source(id="a", url="https://a.example/feed")
    rooms = Rooms(fetching=Web(), readers=None, memory=None, edit=None, max_body=0)
    state = cadence.initial(source, now=NOON)

    gc.disable()
    try:
        result = poll(source, state, rooms, now=NOON, jitter=0)
        assert came[0]() is None
    finally:
        gc.enable()
    assert result.outcome.problem == "too-large"
