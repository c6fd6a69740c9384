"""`source add`, `source test`: from an address to a feed, and into sources.yaml."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import click

from aggregator.app.clock import utc_now
from aggregator.app.prospect import (
    Prospect,
    address_of,
    described,
    known_as,
    prospect,
)
from aggregator.app.sparing import spared, stored, why_spared
from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import emit_json, emit_result, json_option
from aggregator.cli.values import Text
from aggregator.config import masked
from aggregator.config.edit import with_sources
from aggregator.config.folder import SOURCES
from aggregator.config.intake import unused
from aggregator.config.names import folded, identifier, slug
from aggregator.config.opml import identity_of
from aggregator.errors import MediaWireError
from aggregator.model import Config

# Of a title that becomes an id; a longer one is a sentence, and the address is better.
LONGEST_NAME = 32


@click.command()
@click.argument("url")
@click.option("--id", "id_", help="Its id; without: made of the feed's title.")
@click.option(
    "--title",
    type=Text(in_one_line=True),
    help="How it is credited; without: the feed's own title.",
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    type=Text(in_one_line=True),
    help="A tag; can be given several times.",
)
@click.option("--group", help="The group whose keys it takes over.")
@json_option('{"id", "file", "url", "title", "entries", "others"}')
@click.pass_context
def add(
    ctx: click.Context,
    *,
    url: str,
    id_: str | None,
    title: str | None,
    tags: tuple[str, ...],
    group: str | None,
    as_json: bool,
) -> None:
    """Find the feed at URL or behind it, and write it into sources.yaml.

    The file's comments and all its other lines stay as they are. A running service
    takes the new source up by itself.
    """
    files = SourceFiles(ctx.obj)
    if id_ is not None:
        _refuse_id(files.config, id_)
    address = _address(url, files.config)
    refuse_known = partial(_refuse_known, ctx, files.config)

    def before(asked: str) -> None:
        refuse_known(asked)
        _spare(files.config, asked)

    found = prospect(files.config, address, before=before)
    refuse_known(found.url)
    entry: dict[str, Any] = {
        "id": id_ or _id(files.config, found, title),
        "url": found.url,
        **({"title": title} if title else {}),
        **({"group": group} if group else {}),
        **({"tags": list(tags)} if tags else {}),
    }
    # Before it is written: a service that sees the new line asks at once.
    with _handed_over(files.config, entry["id"], found):
        files.folder.write(SOURCES, partial(with_sources, sources=[entry]))
    added = {
        "id": entry["id"],
        "file": SOURCES,
        "url": masked(found.url),
        "title": title or found.title,
        "entries": (count := len(found.articles)),
        "others": [masked(other) for other in found.others],
    }
    emit_result(
        added,
        f"{entry['id']} is added to {SOURCES}: {added['title'] or 'no title'}, "
        f"{count} {'entry' if count == 1 else 'entries'} at {masked(found.url)}",
        as_json=as_json,
    )
    for other in found.others:
        click.echo(f"mediawire: the page also names {masked(other)}", err=True)


@click.command()
@click.argument("url")
@json_option()
@click.pass_obj
def test(invocation: Invocation, *, url: str, as_json: bool) -> None:
    """Show what would come from URL, or from the feed behind it; write nothing."""
    config = configured(invocation)
    found = _prospect(url, config)
    shown = described(config, found)
    if as_json:
        emit_json(shown)
        return
    for name in ("title", "url", "site", "format", "language", "known_as", "entries"):
        if shown[name] is not None:
            click.echo(f"{name.replace('_', ' ')}: {shown[name]}")
    for headline in shown["headlines"]:
        published = headline["published"]
        click.echo(f"  {published:%Y-%m-%d %H:%M}  {headline['title']}")
    for note in shown["notes"]:
        click.echo(f"note: {note}")
    for other in shown["others"]:
        click.echo(f"the page also names: {other}")


@contextmanager
def _handed_over(config: Config, source_id: str, found: Prospect) -> Iterator[None]:
    """Spare the publisher a second request, if the source is added meanwhile.

    Where nothing can be handed over, it gets one.
    """
    from aggregator.app.handover import hand_over, take_back
    from aggregator.store import open_store

    with ExitStack() as opened:
        store = None
        if not found.url.startswith("file:"):
            with suppress(MediaWireError):
                store = opened.enter_context(closing(open_store(config.store)))
                hand_over(store, source_id, found.url, found.answer, at=found.at)
        try:
            yield
        except MediaWireError:
            if store:
                take_back(store, source_id)
            raise


def _prospect(url: str, config: Config) -> Prospect:
    """Return the feed at an address, or behind it, unless it must be left alone now."""
    return prospect(config, _address(url, config), before=partial(_spare, config))


def _address(url: str, config: Config) -> str:
    """Return the address to ask; UsageError if it is none."""
    try:
        return address_of(url, config)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def _refuse_id(config: Config, id_: str) -> None:
    """Raise BadParameter where a new source cannot have this id: nobody is asked then."""
    try:
        identifier(id_)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--id'") from error
    if known := next((s for s in config.sources if folded(s.id) == folded(id_)), None):
        message = f"{known.id} is the id of a source already"
        raise click.BadParameter(message, param_hint="'--id'")


def _refuse_known(ctx: click.Context, config: Config, url: str) -> None:
    """End the command if a source has this address; say so if it is left alone now."""
    if known := known_as(config, url):
        reason = spared(config).get(known)
        why_not = f": {reason}" if reason else ""
        click.echo(f"mediawire: {masked(url)} is polled as {known}{why_not}", err=True)
        ctx.exit(FAILED)


def _spare(config: Config, url: str) -> None:
    """Raise MediaWireError if an address must be left alone now."""
    if why := why_spared(config, url, stored(config.store), now=utc_now()):
        raise MediaWireError(why)


def _id(config: Config, found: Prospect, title: str | None) -> str:
    """Return an id that is free: the title's letters, or else those of the address."""
    name = slug(title or found.title or "")
    if not name or len(name) > LONGEST_NAME:
        is_file = urlsplit(found.url).scheme == "file"
        name = slug(found.url.rpartition("/")[2]) if is_file else identity_of(found.url)
    return unused(name, {folded(source.id) for source in config.sources})
