"""`db status`, `migrate`, `backup`, `prune`: the store itself."""

from pathlib import Path

import click

from aggregator.cli import Invocation, Verbs
from aggregator.cli.opening import configured, held, reading_wire
from aggregator.cli.terminal import emit_json, emit_result, emit_table, json_option
from aggregator.errors import MediaWireError


@click.group(cls=Verbs)
def db() -> None:
    """Look after the store."""


@db.command()
@json_option()
@click.pass_obj
def status(invocation: Invocation, *, as_json: bool) -> None:
    """Show where the store is, its schema, and what is in it. Changes nothing."""
    from aggregator.config import masked
    from aggregator.store import HEAD, open_store, schema_version

    config = configured(invocation)
    version = schema_version(config.store)
    found: dict[str, object] = {
        "store": masked(config.store),
        "schema": version,
        "current": version == HEAD,
        "sources": None,
        "articles": None,
    }
    if version == HEAD:
        with open_store(config.store, read_only=True) as store:
            found |= {"sources": len(store.states()), "articles": store.count()}
    if as_json:
        emit_json(found)
        return
    emit_table(["what", "is"], [[name, value] for name, value in found.items()])


@db.command()
@json_option('{"schema"}')
@click.pass_obj
def migrate(invocation: Invocation, *, as_json: bool) -> None:
    """Bring the store to the schema of this program, or create it."""
    from aggregator.store import migrate as bring_up_to_date

    config = configured(invocation)
    with held(config, "db migrate", alone=True):
        version = bring_up_to_date(config.store)
    emit_result({"schema": version}, f"the schema is {version}", as_json=as_json)


@db.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option('{"file", "bytes"}')
@click.pass_obj
def backup(invocation: Invocation, *, file: Path, as_json: bool) -> None:
    """Copy an SQLite store to a new FILE while the service goes on."""
    from aggregator.store import open_store

    if not file.parent.is_dir():
        raise MediaWireError(
            f"{file.parent}: there is no such folder to write a copy to"
        )
    with open_store(configured(invocation).store, create=False) as store:
        store.backup(file)
    size = file.stat().st_size
    copy = {"file": str(file), "bytes": size}
    emit_result(copy, f"{file}: {size} bytes", as_json=as_json)


@db.command()
@json_option('{"pruned"}, a number of articles')
@click.pass_context
def prune(ctx: click.Context, *, as_json: bool) -> None:
    """Delete articles older than `keep`, but none that a source still lists.

    A running service does this once a day by itself, and so do rounds of cron.
    """
    from aggregator.cli.deciding import publish

    with reading_wire(ctx.obj) as wire:
        pruned = wire.prune(wire.clock())
        wire.call_press()
    emit_result({"pruned": pruned}, f"{pruned} articles pruned", as_json=as_json)
    if pruned:
        otherwise = "the running service publishes without them now"
        publish(ctx, "db prune", otherwise, as_json=as_json)
