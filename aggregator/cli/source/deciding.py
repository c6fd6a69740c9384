"""`source release`, `source reject`: what becomes of a source that is held.

A source is held when it may not be itself any more (see `aggregator.suspicion`): nothing
of it is taken in, what came before stays.
"""

import click

from aggregator.app import deciding
from aggregator.cli import Invocation
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import known_sources, reading_wire
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import emit_result, json_option


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@json_option('{"id"}')
@click.pass_obj
def release(invocation: Invocation, *, source_id: str, as_json: bool) -> None:
    """Believe a held source: take in what it sends from the next poll on."""
    with reading_wire(invocation) as wire:
        known_sources(wire, (source_id,))
        deciding.release(wire, source_id)
    said = f"{source_id} is released; it is polled next"
    emit_result({"id": source_id}, said, as_json=as_json)


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@json_option('{"id", "file"}')
@click.pass_obj
def reject(invocation: Invocation, *, source_id: str, as_json: bool) -> None:
    """Do not believe a held source: pause it; what came before stays."""
    with reading_wire(invocation) as wire:
        known_sources(wire, (source_id,))
        held = wire.schedule.states()[source_id].held
    file = SourceFiles(invocation).folder.reject(source_id, held)
    result = {"id": source_id, "file": file}
    said = f"{source_id} is rejected and paused ({file})"
    emit_result(result, said, as_json=as_json)
