"""List the modules of a folder that are found by themselves: kinds, formats, rules.

In: the path of a package. Out: the names of its modules, never none. pkgutil takes a
folder that cannot be read now (no file descriptor is free, for a moment) for an empty
one, and whoever remembers that knows no kind of source until the next start.
"""

import pkgutil
from collections.abc import Iterable

from aggregator.errors import MediaWireError


def names_in(path: Iterable[str]) -> list[str]:
    """Return the names of the modules of a package; MediaWireError if none is seen."""
    folders = list(path)
    names = [module.name for module in pkgutil.iter_modules(folders)]
    if not names:
        raise MediaWireError(
            f"{', '.join(folders)}: no part of Media Wire can be read there now; is a "
            "file descriptor free (ulimit -n), and the disk well?"
        )
    return names
