"""`status`, `health`: is everything well, and if not, what, since when, what now."""

import click

from aggregator.cli import FAILED, Invocation
from aggregator.cli.opening import configured, known_sources, reading_wire
from aggregator.cli.terminal import emit_json, emit_table


@click.command()
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def status(invocation: Invocation, *, sources: tuple[str, ...], as_json: bool) -> None:
    """Show each source: state, articles, last success, next poll and why then."""
    from aggregator.app.standing import standings

    with reading_wire(invocation) as wire:
        wanted = known_sources(wire, sources) or tuple(wire.sources)
        shown = [s for s in standings(wire) if s["id"] in wanted]
    if as_json:
        emit_json(shown)
        return
    emit_table(
        ["source", "state", "articles", "last success", "next poll", "because"],
        [
            [
                s["id"],
                s["state"],
                s["articles"],
                s["last_success"],
                s["next_poll_at"],
                f"{s['because']}; {s['error']}" if s["error"] else s["because"],
            ]
            for s in shown
        ],
    )


@click.command()
@click.pass_context
def health(ctx: click.Context) -> None:
    """Ask the running service whether it is ready; exit 1 if not. For containers."""
    from http.client import HTTPConnection, HTTPException

    invocation: Invocation = ctx.obj
    host, port = configured(invocation).listen
    connection = HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/-/ready")
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace").strip()
    except (OSError, HTTPException) as error:
        click.echo(f"not running on {host}:{port}: {error}", err=True)
        ctx.exit(FAILED)
    click.echo(body)
    if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        ctx.exit(FAILED)
