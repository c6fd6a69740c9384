"""`rule test`: what a rule would do to the stored articles."""

import click

from aggregator.cli import Invocation, Verbs, no_such
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import emit_json, emit_table, json_option
from aggregator.cli.values import Count


@click.group(cls=Verbs)
def rule() -> None:
    """Try editorial rules."""


@rule.command()
@click.argument("name")
@click.option("--limit", type=Count(), help="On the newest N only.")
@json_option()
@click.pass_obj
def test(
    invocation: Invocation, *, name: str, limit: int | None, as_json: bool
) -> None:
    """Show what a rule of publications.yaml would change, tag, drop or join."""
    from aggregator.app.rehearsal import rehearse

    with reading_wire(invocation) as wire:
        specs = {spec.id: spec for spec in wire.config.rules}
        if name not in specs:
            raise no_such("rule", name, specs)
        acts = list(rehearse(wire, specs[name], limit=limit))
        looked_at = min(limit or wire.store.count(), wire.store.count())
    if as_json:
        emit_json(
            {
                "rule": name,
                "articles": looked_at,
                "touched": [
                    {
                        "id": act.article_id,
                        "source": act.source_id,
                        "title": act.title,
                        "does": act.does,
                    }
                    for act in acts
                ],
            }
        )
        return
    emit_table(
        ["id", "source", "headline", "would"],
        [[act.article_id, act.source_id, act.title, act.does] for act in acts],
        empty="it would touch nothing",
    )
    click.echo(f"{len(acts)} of {looked_at} articles; nothing was written")
