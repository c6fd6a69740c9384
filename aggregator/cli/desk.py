"""`article retitle`, `article split`: what the desk decides about single articles."""

import click

from aggregator.app.wire import Wire
from aggregator.cli import FAILED
from aggregator.cli.opening import configured, reading_wire, working_wire
from aggregator.errors import StoreHeld
from aggregator.model import Article


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.argument("title", required=False)
@click.option("--reset", is_flag=True, help="Let the rules decide again.")
@click.pass_context
def retitle(ctx: click.Context, *, ref: str, title: str | None, reset: bool) -> None:
    """Publish an article under a headline of your own, whatever the rules say."""
    from aggregator.app.desk import retitle as write

    headline = " ".join((title or "").split())
    if bool(headline) == reset:
        raise click.UsageError("give a headline, or --reset to let the rules decide")
    with reading_wire(ctx.obj) as wire:
        for article in _found(ctx, wire, ref):
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
    with reading_wire(ctx.obj) as wire:
        for article in _found(ctx, wire, ref):
            if reset:
                wire.store.twins.unsplit(article.id)
            else:
                wire.store.twins.split(article.id)
            click.echo(f"{article.id} {'may be a duplicate' if reset else 'is alone'}")
        wire.call_press()
    _publish(ctx, "article split")


def _found(ctx: click.Context, wire: Wire, ref: str) -> list[Article]:
    found = wire.store.find(ref)
    if not found:
        click.echo(f"mediawire: no article has the id or address {ref}", err=True)
        ctx.exit(FAILED)
    return found


def _publish(ctx: click.Context, purpose: str) -> None:
    """Publish what was decided, or leave it to the service that runs."""
    try:
        with working_wire(configured(ctx.obj), purpose) as wire:
            wire.publish_news()
    except StoreHeld:
        click.echo("the running service publishes it now")
