"""`search`: find stored articles by the words of their headlines and texts."""

import click

from aggregator.cli import Invocation
from aggregator.cli.article import emit_rows, row
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import json_option
from aggregator.cli.values import Count
from aggregator.text.folding import terms

# \b keeps click from filling the lines that follow.
EXAMPLES = """\b
mediawire search flood rome
mediawire search '"flood in rome"'    side by side
mediawire search 'flood*'             a beginning
mediawire search flood -sport         without
"""


@click.command(context_settings={"ignore_unknown_options": True}, epilog=EXAMPLES)
@click.argument("query", nargs=-1, required=True)
@click.option(
    "--limit",
    type=Count(1_000),
    default=20,
    show_default=True,
    help="The newest N only.",
)
@json_option()
@click.pass_obj
def search(
    invocation: Invocation, *, query: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Find the articles that hold all words of QUERY, the newest first.

    Capitals, accents, digits and the letters of Arabic and Persian are found however
    they are written. What was withdrawn or dropped is not found.
    """
    asked = " ".join(query)
    with reading_wire(invocation) as wire:
        found = wire.store.search(asked, limit=limit)
    emit_rows(
        [row(article) for article in found], as_json=as_json, empty=_nothing(asked)
    )


def _nothing(query: str) -> str:
    """Return why a query found nothing, as far as its words tell."""
    said = terms(query)
    if not said:
        return "the query holds no word to look for"
    if all(term.unwanted for term in said):
        return "the query only says which words to leave out; add one to look for"
    return "no stored article holds all these words; `flood*` finds beginnings, too"
