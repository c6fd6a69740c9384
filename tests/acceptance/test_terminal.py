"""What somebody at a terminal has beside the plain commands: a screen, and the tab key."""

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress

import pytest
from click.shell_completion import get_completion_class
from click.testing import CliRunner

from aggregator.cli import mediawire
from tests.installation import PATIENCE, Installation

SOURCES = {"bbc-world": "https://a.example/", "bbc-news": "https://b.example/"}


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    return Installation(tmp_path_factory.mktemp("terminal"), SOURCES)


def heed_ctrl_c():
    """Undo what a shell does to jobs in the background: they ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# Signals come when a module is loaded, and when the interpreter takes itself apart.
MEDDLED = """
import os, signal, sys
class Meddler:
    def __init__(self, meant): self.meant = meant
    def find_spec(self, name, *_):
        while self.meant.get(name):
            os.kill(os.getpid(), self.meant[name].pop(0))
    def __del__(self, kill=os.kill, me=os.getpid()):
        for number in self.meant.get("end", []):
            kill(me, number)
meddler = Meddler({meant})
sys.meta_path.insert(0, meddler)
signal.signal(signal.SIGINT, signal.default_int_handler)
from aggregator.__main__ import main
main()
"""


def meddled(meant, *arguments):
    """Return how a command ended, and what it said, that heard signals at moments."""
    ended = subprocess.run(
        [sys.executable, "-c", MEDDLED.replace("{meant}", repr(meant)), *arguments],
        capture_output=True,
        check=False,
        timeout=PATIENCE,
    )
    return ended.returncode, ended.stderr


def test_ctrl_c_before_anything_is_loaded_is_no_traceback():
    assert meddled({"click": [2]}) == (-signal.SIGINT, b"")


@pytest.mark.parametrize(
    ("command", "meant"),
    [
        ("run", {"click": [signal.SIGTERM]}),
        ("run", {"click": [signal.SIGHUP], "aggregator.store": [signal.SIGTERM]}),
        ("serve", {"aggregator.app.pages": [signal.SIGINT]}),
        ("poll", {"sqlalchemy": [signal.SIGINT]}),
    ],
)
def test_what_polls_or_serves_is_stopped_with_zero_while_it_starts(at, command, meant):
    """It ended as TERM ends a program that knows nothing of it, or with 130."""
    meant = {name: [int(each) for each in meant[name]] for name in meant}

    assert meddled(meant, "-q", "-c", str(at.config), command) == (0, b"")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_has_ended_keeps_its_code_while_python_ends(tmp_path, number):
    code, said = meddled({"end": [int(number)]}, "-c", str(tmp_path / "none"), "poll")

    assert (code, b"Traceback" in said) == (78, False)


def test_status_watches_on_a_terminal_until_ctrl_c(at):
    here, there = pty.openpty()
    with subprocess.Popen(
        at.command("status", "--watch"),
        cwd=at.folder,
        stdout=there,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "120", "LINES": "40", "TERM": "xterm"},
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509 - nothing here has threads
    ) as process:
        os.close(there)
        screen = b""
        while screen.count(b" UTC: 2 new") < 2:
            screen += os.read(here, 65536)
        process.send_signal(signal.SIGINT)
        # A terminal that nobody reads is soon full, and then nobody can write to it.
        with suppress(OSError):
            while os.read(here, 65536):
                pass
        assert process.wait(PATIENCE) == 0
    os.close(here)
    assert b"bbc-world" in screen


@pytest.mark.parametrize("arguments", [["--watch"], ["--watch", "--json"]])
def test_a_pipe_is_not_watched(at, arguments):
    done = CliRunner().invoke(mediawire, ["-c", str(at.config), "status", *arguments])

    assert (done.exit_code, done.stdout) == (2, "")
    assert "for a terminal" in done.stderr


@pytest.mark.parametrize(
    ("words", "begun", "offered"),
    [
        (["source"], "p", ["pause"]),
        (["source", "pause"], "bbc-", ["bbc-world", "bbc-news"]),
        (["status", "bbc-news"], "bbc-w", ["bbc-world"]),
        (["poll"], "x", []),
        (["status"], "--w", ["--watch"]),
    ],
)
def test_a_shell_offers_commands_options_and_the_ids_of_sources(
    at, words, begun, offered
):
    shell = get_completion_class("bash")(mediawire, {}, "mediawire", "_X")

    found = shell.get_completions(["-c", str(at.config), *words], begun)

    assert [each.value for each in found] == offered


def test_a_config_that_cannot_be_read_offers_nothing(tmp_path):
    shell = get_completion_class("zsh")(mediawire, {}, "mediawire", "_X")

    found = shell.get_completions(["-c", str(tmp_path), "poll"], "")

    assert found == []
