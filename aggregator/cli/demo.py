"""`demo`: the main job on a small invented world; needs no network."""

import itertools
import socket
import tempfile
import threading
from datetime import datetime, timedelta
from pathlib import Path

import click
from msgspec import Struct

from aggregator.app.clock import utc_now
from aggregator.app.configuring import load_config
from aggregator.app.round import Summary, poll_round
from aggregator.app.wire import EVERYTHING, Wire
from aggregator.cli.once import show_summary
from aggregator.cli.opening import working_wire
from aggregator.cli.service import serve_forever
from aggregator.cli.terminal import emit_json
from aggregator.cli.values import listening
from aggregator.config.addresses import host_and_port
from aggregator.demo.origin import Origin
from aggregator.demo.stories import AGENCIES
from aggregator.errors import MediaWireError
from aggregator.model import Config

# How often one of the invented agencies publishes, in seconds.
NEWS_EVERY = 4
# The second round of `--once` happens this much later by the demo's own clock: the
# agencies are due again, the broken one still rests.
SECOND_ROUND = timedelta(seconds=7)


class Later(Struct):
    """The real clock, put forward by as much as the demo has no time to wait."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        """Return the demo's time."""
        return utc_now() + self.ahead

    def by(self, span: timedelta) -> None:
        """Put the clock forward."""
        self.ahead += span


@click.command()
@click.option("--once", is_flag=True, help="Print two rounds and exit.")
@click.option(
    "--listen",
    default="127.0.0.1:0",
    metavar="HOST:PORT",
    callback=listening,
    help="Default: a free port.",
)
@click.option("--json", "as_json", is_flag=True, help="With --once: one JSON document.")
def demo(*, once: bool, listen: str, as_json: bool) -> None:
    """Run on an invented world on loopback that publishes while you watch."""
    if as_json and not once:
        raise click.UsageError("--json is for --once")
    host, port = host_and_port(listen)
    listen = f"{listen.rpartition(':')[0]}:{port or _free_port(host)}"
    origin = Origin(since=utc_now())
    with tempfile.TemporaryDirectory(prefix="mediawire-demo-") as folder:
        try:
            config = _staged(Path(folder), origin.address, listen)
            later = Later()
            with working_wire(config, "demo", clock=later) as wire:
                if once:
                    _two_rounds(wire, later, as_json=as_json)
                else:
                    _watch(wire, origin)
        finally:
            origin.close()


def _staged(folder: Path, origin: str, listen: str) -> Config:
    from aggregator.demo import stage

    config = stage.build(folder, origin=origin, listen=listen)
    return load_config(config, environ={})


def _two_rounds(wire: Wire, later: Later, *, as_json: bool) -> None:
    """Poll everything, then everything that is due a little later: nothing is new."""
    rounds: list[Summary] = []
    files: list[dict[Path, bytes]] = []
    for number in (1, 2):
        wire.enlist()
        rounds.append(poll_round(wire, wire.schedule.due(EVERYTHING)))
        if not as_json:
            click.echo(f"Round {number}")
            show_summary(rounds[-1])
        files.append(_published(wire.config.output))
        later.by(SECOND_ROUND)
    same = files[0] == files[1]
    if as_json:
        told = [summary.as_json() for summary in rounds]
        emit_json({"rounds": told, "files": len(files[1]), "identical": same})
        return
    click.echo(f"{len(files[1])} published files, {'identical' if same else 'CHANGED'}")
    click.echo()
    click.echo(files[1][wire.config.output / "feeds" / "wire.atom"][:600].decode())


def _published(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _watch(wire: Wire, origin: Origin) -> None:
    """Run the service while the invented agencies go on publishing."""
    stop = threading.Event()

    def publish() -> None:
        for agency in itertools.cycle(AGENCIES):
            if stop.wait(NEWS_EVERY):
                return
            origin.publish(agency, utc_now())

    base = wire.config.base_url
    click.echo(f"Front page   {base}/")
    for publication in wire.config.publications:
        click.echo(f"{publication.title}   {base}/feeds/{publication.id}")
        for name in publication.formats:
            click.echo(f"             {base}/feeds/{publication.id}.{name}")
    click.echo(f"Files        {wire.config.output}")
    click.echo("An agency publishes every few seconds. Ctrl-C ends the demo.")
    threading.Thread(target=publish, daemon=True).start()
    try:
        serve_forever(wire, load=lambda: load_config(wire.config.folder, environ={}))
    finally:
        stop.set()


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, 0), family=family) as probe:
            port: int = probe.getsockname()[1]
            return port
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise MediaWireError(
            f"cannot listen on {host}: {why}; give --listen an address of this machine"
        ) from error
