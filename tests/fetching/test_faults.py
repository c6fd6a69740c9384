"""Sentences for an operator: distinct, plain, and without secrets."""

import errno
import logging
import ssl
import traceback

import pytest
from origin import Origin

from aggregator.errors import FetchError
from aggregator.fetching import faults

SECRET = "/feed?token=SECRETTOK"
OK = b"HTTP/1.1 200 OK\r\n"

FAULTS = {
    "no answer": [],
    "not HTTP": [b"SSH-2.0\r\n"],
    "cut headers": [OK + b"X"],
    "cut body": [OK + b"Content-Length: 9\r\n\r\nx"],
    "cut gzip": [OK + b"Content-Encoding: gzip\r\n\r\n\x1f"],
    "no gzip": [OK + b"Content-Encoding: gzip\r\n\r\nxxxx"],
    "unasked coding": [OK + b"Content-Encoding: br\r\n\r\n"],
    "unasked transfer": [OK + b"Transfer-Encoding: br\r\n\r\n"],
    "too large": [OK + b"Content-Length: 999999999\r\n\r\n"],
    "missing": [b"HTTP/1.1 404 Gone fishing\r\n\r\n"],
    "forbidden": [b"HTTP/1.1 403 x\r\n\r\n"],
    "robot check": [b"HTTP/1.1 403 x\r\ncf-mitigated: challenge\r\n\r\n"],
    "gone": [b"HTTP/1.1 410 x\r\n\r\n"],
    "throttled": [b"HTTP/1.1 429 x\r\n\r\n"],
    "own status": [b"HTTP/1.1 299 x\r\n\r\n"],
    "empty": [b"HTTP/1.1 204 x\r\n\r\n"],
    "nowhere": [b"HTTP/1.1 301 x\r\n\r\n"],
    "circle": [b"HTTP/1.1 301 x\r\nLocation: " + SECRET.encode() + b"\r\n\r\n"],
    "to a file": [b"HTTP/1.1 301 x\r\nLocation: file:///x?SECRETTOK\r\n\r\n"],
    "to a metadata service": [
        b"HTTP/1.1 301 x\r\nLocation: http://169.254.169.254/?SECRETTOK\r\n\r\n"
    ],
    "to a long address": [b"HTTP/1.1 301 x\r\nLocation: /%s\r\n\r\n" % (b"x" * 9000)],
}


def failure_of(origin, fetch, fault):
    origin.sends("/feed", *FAULTS[fault])
    url = origin.url(SECRET).replace("//", "//ed:SECRETPW@")
    with pytest.raises(FetchError) as failure:
        fetch(url, headers=(("X-Api-Key", "SECRETKEY"),))
    return failure.value


def test_every_fault_has_a_sentence_of_its_own(fetch):
    """O2: distinct, plain reasons."""
    sentences = {}
    for fault in FAULTS:
        with Origin() as origin:
            sentence = str(failure_of(origin, fetch, fault))
        sentences[sentence.replace(str(origin.port), "")] = fault

    assert sorted(sentences.values()) == sorted(FAULTS)
    assert all("Error" not in s and "object at" not in s for s in sentences)


@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_is_in_a_failure_or_a_log(origin, fetch, caplog, fault):
    """A5: neither string in any log or exception text, tracebacks included."""
    caplog.set_level(logging.DEBUG)

    failure = failure_of(origin, fetch, fault)

    told = "".join(traceback.format_exception(failure)) + caplog.text
    # Indented lines of a traceback are source code, of this file too.
    shown = [line for line in told.splitlines() if not line.startswith("    ")]
    assert "SECRET" not in "\n".join(shown)
    assert origin.heard[0].path == SECRET


@pytest.mark.parametrize(
    ("error", "sentence", "problem"),
    [
        (OSError(errno.ENETUNREACH, "x"), "its network cannot be reached", "refused"),
        (OSError(errno.EHOSTUNREACH, "x"), "its host cannot be reached", "refused"),
        (OSError(errno.EMFILE, "x"), "it cannot be reached", "refused"),
        # As Python code raises them, without what OpenSSL would have said.
        (ssl.SSLError("x"), "TLS failed (no reason given)", "tls"),
        (ssl.CertificateError("x"), "its certificate cannot be verified", "tls"),
        (Exception("x"), faults._NOT_HTTP, "protocol"),
    ],
)
def test_what_no_server_can_be_made_to_do_has_a_sentence_too(error, sentence, problem):
    """O2: distinct, plain reasons."""
    failure, _ = faults.broken("http://a.example/", error)

    assert str(failure) == f"http://a.example/: {sentence}"
    assert failure.problem == problem
