"""`source release`, `source reject`: what becomes of a source that is held.

A source is held when it may not be itself any more (see `aggregator.suspicion`): nothing
of it is taken in, what came before stays.
"""

from dataclasses import replace
from functools import partial

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import known_sources, reading_wire
from aggregator.cli.source.desk import Desk
from aggregator.config.edit import with_keys
from aggregator.fetching import cadence
from aggregator.suspicion import RELEASED_FOR


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@click.pass_context
def release(ctx: click.Context, *, source_id: str) -> None:
    """Believe a held source: take in what it sends from the next poll on."""
    with reading_wire(ctx.obj) as wire:
        known_sources(wire, (source_id,))
        state = wire.states()[source_id]
        if state.held is None:
            click.echo(f"mediawire: {source_id} is not held", err=True)
            ctx.exit(FAILED)
        now = wire.clock()
        wire.store.release(source_id, state.held, until=now + RELEASED_FOR)
        if not cadence.may_force(state, now=now):
            due = replace(
                state,
                next_poll_at=now,
                last_polled_at=None,
                because="released by the desk",
            )
            wire.store.reschedule([due])
    click.echo(f"{source_id} is released; it is polled next")


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@click.pass_obj
def reject(invocation: Invocation, *, source_id: str) -> None:
    """Do not believe a held source: pause it; what came before stays."""
    with reading_wire(invocation) as wire:
        known_sources(wire, (source_id,))
        held = wire.states()[source_id].held
    why = {"why": f"rejected by the desk: {held or 'not held'}"}
    file = Desk(invocation).change(
        source_id, partial(with_keys, source_id=source_id, keys={"paused": why})
    )
    click.echo(f"{source_id} is rejected and paused ({file})")
