"""The README says what is true: its reference, its commands, its pictures."""

import os
import re
import shlex

import pytest

from aggregator.cli import COMMANDS, mediawire
from tests.readme import README, written

TEXT = README.read_text(encoding="utf-8")
SPOKEN = sorted(
    {
        match.removeprefix(".venv/bin/")
        for match in re.findall(r"(?:\.venv/bin/)?mediawire [^`&\n]+", TEXT)
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


def test_every_command_is_in_the_readme():
    named = {shlex.split(line)[1] for line in SPOKEN} | {"-q", "--log-format"}

    assert set(COMMANDS) - named <= {"serve", "health"}


def test_every_picture_is_there():
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", TEXT):
        assert (README.parent / picture).is_file()
