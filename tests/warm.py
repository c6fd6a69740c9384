"""The real command line in a process that need not import it first.

`run` is to tests what `subprocess.run([python, "-m", "aggregator", *arguments])` is: the
whole command with its own process, folder, environment, output and exit code. It is
forked from a server that has imported what every command needs, which takes 0.4 s of CPU
of a command's 0.5 s; hundreds of tests start one. That a command starts from nothing is
shown by those that `Installation.start` starts. Its reading workers are forked as well:
see tests/nursery.py.
"""

import atexit
import functools
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests import nursery

# One for everybody in a process: multiprocessing has no more than one.
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(
    [
        "aggregator.app.history",
        "aggregator.app.service",
        "aggregator.app.verification",
        "aggregator.app.wire",
        "aggregator.cli",
        "aggregator.cli.article",
        "aggregator.cli.opening",
        "aggregator.cli.service",
        "aggregator.cli.status",
        "aggregator.cli.verify",
        "aggregator.config.load",
        "aggregator.editing.rules.headline",
        "aggregator.editing.rules.select",
        "aggregator.fetching.fetcher",
        "aggregator.fetching.kinds.file",
        "aggregator.fetching.kinds.http",
        "aggregator.publishing.formats.atom",
        "aggregator.publishing.formats.json",
        "aggregator.publishing.formats.rss",
        "aggregator.publishing.publish",
        "aggregator.reading.worker",
        "aggregator.store.holding",
        "aggregator.store.opening",
        "aggregator.store.store",
        "alembic.command",
        "alembic.config",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "tests.warm",
    ]
)


@functools.cache
def readers():
    """Return the path at which commands have their reading workers forked."""
    folder = tempfile.mkdtemp(prefix="mediawire-readers-")
    path = f"{folder}/socket"
    process = server.Process(target=nursery.opened, args=(path,), daemon=True)
    process.start()
    while not Path(path).exists():
        assert process.is_alive()
        time.sleep(0.01)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return path


def run(arguments, *, cwd, environ, timeout):
    """Run `mediawire ARGUMENTS` to its end; return a CompletedProcess with its text.

    Raises subprocess.TimeoutExpired after `timeout` seconds, having killed it.
    """
    with tempfile.TemporaryDirectory(prefix="mediawire-said-") as folder:
        said = [Path(folder, name) for name in ("stdout", "stderr")]
        given = (list(arguments), str(cwd), dict(environ), [str(each) for each in said])
        process = server.Process(target=_command, args=(*given, readers()))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        out, err = (each.read_text(encoding="utf-8") for each in said)
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def _command(arguments, cwd, environ, said, read_at):
    for descriptor, path in enumerate([os.devnull, *said]):
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(path, flags, 0o600), descriptor)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    # The server from which we were forked ignores Ctrl-C; a command must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nursery.read_by(read_at)
    sys.argv = ["mediawire", *arguments]
    from aggregator.cli import main

    main()
