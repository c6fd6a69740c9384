"""A config that was read before, taken up again while all that it was made of is the same.

In: a folder, the environment, flags. Out: the Config that they made last time, or None.
What tells an operator what is wrong, in which line, is a quarter of what `status` takes
with 1,000 sources, and nothing is wrong with a config that was read before: without YAML
and schema it starts in 250 ms of CPU instead of 335 (8 times in turns, 2 cores).

Kept is what was made of the folder, variables and flags alone. A config that holds a
secret, or looked for one elsewhere (`env:`, `file:`), is read anew at each start, so no
secret is ever copied, and none that was changed goes on being used.

It is kept for this user, in a file for each folder and what stands over it, and may be
removed at any time. Believed is only what is whole, and was written by this user and by
this very program. Whatever hinders that only means that the config is read anew.

Source: XDG Base Directory Specification 0.8 (`XDG_CACHE_HOME`).
"""

import os
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import MsgspecError, Struct
from msgspec.msgpack import Decoder, Encoder

from aggregator import __version__
from aggregator.config.addresses import holds_password
from aggregator.config.folder import (
    DIGEST_BYTES,
    MAX_BYTES,
    MORE_SOURCES,
    digest,
    digest_of,
    paths,
)
from aggregator.config.masking import secrets
from aggregator.config.secret import PREFIX
from aggregator.model import Config

MOST = 32  # configs of one user; whoever has more has not used the others for long
_PREFIX, _SUFFIX = "config-", ".msgpack"
# What can go wrong with files and texts; half a surrogate pair is a ValueError.
_HINDRANCES = (OSError, MsgspecError, TypeError, ValueError)


class Cached(Struct, frozen=True, kw_only=True):
    """Where the config of a folder is kept, and what it is made of now.

    `contents` stands for the bytes of its files, `made_of` for all there is.
    """

    file: Path
    contents: bytes
    made_of: bytes

    def config(self) -> Config | None:
        """Return the config, None if it is not kept or was made of something else."""
        with suppress(*_HINDRANCES):
            content = _content(self.file)
            head, packed = content[: 2 * DIGEST_BYTES], content[2 * DIGEST_BYTES :]
            if head == self.made_of + digest([packed]):
                return _DECODER.decode(packed)
        return None

    def keep(self, config: Config) -> None:
        """Keep a config, if it holds no secret and there is a place for it."""
        with suppress(*_HINDRANCES):
            packed = _ENCODER.encode(config)
            # Options of rules may be of types that come back as others.
            if not _holds_secrets(config) and _DECODER.decode(packed) == config:
                _write(self.file, self.made_of + digest([packed]) + packed)


def cached(
    folder: Path, *, environ: Mapping[str, str], flags: Mapping[str, str]
) -> Cached | None:
    """Return where the config of a folder would be kept; None if it can be nowhere."""
    place = _place(environ)
    if place is None:
        return None
    above = [f"--{name}={text}" for name, text in sorted(flags.items())]
    above += [
        f"{name}={text}"
        for name, text in sorted(environ.items())
        if name.startswith(PREFIX)
    ]
    with suppress(*_HINDRANCES):
        folder = folder.absolute()
        around = [str(folder), str(Path.cwd()), *above]
        name = digest(map(os.fsencode, around))
        contents = digest_of((path, _written(path)) for path in paths(folder))
        return Cached(
            file=place / f"{_PREFIX}{name.hex()}{_SUFFIX}",
            contents=contents,
            made_of=digest([name, contents, *_beside(folder), *_program()]),
        )
    return None


def _place(environ: Mapping[str, str]) -> Path | None:
    """Return the folder of this user's caches that is ours, None without one."""
    if (said := environ.get("XDG_CACHE_HOME", "")).startswith("/"):
        return Path(said, "mediawire")
    if (home := environ.get("HOME", "")).startswith("/"):
        return Path(home, ".cache", "mediawire")
    return None


def _written(path: Path) -> bytes:
    """Return the bytes of a file, none if it is missing.

    Raises OSError for a pipe, whose bytes are there once, for whoever reads the config.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise OSError(f"{path} is no file")
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""


def _beside(folder: Path) -> Iterator[bytes]:
    """Yield what is mentioned of a folder beside what its files say.

    Which names there are, for some look like ours, and who may read our own.
    """
    for within in (folder, folder / MORE_SOURCES):
        with suppress(FileNotFoundError, NotADirectoryError):
            yield os.fsencode("\0".join(sorted(each.name for each in within.iterdir())))
    for path in paths(folder):
        with suppress(FileNotFoundError):
            yield bytes([path.stat().st_mode & stat.S_IROTH])


def _program() -> list[bytes]:
    """Return what stands for this program: the modules of it, as they are on disk.

    A version is not enough: it stays the same while somebody works on the program. To
    look at 400 files takes 1.2 ms.
    """
    parts = [f"{__version__} {sys.version}".encode()]
    folders = [str(Path(__file__).parents[1])]
    while folders:
        with os.scandir(folders.pop()) as found:
            for entry in found:
                if entry.name.endswith(".py"):
                    state = entry.stat()
                    times = f"{state.st_mtime_ns} {state.st_ctime_ns}"
                    parts.append(os.fsencode(f"{state.st_size} {times} {entry.path}"))
                elif entry.is_dir() and entry.name != "__pycache__":
                    folders.append(entry.path)
    return sorted(parts)


def _content(file: Path) -> bytes:
    """Return what a file holds, nothing if it is another user's or any may write to it."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        state = os.fstat(descriptor)
        is_ours = state.st_uid == os.geteuid() and stat.S_ISREG(state.st_mode)
        if not is_ours or state.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            return b""
        with open(descriptor, "rb", closefd=False) as opened:
            return opened.read()
    finally:
        os.close(descriptor)


def _write(file: Path, content: bytes) -> None:
    """Put a file in its place, whole, for this user alone; let go of the oldest.

    Raises OSError, also where the folder is another user's: root may have their HOME.
    """
    _require_ours(file.parent)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # It has a name like the others: what a crash leaves goes when it is the oldest.
    beside = file.with_stem(f"{file.stem}-{os.getpid()}")
    beside.unlink(missing_ok=True)
    try:
        with open(beside, "xb", opener=_for_us_alone) as opened:
            opened.write(content)
        beside.replace(file)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    kept = file.parent.glob(f"{_PREFIX}*{_SUFFIX}")
    by_age = sorted(kept, key=lambda path: path.stat().st_mtime_ns)
    for oldest in by_age[:-MOST]:
        oldest.unlink()


def _require_ours(folder: Path) -> None:
    """Raise OSError unless a folder, or the nearest above it that exists, is ours."""
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if there.lstat().st_uid != os.geteuid():
        raise PermissionError(f"{there} is another user's")


def _for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def _holds_secrets(config: Config) -> bool:
    """Return whether anything in a config is nobody's business."""
    mail = config.alerts.mail
    return (
        config.console.token_digest is not None
        or config.alerts.webhook is not None
        or (mail is not None and (mail.username or mail.password) is not None)
        or "?" in config.store
        or holds_password(config.store)
        or any(
            each.auth is not None
            or each.headers
            or "#" in each.url
            or any(secrets(each.url))
            for each in config.sources
        )
    )


def _plain(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError


def _as_meant(wanted: type, value: object) -> object:
    if wanted is Path:
        return Path(str(value))
    raise NotImplementedError


_ENCODER = Encoder(enc_hook=_plain)
_DECODER = Decoder(Config, dec_hook=_as_meant)
