"""Secrets that stand somewhere else: `env:NAME` and `file:PATH`.

In: a text of the config, and the surroundings it is read in. Out: the secret. A file is
relative to the config folder; one line end after the secret is not part of it.
ValueError names what is missing, never what was found.
"""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from msgspec import Struct, field

from aggregator.config.folder import PATIENCE, content_of
from aggregator.model import repr_without

MOST = 64 * 1024
# Keys of mediawire.yaml that are secrets; of `store` only a password in it is one.
KEYS = (("console", "token"), ("alerts", "webhook"), ("alerts", "mail", "password"))
PREFIX = "MEDIAWIRE_"  # of variables that are meant for us


class Surroundings(Struct, frozen=True, kw_only=True):
    """Where a config is read: its folder, the working directory, the environment.

    `sought` are the names of all values that were looked for elsewhere, `beside` the
    files in which one was found, `opened` those of them in which it is a secret.
    """

    folder: Path
    cwd: Path
    environ: Mapping[str, str]
    sought: list[str] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)
    beside: list[Path] = field(default_factory=list)

    def __repr__(self) -> str:
        return repr_without(self, "environ")


def is_elsewhere(text: str) -> bool:
    """Return whether a text only says where its secret is kept."""
    return text.startswith(("env:", "file:"))


def revealed(text: str, surroundings: Surroundings) -> str:
    """Return the secret that a text names, or the text itself if it names none."""
    if text.startswith("env:"):
        return from_environment(text.removeprefix("env:"), surroundings)
    if text.startswith("file:"):
        name = text.removeprefix("file:")
        secret = from_file(name, surroundings)
        surroundings.opened.append(surroundings.folder / name)
        return secret
    return text


def from_environment(name: str, surroundings: Surroundings) -> str:
    """Return the value of an environment variable; ValueError if it is not set."""
    surroundings.sought.append(name)
    value = surroundings.environ.get(name)
    if value is None:
        raise ValueError(f"the environment has no variable {name!r}")
    return value


def from_file(name: str, surroundings: Surroundings) -> str:
    """Return what a file holds; ValueError if it cannot be read as one text."""
    surroundings.sought.append(name)
    try:
        content = content_of(surroundings.folder / name, patience=PATIENCE)[:MOST]
        text = content.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        raise ValueError(f"the file {name!r} cannot be read: {reason}") from error
    except ValueError as error:  # no UTF-8, or a NUL in the name
        raise ValueError(f"the file {name!r} cannot be read as UTF-8 text") from error
    surroundings.beside.append(surroundings.folder / name)
    return text


def token_digest(token: str) -> bytes:
    """Return what is kept and compared of a token, 32 bytes.

    A plain hash will do where the secret is long and random, as a token is: there is no
    list of likely ones that a slow hash would have to be slow for.
    """
    return sha256(token.encode("utf-8", "surrogateescape")).digest()
