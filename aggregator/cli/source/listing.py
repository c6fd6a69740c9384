"""`source list`, `source show`: what is configured, and where it is written."""

from typing import TYPE_CHECKING, Any

import click

from aggregator.cli import Invocation
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import NO_SOURCES, known_sources, reading_wire
from aggregator.cli.source.files import SourceFiles
from aggregator.cli.terminal import emit_json, emit_table, in_words, json_option
from aggregator.config import masked
from aggregator.config.units import duration_text
from aggregator.model import Source
from aggregator.text.urls import host_of

if TYPE_CHECKING:
    from aggregator.app.wire import Wire


@click.command("list")
@json_option()
@click.pass_obj
def list_(invocation: Invocation, *, as_json: bool) -> None:
    """List the configured sources, and the line where each is written."""
    files = SourceFiles(invocation)
    places = files.folder.places()
    rows = [
        _row(source) | {"file": places[source.id].file, "line": places[source.id].line}
        for source in files.config.sources
    ]
    if as_json:
        emit_json(rows)
        return
    emit_table(
        ["source", "title", "group", "tags", "interval", "paused", "at"],
        [
            [
                row["id"],
                row["title"],
                row["group"],
                ", ".join(row["tags"]) or None,
                row["interval"],
                _pause(row["paused"]),
                f"{row['file']}:{row['line']}",
            ]
            for row in rows
        ],
        empty=NO_SOURCES,
    )


@click.command()
@click.argument("source_id", metavar="SOURCE", shell_complete=source_ids)
@json_option()
@click.pass_obj
def show(invocation: Invocation, *, source_id: str, as_json: bool) -> None:
    """Show one source: how it stands, its last polls, and every setting of it."""
    from aggregator.app.standing import standings

    with reading_wire(invocation) as wire:
        known_sources(wire, (source_id,))
        standing = next(s for s in standings(wire) if s["id"] == source_id)
        polls = wire.store.journal.poll_log(source_id, limit=10)
        source = wire.sources[source_id]
        hub = _hub(wire, source_id)
    place = SourceFiles(invocation).folder.places()[source_id]
    settings = _row(source) | {"file": place.file, "line": place.line}
    log = [
        {
            "at": poll.at,
            "outcome": poll.outcome,
            "new": poll.new,
            "error": poll.error,
            "notes": poll.notes,
        }
        for poll in polls
    ]
    if as_json:
        emit_json({**settings, **standing, "hub": hub, "polls": log})
        return
    shown = settings | standing | {"paused": _pause(settings["paused"])}
    for name, value in {**shown, "hub": _subscribed(hub)}.items():
        if value not in (None, [], ""):
            click.echo(f"{name}: {in_words(value)}")
    click.echo("")
    emit_table(
        ("at (UTC)", "outcome", "new", "error", "notes"),
        [[p.at, p.outcome, p.new, p.error, "; ".join(p.notes)] for p in polls],
        empty="it was not polled yet",
    )


def _row(source: Source) -> dict[str, Any]:
    """Return what an operator knows a source by; nothing in it is secret."""
    paused = source.paused
    return {
        "id": source.id,
        "url": masked(source.url),
        "title": source.title,
        "site": source.site,
        "group": source.group,
        "tags": list(source.tags),
        "language": source.language,
        "interval": duration_text(source.interval),
        "body": source.rights.body,
        "rules": list(source.rules),
        "paused": paused and {"until": paused.until, "why": paused.why},
    }


def _hub(wire: "Wire", source_id: str) -> dict[str, Any] | None:
    """Return how the source's subscription stands; None: no hub is asked."""
    from aggregator.app.hubs import subscription

    known = subscription(wire.store, source_id) if wire.config.websub else None
    if known is None:
        return None
    return {
        "host": host_of(known.hub),
        "state": known.state,
        "asked_at": known.asked_at,
        "renew_at": known.renew_at,
        "reason": known.denied,
    }


def _subscribed(hub: dict[str, Any] | None) -> str | None:
    """Return a subscription in words; None: there is none."""
    if hub is None:
        return None
    said = {
        "asked": f"asked on {in_words(hub['asked_at'])}, not confirmed yet",
        "denied": f"denied: {hub['reason']}",
        "subscribed": f"subscribed, renewed from {in_words(hub['renew_at'])} on",
    }
    return f"{hub['host']}: {said[hub['state']]}"


def _pause(paused: dict[str, Any] | None) -> str | None:
    """Return a pause in words; None: there is none."""
    if paused is None:
        return None
    until = (
        f"until {paused['until']:%Y-%m-%d %H:%M} UTC" if paused["until"] else "for now"
    )
    return f"{until}: {paused['why']}" if paused["why"] else until
