"""Read a config folder with the kinds of rules and the formats that this house has."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from aggregator.config.cache import cached
from aggregator.editing import complaints, doubts, kinds
from aggregator.model import Config
from aggregator.publishing.formats import names as format_names

if TYPE_CHECKING:
    from aggregator.config import Loaded


def load_config(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Config:
    """Return the config of a folder; raises ConfigError with everything wrong in it.

    If it is as it was when it was read last, what it came to then is taken from the
    cache. `home` is the folder that a draft is for (`config.load_files`).
    """
    look = partial(cached, folder, environ=environ, flags=flags or {})
    found = None if home else look()
    if found and (config := found.config()):
        return config
    loaded = load_files(folder, environ=environ, flags=flags, home=home)
    # While it was read it may have changed, even to and fro.
    as_read = found and not loaded.elsewhere and found.contents == loaded.files.digest
    if found and as_read and found == look():
        found.keep(loaded.config)
    return loaded.config


def load_files(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> "Loaded":
    """Return what `load_config` does, with the files as written."""
    from aggregator import config

    return config.load_files(
        folder,
        environ=environ,
        flags=flags,
        kinds={kind: partial(complaints, kind) for kind in kinds()},
        doubters={kind: partial(doubts, kind) for kind in kinds()},
        formats=format_names(),
        home=home,
    )
