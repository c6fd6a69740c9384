"""`doctor`: are libraries, clock, folders and store fit for the service?"""

import click

from aggregator.app.clock import utc_now
from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured
from aggregator.cli.terminal import emit_json


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def doctor(ctx: click.Context, *, as_json: bool) -> None:
    """Name what around the service is not fit for it; exit 1 if anything is."""
    from aggregator.app.doctor import complaints, examined

    invocation: Invocation = ctx.obj
    wrong = complaints(examined(configured(invocation), now=utc_now()))
    if as_json:
        emit_json({"well": not wrong, "complaints": wrong})
    else:
        for sentence in wrong or ["all is well"]:
            click.echo(sentence)
    if wrong:
        ctx.exit(FAILED)
