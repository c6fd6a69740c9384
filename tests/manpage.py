"""Write deploy/mediawire.1 from the commands themselves: `python -m tests.manpage`.

A wheel puts it where `man mediawire` finds it. A test fails when a command says
something else.
"""

import inspect
import re
from pathlib import Path

import click

from aggregator.cli import mediawire

PAGE = Path(__file__).parent.parent / "deploy" / "mediawire.1"

HEAD = """\
.\\" Made from the commands by `python -m tests.manpage`; edit those.
.TH MEDIAWIRE 1
.SH NAME
mediawire \\- poll the feeds of other agencies and republish them, attributed
.SH SYNOPSIS
.B mediawire
.RI [ OPTIONS ]
.I COMMAND
.RI [ ARGS ]
.SH DESCRIPTION
Media Wire polls feeds politely, keeps every report with a record of where it came
from, and republishes them as combined RSS, Atom and JSON feeds and as pages.
.PP
Results go to standard output, logs and progress to standard error.
"""
TAIL = """\
.SH EXIT STATUS
.TP
.B 0
done; a source that failed is news, not a fault
.TP
.B 1
it failed
.TP
.B 2
wrong use
.TP
.B 75
another process holds the store
.TP
.B 78
the config is invalid
.TP
.B 130
ended by a second Ctrl\\-C
.SH ENVIRONMENT
Every key of mediawire.yaml can be set as
.BR MEDIAWIRE_ \\fIKEY\\fR,
one within another as
.BR MEDIAWIRE_ \\fIKEY\\fR__\\fIKEY\\fR;
with
.B _FILE
behind it, the value is read from a file.
.SH FILES
.TP
.I config/mediawire.yaml
the service
.TP
.IR config/sources.yaml , " config/sources.d/"
what is polled
.TP
.I config/publications.yaml
what is offered, and the rules
.TP
.I ~/.cache/mediawire/
configs without secrets as they were read last, for commands to start from; may be
removed at any time. Below
.B XDG_CACHE_HOME
where that is set.
"""


def written():
    """Return the page as it should be."""
    top = click.Context(mediawire, info_name="mediawire")
    lines = [HEAD, ".SH OPTIONS\n", *options(top), ".SH COMMANDS\n", *commands(top)]
    return "".join([*lines, TAIL])


def commands(context):
    """Yield a section for each command below one, groups followed by their verbs."""
    group = context.command
    for name in group.list_commands(context):
        below = click.Context(
            group.get_command(context, name), info_name=name, parent=context
        )
        yield f".SS {roff(below.command_path)}\n"
        pieces = " ".join(below.command.collect_usage_pieces(below))
        yield f".B {roff(below.command_path)}\n{roff(pieces)}\n"
        yield from paragraphs(below.command.help or "")
        yield from options(below)
        if below.command.epilog:
            yield from paragraphs(below.command.epilog)
        if isinstance(below.command, click.Group):
            yield from commands(below)


def options(context):
    """Yield a tagged paragraph for each option."""
    for parameter in context.command.get_params(context):
        record = parameter.get_help_record(context)
        if (
            isinstance(parameter, click.Option)
            and record
            and "--help" not in parameter.opts
        ):
            yield f".TP\n.B {roff(record[0])}\n{roff(record[1])}\n"


def paragraphs(text):
    """Yield help as paragraphs; what stands behind a \\b keeps its lines."""
    for block in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if block.startswith("\b"):
            lines = block.removeprefix("\b").strip("\n").split("\n")
            yield ".PP\n.nf\n" + "".join(f"{roff(line)}\n" for line in lines) + ".fi\n"
        else:
            yield f".PP\n{roff(' '.join(block.split()))}\n"


def roff(text):
    """Return text that troff prints as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", plain, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
