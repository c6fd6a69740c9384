"""`run`, `poll`, `publish`, `serve`, `scheduler`, `worker`: the main job and its parts."""

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial

import click

from aggregator.app.clock import utc_now
from aggregator.app.round import Summary, begin_round, poll_round
from aggregator.app.supervisor import Tell, nobody, supervisor
from aggregator.app.wire import EVERYTHING, Wire
from aggregator.cli import FAILED, Invocation, no_such
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import (
    configured,
    known_sources,
    settle,
    working_config,
    working_wire,
)
from aggregator.cli.progress import Progress
from aggregator.cli.signals import on_signals
from aggregator.cli.terminal import emit_json, emit_table, json_option
from aggregator.cli.values import listening
from aggregator.config.folder import PUBLICATIONS
from aggregator.errors import StoreError
from aggregator.model import Config, PublicationStatus, SourceState

# Seconds from a stop until a round is ended as it stands: what running polls bring is
# still published, which may take a while after many.
FLUSHED = 60.0


@click.command()
@click.option("--once", is_flag=True, help="One full round of what is due, then exit.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=listening,
    help="Serve pages and feeds here.",
)
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON document.")
@click.pass_context
def run(ctx: click.Context, *, once: bool, listen: str | None, as_json: bool) -> None:
    """Poll on schedule, publish, serve pages and feeds, in one process."""
    invocation: Invocation = ctx.obj
    if as_json and not once:
        raise click.UsageError("--json is for --once; `status --json` tells how all is")
    flags = {"listen": listen} if listen else {}
    if once:
        config = working_config(invocation, flags)
        with working_wire(config, "run --once", alone=True) as wire:
            begun = begin_round(wire)
            due = wire.schedule.due(EVERYTHING)
            summary = _round(wire, due, invocation, prunes=begun.prunes)
        tell_summary(summary, as_json=as_json)
        ctx.exit(FAILED if summary.refused else 0)
    with working_wire(configured(invocation, flags), "run") as wire:
        serve_forever(
            wire,
            load=partial(configured, invocation, flags),
            tell=supervisor(invocation.environ),
        )


@click.command()
@click.pass_obj
def scheduler(invocation: Invocation) -> None:
    """Poll on schedule and publish; serve nothing."""
    from aggregator.app.service import Service

    with working_wire(configured(invocation), "scheduler") as wire:
        load = partial(configured, invocation)
        service = Service(wire, load, supervisor(invocation.environ))
        on_signals(service.stop, service.reload)
        service.run()


@click.command()
@click.pass_obj
def worker(invocation: Invocation) -> None:
    """Poll beside a scheduler, on PostgreSQL; publish and serve nothing."""
    from aggregator.app.worker import Worker
    from aggregator.store import open_shards

    config = configured(invocation)
    shards = open_shards(config.store, "worker", now=utc_now(), joins=True)
    if shards is None:
        raise StoreError(
            "a worker polls beside a scheduler, from a store on PostgreSQL; from one on "
            "SQLite one process polls: `mediawire run`"
        )
    wire = Wire(config)
    settle()
    try:
        work = Worker(
            wire,
            shards,
            partial(configured, invocation),
            supervisor(invocation.environ),
        )
        on_signals(work.stop, work.reload)
        work.run()
    finally:
        shards.close()
        wire.close()


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
        summary = _round(wire, states, invocation, forced=force, prunes=begun.prunes)
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


@click.command()
@click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=listening,
    help="Serve pages and feeds here.",
)
@click.pass_obj
def serve(invocation: Invocation, *, listen: str | None) -> None:
    """Serve pages and feeds from what is stored; poll nothing."""
    from aggregator.app.following import Following
    from aggregator.app.pages import WebServer

    flags = {"listen": listen} if listen else {}
    wire = Wire(configured(invocation, flags))
    settle()
    following = Following(wire, partial(configured, invocation, flags), wire.show)
    try:
        server = WebServer(wire, following=following)
        on_signals(server.stop, partial(following.call, by_hand=True))
        watch = partial(following.watch, threading.Event())
        threading.Thread(target=watch, daemon=True, name="config").start()
        # In the main thread uvicorn would take the signals from us.
        server.start()
        server.wait()
    finally:
        wire.close()


def serve_forever(
    wire: Wire, load: Callable[[], Config], *, tell: Tell = nobody
) -> None:
    """Run the main job until a signal; a second Ctrl-C ends it at once with 130."""
    from aggregator.app.pages import LINGER, WebServer
    from aggregator.app.service import GRACE, Service

    service = Service(wire, load, tell)

    def stop() -> None:
        service.stop()
        # Where polls take all of their time to end, pages end within it, too.
        ending = threading.Timer(GRACE.total_seconds() - LINGER, retire)
        ending.daemon = True
        ending.start()

    def retire() -> None:
        server.retire()

    on_signals(stop, service.reload)
    server = WebServer(wire, service)
    server.start()
    try:
        service.run()
    finally:
        server.stop()


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


def _round(
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
