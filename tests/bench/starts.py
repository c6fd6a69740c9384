"""What a command costs before it does anything."""

from tests.bench.measure import Row, command
from tests.bench.world import World


def measure(rounds):
    with World(sources=20, entries=30) as world:
        world.ours()
        at = world.installation

        def run(*arguments):
            return [
                command(at.command(*arguments), cwd=at.folder).cpu
                for _ in range(rounds)
            ]

        yield Row(name="start of status", ours=run("status", "--json"), most=0.5)
        idle = run("-q", "poll", "--json")
        yield Row(name="start of poll with nothing due", ours=idle, most=0.5)
