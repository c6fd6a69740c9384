"""Drill: kill -9 at random moments and at every named step, then look and go on.

In: a folder, a store's URL, how often. Out: a Tally. Even rounds kill `poll --force`,
odd ones the main job, which polls every second; on PostgreSQL there is a drill with
workers, too. After each kill the invariants are looked at as they stand; after every few
kills (each, in short drills) one `poll --force` runs to its end and everything that was
ever served must be there once, corrected, under its old names.
"""

import random
import sys
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from tests.drills.agencies import Agencies
from tests.drills.doomed import Doomed, command, command_killed_at, service
from tests.drills.truth import Truth
from tests.installation import Installation

# A poll of 50 sources takes about this long when nobody else uses the machine.
A_POLL = 1.5


@dataclass
class Tally:
    """What a drill counted; `faults` must be empty."""

    kills: int = 0
    articles: int = 0
    missed: int = 0  # the process had ended by itself
    faults: list = field(default_factory=list)
    back: list = field(default_factory=list)  # seconds to come back

    def __str__(self):
        lost = sum(f.startswith("lost") for f in self.faults)
        doubled = sum(f.startswith("doubled") for f in self.faults)
        return (
            f"{self.kills} kills, {self.articles} articles served: {lost} lost, "
            f"{doubled} doubled, {len(self.faults) - lost - doubled} other faults; "
            f"back in {median(self.back):.1f} s (longest {max(self.back):.1f} s)"
        )


class Drill:
    """One installation that is killed again and again."""

    def __init__(self, folder, agencies, store=None):
        self.at = Installation(
            folder,
            {n: {"url": u, "interval": "1s"} for n, u in agencies.addresses().items()},
            store=store,
        )
        self.agencies = agencies
        self.truth = Truth(self.at, agencies)
        self.tally = Tally()
        self.log = folder / "log"
        self.polls_again("before the first kill")

    def start(self, work, *arguments):
        return Doomed(work, self.log, *arguments)

    def command(self, *arguments):
        return self.start(command, "-q", "-c", str(self.at.config), *arguments)

    def polls_again(self, moment):
        """Poll once to the end; everything served must be there then."""
        began = monotonic()
        process = self.command("poll", "--force")
        code = process.ended()
        self.tally.back.append(monotonic() - began)
        if code:
            self.tally.faults.append(f"{moment}: the next poll ended with {code}")
        self.note(moment, self.truth.after_the_next_poll())

    def killed(self, process, moment, *, polls=True):
        """Note a kill, look, poll, look."""
        self.tally.kills += process.kill() == -9
        self.note(moment, self.truth.after_a_kill())
        if polls:
            self.polls_again(moment)

    def note(self, moment, faults):
        self.tally.faults += [f"{fault} ({moment})" for fault in faults]
        self.tally.articles = sum(map(len, self.agencies.served.values()))


def at_random(folder, *, times, sources=50, seed=1, store=None, polls_every=1):
    """D1: kill at random moments; half of them a poll, half the main job."""
    dice = random.Random(seed)
    with Agencies(sources, seed=seed) as agencies:
        drill = Drill(folder, agencies, store)
        turn = 0
        while drill.tally.kills < times:
            turn += 1
            if turn % 2:
                process = drill.start(service, str(drill.at.config))
                seconds = dice.uniform(0.2, 2 * A_POLL)
            else:
                process = drill.command("poll", "--force")
                seconds = dice.uniform(0, A_POLL)
            process.lives_for(seconds)
            moment = f"turn {turn}, after {seconds:.2f} s"
            drill.killed(process, moment, polls=turn % polls_every == 0)
            if drill.tally.kills % 20 == 0:
                print(drill.tally, file=sys.stderr, flush=True)
        drill.polls_again("after the last kill")
        return drill.tally


def among_workers(folder, *, times, sources=20, seed=1, store):
    """D1: kill a scheduler and two workers beside it, one after the other."""
    dice = random.Random(seed)
    with Agencies(sources, seed=seed) as agencies:
        drill = Drill(folder, agencies, store)
        while drill.tally.kills < times:
            crew = [drill.start(service, str(drill.at.config))]
            crew += [drill.command("worker") for _ in range(2)]
            dice.shuffle(crew)
            for process in crew:
                process.lives_for(dice.uniform(0.2, A_POLL))
                drill.tally.kills += process.kill() == -9
            moment = f"after {drill.tally.kills} kills"
            drill.note(moment, drill.truth.after_a_kill())
            drill.polls_again(moment)
        return drill.tally


def at_steps(folder, steps, *, sources=8, seed=1, store=None):
    """D2: kill at named steps of a poll, its record and its publishing."""
    with Agencies(sources, seed=seed) as agencies:
        drill = Drill(folder, agencies, store)
        for step in steps:
            arguments = ("-q", "-c", str(drill.at.config), "poll", "--force")
            process = drill.start(command_killed_at, step, *arguments)
            if process.ended() != -9:
                drill.tally.missed += 1
            drill.killed(process, step)
        return drill.tally
