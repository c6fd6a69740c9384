"""Processes that are ended in the middle of their work.

They are forked from a warm server, so that the work is hit and not the start of the
interpreter: the real command starts in a tenth of a second. `command` runs the real
command line; `service` the main job without pages, on a port of nobody's; `step` names a
moment at which the process kills itself.
"""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests import nursery, warm

PATIENCE = 120  # seconds; nothing here takes longer on a machine that has other work


class Doomed:
    """A process running `work`, whose output goes to a file."""

    def __init__(self, work, log, *arguments):
        self.log = Path(log)
        self._process = warm.server.Process(
            target=_entered, args=(warm.readers(), work, str(log), *arguments)
        )
        self._process.start()

    @property
    def pid(self):
        return self._process.pid

    def is_alive(self):
        return self._process.is_alive()

    def lives_for(self, seconds):
        """Wait; return whether it still runs then."""
        self._process.join(seconds)
        return self._process.is_alive()

    def kill(self):
        self._process.kill()
        return self.ended()

    def terminate(self):
        self._process.terminate()

    def ended(self):
        """Wait for its end and return the exit code, negative for a signal."""
        self._process.join(PATIENCE)
        assert not self._process.is_alive(), self.said()
        return self._process.exitcode

    def said(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""


def command(*arguments):
    """Run `mediawire ARGUMENTS` here and now."""
    from aggregator.cli import main

    sys.argv = ["mediawire", *arguments]
    main()


def shared_seconds():
    """Return a number that a process started here sees change."""
    return warm.server.Value("d", 0.0)


def service(folder, step=None, shift=None, waits=None):
    """Run the main job of a config folder until a signal, without pages.

    `shift` are seconds by which its wall clock is wrong, as `shared_seconds`. `waits` are
    shorter ones: `quiet_s` until an edit counts as done, `grace_s` for polls at the end.
    """
    from aggregator.app.clock import utc_now
    from aggregator.app.configuring import load_config
    from aggregator.app.service import Service
    from aggregator.app.wire import Wire
    from aggregator.cli.signals import on_signals
    from aggregator.store import hold

    if step:
        kill_at(step)
    shorten(**(waits or {}))
    clock = _shifted(shift) if shift else utc_now
    load = partial(load_config, Path(folder), environ={})
    config = load()
    with hold(config.store, "run", now=clock()) as still_held:
        wire = Wire(config, clock=clock, still_held=still_held)
        running = Service(wire, load)
        on_signals(running.stop)
        running.run()
        wire.close()


def service_with_pages(folder, grace_s):
    """Run the main job of a config folder until a signal; all of it ends in `grace_s`."""
    from aggregator.app import pages
    from aggregator.app.configuring import load_config
    from aggregator.app.wire import Wire
    from aggregator.cli.service import serve_forever

    shorten(grace_s=grace_s)
    pages.LINGER = grace_s
    load = partial(load_config, Path(folder), environ={})
    wire = Wire(load())
    serve_forever(wire, load)
    wire.close()


def shorten(*, quiet_s=None, grace_s=None):
    """Let the main job of this process wait for less time than an operator's does."""
    from aggregator.app import following
    from aggregator.app import service as main_job

    if quiet_s:
        quiet = timedelta(seconds=quiet_s)
        following.changes = partial(following.changes, quiet=quiet)
    if grace_s:
        main_job.GRACE = timedelta(seconds=grace_s)


def _shifted(shift):
    """Return a wrong clock, and let APScheduler go by it too."""
    from apscheduler.schedulers import base
    from apscheduler.triggers import interval

    class WallClock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=shift.value)

    base.datetime = interval.datetime = WallClock
    return lambda: WallClock.now(UTC)


def command_killed_at(step, *arguments):
    """Run a command that dies when it reaches the step for the n-th time: `name:n`."""
    kill_at(step)
    command(*arguments)


def kill_at(step):
    """Arrange for this process to be gone the moment it comes to a step."""
    name, _, times = step.partition(":")
    left = int(times or 1)

    def reached(here):
        nonlocal left
        if here == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    _watch(reached)


def _watch(reached):
    """Call `reached` with the name of every step of a poll, a record and a publish."""
    from aggregator import fetching, publishing, reading
    from aggregator.store import Store, recording

    def after(owner, name, step):
        really = getattr(owner, name)

        def stepped(*arguments, **named):
            answer = really(*arguments, **named)
            reached(step)
            return answer

        setattr(owner, name, stepped)

    after(fetching.Fetcher, "fetch", "fetched")
    after(reading.Workers, "read", "read")
    after(recording, "record_states", "validators-written")
    after(recording, "put_documents", "document-written")
    after(recording, "insert_articles", "articles-written")
    after(recording, "name_articles", "names-written")
    after(recording, "record", "before-commit")
    after(Store, "record", "after-commit")
    publishing.Publisher = partial(publishing.Publisher, step=reached)


STEPS = (
    "fetched",
    "read",
    "validators-written",
    "document-written",
    "articles-written",
    "names-written",
    "before-commit",
    "after-commit",
    "temp-written",
    "before-rename",
    "after-rename",
    "folder-synced",
)


def _entered(read_at, work, log, *arguments):
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    # The server from which we were forked ignores Ctrl-C; a command must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nursery.read_by(read_at)
    work(*arguments)
