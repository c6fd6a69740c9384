"""A stop that comes to no end by itself is cut short."""

import signal
import subprocess
import sys

from tests.installation import PATIENCE

# As where a database server froze: the answer to a question never comes.
HANGING = """
from threading import Event
from aggregator.cli.signals import on_signals

on_signals(Event().wait, within=0.1)
print("running", flush=True)
Event().wait()
"""


def test_a_stop_that_waits_for_ever_ends_all_the_same():
    with subprocess.Popen(
        [sys.executable, "-c", HANGING],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout.readline() == "running\n"

        process.send_signal(signal.SIGTERM)

        assert process.wait(PATIENCE) == 0
        assert "stop cut short" in process.stdout.read()
