"""What is written has nowhere to go: the command goes on, or says so in a sentence."""

import json
import os
import pty
import subprocess

import pytest

from tests.installation import PATIENCE, Installation
from tests.origin import Origin

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Gazette</title>
<link>https://gazette.example/</link><description>News</description><item>
<title>A report</title><link>https://gazette.example/1</link></item></channel></rss>"""


@pytest.fixture
def at(tmp_path):
    with Origin() as origin:
        origin.answers("/feed", RSS)
        at = Installation(tmp_path, {"gazette": origin.url()})
        at.origin = origin
        yield at


def shell(at, redirected, *arguments):
    """Run a command by the shell with its streams redirected."""
    return subprocess.run(
        ["/bin/sh", "-c", f'"$@" {redirected}', "sh", *at.command(*arguments)],
        cwd=at.folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-", "<&- >&- 2>&-"])
def test_a_poll_whose_log_goes_nowhere_does_its_work(at, where):
    """D4: a full disk of the log ended the thread that records, and the round hung."""
    assert shell(at, where, "poll").returncode == 0

    assert [article["title"] for article in at.articles()] == ["A report"]
    assert b"A report" in at.published("feeds/wire.rss")


def test_results_that_cannot_be_written_are_a_failure_with_a_reason(at):
    at.poll()

    done = shell(at, ">/dev/full", "article", "list", "--json")

    assert done.returncode == 1
    assert done.stderr == "mediawire: No space left on device\n"


@pytest.mark.parametrize("encoding", ["latin-1", "koi8-r"])
def test_words_are_told_also_where_the_terminal_has_no_letters_for_them(at, encoding):
    at.origin.answers("/uni", RSS.replace(b"A report", "خبر é 😀".encode()))
    at.write_sources({"gazette": at.origin.url("/uni")})
    at.poll()
    elsewhere = {**os.environ, "PYTHONIOENCODING": encoding}

    def told(*arguments):
        done = subprocess.run(
            at.command(*arguments),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            env=elsewhere,
        )
        return done.stdout

    [article] = json.loads(told("article", "list", "--json").decode("utf-8"))
    assert article["title"] == "خبر é 😀"
    assert article["id"].encode() in told("article", "list")
    assert b"gazette" in told("explain", article["id"])


@pytest.mark.parametrize("asked", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_log_on_a_terminal_that_shows_no_colours_has_none(at, asked):
    here, there = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", **asked}
    done = subprocess.run(
        at.command("run", "--once"),
        cwd=at.folder,
        stdout=subprocess.DEVNULL,
        stderr=there,
        env=environ,
        timeout=PATIENCE,
        check=False,
    )
    os.close(there)
    told = os.read(here, 65536)
    os.close(here)

    assert done.returncode == 0
    assert b"polled" in told
    assert b"\x1b" not in told


def test_an_article_is_not_withdrawn_without_a_reason(at):
    at.poll()
    (article,) = at.articles()

    refused = at.run("article", "withdraw", article["id"], "--reason", " ", code=2)

    assert "--reason is empty" in refused.stderr
    assert b"A report" in at.published("feeds/wire.rss")
