"""`explain`: the life of one article, for whoever asks why it is here or is not."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import asdict

from aggregator.app.deciding import named
from aggregator.cli import Invocation
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import emit_json, json_option
from aggregator.cli.values import Text
from aggregator.editing import TOO_SLOW

if TYPE_CHECKING:
    from aggregator.app.explanation import Explanation, Ruling


@click.command()
@click.argument("ref", metavar="ARTICLE-ID-OR-URL", type=Text())
@json_option()
@click.pass_obj
def explain(invocation: Invocation, *, ref: str, as_json: bool) -> None:
    """Tell the life of an article: polls, names, rules, duplicates, where it stands."""
    from aggregator.app.explanation import explain as tell

    with reading_wire(invocation) as wire:
        explained = [tell(wire, article) for article in named(wire, ref)]
    if as_json:
        emit_json([_document(each) for each in explained])
        return
    for each in explained:
        for line in _lines(each):
            click.echo(line)


def _document(explained: "Explanation") -> dict[str, Any]:
    article = explained.article
    return {
        "id": article.id,
        "published_id": article.published_id,
        "source": article.source_id,
        "url": article.url,
        "title": article.title,
        "source_title": article.source_title,
        "override": article.override,
        "changes": list(article.changes),
        "polls": [asdict(each) for each in explained.polls],
        "identity": list(explained.identity),
        "rules": [asdict(each) for each in explained.rules],
        "publications": [asdict(each) for each in explained.publications],
    }


def _lines(explained: "Explanation") -> Iterator[str]:
    """Yield the story as lines for a terminal."""
    article = explained.article
    yield f"{article.id}  {article.title}"
    yield f"  source    {article.source_id} ({article.attribution.title})"
    yield f"  address   {article.url or '-'}"
    if not article.source_title:
        yield f"  original  none; in its place stands: {article.headline}"
    elif article.source_title != article.title:
        yield f"  original  {article.source_title}"
    if article.override:
        yield "  headline  written by the desk for this article alone"
    for change in article.changes:
        yield f"  body      {change}"
    yield "polls (times in UTC)"
    for seen in explained.polls:
        went = f" (status {seen.status}, {seen.new} new)" if seen.status else ""
        yield f"  {seen.at:%Y-%m-%d %H:%M:%S}  {seen.what}{went}"
    yield "names"
    for sentence in explained.identity:
        yield f"  {sentence}"
    yield "rules"
    yield from _rulings(explained)
    yield "publications"
    for standing in explained.publications:
        word = "yes" if standing.shown else "no"
        yield f"  {standing.publication}: {word}, {standing.reason}"
        yield f"  {standing.publication}: duplicates: {standing.duplicate}"


def _rulings(explained: "Explanation") -> Iterator[str]:
    """Yield what each rule made of the article, in each publication."""
    twins = {each.publication: each.duplicate for each in explained.publications}
    for ruling in explained.rules:
        did = _did(ruling, twins[ruling.publication])
        yield f"  {ruling.publication}: {ruling.rule} ({ruling.kind}): {did}"
        for pattern in ruling.unfinished:
            yield f"    {pattern} took too long and found nothing; {TOO_SLOW}"
    if not explained.rules:
        yield "  none applies to it"


def _did(ruling: "Ruling", twins: str) -> str:
    """Return what a rule did; `twins` is what its publication found out about twins."""
    if ruling.kind == "duplicates":
        return twins
    if ruling.dropped:
        return f"dropped it: {ruling.dropped}"
    if ruling.before != ruling.after:
        return f"{ruling.before!r} → {ruling.after!r}"
    return f"tagged it {', '.join(ruling.tags)}" if ruling.tags else "left it as it was"
