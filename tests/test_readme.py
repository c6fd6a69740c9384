"""The README says what is true: its reference, its commands, its pictures."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.cli import COMMANDS, mediawire
from tests.acceptance.test_commands import rss
from tests.installation import PATIENCE, Installation
from tests.readme import README, written

TEXT = README.read_text(encoding="utf-8")
SPOKEN = sorted(
    {
        match.removeprefix(".venv/bin/").strip()
        for match in re.findall(r"(?:\.venv/bin/)?mediawire [^`&>\n]+", TEXT)
        if not match.startswith("mediawire-")
    }
)


def test_the_config_reference_is_the_schemas():
    assert written() == TEXT, "run `python -m tests.readme`"


@pytest.mark.parametrize("line", SPOKEN)
def test_every_command_in_the_readme_exists_with_these_options(line):
    words = shlex.split(line)[1:]
    with mediawire.make_context("mediawire", words, resilient_parsing=False) as top:
        left = [*top._protected_args, *top.args]
        command = mediawire
        while isinstance(command, type(mediawire)) or hasattr(command, "commands"):
            if not left:
                break
            _, command, left = command.resolve_command(top, left)
        files = [word for word in left if word.endswith(".opml")]
        words = [os.devnull if word in files else word for word in left]
        command.make_context(command.name, words, parent=top)


# Not run here: what goes on until it is told to end, and what asks an agency.
ELSEWHERE = re.compile(
    r"mediawire (run|serve|scheduler|worker|demo|source (add|test))\b"
)
BEFORE = {"resume": ["source", "pause", "un-news"]}
NOT_HELD = ("release", "reject")
SERVICE = "contact: https://press.example/about\n"
PUBLICATIONS = """\
publications: [{id: wire, title: Media Wire, rules: [house-style]}]
rules: {house-style: {kind: headline, unshout: true}}
"""
LIST = '<opml><body><outline text="A" xmlUrl="https://a.example/feed"/></body></opml>'


def desk(folder):
    """Return a wire of two sources in a folder of its own, as README has it."""
    feeds = {"un-news": "file:../un.xml", "bbc-world": "file:../bbc.xml"}
    at = Installation(folder, feeds, publications=PUBLICATIONS)
    at.write("mediawire.yaml", SERVICE)
    (folder / "un.xml").write_bytes(rss(1, 2))
    (folder / "bbc.xml").write_bytes(rss(3))
    (folder / "feeds.opml").write_text(LIST)
    return at


@pytest.fixture(scope="module")
def polled(tmp_path_factory):
    at = desk(tmp_path_factory.mktemp("readme"))
    at.poll()
    return at


@pytest.mark.parametrize("line", [line for line in SPOKEN if not ELSEWHERE.match(line)])
def test_a_command_of_the_readme_ends_as_it_should(tmp_path, polled, line):
    at = desk(tmp_path / "wire")
    shutil.copytree(polled.folder / "data", at.folder / "data")
    (newest, *_) = at.articles("--limit", "1")
    names = {"ID": newest["id"], "ID-OR-URL": newest["url"], "DIR": "new"}
    words = [names.get(word, word) for word in shlex.split(line)[1:]]
    words = ["house-style" if word == "NAME" else word for word in words]
    for verb in BEFORE.keys() & set(words):
        at.run(*BEFORE[verb])

    at.run(*words, code=1 if set(NOT_HELD) & set(words) else 0)


def run_by_cron(at):
    """Return what cron would mail of the README's line, run in this installation."""
    [line] = re.findall(
        r"^\*/10 \* \* \* \*  cd /srv/wire && (.*)$", TEXT, re.MULTILINE
    )
    tool = str(Path(sys.executable).with_name("mediawire"))
    done = subprocess.run(
        ["/bin/sh", "-c", line.replace(".venv/bin/mediawire", shlex.quote(tool))],
        cwd=at.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.stdout


def test_cron_mails_what_went_wrong_and_nothing_else(tmp_path):
    at = desk(tmp_path / "wire")

    assert run_by_cron(at) == ""
    at.write("sources.yaml", "sources: [{id: gone, url: file:../gone.xml}]")
    assert "gone.xml" in run_by_cron(at)


def test_every_command_is_in_the_readme():
    named = {shlex.split(line)[1] for line in SPOKEN} | {"-q", "--log-format"}

    assert set(COMMANDS) - named <= {"serve", "health"}


def test_every_picture_is_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (README.parent / picture).is_file()
