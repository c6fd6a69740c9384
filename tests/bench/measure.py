"""CPU time of commands and functions, from the kernel; rows of results.

`command` runs a command to its end and tells what it and all its children took (wait4).
A Row compares two lists of such times, or holds one list against a limit.
"""

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a command took, in seconds, its peak memory in MB, and what it printed.

    `peak` is of the largest process of its tree, `own_peak` of the command itself.
    """

    cpu: float
    wall: float
    peak: float
    own_peak: float
    output: bytes = field(repr=False)


def command(arguments, *, cwd=None, environ=None):
    """Run a command to its end; if it fails, so does the measurement."""
    began = time.monotonic()
    with subprocess.Popen(
        arguments,
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        highest = Highest(process.pid)
        # Errors are few; only what a command prints fills a pipe.
        output, said = process.stdout.read(), process.stderr.read()
        highest.stop()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments}: {process.returncode}\n{said.decode()}")
    return Spent(
        cpu=usage.ru_utime + usage.ru_stime,
        wall=time.monotonic() - began,
        peak=usage.ru_maxrss / 1024,
        own_peak=highest.mb,
        output=output,
    )


class Highest(threading.Thread):
    """Follows the peak memory of one process, which the kernel tells only while it runs."""

    def __init__(self, pid, pause=0.05):
        super().__init__(daemon=True)
        self.mb = 0.0
        self._status = Path("/proc") / str(pid) / "status"
        self._pause = pause
        self._ended = threading.Event()
        self.start()

    def run(self):
        while True:
            for line in self._status.read_text().splitlines():
                if line.startswith("VmHWM:"):
                    self.mb = int(line.split()[1]) / 1024
            if self._ended.wait(self._pause):
                return

    def stop(self):
        self._ended.set()
        self.join()


def cpu(function, *arguments, times=1):
    """Return the seconds of CPU that one call of a function takes in this process."""
    began = time.process_time()
    for _ in range(times):
        function(*arguments)
    return (time.process_time() - began) / times


def cpu_of_tree(pid):
    """Return the seconds of CPU that a running process and all below it took so far."""
    here = Path("/proc") / str(pid)
    try:
        fields = (here / "stat").read_text().rpartition(")")[2].split()
        tasks = [task / "children" for task in (here / "task").iterdir()]
        below = [int(child) for task in tasks for child in task.read_text().split()]
    except FileNotFoundError:
        return 0.0  # it ended; its parent has its time
    own = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(cpu_of_tree, below))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measurement. `value` is ours over theirs, or theirs over ours if `times`.

    `unit` is that of `ours` where there is no `theirs`. `most` and `least` are bounds
    that the median of the value should keep.
    """

    name: str
    ours: list[float]
    theirs: list[float] = ()
    unit: str = "s"
    times: bool = False
    most: float | None = None
    least: float | None = None
    note: str = ""

    def values(self):
        if not self.theirs:
            return sorted(self.ours)
        pairs = zip(self.ours, self.theirs, strict=True)
        return sorted(t / o if self.times else o / t for o, t in pairs)

    def value(self):
        return median(self.values())

    def holds(self):
        above = self.least is None or self.value() >= self.least
        return above and (self.most is None or self.value() <= self.most)

    def target(self):
        bound = self.most if self.most is not None else self.least
        sign = "at most" if self.most is not None else "at least"
        return "" if bound is None else f"{sign} {bound:g}{self.suffix()}"

    def suffix(self):
        return ("x less" if self.times else "") if self.theirs else f" {self.unit}"

    def as_json(self):
        values = self.values()
        return {
            "name": self.name,
            "ours": list(self.ours),
            "theirs": list(self.theirs),
            "unit": self.unit,
            "value": {"min": values[0], "median": self.value(), "max": values[-1]},
            "target": self.target(),
            "holds": self.holds(),
            "note": self.note,
        }


def taking_turns(rounds, ours, theirs):
    """Return both times of each round; the first of a round changes with each."""
    spent = []
    for turn in range(rounds):
        if turn % 2:
            their_time, our_time = theirs(), ours()
        else:
            our_time, their_time = ours(), theirs()
        spent.append((our_time, their_time))
    return [o for o, _ in spent], [t for _, t in spent]
