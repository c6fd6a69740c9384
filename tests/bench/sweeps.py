"""Sweeps over many sources, process start included, beside the naive script."""

from tests.bench.measure import Row, taking_turns
from tests.bench.world import World


def measure(rounds):
    yield tls(rounds, resumes=False)
    yield tls(rounds, resumes=True)
    yield cold(rounds, 200)
    yield from plain(rounds, 1000)
    yield from many(rounds)


def tls(rounds, sources=1000, *, resumes):
    """A new TLS connection for each source, 10 % of them with 2 new of 25 entries.

    All are on one host. If it hands out tickets, nearly all handshakes are short ones, as
    for many feeds of one host, and for a service that asks again while tickets last; the
    first round of a new process on a thousand hosts has whole ones.
    As many as in the other sweeps: with 200 a start and one publishing are half of ours.
    """
    tickets = 2 if resumes else 0
    with World(sources=sources, entries=25, tls=True, tickets=tickets) as world:
        world.ours(), world.theirs()

        ours, theirs = [], []
        for _ in range(rounds):
            world.advance(0.1, 2)
            ours.append(world.ours())
            theirs.append(world.theirs())
    how = "resumed" if resumes else "new"
    return Row(
        name=f"sweep, {how} TLS connections, 90 % unchanged, N = {sources}",
        ours=ours,
        theirs=theirs,
        times=True,
        least=12,
    )


def cold(rounds, sources):
    ours, theirs = [], []
    for _ in range(rounds):
        with World(sources=sources) as world:
            ours.append(world.ours())
            theirs.append(world.theirs())
    name = f"cold sweep, 30 new entries each, N = {sources}"
    return Row(name=name, ours=ours, theirs=theirs, most=0.30)


def plain(rounds, sources):
    """Kept-alive connections: cold, unchanged, and 10 % with 2 new of 30 entries."""
    with World(sources=sources) as world:
        first = [world.ours()], [world.theirs()]
        yield Row(
            name=f"cold sweep, 30 new entries each, N = {sources}",
            ours=first[0],
            theirs=first[1],
            most=0.30,
            note="one round",
        )
        ours, theirs = taking_turns(rounds, world.ours, world.theirs)
        name = f"unchanged sweep, kept-alive, N = {sources}"
        yield Row(name=name, ours=ours, theirs=theirs, most=0.80)
        ours, theirs = [], []
        for _ in range(rounds):
            world.advance(0.1, 2)
            ours.append(world.ours())
            theirs.append(world.theirs())
        name = f"10 % with 2 new of 30, N = {sources}"
        yield Row(name=name, ours=ours, theirs=theirs, most=0.35)


def many(rounds, few=1000, sources=5000):
    """What one more unchanged source costs, and whether that grows with their number."""
    with (
        World(sources=few, entries=3) as small,
        World(sources=sources, entries=3) as big,
    ):
        for world in (small, big):
            world.ours(), world.theirs()
        ours, theirs = taking_turns(rounds, big.ours, big.theirs)
        less = [small.ours() for _ in range(rounds)]
    name = f"unchanged sweep, kept-alive, N = {sources}"
    yield Row(name=name, ours=ours, theirs=theirs, most=0.50)
    each = [(b - s) / (sources - few) * 1000 for b, s in zip(ours, less, strict=True)]
    yield Row(name="one more unchanged source", ours=each, unit="ms", most=0.35)
    growth = [b / sources for b in ours], [s / few for s in less]
    yield Row(
        name=f"CPU per source at N = {sources} over N = {few}, start included",
        ours=growth[0],
        theirs=growth[1],
        most=1.15,
    )
