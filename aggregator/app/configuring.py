"""Read a config folder with the kinds of rules and the formats that this house has."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

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

    `home` is the folder that a draft is for (`config.load_files`).
    """
    return load_files(folder, environ=environ, flags=flags, home=home).config


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
