"""`article withdraw`, `retitle`, `split`: what the desk decides about single articles."""

import click

from aggregator.app import deciding
from aggregator.cli.opening import configured, reading_wire, working_wire
from aggregator.errors import StoreHeld


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.argument("title", required=False)
@click.option("--reset", is_flag=True, help="Let the rules decide again.")
@click.pass_context
def retitle(ctx: click.Context, *, ref: str, title: str | None, reset: bool) -> None:
    """Publish an article under a headline of your own, whatever the rules say."""
    from aggregator.text import markup

    headline = markup.plain(title or "", "text/plain")
    if bool(headline) == reset:
        raise click.UsageError("give a headline, or --reset to let the rules decide")
    with reading_wire(ctx.obj) as wire:
        for article in deciding.decidable(deciding.named(wire, ref)):
            now = deciding.retitle(wire, article, None if reset else headline)
            click.echo(f"{article.id}: {now}")
        wire.call_press()
    publish(ctx, "article retitle", "the running service publishes it now")


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.option("--reset", is_flag=True, help="Let it be a duplicate again.")
@click.pass_context
def split(ctx: click.Context, *, ref: str, reset: bool) -> None:
    """Let an article stand alone that was taken for a duplicate; it stays so."""
    decide = deciding.unsplit if reset else deciding.split
    with reading_wire(ctx.obj) as wire:
        found = deciding.decidable(deciding.named(wire, ref))
        said = [decide(wire, article) for article in found]
        wire.call_press()
    for sentence, _ in said:
        click.echo(sentence)
    if any(changes for _, changes in said):
        publish(ctx, "article split", "the running service publishes it now")


@click.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.option("--reason", required=True, help="Stands on its page, for readers.")
@click.pass_context
def withdraw(ctx: click.Context, *, ref: str, reason: str) -> None:
    """Take an article back: it leaves every output at once and never returns."""
    if not reason.strip():
        raise click.UsageError("--reason is empty; it stands on the article's page")
    with reading_wire(ctx.obj) as wire:
        copies = deciding.copies(wire, ref)
        taken_back = deciding.withdraw(wire, ref, reason=reason)
    for id_ in taken_back:
        click.echo(f"{id_} is withdrawn")
    for copy in copies:
        click.echo(
            f"{copy.source_id} carried it, too, and its copy stands: `mediawire article "
            f"withdraw {copy.id} --reason ...` takes that back"
        )
    if not taken_back:
        click.echo("it was withdrawn before, and stands nowhere; nothing was changed")
        return
    publish(ctx, "article withdraw", "the running service publishes without it now")


def publish(ctx: click.Context, purpose: str, otherwise: str) -> None:
    """Publish what was decided; a service that runs does it, which `otherwise` says."""
    try:
        with working_wire(configured(ctx.obj), purpose) as wire:
            wire.publish_news()
    except StoreHeld:
        click.echo(otherwise)
