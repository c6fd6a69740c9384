"""`status`, `health`: is everything well, and if not, what, since when, what now."""

import json
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from aggregator.alerting.telling import as_json as alert_json
from aggregator.alerting.telling import line
from aggregator.app.wire import Wire
from aggregator.cli import FAILED, Invocation
from aggregator.cli.completing import source_ids
from aggregator.cli.opening import (
    NO_SOURCES,
    configured,
    known_sources,
    reading_wire,
)
from aggregator.cli.terminal import drawn_table, emit_json, emit_table, json_option
from aggregator.config.addresses import joined
from aggregator.errors import ConfigError, MediaWireError
from aggregator.fetching import cadence
from aggregator.model import Alert

if TYPE_CHECKING:
    from rich.console import Group


COLUMNS = (
    *("source", "state", "articles", "last success (UTC)", "next poll (UTC)"),
    "because",
)
REFRESH_SECONDS = 2.0


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...", shell_complete=source_ids)
@click.option("--watch", is_flag=True, help="Stay, and show it anew every 2 seconds.")
@json_option()
@click.pass_obj
def status(
    invocation: Invocation, *, sources: tuple[str, ...], watch: bool, as_json: bool
) -> None:
    """Show each source: state, articles, last success, next poll and why then."""
    if watch and (as_json or not sys.stdout.isatty()):
        raise click.UsageError("--watch is for a terminal; programs take --json")
    with reading_wire(invocation) as wire:
        wanted = known_sources(wire, sources) or tuple(wire.sources)
        if watch:
            _watch(wire, wanted)
            return
        shown, alerts = _standings(wire, wanted), _alerts(wire)
    of_source = [alert for alert in alerts if alert.about in wanted]
    elsewhere = [alert for alert in alerts if alert.about not in wire.sources]
    if as_json:
        for each in shown:
            mine = [alert for alert in of_source if alert.about == each["id"]]
            each["alerts"] = [alert_json(alert) for alert in mine]
        for alert in elsewhere:
            click.echo(f"mediawire: {line(alert)}", err=True)
        emit_json(shown)
        return
    for alert in [*elsewhere, *of_source]:
        click.echo(f"! {line(alert)}")
    emit_table(COLUMNS, [_row(each) for each in shown], empty=NO_SOURCES)


def _standings(wire: Wire, wanted: tuple[str, ...]) -> list[dict[str, Any]]:
    from aggregator.app.standing import standings

    return [standing for standing in standings(wire) if standing["id"] in wanted]


def _alerts(wire: Wire) -> list[Alert]:
    from aggregator.app.alarm import standing_alerts

    return standing_alerts(wire)


def _row(standing: dict[str, Any]) -> list[Any]:
    because, error = standing["because"], standing["error"]
    return [
        standing["id"],
        standing["state"],
        standing["articles"],
        standing["last_success"],
        standing["next_poll_at"],
        f"{because}; {error}" if error else because,
    ]


def _watch(wire: Wire, wanted: tuple[str, ...]) -> None:
    """Draw the sources again and again until Ctrl-C, those that need a look on top."""
    from rich.live import Live

    with suppress(KeyboardInterrupt), Live(screen=True, auto_refresh=False) as screen:
        while True:
            shown = _standings(wire, wanted)
            screen.update(_picture(shown, wire.clock()), refresh=True)
            time.sleep(REFRESH_SECONDS)


def _picture(shown: list[dict[str, Any]], now: datetime) -> "Group":
    """Return how many sources are in which state, and the sources below."""
    from rich.console import Group
    from rich.text import Text

    counts = Counter(each["state"] for each in shown)
    words = [f"{counts[state]} {state}" for state in cadence.URGENCY if counts[state]]
    head = f"{now:%Y-%m-%d %H:%M:%S} UTC: {', '.join(words) or 'no sources'}"
    # What needs a look stands on top where a screen does not hold all.
    ordered = sorted(shown, key=lambda each: cadence.URGENCY.index(each["state"]))
    table = drawn_table(COLUMNS, [_row(each) for each in ordered])
    return Group(Text(head, style="bold"), Text(""), table)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON also where none answers.")
@click.pass_context
def health(ctx: click.Context, *, as_json: bool) -> None:
    """Ask the running service whether it is ready; exit 1 if not. For containers."""
    try:
        is_ready, answer = _answer(ctx.obj)
    except MediaWireError as error:
        click.echo(f"mediawire: {error}", err=True)
        if as_json:
            emit_json({"ready": False, "reasons": [str(error)]})
        ctx.exit(FAILED)
    click.echo(answer)
    if not is_ready:
        ctx.exit(FAILED)


def _answer(invocation: Invocation) -> tuple[bool, str]:
    """Return what `_asked` does of the service of this config.

    A service that runs goes on with the config it had where one is refused.
    """
    try:
        return _asked(*configured(invocation).listen)
    except ConfigError as refused:
        from aggregator.config import listening

        place = listening(invocation.folder, environ=invocation.environ)
        if place is None:
            raise
        try:
            return _asked(*place)
        except MediaWireError:
            raise refused from None


def _asked(host: str, port: int) -> tuple[bool, str]:
    """Return whether a service is ready, and its answer; MediaWireError if none answers."""
    from http.client import HTTPConnection, HTTPException

    place = f"{joined(host, port)} (`listen`)"
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        response = connection.getresponse()
        answer = response.read().decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or "no answer"
        raise MediaWireError(
            f"nothing answers on {place}: {why.lower()}; "
            "start the service with `mediawire run`"
        ) from error
    finally:
        connection.close()
    try:
        return json.loads(answer)["ready"] is True, answer
    except (ValueError, TypeError, LookupError) as error:
        raise MediaWireError(
            f"what answers on {place} does not say whether it is ready (HTTP "
            f"{response.status}), so it is another program; set another `listen` in "
            "mediawire.yaml"
        ) from error
