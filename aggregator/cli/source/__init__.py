"""`source`: look at what is polled, and change it in the files, comments kept.

    listing   list, show
    finding   add, test         → app.prospect
    changing  pause, resume, remove
    deciding  release, reject
    lists     import, export    (OPML)

To add a verb: a command in one of these modules or a new one, and its name below. A
change of the files goes through `app.amending`, so that an invalid one is refused.
"""

import click

from aggregator.cli import Verbs
from aggregator.cli.source.changing import pause, remove, resume
from aggregator.cli.source.deciding import reject, release
from aggregator.cli.source.finding import add, test
from aggregator.cli.source.listing import list_, show
from aggregator.cli.source.lists import export, import_

__all__ = ["source"]


@click.group(cls=Verbs)
def source() -> None:
    """Look at what is polled, and change it in the config files."""


for verb in (
    list_,
    show,
    add,
    test,
    pause,
    resume,
    remove,
    release,
    reject,
    import_,
    export,
):
    source.add_command(verb)
