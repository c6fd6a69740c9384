"""`source pause`, `source resume`, `source remove`: one source, in the file it stands in."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import click

from aggregator.app.clock import utc_now
from aggregator.cli import Invocation
from aggregator.cli.completing import source_ids
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import emit_result, json_option
from aggregator.cli.values import Text
from aggregator.config.edit import without_source
from aggregator.config.folder import PUBLICATIONS
from aggregator.config.names import time_of
from aggregator.config.written import Place
from aggregator.epoch import timestamp
from aggregator.errors import Complaint, ConfigError


def _selected(files: SourceFiles, source_id: str) -> Iterator[Complaint]:
    """Say what to do where publications select a source that cannot be removed."""
    by = [p.id for p in files.config.publications if source_id in p.select.sources]
    if by:
        yield Place(file=PUBLICATIONS).complaint(
            (),
            f"it is selected by its id in {', '.join(by)}: take it out there first, and "
            f"its reports leave these feeds; `mediawire source pause {source_id}` stops "
            "polling it and leaves them there",
        )


def _to_come(_context: object, _option: object, text: str | None) -> datetime | None:
    """Return the time that an option says; as in the files, without a zone it is UTC."""
    if text is None:
        return None
    try:
        until = time_of(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
    if until <= utc_now():
        raise click.BadParameter(
            f"{text} has passed, so nothing would be paused; write a time to come"
        )
    return until


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@click.option(
    "--until",
    callback=_to_come,
    metavar="TIME",
    help="When polling goes on by itself: 2026-12-31 or 2026-12-31T18:00:00Z.",
)
@click.option(
    "--why",
    default="",
    type=Text(in_one_line=True),
    help="The reason, for status and the next editor.",
)
@json_option('{"id", "file", "until"}')
@click.pass_obj
def pause(
    invocation: Invocation,
    *,
    source_id: str,
    until: datetime | None,
    why: str,
    as_json: bool,
) -> None:
    """Stop polling a source for now; its articles stay where they are."""
    files = SourceFiles(invocation)
    files.source(source_id)
    file = files.folder.pause(source_id, now=utc_now(), why=why, until=until)
    paused = SourceFiles(invocation).source(source_id).paused
    until = paused.until if paused else None
    when = f" until {timestamp(until)}" if until else ""
    result = {"id": source_id, "file": file, "until": until}
    emit_result(result, f"{source_id} is paused{when} ({file})", as_json=as_json)


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@json_option('{"id", "file"}')
@click.pass_obj
def resume(invocation: Invocation, *, source_id: str, as_json: bool) -> None:
    """Go on polling a source that was paused."""
    files = SourceFiles(invocation)
    files.source(source_id)
    file = files.folder.resume(source_id)
    result = {"id": source_id, "file": file}
    emit_result(result, f"{source_id} goes on ({file})", as_json=as_json)


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@json_option('{"id", "file"}')
@click.pass_obj
def remove(invocation: Invocation, *, source_id: str, as_json: bool) -> None:
    """Take a source out of the config; it is polled no more.

    Its articles stay in the store and in the feeds, under the rights they came with,
    until each is taken out by `mediawire article withdraw`. Added again under the same
    id, the source goes on where it was.
    """
    files = SourceFiles(invocation)
    files.source(source_id)
    try:
        file = files.folder.change(
            source_id, partial(without_source, source_id=source_id)
        )
    except ConfigError as error:
        raise ConfigError((*error.complaints, *_selected(files, source_id))) from error
    emit_result(
        {"id": source_id, "file": file},
        f"{source_id} is removed from {file}; its articles stay in the store and in the "
        "feeds, under the rights they came with: `mediawire article list --source "
        f"{source_id}` names them, `mediawire article withdraw` takes one out",
        as_json=as_json,
    )
