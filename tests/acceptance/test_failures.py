"""Twenty sources fail in twenty ways, and one `status` tells them apart."""

import re

from tests.acceptance.test_commands import rss
from tests.installation import Installation
from tests.origin import Origin

OK = b"HTTP/1.1 200 OK\r\n"
PAGE = OK + b"Content-Type: text/html\r\n\r\n<!doctype html><title>Home</title><p>Hello"


def answer(body, kind=b"application/rss+xml"):
    return OK + b"Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s" % (
        kind,
        len(body),
        body,
    )


KINDS = {
    "no-answer": [],
    "silent": [60.0],
    "not-http": [b"SSH-2.0\r\n"],
    "cut-headers": [OK + b"X"],
    "cut-body": [OK + b"Content-Length: 9\r\n\r\nx"],
    "no-gzip": [OK + b"Content-Encoding: gzip\r\n\r\nxxxx"],
    "strange-coding": [OK + b"Content-Encoding: sdch\r\n\r\n"],
    "too-large": [OK + b"Content-Length: 999999999\r\n\r\n"],
    "missing": [b"HTTP/1.1 404 x\r\nContent-Length: 0\r\n\r\n"],
    "forbidden": [b"HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n"],
    "sign-in": [b"HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n"],
    "broken": [b"HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n"],
    "busy": [b"HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n"],
    "throttled": [b"HTTP/1.1 429 x\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n"],
    "gone": [b"HTTP/1.1 410 x\r\nContent-Length: 0\r\n\r\n"],
    "nowhere": [b"HTTP/1.1 301 x\r\n\r\n"],
    "circle": [b"HTTP/1.1 301 x\r\nLocation: /circle\r\n\r\n"],
    "metadata": [b"HTTP/1.1 301 x\r\nLocation: http://169.254.169.254/\r\n\r\n"],
    "page": [PAGE],
    "empty": [answer(b"")],
    "words": [answer(b"No feed today, sorry.", b"text/plain")],
    "other-xml": [answer(b"<invoice><sum>3</sum></invoice>", b"text/xml")],
}


def test_one_status_tells_twenty_kinds_of_failure_apart(tmp_path):
    """O2: distinct, plain reasons, each with last good time, next try and count."""
    with Origin() as origin:
        for kind, steps in KINDS.items():
            origin.answers(f"/{kind}", rss("n1"))
            origin.sends(f"/{kind}", *steps)
        addresses = {kind: origin.url(f"/{kind}") for kind in KINDS}
        at = Installation(tmp_path, addresses, timeout="1s")
        assert at.poll()["failed"] == 0
        assert at.poll("--force")["failed"] == len(KINDS)
        rows = at.status()
        table = at.run("status").stdout

    reasons = {
        kind: re.sub(rf"\S*:{origin.port}/\S*", "", row["error"])
        for kind, row in rows.items()
    }
    assert len(reasons) >= 20
    assert len(set(reasons.values())) == len(KINDS), sorted(reasons.values())
    assert not [
        r for r in reasons.values() if re.search(r"Error\b:|Exception|object at", r)
    ]
    for kind, row in rows.items():
        assert row["state"] in {"failing", "throttled"}, kind
        assert row["last_success"]
        assert row["next_poll_at"] > row["last_polled"]
        assert row["failures"] == 1
        [line] = [line for line in table.splitlines() if line.split()[:1] == [kind]]
        said = re.sub(r"\s+", " ", line)
        assert row["last_success"][:4] in said, line
        assert reasons[kind].lstrip(": ")[-25:].strip() in said, line
