"""`poll`, `publish`: once, then exit; and how a round and a publishing are told."""

import sys
from collections.abc import Iterable, Mapping

import click

from aggregator.app.round import Summary, begin_round, poll_round
from aggregator.app.wire import EVERYTHING, Wire
from aggregator.cli import FAILED, Invocation, no_such
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import (
    configured,
    known_sources,
    working_config,
    working_wire,
)
from aggregator.cli.progress import Progress
from aggregator.cli.signals import on_signals
from aggregator.cli.terminal import emit_json, emit_table, json_option
from aggregator.config.folder import PUBLICATIONS
from aggregator.model import PublicationStatus, SourceState

# Seconds from a stop until a round is ended as it stands: what running polls bring is
# still published, which may take a while after many.
FLUSHED = 60.0


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=source_ids)
@click.option("--force", is_flag=True, help="Ignore the clock, but not a Retry-After.")
@click.option("--strict", is_flag=True, help="Exit 1 if any source failed.")
@json_option()
@click.pass_context
def poll(
    ctx: click.Context,
    *,
    sources: tuple[str, ...],
    force: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Poll what is due, once, then publish what changed; for cron."""
    invocation: Invocation = ctx.obj
    with working_wire(working_config(invocation), "poll", alone=True) as wire:
        wanted = known_sources(wire, sources) or tuple(wire.sources)
        begun = begin_round(wire)
        if force:
            states = _forced(wire, begun.stored, wanted, named=bool(sources))
        else:
            states = [s for s in wire.schedule.due(EVERYTHING) if s.source_id in wanted]
            if sources and not invocation.quiet:
                _tell_waiting(wire, set(wanted) - {s.source_id for s in states})
        summary = run_round(wire, states, invocation, forced=force, prunes=begun.prunes)
    tell_summary(summary, as_json=as_json)
    if summary.refused or (strict and summary.failed):
        ctx.exit(FAILED)


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if bytes differ.")
@json_option()
@click.pass_context
def publish(
    ctx: click.Context, *, names: tuple[str, ...], check: bool, as_json: bool
) -> None:
    """Render the publications and write what changed."""
    config = configured(ctx.obj)
    known = {publication.id: publication for publication in config.publications}
    if unknown := [name for name in names if name not in known]:
        raise no_such("publication", unknown[0], known)
    chosen = [known[name] for name in names] or list(known.values())
    with working_wire(config, "publish") as wire:
        wire.enlist()
        if check:
            differing = wire.printing.would_publish(wire.clock(), chosen)
            if as_json:
                emit_json([{"path": path} for path in differing])
            else:
                for path in differing:
                    click.echo(f"{path} would change")
            ctx.exit(FAILED if differing else 0)
        statuses = wire.publish(chosen)
    _print_statuses(statuses, as_json=as_json)
    if any(status.refused for status in statuses):
        ctx.exit(FAILED)


def _forced(
    wire: Wire,
    stored: Mapping[str, SourceState],
    wanted: tuple[str, ...],
    *,
    named: bool,
) -> list[SourceState]:
    """Return the states of sources to poll now, and say which are left alone and why.

    A feed that is gone is asked again only by its name.
    """
    from aggregator.fetching import cadence

    states = []
    for source_id in dict.fromkeys(wanted):
        source, state = wire.sources[source_id], stored[source_id]
        reason = cadence.may_force(source, state, now=wire.clock())
        if not reason and state.gone and not named:
            reason = cadence.not_due(source, state, now=wire.clock())
        if reason:
            click.echo(f"mediawire: {source_id} is not polled: {reason}", err=True)
        else:
            states.append(state)
    return states


def _tell_waiting(wire: Wire, waiting: Iterable[str]) -> None:
    """Say why sources that were asked for by name are not polled now."""
    from aggregator.fetching import cadence

    states, now = wire.schedule.states(), wire.clock()
    for source_id in sorted(waiting):
        reason = cadence.not_due(wire.sources[source_id], states[source_id], now=now)
        click.echo(f"mediawire: {source_id} is not polled: {reason}", err=True)


def run_round(
    wire: Wire,
    states: list[SourceState],
    invocation: Invocation,
    *,
    prunes: bool,
    forced: bool = False,
) -> Summary:
    """Poll these sources with a bar on a terminal; signals end the round early."""
    with Progress(len(states), quiet=invocation.quiet) as progress:
        return poll_round(
            wire,
            states,
            forced=forced,
            prunes=prunes,
            polled=progress.advance,
            begun=lambda engine: on_signals(engine.abandon, within=FLUSHED),
        )


def tell_summary(summary: Summary, *, as_json: bool) -> None:
    """Print what a round brought, for a program or for a person."""
    if as_json:
        emit_json(summary.as_json())
    else:
        show_summary(summary)


def show_summary(summary: Summary) -> None:
    """Print a table of what each source brought, and the counts."""
    counts = summary.as_json()
    emit_table(
        ["source", "outcome", "new", "changed", "error"],
        [
            [s["id"], s["outcome"], s["new"], s["changed"], s["error"] or ""]
            for s in counts["sources"]
        ],
    )
    click.echo(
        f"{counts['polled']} polled: {counts['updated']} updated, "
        f"{counts['unchanged']} unchanged, {counts['failed']} failed; "
        f"{counts['new']} new articles, {counts['changed']} changed"
    )
    for status in summary.refused:
        click.echo(f"mediawire: {status.path} not replaced: {status.refused}", err=True)


def _print_statuses(statuses: list[PublicationStatus], *, as_json: bool) -> None:
    if as_json:
        emit_json(
            [
                {
                    "path": status.path,
                    "entries": status.entries,
                    "written_at": status.written_at,
                    "refused": status.refused,
                    "left_out": [
                        {"id": id_, "reason": reason} for id_, reason in status.left_out
                    ],
                }
                for status in statuses
            ]
        )
        return
    emit_table(
        ["path", "entries", "written (UTC)", "refused"],
        [[s.path, s.entries, s.written_at, s.refused or ""] for s in statuses],
        empty=f"no publication is configured; see {PUBLICATIONS}",
    )
    sys.stdout.flush()
    for status in statuses:
        if status.left_out:
            id_, reason = status.left_out[0]
            others = len(status.left_out) - 1
            more = f"; and {others} more, see --json" if others else ""
            click.echo(
                f"mediawire: {id_} is left out of {status.path}: {reason}{more}",
                err=True,
            )
