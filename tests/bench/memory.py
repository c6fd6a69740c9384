"""Peak memory of a round over 1,000 sources: cold, unchanged, 10 % changed; with bombs.

Of the command's own process: a reading worker has a limit of its own, which the system
enforces. The bombs fill as much as is allowed, the download's cap here (the gzip one)
and the worker there (the one of entities).
"""

from tests.bench.measure import Row
from tests.bench.world import World

MOST = 120


def measure(rounds, sources=1000):
    del rounds
    for with_, bombs in (("", ()), (", two bombs among them", ("gzip", "entities"))):
        with World(sources=sources, entries=30, bombs=bombs) as world:
            for phase, share in (("cold", 0), ("unchanged", 0), ("10 % changed", 0.1)):
                if share:
                    world.advance(share, 2)
                spent = world.sweep("--force")
                yield Row(
                    name=f"peak memory, N = {sources}, {phase}{with_}",
                    ours=[spent.own_peak],
                    unit="MB",
                    most=MOST,
                    note=f"largest process {spent.peak:.0f} MB",
                )
