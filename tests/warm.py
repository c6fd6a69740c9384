"""The real command line in a process that need not import it first.

`run` is to tests what `subprocess.run([python, "-m", "aggregator", *arguments])` is: the
whole command with its own process, folder, environment, output and exit code. It is
forked from a server that has imported what every command needs, which takes 0.4 s of CPU
of a command's 0.5 s; hundreds of tests start one. That a command starts from nothing is
shown by those that `Installation.start` starts.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

# One for everybody in a process: multiprocessing has no more than one.
server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(
    [
        "aggregator.app.service",
        "aggregator.app.wire",
        "aggregator.cli",
        "aggregator.cli.opening",
        "aggregator.cli.service",
        "aggregator.config.load",
        "aggregator.publishing.formats.atom",
        "aggregator.publishing.formats.json",
        "aggregator.publishing.formats.rss",
        "aggregator.store.opening",
        "aggregator.store.store",
        "alembic.command",
        "sqlalchemy.dialects.sqlite.pysqlite",
        "tests.warm",
    ]
)


def run(arguments, *, cwd, environ, timeout):
    """Run `mediawire ARGUMENTS` to its end; return a CompletedProcess with its text.

    Raises subprocess.TimeoutExpired after `timeout` seconds, having killed it.
    """
    with tempfile.TemporaryDirectory(prefix="mediawire-said-") as folder:
        said = [Path(folder, name) for name in ("stdout", "stderr")]
        given = (list(arguments), str(cwd), dict(environ), [str(each) for each in said])
        process = server.Process(target=_command, args=given)
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(arguments, timeout)
        out, err = (each.read_text(encoding="utf-8") for each in said)
        return subprocess.CompletedProcess(arguments, process.exitcode, out, err)


def _command(arguments, cwd, environ, said):
    for descriptor, path in enumerate([os.devnull, *said]):
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        os.dup2(os.open(path, flags, 0o600), descriptor)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    # The server from which we were forked ignores Ctrl-C; a command must not.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv = ["mediawire", *arguments]
    from aggregator.cli import main

    main()
