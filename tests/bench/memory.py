"""Peak memory of a round over 1,000 sources: cold, unchanged, 10 % changed; with a bomb.

The kernel tells the peak of the largest process of the tree. That is the main process,
unless a reading worker is larger; both are below the row's bound plus one worker's.
"""

from tests.bench.measure import Row
from tests.bench.world import World


def measure(rounds, sources=1000):
    del rounds
    with World(sources=sources, entries=30) as world:
        cold = world.sweep("--force").peak
        yield Row(name="peak memory, cold", ours=[cold], unit="MB", most=120)
        same = world.sweep("--force").peak
        yield Row(name="peak memory, unchanged", ours=[same], unit="MB", most=120)
        world.advance(0.1, 2)
        changed = world.sweep("--force").peak
        yield Row(name="peak memory, 10 % changed", ours=[changed], unit="MB", most=120)
