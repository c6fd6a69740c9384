"""`article list`, `article show`: what is stored, as a desk would look at it."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from itertools import pairwise
from typing import Any

import click

from aggregator.app import deciding
from aggregator.cli import Invocation, Verbs
from aggregator.cli.deciding import retitle, split, withdraw
from aggregator.cli.opening import reading_wire
from aggregator.cli.terminal import emit_json, emit_table, in_words, json_option
from aggregator.cli.values import Count, Text
from aggregator.model import Article
from aggregator.text import markup


@click.group(cls=Verbs)
def article() -> None:
    """Look at stored articles, and take one back."""


article.add_command(withdraw)
article.add_command(retitle)
article.add_command(split)


@article.command("list")
@click.option("--limit", type=Count(), help="The newest N only.")
@click.option("--source", type=Text(), help="Of this source only.")
@json_option()
@click.pass_obj
def list_(
    invocation: Invocation, *, limit: int | None, source: str | None, as_json: bool
) -> None:
    """List stored articles, newest first."""
    with reading_wire(invocation) as wire:
        rows = [
            row(article) for article in wire.store.articles(limit=limit, source=source)
        ]
    of = f"of {source} " if source else ""
    empty = f"no article {of}is stored; `mediawire poll` polls what is due"
    emit_rows(rows, as_json=as_json, empty=empty)


@article.command()
@click.argument("ref", metavar="ID-OR-URL", type=Text())
@click.option("--revisions", is_flag=True, help="What the source changed, and when.")
@json_option()
@click.pass_obj
def show(invocation: Invocation, *, ref: str, revisions: bool, as_json: bool) -> None:
    """Show one article: names, times, attribution, body and what was done to it."""
    with reading_wire(invocation) as wire:
        found = deciding.named(wire, ref)
        before = [wire.store.revisions(each.id) if revisions else [] for each in found]
    described = [_whole(article) for article in found]
    if revisions:
        for each, old, new in zip(described, before, found, strict=True):
            each["revisions"] = [_revision(*pair) for pair in pairwise([*old, new])]
    if as_json:
        emit_json(described)
        return
    for each in described:
        changes = each.pop("revisions", [])
        for name, value in each.items():
            click.echo(f"{name}: {in_words(value)}")
        for change in changes:
            when = in_words(change["updated"])
            click.echo(f"\nrevision {change['revision']}, {when}")
            click.echo("\n".join(change["difference"]))
        if revisions and not changes:
            click.echo("\nno revision: its source changed nothing since it came")


def _revision(old: Article, new: Article) -> dict[str, Any]:
    """Return what changed from one revision to the next, as a difference of lines."""
    lines = unified_diff(list(_lines(old)), list(_lines(new)), lineterm="", n=1)
    return {
        "revision": new.revision,
        "updated": new.updated,
        "title": old.source_title,
        "body": old.body,
        "difference": _without_names(list(lines)),
    }


def _lines(article: Article) -> Iterator[str]:
    yield article.source_title
    yield article.url or ""
    yield from markup.visible_text(article.body).splitlines()


def _without_names(lines: Sequence[str]) -> list[str]:
    """Return a difference without its two lines of file names."""
    return [line for line in lines[2:] if not line.startswith("@@")]


def emit_rows(rows: list[dict[str, Any]], *, as_json: bool, empty: str) -> None:
    """Print a list of articles: `empty` if there is none, unless as JSON."""
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ["id", "source", "listed (UTC)", "title"],
        [[row["id"], row["source"], row["listed_at"], row["title"]] for row in rows],
        empty=empty,
    )


def row(article: Article) -> dict[str, Any]:
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
    from aggregator.publishing import showable

    attribution = article.attribution
    return {
        **row(article),
        "published_id": article.published_id,
        "keys": list(article.keys),
        "first_seen": article.first_seen,
        "revision": article.revision,
        "authors": list(article.authors),
        "tags": [tag.term for tag in article.tags],
        "language": article.language,
        "credit": attribution.title,
        "feed_url": showable(attribution.feed_url),
        "rights": attribution.rights,
        "rules": list(article.rules),
        "changes": list(article.changes),
        "dropped": article.dropped.reason if article.dropped else None,
        "withdrawn": article.withdrawn.reason if article.withdrawn else None,
        "text_sha256": article.text_sha256,
        "body": article.body,
    }
