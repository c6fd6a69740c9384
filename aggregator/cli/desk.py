"""`article retitle`, `article split`: what the desk decides about single articles."""

import click

from aggregator.app.deciding import named
from aggregator.cli.opening import configured, reading_wire, working_wire
from aggregator.errors import StoreHeld


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.argument("title", required=False)
@click.option("--reset", is_flag=True, help="Let the rules decide again.")
@click.pass_context
def retitle(ctx: click.Context, *, ref: str, title: str | None, reset: bool) -> None:
    """Publish an article under a headline of your own, whatever the rules say."""
    from aggregator.app.desk import retitle as write
    from aggregator.app.desk import shown
    from aggregator.text import markup

    headline = markup.plain(title or "", "text/plain")
    if bool(headline) == reset:
        raise click.UsageError("give a headline, or --reset to let the rules decide")
    with reading_wire(ctx.obj) as wire:
        for article in shown(named(wire, ref)):
            now = write(wire, article, None if reset else headline)
            click.echo(f"{article.id}: {now}")
        wire.call_press()
    _publish(ctx, "article retitle")


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.option("--reset", is_flag=True, help="Let it be a duplicate again.")
@click.pass_context
def split(ctx: click.Context, *, ref: str, reset: bool) -> None:
    """Let an article stand alone that was taken for a duplicate; it stays so."""
    from aggregator.app import desk

    decide = desk.unsplit if reset else desk.split
    with reading_wire(ctx.obj) as wire:
        said = [decide(wire, article) for article in desk.shown(named(wire, ref))]
        wire.call_press()
    for sentence, _ in said:
        click.echo(sentence)
    if any(changes for _, changes in said):
        _publish(ctx, "article split")


def _publish(ctx: click.Context, purpose: str) -> None:
    """Publish what was decided, or leave it to the service that runs."""
    try:
        with working_wire(configured(ctx.obj), purpose) as wire:
            wire.publish_news()
    except StoreHeld:
        click.echo("the running service publishes it now")
