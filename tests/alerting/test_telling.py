"""Alerts on their way: a webhook through the guard, and mail."""

import ssl
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import trustme
from builders import NOON
from origin import Origin
from receivers import hook, post

from aggregator.alerting import mail, webhook
from aggregator.errors import FetchError, MediaWireError
from aggregator.fetching.posting import Poster
from aggregator.fetching.tls import tls_context
from aggregator.model import Alert, FetchLimits, MailChannel

HELD = Alert(kind="held", about="fanus", text="held: «تیتر دیگر»", since=NOON)
DISK = Alert(kind="disk", about="/data", text="the disk is nearly full")
BASE = "https://wire.example"
LIMITS = FetchLimits(allow_private=("127.0.0.0/8",), timeout=timedelta(seconds=5))


def posted(url, *, limits=LIMITS, alerts=(HELD, DISK)):
    poster = Poster(limits, contact="https://press.example/about")
    webhook.send(poster, url, alerts, base_url=BASE, now=NOON)


def test_a_webhook_gets_all_matters_as_json():
    with hook() as receiving:
        posted(receiving.url)
    ((path, headers, said),) = receiving.got

    assert path == "/hook/SECRET?token=SECRET"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["User-Agent"].startswith("MediaWire/")
    assert said["service"] == BASE
    assert said["alerts"][0] == {
        "kind": "held",
        "about": "fanus",
        "text": "held: «تیتر دیگر»",
        "since": "2026-11-24T12:00:00Z",
    }
    assert said["text"].splitlines()[0] == "Media Wire: 2 matters need a look"


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_a_webhook_that_does_not_take_it_is_a_failure(status):
    """A5: and the secret in its address is not in the sentence."""
    with hook() as receiving:
        receiving.answers = status
        with pytest.raises(FetchError) as failure:
            posted(receiving.url)

    assert str(failure.value) == f"the webhook at 127.0.0.1: answered {status}"
    assert len(receiving.got) == 1


def test_the_webhook_goes_through_the_guard():
    """N7: pointed at 127.0.0.1 without being listed: 0 connections."""
    with (
        Origin() as origin,
        pytest.raises(FetchError, match="allow_private") as failure,
    ):
        posted(origin.url("/SECRET"), limits=FetchLimits())

    assert origin.connections == 0
    assert "SECRET" not in str(failure.value)


def test_a_webhook_that_is_silent_ends_at_the_deadline():
    limits = FetchLimits(
        allow_private=("127.0.0.0/8",), timeout=timedelta(milliseconds=300)
    )
    with Origin() as origin:
        origin.silence()
        with pytest.raises(FetchError, match="the webhook at") as failure:
            posted(origin.url("/SECRET"), limits=limits)

    assert failure.value.problem == "timeout"


def mailed(server, *alerts):
    channel = MailChannel(
        sender="wire@press.example",
        to=("desk@press.example", "night@press.example"),
        server=("127.0.0.1", server.port),
    )
    mail.send(channel, alerts, base_url=BASE, now=NOON)


def test_a_mail_says_what_and_where_to_look():
    with post() as server:
        mailed(server, HELD)
    (raw,) = server.mails
    message = message_from_bytes(raw, policy=policy.default)

    assert server.recipients == ["desk@press.example", "night@press.example"]
    assert message["Subject"] == "Media Wire: fanus (held)"
    assert message["Auto-Submitted"] == "auto-generated"
    assert (
        "fanus: held: «تیتر دیگر» (since 2026-11-24 12:00 UTC)" in message.get_content()
    )
    assert "https://wire.example/status/" in message.get_content()


def test_a_name_cannot_add_a_header():
    trap = Alert(
        kind="refused", about="feeds/a\r\nBcc: x@evil.example", text="x\r\n.\r\ny"
    )
    with post() as server:
        mailed(server, trap)
    message = message_from_bytes(server.mails[0], policy=policy.default)

    assert message["Bcc"] is None
    assert len(server.mails) == 1


def test_a_mail_server_that_does_not_take_it_is_a_failure():
    with (
        post(refuses=b"550 nobody of this name SECRET") as server,
        pytest.raises(MediaWireError, match="did not take the mail") as failure,
    ):
        mailed(server, HELD)
    assert "SECRET" not in str(failure.value)

    with pytest.raises(MediaWireError, match="ConnectionRefusedError"):
        mailed(server, HELD)


def test_the_webhook_is_told_over_tls_to_whom_it_says_it_is(monkeypatch):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with hook(tls=context) as receiving:
        with pytest.raises(FetchError) as failure:
            posted(receiving.url)
        trusting = tls_context(verified=True)
        authority.configure_trust(trusting)
        monkeypatch.setattr(
            "aggregator.fetching.posting.tls_context", lambda **_: trusting
        )
        posted(receiving.url)

    assert failure.value.problem == "tls"
    assert len(receiving.got) == 1
