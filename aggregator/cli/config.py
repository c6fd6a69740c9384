"""`check` and `config show / schema / init`: the config folder, before anything runs."""

from pathlib import Path
from textwrap import shorten
from typing import Any

import click

from aggregator.cli import CONFIG_INVALID, FAILED, Invocation, Verbs
from aggregator.cli.opening import warn
from aggregator.cli.terminal import (
    counted,
    emit_json,
    emit_result,
    emit_table,
    json_option,
)
from aggregator.config import Loaded
from aggregator.errors import Complaint, ConfigError
from aggregator.model import Config

# In a table; --json has values whole.
WIDEST = 72


@click.command()
@click.option("--online", is_flag=True, help="Try each source once, too.")
@json_option()
@click.pass_context
def check(ctx: click.Context, *, online: bool, as_json: bool) -> None:
    """Read the config over; exit 78 and say what is wrong if it is not valid.

    With --online, a source that cannot be used makes the check fail (1); one that is
    paused, or whose Retry-After runs, is not tried.
    """
    ctx.exit(_report_check(ctx.obj, as_json=as_json, online=online))


def _report_check(invocation: Invocation, *, as_json: bool, online: bool) -> int:
    """Print what is wrong with the config, or that nothing is; return the exit code."""
    try:
        loaded = _loaded(invocation)
    except ConfigError as error:
        if as_json:
            complaints = [_as_json(complaint) for complaint in error.complaints]
            emit_json({"ok": False, "complaints": complaints})
        else:
            click.echo(str(error), err=True)
        return CONFIG_INVALID
    config = loaded.config
    failed, spared = _tried(config) if online else ({}, {})
    if as_json:
        counts: dict[str, Any] = {**_counts(config), "warnings": list(config.warnings)}
        tried = {"failed": failed, "not_tried": spared} if online else {}
        emit_json({"ok": not failed, "complaints": [], **counts, **tried})
        return FAILED if failed else 0
    warn(config)
    for source_id, reason in spared.items():
        click.echo(f"mediawire: {source_id} is not tried: {reason}", err=True)
    for source_id, reason in failed.items():
        click.echo(f"{source_id}: {reason}", err=True)
    if failed:
        return FAILED
    in_all = (
        counted(count, noun.removesuffix("s"))
        for noun, count in _counts(config).items()
    )
    click.echo(f"ok: {', '.join(in_all)}")
    return 0


@click.group(cls=Verbs)
def config() -> None:
    """Show the config, describe it to an editor, or write one to start from."""


@config.command()
@json_option()
@click.pass_obj
def show(invocation: Invocation, *, as_json: bool) -> None:
    """Print every value that holds, and where it comes from; secrets are masked.

    Without --json, long values are cut, and what sources, publications and rules leave
    at its default is left out.
    """
    from aggregator.config.show import DEFAULT, settings

    found = settings(_loaded(invocation))
    if as_json:
        emit_json([setting._asdict() for setting in found])
        return
    entries = ("sources.", "publications.", "rules.")
    rows = [
        (setting.key, shorten(setting.value, WIDEST, placeholder="…"), setting.origin)
        for setting in found
        if setting.origin != DEFAULT or not setting.key.startswith(entries)
    ]
    emit_table(("key", "value", "from"), rows)


@config.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--json", "as_json", is_flag=True, help="As without: it is JSON anyway.")
def schema(*, file: str | None, as_json: bool) -> None:
    """Print the JSON Schema of FILE (mediawire.yaml, …), or of all three by name."""
    from aggregator.config.reference import FILES, json_schema

    del as_json
    if file is None:
        emit_json({name: json_schema(name) for name in FILES})
    elif file in FILES:
        emit_json(json_schema(file))
    else:
        raise click.UsageError(
            f"there is no schema of {file!r}; known: {', '.join(FILES)}"
        )


@config.command()
@click.argument(
    "folder", required=False, type=click.Path(path_type=Path), metavar="[DIR]"
)
@json_option("[PATH], the files")
@click.pass_obj
def init(invocation: Invocation, *, folder: Path | None, as_json: bool) -> None:
    """Write a small commented config folder to start from; nothing is overwritten."""
    from aggregator.config.starter import write

    paths = [str(path) for path in write(folder or invocation.folder)]
    emit_result(paths, "\n".join(paths), as_json=as_json)


def _loaded(invocation: Invocation) -> Loaded:
    from aggregator.app.configuring import load_files

    return load_files(invocation.folder, environ=invocation.environ)


def _tried(config: Config) -> tuple[dict[str, str], dict[str, str]]:
    """Return why sources cannot be used, and why others were not tried, by their ids."""
    from aggregator.app.sparing import spare, spared
    from aggregator.app.trial import try_sources

    left_alone = spared(config)
    tried = try_sources(config, but=left_alone)
    spare(config, tried)
    failed = {
        # Some of these sentences begin with the id, as they stand in the log.
        result.source_id: (result.outcome.error or "failed").removeprefix(
            f"{result.source_id}: "
        )
        for result in tried
        if result.outcome.kind == "failed"
    }
    return failed, left_alone


def _counts(config: Config) -> dict[str, int]:
    return {
        "sources": len(config.sources),
        "publications": len(config.publications),
        "rules": len(config.rules),
    }


def _as_json(complaint: Complaint) -> dict[str, Any]:
    return {
        "file": complaint.file,
        "line": complaint.line,
        "column": complaint.column,
        "path": complaint.path,
        "message": complaint.message,
    }
