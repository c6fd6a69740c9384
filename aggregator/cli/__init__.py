"""The command line: thin verbs over `app`. Results on stdout, all else on stderr.

Exit codes: 0 done (a source that failed is news, not a fault), 1 it failed, 2 wrong
use, 75 another process holds the store, 78 config invalid, 130 second Ctrl-C.
Commands are imported when they are called: `status` need not load what `run` needs.

service      run, serve, scheduler, worker
once         poll, publish
status       status, health
config       check, config
article, db, demo, doctor, explain, rule, search, source, verify
             the commands of these names; `deciding`: what changes an article

opening      what a command works on: config read, wire ready, store held
values       what flags may say; `completing`: what a shell offers for them
terminal     how results look: JSON, tables, plain columns
logs         how events look; `progress`: a bar for long polls
streams      standard streams that are closed, full, or know few letters
signals      told to stop, or to read the config again
"""

import gc
import importlib
import logging
import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

import click
from msgspec import Struct

from aggregator import __version__
from aggregator.cli.streams import make_fit
from aggregator.errors import ConfigError, MediaWireError, StoreHeld
from aggregator.events import log

# Python looks for garbage in cycles whenever 700 objects more are alive. Modules, rows and
# articles are thousands, hardly ever in cycles, and walked over again and again: 6 % of
# a start and as much of a sweep. A start makes none, so nothing is looked for before the
# store stands open (`opening`): that is another 6 %.
PATIENT = 50_000, 10, 10

FAILED, WRONG_USE, STORE_HELD, CONFIG_INVALID = 1, 2, 75, 78

COMMANDS = {
    "run": "service",
    "poll": "once",
    "publish": "once",
    "serve": "service",
    "scheduler": "service",
    "worker": "service",
    "check": "config",
    "config": "config",
    "status": "status",
    "health": "status",
    "doctor": "doctor",
    "explain": "explain",
    "verify": "verify",
    "source": "source",
    "article": "article",
    "search": "search",
    "db": "db",
    "rule": "rule",
    "demo": "demo",
}


class Invocation(Struct, frozen=True, kw_only=True):
    """What stands before the command: where the config is, and how loud to be."""

    folder: Path
    log_level: str
    log_format: str
    quiet: bool
    environ: Mapping[str, str]


class Verbs(click.Group):
    """Commands below one name; says which is the nearest to one that does not exist."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return what is to be called, or raise UsageError in our own voice."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            raise no_such("command", args[0], known, ctx)
        return super().resolve_command(ctx, args)


class _Commands(Verbs):
    """Finds each command in the module named in COMMANDS, when it is asked for."""

    def invoke(self, ctx: click.Context) -> object:
        """Set up the log first: finding a command imports it, which may fail already."""
        from aggregator.cli.logs import set_up

        ctx.obj = _invocation(**ctx.params)
        set_up(ctx.obj)
        return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the design, which is the order of use."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None if there is none of this name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"aggregator.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)  # noqa: S101 - COMMANDS is ours
        return command


def no_such(
    noun: str, name: str, known: Collection[str], ctx: click.Context | None = None
) -> click.UsageError:
    """Return what to raise for a name that nothing has, with the nearest that one has."""
    from aggregator.config.written import near

    where = "" if noun == "command" else " in the config"
    return click.UsageError(
        f"there is no {noun} {name!r}{where}{near(name, known)}", ctx
    )


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-c",
    "--config",
    "folder",
    # Whether it can be read is for whoever reads it: that is the config's fault (78).
    type=click.Path(path_type=Path, readable=False),
    default=Path("config"),
    show_default=True,
    envvar="MEDIAWIRE_CONFIG",
    metavar="DIR",
    help="The config folder.",
)
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"], case_sensitive=False),
    default="info",
    show_default=True,
    envvar="MEDIAWIRE_LOG_LEVEL",
)
@click.option(
    "--log-format",
    type=click.Choice(["auto", "text", "logfmt", "json"], case_sensitive=False),
    default="auto",
    show_default=True,
    envvar="MEDIAWIRE_LOG_FORMAT",
    help="auto: text on a terminal, logfmt elsewhere.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress, warnings and worse.")
@click.version_option(__version__, prog_name="mediawire")
def mediawire(**_options: object) -> None:
    """Poll the feeds of other agencies and republish them, attributed."""


def _invocation(
    *, folder: Path, log_level: str, log_format: str, quiet: bool
) -> Invocation:
    return Invocation(
        folder=folder,
        log_level="warning" if quiet else log_level,
        log_format=log_format,
        quiet=quiet,
        environ=os.environ,
    )


def main() -> None:
    """Run the command line; every error of ours ends as a sentence and a code."""
    gc.set_threshold(*PATIENT)
    gc.disable()
    make_fit()
    try:
        # What `ctx.exit` was given comes back from here; commands return nothing.
        sys.exit(mediawire.main(standalone_mode=False, prog_name="mediawire"))
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(CONFIG_INVALID)
    except StoreHeld as error:
        click.echo(f"mediawire: {error}", err=True)
        sys.exit(STORE_HELD)
    except MediaWireError as error:
        click.echo(f"mediawire: {error}", err=True)
        sys.exit(FAILED)
    except OSError as error:
        if log.tells(logging.DEBUG):
            raise
        click.echo(f"mediawire: {_told(error)}", err=True)
        sys.exit(FAILED)
    except Exception as fault:
        if log.tells(logging.DEBUG):
            raise
        click.echo(
            f"mediawire: a fault of ours: {type(fault).__name__}: {fault}; "
            "`mediawire --log-level debug ...` shows where",
            err=True,
        )
        sys.exit(FAILED)


def _told(error: OSError) -> str:
    """Return what the system said, and of what; where it names nothing, what it meant."""
    if error.filename:
        return f"{error.filename}: {error.strerror or error}"
    try:
        Path.cwd()
    except FileNotFoundError:
        return "the working directory was deleted; `cd` to one that is there"
    return error.strerror or str(error)
