"""`run`, `serve`, `scheduler`, `worker`: the main job and its parts."""

import threading
from collections.abc import Callable
from functools import partial

import click

from aggregator.app.clock import utc_now
from aggregator.app.round import begin_round
from aggregator.app.supervisor import Tell, nobody, supervisor
from aggregator.app.wire import EVERYTHING, Wire
from aggregator.cli import FAILED, Invocation
from aggregator.cli.once import run_round, tell_summary
from aggregator.cli.opening import (
    configured,
    settle,
    working_config,
    working_wire,
)
from aggregator.cli.signals import on_signals
from aggregator.cli.values import listening
from aggregator.errors import StoreError
from aggregator.model import Config

_listen = click.option(
    "--listen",
    metavar="HOST:PORT",
    callback=listening,
    help="Serve pages and feeds here.",
)


@click.command()
@click.option("--once", is_flag=True, help="One full round of what is due, then exit.")
@_listen
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
            summary = run_round(wire, due, invocation, prunes=begun.prunes)
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
@_listen
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
