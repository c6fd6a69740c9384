"""TLS: verified, with a reason of its own for each way to fail."""

import ssl
from datetime import UTC, datetime, timedelta
from ssl import AlertDescription
from types import SimpleNamespace

import pytest
import trustme
from origin import Origin

from aggregator.errors import FetchError
from aggregator.fetching import Fetcher, tls
from aggregator.model import FetchLimits, FetchRequest

FEED = b"<rss/>"
HOST = "news.example"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def fetcher(authority, monkeypatch, tmp_path):
    """A fetcher that knows the authority, and finds every host on loopback."""
    bundle = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setattr(tls.certifi, "where", lambda: str(bundle))
    fetcher = Fetcher(
        FetchLimits(allow_private=("127.0.0.0/8",), timeout=timedelta(seconds=5)),
        contact="x",
        resolver=lambda *_: ["127.0.0.1"],
    )
    yield fetcher
    fetcher.close()


def served_by(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def ask(fetcher, url, **fields):
    return fetcher.fetch(FetchRequest(source_id="s", url=url, **fields), now=None)


def test_a_verified_server_is_asked_by_its_name(authority, fetcher):
    """N3: TLS name and Host stay the host name."""
    names = []
    context = served_by(authority.issue_cert(HOST))
    context.sni_callback = lambda _sock, name, _context: names.append(name)
    with Origin(tls=context) as origin:
        origin.answers("/feed", FEED)

        fetched = ask(fetcher, origin.url("/feed", host=HOST))

    assert fetched.body == FEED
    assert names == [HOST]
    assert origin.heard[0].header("host") == f"{HOST}:{origin.port}".encode()


def test_a_trailing_dot_does_not_hurt(authority, fetcher):
    with Origin(tls=served_by(authority.issue_cert(HOST))) as origin:
        origin.answers("/feed", FEED)

        assert ask(fetcher, origin.url("/feed", host=f"{HOST}.")).body == FEED


def expired(authority):
    return served_by(
        authority.issue_cert(HOST, not_after=datetime(2020, 1, 1, tzinfo=UTC))
    )


def self_signed(_authority):
    return served_by(trustme.CA().issue_cert(HOST))


def wrong_name(authority):
    return served_by(authority.issue_cert("other.example"))


def old_version(authority):
    context = served_by(authority.issue_cert(HOST))
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


FAULTS = {
    expired: "its certificate has expired",
    self_signed: "signed by an authority we do not know",
    wrong_name: "its certificate is for another host name",
    old_version: "a version of TLS that is too old",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_reason(authority, fetcher, fault):
    """N14: error, distinct reason each."""
    with Origin(tls=fault(authority)) as origin, pytest.raises(FetchError) as failure:
        ask(fetcher, origin.url("/feed?token=SECRETTOK", host=HOST))

    assert failure.value.problem == "tls"
    assert FAULTS[fault] in str(failure.value)
    assert "SECRETTOK" not in str(failure.value)
    assert not origin.heard


def test_a_server_without_tls_has_its_reason(origin, fetcher):
    origin.greets(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with pytest.raises(FetchError, match="does not speak TLS on this port"):
        ask(fetcher, origin.url("/feed").replace("http:", "https:"))


@pytest.mark.parametrize("fault", [expired, self_signed, wrong_name])
def test_verification_can_be_switched_off_for_one_request_only(
    authority, fetcher, fault
):
    """N14: an override exists per source only."""
    with Origin(tls=fault(authority)) as origin:
        origin.answers("/feed", FEED)
        url = origin.url("/feed", host=HOST)

        assert ask(fetcher, url, verify_tls=False).body == FEED
        with pytest.raises(FetchError):
            ask(fetcher, url)


def test_credentials_do_not_go_from_https_to_http(authority, fetcher, origin):
    """N12: downgrade with credentials refused."""
    origin.answers("/feed", FEED)
    with Origin(tls=served_by(authority.issue_cert(HOST))) as secure:
        secure.answers("/feed", status=302, headers=[("Location", origin.url("/feed"))])
        url = secure.url("/feed", host=HOST)

        assert ask(fetcher, url).body == FEED
        with pytest.raises(FetchError, match="from https to http") as failure:
            ask(fetcher, url, headers=(("X-Api-Key", "k"),))

    assert failure.value.problem == "redirect"
    assert len(origin.heard) == 1


def test_an_override_does_not_reach_where_a_source_redirects(
    authority, fetcher, origin
):
    """N14: per source only: another origin has to show a certificate we know."""
    origin.answers("/feed", FEED)
    with Origin(tls=self_signed(authority)) as stranger:
        there = stranger.url("/feed", host=HOST)
        origin.answers("/old", status=302, headers=[("Location", there)])

        with pytest.raises(FetchError, match="an authority we do not know"):
            ask(fetcher, origin.url("/old"), verify_tls=False)
        with pytest.raises(FetchError, match="an authority we do not know"):
            ask(fetcher, there, home=origin.url("/feed"), verify_tls=False)

    assert not stranger.heard


def last_answer(body=FEED):
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
    return head % len(body) + body


@pytest.fixture
def resumed(monkeypatch):
    """Whether the server took a session up again, for each connection that answered."""
    seen = []
    keep = tls.Sessions.keep

    def noting(sessions, server, answered):
        seen.append(answered.session_reused)
        keep(sessions, server, answered)

    monkeypatch.setattr(tls.Sessions, "keep", noting)
    return seen


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_server_that_was_asked_before_need_not_show_its_certificate_again(
    authority, fetcher, resumed, version
):
    context = served_by(authority.issue_cert(HOST))
    context.maximum_version = version
    with Origin(tls=context) as origin:
        origin.sends("/feed", last_answer())

        for _ in range(4):
            assert ask(fetcher, origin.url("/feed", host=HOST)).body == FEED

    assert resumed == [False, True, True, True]
    assert origin.connections == 4


def test_a_server_with_another_key_shows_its_certificate_again(
    authority, fetcher, resumed
):
    with Origin(tls=served_by(authority.issue_cert(HOST))) as origin:
        origin.sends("/feed", last_answer())
        url = origin.url("/feed", host=HOST)
        ask(fetcher, url)

        origin._tls = served_by(authority.issue_cert(HOST))
        ask(fetcher, url)
        origin._tls = self_signed(authority)
        with pytest.raises(FetchError, match="an authority we do not know"):
            ask(fetcher, url)

        assert origin.connections == 3
    assert resumed == [False, False]


def test_a_session_is_offered_to_its_own_host_and_port_only(
    authority, fetcher, resumed
):
    context = served_by(authority.issue_cert(HOST))
    with Origin(tls=context) as origin, Origin(tls=context) as beside:
        for each in (origin, beside):
            each.sends("/feed", last_answer())
        ask(fetcher, origin.url("/feed", host=HOST))

        ask(fetcher, beside.url("/feed", host=HOST))
        with pytest.raises(FetchError, match="for another host name"):
            ask(fetcher, origin.url("/feed", host="other.example"))

    assert resumed == [False, False]


def stumbling(authority, *alerts):
    """Return a server that ends handshakes with these alerts, one after the other."""
    context = served_by(authority.issue_cert(HOST))
    left = iter(alerts)
    context.sni_callback = lambda *_: next(left, None)
    return context


def test_a_server_that_stumbles_over_a_session_is_asked_without_one_from_then_on(
    authority, fetcher, resumed
):
    context = stumbling(
        authority, None, AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR
    )
    with Origin(tls=context) as origin:
        origin.sends("/feed", last_answer())

        for _ in range(3):
            assert ask(fetcher, origin.url("/feed", host=HOST)).body == FEED

    assert resumed == [False, False, False]
    assert origin.connections == 4


def test_a_server_that_was_away_for_a_while_is_offered_its_session_again(
    authority, fetcher, resumed
):
    context = served_by(authority.issue_cert(HOST))
    with Origin(tls=context) as origin:
        origin.sends("/feed", last_answer())
        url = origin.url("/feed", host=HOST)
        ask(fetcher, url)
    with pytest.raises(FetchError, match="refused the connection"):
        ask(fetcher, url)

    with Origin(tls=context, port=origin.port) as origin:
        origin.sends("/feed", last_answer())
        ask(fetcher, url)

    assert resumed == [False, True]


def test_a_handshake_that_fails_without_a_session_is_not_tried_again(
    authority, fetcher
):
    alert = AlertDescription.ALERT_DESCRIPTION_INTERNAL_ERROR
    with Origin(tls=stumbling(authority, alert)) as origin:
        with pytest.raises(FetchError, match="TLS"):
            ask(fetcher, origin.url("/feed", host=HOST))

        assert origin.connections == 1


class Answered:
    """A connection on which a server answered that handed out a session."""

    def __init__(self, *, has_ticket=True, session_reused=False):
        self.session_reused = session_reused
        self.session = SimpleNamespace(has_ticket=has_ticket)


def test_only_sessions_of_those_who_were_asked_last_are_kept():
    sessions = tls.Sessions(most=2)
    a, b, c = Answered(), Answered(), Answered()
    sessions.keep("a", a)
    sessions.keep("b", b)
    assert sessions.of("a") is a.session

    sessions.keep("c", c)

    assert [sessions.of(name) for name in "abc"] == [a.session, None, c.session]


def test_a_session_is_kept_as_long_as_its_server_takes_it_up():
    sessions = tls.Sessions()
    first = Answered()
    sessions.keep("a", first)
    sessions.keep("a", Answered(session_reused=True))
    assert sessions.of("a") is first.session

    sessions.keep("a", Answered(has_ticket=False))

    assert sessions.of("a") is None
