"""`source import`, `source export`: subscription lists (OPML), in and out."""

from functools import partial
from pathlib import Path
from typing import Any

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured, reading_wire
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import counted
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
@click.pass_context
def import_(ctx: click.Context, *, file: Path) -> None:
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
    if not found.sources:
        click.echo(f"mediawire: {file} holds no feed that is new here", err=True)
        if not found.known:
            ctx.exit(FAILED)
        return
    target = f"{MORE_SOURCES}/{slug(file.stem) or 'imported'}.yaml"
    files.folder.write(target, partial(with_sources, sources=found.sources))
    known = f"; polled already: {found.known}" if found.known else ""
    verb = "is" if len(found.sources) == 1 else "are"
    added = counted(len(found.sources), "source")
    click.echo(f"{added} {verb} added in {target}{known}")


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
