"""`article list`, `article show`: what is stored, as a desk would look at it."""

from typing import Any

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import emit_json, emit_table
from aggregator.model import Article


@click.group()
def article() -> None:
    """Look at stored articles."""


@article.command("list")
@click.option("--limit", type=click.IntRange(min=1), help="The newest N only.")
@click.option("--source", help="Of this source only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def list_(
    invocation: Invocation, *, limit: int | None, source: str | None, as_json: bool
) -> None:
    """List stored articles, newest first."""
    with reading_wire(invocation) as wire:
        rows = [
            _row(article) for article in wire.store.articles(limit=limit, source=source)
        ]
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ["id", "source", "listed", "title"],
        [[row["id"], row["source"], row["listed_at"], row["title"]] for row in rows],
    )


@article.command()
@click.argument("ref", metavar="ID-OR-URL")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_context
def show(ctx: click.Context, *, ref: str, as_json: bool) -> None:
    """Show one article: names, times, attribution, body and what was done to it."""
    with reading_wire(ctx.obj) as wire:
        found = wire.store.find(ref)
    if not found:
        click.echo(f"mediawire: no article has the id or address {ref}", err=True)
        ctx.exit(FAILED)
    described = [_whole(article) for article in found]
    if as_json:
        emit_json(described)
        return
    for each in described:
        for name, value in each.items():
            click.echo(f"{name}: {value}")


def _row(article: Article) -> dict[str, Any]:
    """Return the fields that `article list --json` promises."""
    return {
        "id": article.id,
        "source": article.source_id,
        "title": article.title,
        "source_title": article.source_title,
        "url": article.url,
        "published": article.published,
        "updated": article.updated,
        "listed_at": article.listed_at,
    }


def _whole(article: Article) -> dict[str, Any]:
    attribution = article.attribution
    return {
        **_row(article),
        "published_id": article.published_id,
        "keys": list(article.keys),
        "first_seen": article.first_seen,
        "revision": article.revision,
        "authors": list(article.authors),
        "tags": [tag.term for tag in article.tags],
        "language": article.language,
        "credit": attribution.title,
        "feed_url": attribution.feed_url,
        "rights": attribution.rights,
        "rules": list(article.rules),
        "changes": list(article.changes),
        "dropped": article.dropped.reason if article.dropped else None,
        "withdrawn": article.withdrawn.reason if article.withdrawn else None,
        "text_sha256": article.text_sha256,
        "body": article.body,
    }
