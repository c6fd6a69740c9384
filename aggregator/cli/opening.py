"""Open what a command works on: config read, wire ready, store held."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager

import click

from aggregator.app.clock import Clock, utc_now
from aggregator.app.configuring import load_config
from aggregator.app.wire import Wire
from aggregator.cli import Invocation, no_such
from aggregator.errors import StoreHeld
from aggregator.model import Config

# What works by itself until it is stopped.
SERVICES = ("run", "scheduler", "worker")
NO_SOURCES = "no source is configured; `mediawire source add URL` adds one"


def configured(
    invocation: Invocation, flags: Mapping[str, str] | None = None
) -> Config:
    """Return the config of this invocation; `flags` win over everything else."""
    return load_config(invocation.folder, environ=invocation.environ, flags=flags)


def working_config(
    invocation: Invocation, flags: Mapping[str, str] | None = None
) -> Config:
    """Return the config to poll by once, and say what in it is likely not meant.

    Commands that only look say nothing of it: `check` and `doctor` do. A service has it
    in its log.
    """
    config = configured(invocation, flags)
    if not invocation.quiet:
        warn(config)
    return config


def warn(config: Config) -> None:
    """Say what in a config is likely not meant."""
    for warning in config.warnings:
        click.echo(f"mediawire: {warning}", err=True)


@contextmanager
def reading_wire(invocation: Invocation) -> Iterator[Wire]:
    """Open the wire beside others at work on it: to look, or to decide as the desk.

    The store is not held, so nothing is polled or published here. What is written (a
    withdrawal, a headline, a split, a release, a prune) is one transaction that takes
    its turn with those of the process that holds it.
    """
    wire = Wire(configured(invocation))
    settle()
    try:
        yield wire
    finally:
        wire.close()


@contextmanager
def held(
    config: Config, purpose: str, *, clock: Clock = utc_now, alone: bool = False
) -> Iterator[Callable[[], None]]:
    """Hold the store; raises StoreHeld, with what to do now, if another one does.

    `alone` is to hold it without workers, too.
    """
    from aggregator.store import hold

    with ExitStack() as holding:
        try:
            still_held = holding.enter_context(
                hold(config.store, purpose, now=clock(), alone=alone)
            )
        except StoreHeld as error:
            what_now = _what_now(str(error), purpose, config.base_url)
            raise StoreHeld(f"{error}; {what_now}") from error
        yield still_held


def _what_now(holder: str, purpose: str, base_url: str) -> str:
    """Return what to do about a store that is held, for the command that wants it."""
    is_service = any(f"held by {name} (" in holder for name in SERVICES)
    if not is_service:
        return "try again when that has ended"
    if purpose == "poll" and "held by run (" in holder:
        return (
            'it polls by itself what is due; to poll a source now press "Poll now" on '
            f"its page below {base_url}/status/, or stop the service"
        )
    by_itself = {
        "poll": "it polls by itself what is due; ",
        "publish": "it publishes by itself what changed; ",
    }
    return f"{by_itself.get(purpose, '')}stop it first to run this"


@contextmanager
def working_wire(
    config: Config, purpose: str, *, clock: Clock = utc_now, alone: bool = False
) -> Iterator[Wire]:
    """Open the wire to work on it; raises StoreHeld if another one does.

    Workers may poll meanwhile, unless this is to be `alone`.
    """
    with held(config, purpose, clock=clock, alone=alone) as still_held:
        wire = Wire(config, clock=clock, still_held=still_held)
        settle()
        try:
            yield wire
        finally:
            wire.close()


def settle() -> None:
    """End the start: let Python look for garbage, but never in what stands now.

    Does nothing in a program that is not ours, which looks for garbage all the time.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def known_sources(wire: Wire, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names if all are configured sources; else say which is not."""
    for name in names:
        if name not in wire.sources:
            raise no_such("source", name, wire.sources)
    return names
