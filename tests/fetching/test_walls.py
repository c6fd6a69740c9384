"""A robot check in front of a feed is told as one, whatever status it comes with."""

import gzip
from datetime import timedelta

import pytest

from aggregator.errors import FetchError
from aggregator.fetching import bodies
from aggregator.fetching.answers import Head
from aggregator.text.challenges import SEARCHED

HTML = ("Content-Type", "text/html; charset=UTF-8")
MITIGATED = ("cf-mitigated", "challenge")
PAGE = b"<!DOCTYPE html><title>Just a moment...</title><script>_cf_chl_opt={}</script>"
ORDINARY = (
    b"<!DOCTYPE html><title>403 Forbidden</title>"
    b"<script src=/cdn-cgi/challenge-platform/jsd/main.js></script>"
)


def failure(origin, fetch, *, path="/feed"):
    with pytest.raises(FetchError) as error:
        fetch(origin.url(path))
    return error.value


@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([MITIGATED, HTML], PAGE),
        ([MITIGATED], b""),
        ([HTML], PAGE),
        ([HTML, ("Content-Encoding", "gzip")], gzip.compress(PAGE, mtime=0)),
        ([("x-amzn-waf-action", "captcha")], b""),
    ],
)
def test_a_robot_check_is_told_with_what_to_do_now(
    origin, fetch, status, headers, body
):
    origin.answers("/feed", body, status=status, headers=headers)

    refused = failure(origin, fetch)

    assert refused.problem == "captcha"
    assert refused.status == status
    assert f"answered {status}" in str(refused)
    assert "with a robot check instead of the feed" in str(refused)
    assert "ask the publisher to let our User-Agent through" in str(refused)


@pytest.mark.parametrize(
    ("status", "headers", "body", "problem"),
    [
        (403, [HTML], ORDINARY, "status"),
        (403, [HTML], b"", "status"),
        (403, [("Content-Type", "application/json")], PAGE, "status"),
        (403, [HTML, ("Content-Encoding", "gzip")], b"no gzip", "status"),
        (404, [HTML], PAGE, "status"),
        (503, [HTML], b"<h1>Maintenance</h1>", "throttled"),
        (429, [HTML, MITIGATED], PAGE, "throttled"),
        (410, [HTML], PAGE, "gone"),
    ],
)
def test_any_other_refusal_stays_what_it_was(
    origin, fetch, status, headers, body, problem
):
    origin.answers("/feed", body, status=status, headers=headers)

    assert failure(origin, fetch).problem == problem


def test_the_publishers_retry_after_counts_beside_a_robot_check(origin, fetch):
    asked = [MITIGATED, ("Retry-After", "7200")]
    origin.answers("/feed", PAGE, status=503, headers=asked)

    assert failure(origin, fetch).advice.retry_after == timedelta(hours=2)


def test_of_an_endless_page_only_the_beginning_is_read(origin, fetch):
    head = b"HTTP/1.1 403 x\r\nContent-Type: text/html\r\n\r\n<html>"

    def endless():
        yield head
        while True:
            yield b"x" * SEARCHED

    origin.streams("/feed", endless())

    assert failure(origin, fetch).problem == "status"


def test_of_a_page_that_ends_in_endless_padding_only_the_beginning_is_read():
    """What follows the end of a gzip document unpacks to nothing."""
    read = []

    class Padded:
        def read1(self, amt, **_):
            read.append(bytes(amt) if read else gzip.compress(b"<html>"))
            assert len(read) < 10
            return read[-1]

    page = bodies.beginning(Padded(), Head([b"Content-Encoding: gzip"]), most=SEARCHED)

    assert page == b"<html>"


def test_a_page_that_breaks_off_hides_no_status(origin, fetch):
    head = b"HTTP/1.1 403 x\r\nContent-Type: text/html\r\nContent-Length: 99\r\n\r\n"
    origin.sends("/feed", head + b"<html>")

    refused = failure(origin, fetch)

    assert "answered 403 Forbidden" in str(refused)
    assert refused.problem == "status"
