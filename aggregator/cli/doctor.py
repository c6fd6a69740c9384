"""`doctor`: are libraries, clock, folders and store fit for the service?"""

import click

from aggregator.app.clock import utc_now
from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured, warn
from aggregator.cli.terminal import emit_json, json_option


@click.command()
@json_option()
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Name what around the service is not fit for it; exit 1 if anything is."""
    from aggregator.app.doctor import complaints, examined

    invocation: Invocation = ctx.obj
    config = configured(invocation)
    wrong = complaints(examined(config, now=utc_now()))
    if as_json:
        warnings = list(config.warnings)
        emit_json({"well": not wrong, "complaints": wrong, "warnings": warnings})
    else:
        warn(config)
        well = "all else is well" if config.warnings else "all is well"
        for sentence in wrong or [well]:
            click.echo(sentence)
    if wrong:
        ctx.exit(FAILED)
