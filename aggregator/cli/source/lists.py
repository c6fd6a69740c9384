"""`source import`, `source export`: subscription lists (OPML), in and out."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured, reading_wire
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import counted, emit_json, json_option
from aggregator.config.edit import with_sources
from aggregator.config.folder import MORE_SOURCES
from aggregator.config.intake import Intake, intake
from aggregator.config.names import slug
from aggregator.errors import ConfigError, MediaWireError, StoreError

# A whole desk's list of 10,000 feeds has about 3 MB.
MOST_BYTES = 20 * 1024 * 1024


@click.command("import")
@click.argument(
    "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILE"
)
@json_option('{"file", "added": [ID], "known", "left_out"}')
@click.pass_context
def import_(ctx: click.Context, *, file: Path, as_json: bool) -> None:
    """Take the feeds of an OPML file in, as sources.d/NAME.yaml.

    Folders become tags. What is polled already is left alone, and a feed that cannot be
    taken is named with its line. Taking all back is to delete that one file.
    """
    files = SourceFiles(ctx.obj)
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES)
    try:
        found = intake(str(file), content, files.config)
    except ConfigError as error:
        # What is wrong is a file that somebody brings, not our config.
        raise MediaWireError(str(error)) from error
    _explain(found)
    target = None
    if found.sources:
        target = f"{MORE_SOURCES}/{slug(file.stem) or 'imported'}.yaml"
        files.folder.write(target, partial(with_sources, sources=found.sources))
    else:
        click.echo(f"mediawire: {file} holds no feed that is new here", err=True)
    if as_json:
        emit_json(_as_json(found, target))
    elif target:
        click.echo(_added(found, target))
    if not (found.sources or found.known):
        ctx.exit(FAILED)


def _as_json(found: Intake, target: str | None) -> dict[str, Any]:
    return {
        "file": target,
        "added": [source["id"] for source in found.sources],
        "known": found.known,
        "left_out": list(found.left_out),
    }


def _added(found: Intake, target: str) -> str:
    known = f"; polled already: {found.known}" if found.known else ""
    verb = "is" if len(found.sources) == 1 else "are"
    added = counted(len(found.sources), "source")
    return f"{added} {verb} added in {target}{known}"


@click.command()
@click.pass_obj
def export(invocation: Invocation) -> None:
    """Print the configured sources as OPML 2.0, without credentials."""
    from aggregator.app.standing import standings
    from aggregator.web import opml

    config = configured(invocation)
    told: list[dict[str, Any]] = []
    try:
        with reading_wire(invocation) as wire:
            told = standings(wire)
    except StoreError as error:
        click.echo(f"mediawire: {error}; what the feeds say is left out", err=True)
    click.echo(opml.sources(config, told), nl=False)


def _explain(found: Intake) -> None:
    if found.flaw:
        click.echo(f"mediawire: {found.flaw}; read as it goes", err=True)
    for sentence in found.left_out:
        click.echo(f"mediawire: {sentence}", err=True)
