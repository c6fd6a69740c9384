"""A config folder to begin with: small, commented, and valid as it is.

The files are those in `starter/` beside this module.
"""

from importlib.resources import files
from pathlib import Path

from aggregator.config.folder import PUBLICATIONS, SERVICE, SOURCES
from aggregator.errors import MediaWireError


def write(folder: Path) -> list[Path]:
    """Write the starting files and return them; raises MediaWireError if any exists.

    Nothing is written over, and nothing is written at all if one of them is there.
    """
    starting = files("aggregator.config") / "starter"
    paths = [folder / name for name in (SERVICE, SOURCES, PUBLICATIONS)]
    for path in paths:
        if path.exists():
            raise MediaWireError(f"{path} is already there; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths:
            path.write_bytes((starting / path.name).read_bytes())
    except OSError as error:
        reason = (error.strerror or "unwritable").lower()
        raise MediaWireError(f"{folder} cannot be written: {reason}") from error
    return paths
