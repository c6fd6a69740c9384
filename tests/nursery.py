"""Reading processes that need not load the parsers first.

In: a path for a socket. Out: `opened(path)`, a process that has loaded what a reading
worker does and forks one whenever a command asks; `read_by(path)`, called in a command's
process, lets it ask there instead of starting an interpreter. That takes 0.2 s of CPU,
and hundreds of commands of tests start one. The worker is the real one from its first
line, with its own process, session, environment and limits; that it starts from nothing
is shown by tests/reading/test_workers.py and by what `Installation.start` starts.
"""

import multiprocessing
import os
import pickle
import select
import shutil
import signal
import socket
import subprocess
import warnings
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from types import SimpleNamespace


def opened(path):
    """Fork workers for whoever asks at `path`, for as long as our parent is there."""
    from aggregator.reading import worker

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{path}.deaf")
        listener.listen(64)
        Path(f"{path}.deaf").rename(path)
        parent = multiprocessing.parent_process().sentinel
        while parent not in wait([listener, parent]):
            asking, _ = listener.accept()
            with asking:
                said, (stdin, stderr), *_ = socket.recv_fds(asking, 1 << 20, 2)
                pid = os.fork()
                if pid == 0:
                    listener.close()
                    asking.close()
                    _live(worker, stdin, stderr, *pickle.loads(said))
                pidfd = os.pidfd_open(pid)
                # Who asked may have been killed meanwhile.
                with suppress(OSError):
                    socket.send_fds(asking, [str(pid).encode()], [pidfd])
                for descriptor in (stdin, stderr, pidfd):
                    os.close(descriptor)
    # A pytest worker of xdist ends without a word to anybody.
    shutil.rmtree(Path(path).parent, ignore_errors=True)


def _live(worker, stdin, stderr, max_memory, seconds, environ):
    """Be the process that `python -m aggregator.reading.worker` is, to its end."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        silence = os.open(os.devnull, os.O_WRONLY)
        for place, descriptor in enumerate((stdin, silence, stderr)):
            os.dup2(descriptor, place)
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(environ)
        warnings.simplefilter("ignore")
        parent = socket.socket(fileno=0)
        with suppress(worker.Gone):
            worker.main(parent, max_memory=max_memory, seconds=seconds)
        code = 0
    finally:
        os._exit(code)


def read_by(path):
    """Let the reading workers of this process be forked by who listens at `path`."""
    from aggregator.reading import workers

    class Forked:
        """What `workers` needs of a Popen, for a process that is not our child."""

        def __init__(self, command, *, stdin, env, **_):
            max_memory, seconds = command[-2:]
            with socket.socket(socket.AF_UNIX) as asking:
                asking.connect(path)
                wanted = pickle.dumps((int(max_memory), float(seconds), env))
                socket.send_fds(asking, [wanted], [stdin, 2])
                said, (self._pidfd,), *_ = socket.recv_fds(asking, 32, 1)
            self.pid = int(said)

        def poll(self):
            return 0 if self._has_ended(0) else None

        def wait(self, timeout=None):
            if not self._has_ended(timeout):
                raise subprocess.TimeoutExpired("reading worker", timeout)
            return 0

        def kill(self):
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

        def _has_ended(self, timeout):
            return bool(select.select([self._pidfd], [], [], timeout)[0])

    workers.subprocess = SimpleNamespace(
        Popen=Forked,
        DEVNULL=subprocess.DEVNULL,
        TimeoutExpired=subprocess.TimeoutExpired,
    )
