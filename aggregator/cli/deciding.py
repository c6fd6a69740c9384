"""`article withdraw`, `retitle`, `split`: what the desk decides about single articles."""

import click

from aggregator.app import deciding
from aggregator.cli.opening import configured, reading_wire, working_wire
from aggregator.cli.terminal import emit_json, json_option
from aggregator.cli.values import Text
from aggregator.errors import StoreHeld
from aggregator.model import Article

PUBLISHED = "the running service publishes it now"


@click.command()
@click.argument("ref", metavar="ID-OR-URL", type=Text())
@click.argument("title", required=False, type=Text(in_one_line=True))
@click.option("--reset", is_flag=True, help="Let the rules decide again.")
@json_option('[{"id", "title"}]')
@click.pass_context
def retitle(
    ctx: click.Context, *, ref: str, title: str | None, reset: bool, as_json: bool
) -> None:
    """Publish an article under a headline of your own, whatever the rules say."""
    if bool(title) == reset:
        raise click.UsageError("give a headline, or --reset to let the rules decide")
    with reading_wire(ctx.obj) as wire:
        retitled = [
            (each.id, deciding.retitle(wire, each, None if reset else title))
            for each in deciding.decidable(deciding.named(wire, ref))
        ]
        wire.call_press()
    if as_json:
        emit_json([{"id": id_, "title": now} for id_, now in retitled])
    else:
        for id_, now in retitled:
            click.echo(f"{id_}: {now}")
    publish(ctx, "article retitle", PUBLISHED, as_json=as_json)


@click.command()
@click.argument("ref", metavar="ID-OR-URL", type=Text())
@click.option("--reset", is_flag=True, help="Let it be a duplicate again.")
@json_option('[{"id", "changed"}]; changed: whether outputs do')
@click.pass_context
def split(ctx: click.Context, *, ref: str, reset: bool, as_json: bool) -> None:
    """Let an article stand alone that was taken for a duplicate; it stays so."""
    decide = deciding.unsplit if reset else deciding.split
    with reading_wire(ctx.obj) as wire:
        found = deciding.decidable(deciding.named(wire, ref))
        said = [decide(wire, article) for article in found]
        wire.call_press()
    changed = [changes for _, changes in said]
    if as_json:
        pairs = zip(found, changed, strict=True)
        emit_json([{"id": each.id, "changed": changes} for each, changes in pairs])
    else:
        for sentence, _ in said:
            click.echo(sentence)
    if any(changed):
        publish(ctx, "article split", PUBLISHED, as_json=as_json)


@click.command()
@click.argument("ref", metavar="ID-OR-URL", type=Text())
@click.option(
    "--reason",
    required=True,
    type=Text(in_one_line=True),
    help="Stands on its page, for readers.",
)
@json_option('{"withdrawn": [ID], "copies": [{"id", "source"}]}')
@click.pass_context
def withdraw(ctx: click.Context, *, ref: str, reason: str, as_json: bool) -> None:
    """Take an article back: it leaves every output at once and never returns."""
    if not reason:
        raise click.UsageError("--reason is empty; it stands on the article's page")
    with reading_wire(ctx.obj) as wire:
        copies = deciding.copies(wire, ref)
        taken_back = deciding.withdraw(wire, ref, reason=reason)
    if as_json:
        left = [{"id": copy.id, "source": copy.source_id} for copy in copies]
        emit_json({"withdrawn": taken_back, "copies": left})
    else:
        _tell_withdrawn(taken_back, copies)
    if taken_back:
        otherwise = "the running service publishes without it now"
        publish(ctx, "article withdraw", otherwise, as_json=as_json)


def _tell_withdrawn(taken_back: list[str], copies: list[Article]) -> None:
    for id_ in taken_back:
        click.echo(f"{id_} is withdrawn")
    for copy in copies:
        click.echo(
            f"{copy.source_id} carried it, too, and its copy stands: `mediawire article "
            f"withdraw {copy.id} --reason ...` takes that back"
        )
    if not taken_back:
        click.echo("it was withdrawn before, and stands nowhere; nothing was changed")


def publish(
    ctx: click.Context, purpose: str, otherwise: str, *, as_json: bool = False
) -> None:
    """Publish what was decided; a service that runs does it, which `otherwise` says."""
    try:
        with working_wire(configured(ctx.obj), purpose) as wire:
            wire.publish_news()
    except StoreHeld:
        click.echo(otherwise, err=as_json)
