"""`verify`: is everything still what was written? Fast enough to run every night."""

import time

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import counted, emit_json, json_option

# A service that runs publishes within seconds of a poll: what differs only because it
# is about to be published does not differ any more after this many seconds.
SECOND_LOOK_S = 3.0


@click.command()
@json_option()
@click.pass_context
def verify(ctx: click.Context, *, as_json: bool) -> None:
    """Recompute every digest from raw items to published files; exit 1 if one differs."""
    from aggregator.app.verification import article_differences, document_differences

    invocation: Invocation = ctx.obj
    checked = 0

    def count() -> None:
        nonlocal checked
        checked += 1

    with reading_wire(invocation) as wire:
        found = list(article_differences(wire, count))
        documents = list(document_differences(wire))
        if documents and _somebody_works(wire.config.store):
            time.sleep(SECOND_LOOK_S)
            documents = list(document_differences(wire))
    found += documents
    if as_json:
        emit_json(
            {
                "articles": checked,
                "differences": [
                    {"subject": each.subject, "sentence": each.sentence}
                    for each in found
                ],
            }
        )
    else:
        for each in found:
            click.echo(f"{each.subject}: {each.sentence}")
        differing = counted(len(found), "difference")
        click.echo(f"{counted(checked, 'article')} checked, {differing}")
    if found:
        ctx.exit(FAILED)


def _somebody_works(store: str) -> bool:
    """Return whether another process polls and publishes from the store right now."""
    from aggregator.app.clock import utc_now
    from aggregator.errors import StoreHeld
    from aggregator.store import hold

    try:
        with hold(store, "verify", now=utc_now()):
            return False
    except StoreHeld:
        return True
