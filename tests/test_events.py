"""To tell of an error is never an error of its own."""

import builtins
import errno
import logging
import sys

from structlog.testing import capture_logs

from aggregator.cli.logs import Libraries
from aggregator.config.units import duration
from aggregator.events import Log


def test_what_cannot_be_loaded_is_told_plainly_and_loaded_the_next_time(
    monkeypatch, capsys
):
    """The press ended within its own `except`: no file descriptor was free."""
    log, imported = Log(), builtins.__import__

    def refuse(name, *arguments, **named):
        if name == "structlog":
            raise OSError(errno.EMFILE, "Too many open files")
        return imported(name, *arguments, **named)

    with monkeypatch.context() as moment:
        moment.setattr(builtins, "__import__", refuse)
        log.error("not published", reason="disk full")
    with capture_logs() as events:
        log.error("not published", reason="disk full")

    assert capsys.readouterr().err == "error: not published {'reason': 'disk full'}\n"
    assert [each["event"] for each in events] == ["not published"]


def test_what_a_library_logs_is_an_event_like_ours():
    """A traceback of forty lines stood between events, in whatever form they were."""
    try:
        duration("5 parsecs")
    except ValueError:
        error = sys.exc_info()
    said = logging.LogRecord(
        "uvicorn.error", logging.ERROR, "", 0, "It broke\n", (), error
    )
    with capture_logs() as events:
        Libraries().emit(said)

    (event,) = events
    assert event["event"] == "a library failed"
    assert event["library"] == "uvicorn.error"
    assert event["reason"].startswith("It broke: ValueError: ")
    assert event["at"].startswith("config/units.py:")


def test_a_log_that_was_not_set_up_is_set_up_the_next_time():
    log, tries = Log(), []

    def set_up():
        tries.append(1)
        if len(tries) == 1:
            raise OSError(errno.EMFILE, "Too many open files")

    log.tell_from(logging.INFO, set_up)
    for _ in range(3):
        log.error("not published")

    assert len(tries) == 2


def test_what_is_told_once_is_told_again_only_with_other_facts():
    log = Log()

    with capture_logs() as events:
        for reason in ("torn", "torn", "gone", "torn"):
            log.once("error", "left out", article_id="a", reason=reason)
        log.once("warning", "left out", article_id="a", reason="torn")

    told = [(each["log_level"], each["reason"]) for each in events]
    assert told == [("error", "torn"), ("error", "gone"), ("warning", "torn")]


def test_a_log_that_is_full_stops_nobody(monkeypatch):
    class Full:
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

        flush = write

    monkeypatch.setattr("sys.stdout", Full())  # structlog's own choice
    monkeypatch.setattr("sys.stderr", Full())

    Log().exception("press broke")
