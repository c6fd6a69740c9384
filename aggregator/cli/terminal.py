"""How results look: JSON for programs (`--json`), tables for people, columns in a pipe."""

import codecs
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from aggregator.epoch import timestamp

if TYPE_CHECKING:
    from rich.table import Table


Verb = TypeVar("Verb", bound=Callable[..., object])


def json_option(holds: str = "") -> Callable[[Verb], Verb]:
    """Return the option `--json`, which every command has that prints a result.

    `holds` is what the document has in it, where a few words say that.
    """
    document = f"one JSON document: {holds}" if holds else "one JSON document"
    return click.option("--json", "as_json", is_flag=True, help=f"Print {document}.")


def emit_json(value: object) -> None:
    """Print one JSON document: indented for a person, on one line for a program.

    Datetimes are RFC 3339 in UTC. Only a document without indent is written in C: that
    of a poll of 5,000 sources takes 5 ms instead of 21. JSON is UTF-8 (RFC 8259, section
    8.1): where the stream is not, in a locale of Latin-1 for example, all of it is ASCII.
    """
    indent = 2 if sys.stdout.isatty() else None
    is_utf8 = codecs.lookup(sys.stdout.encoding).name == "utf-8"
    click.echo(
        json.dumps(value, ensure_ascii=not is_utf8, indent=indent, default=_written)
    )


def emit_result(result: object, sentence: str, *, as_json: bool) -> None:
    """Print what a command did: as JSON for a program, in a sentence for a person."""
    if as_json:
        emit_json(result)
    else:
        click.echo(sentence)


def emit_table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str = ""
) -> None:
    """Print rows below their column names; lines, colours and folding on a terminal.

    Times are in UTC, which their columns should say. Without rows, `empty` is said
    instead, if anything: to who reads, not into a pipe.
    """
    if not rows:
        if empty:
            click.echo(f"mediawire: {empty}", err=True)
        return
    if sys.stdout.isatty():
        from rich.console import Console

        Console().print(drawn_table(columns, rows))
        return
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max(len(text) for text in column)
        for column in zip(columns, *cells, strict=True)
    ]
    for row in (list(columns), *cells):
        padded = (text.ljust(width) for text, width in zip(row, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def drawn_table(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> "Table":
    """Return rows below their column names, to be drawn on a terminal."""
    from rich.table import Table
    from rich.text import Text

    table = Table(header_style="bold", box=None, pad_edge=False)
    for column in columns:
        # Folded where the screen is narrow: an id that is cut cannot be copied.
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))  # a headline is no markup
    return table


def counted(count: int, noun: str) -> str:
    """Return a number of things in words: `1 source`, `2 sources`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def in_words(value: object) -> str:
    """Return a value as it stands in a line for a person."""
    if isinstance(value, list | tuple):
        return ", ".join(map(in_words, value)) or "-"
    return f"{_cell(value)} UTC" if isinstance(value, datetime) else _cell(value)


def _cell(value: object) -> str:
    """Return a value as it stands in a row, which is one line whatever it holds."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return " ".join(str(value).splitlines())


def _written(value: object) -> str:
    return timestamp(value) if isinstance(value, datetime) else str(value)
