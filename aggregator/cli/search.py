"""`search`: find stored articles by the words of their headlines and texts."""

import click

from aggregator.cli import Invocation
from aggregator.cli.article import row
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import emit_json, emit_table


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000),
    default=20,
    show_default=True,
    help="The newest N only.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def search(
    invocation: Invocation, *, query: tuple[str, ...], limit: int, as_json: bool
) -> None:
    r"""Find the articles that hold all words of QUERY, the newest first.

    Capitals, accents, digits and the letters of Arabic and Persian are found however
    they are written. What was withdrawn or dropped is not found.

    \b
      mediawire search flood rome
      mediawire search '"flood in rome"'    side by side
      mediawire search 'flood*'             a beginning
      mediawire search flood -sport         without
    """
    with reading_wire(invocation) as wire:
        found = wire.store.search(" ".join(query), limit=limit)
    rows = [row(article) for article in found]
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ["id", "source", "listed", "title"],
        [
            [each["id"], each["source"], each["listed_at"], each["title"]]
            for each in rows
        ],
    )
