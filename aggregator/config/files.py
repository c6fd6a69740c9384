"""The files of a config folder, read: before anybody asks what they mean.

In: a folder. Out: Files, each as written, with complaints about what cannot be read. A
file that is missing or empty says nothing. Refused: a folder that is none, or that holds
nothing of ours, for then somebody is in the wrong place.
"""

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from msgspec import Struct

from aggregator.config.empties import settled
from aggregator.config.folder import (
    MAX_BYTES,
    PATIENCE,
    PUBLICATIONS,
    SERVICE,
    SOURCES,
    content_of,
    digest_of,
    paths,
)
from aggregator.config.nodes import read_yaml
from aggregator.config.opml import read_opml
from aggregator.config.written import Place, Written, nothing
from aggregator.errors import Complaint, ConfigError


class Files(Struct, frozen=True, kw_only=True):
    """What a folder says. `sources` begins with sources.yaml, lists (OPML) come last.

    `is_whole` tells whether every file could be read: if not, the names in it would all
    seem to be missing from where they are used. `digest` stands for their bytes.
    """

    service: Written
    sources: tuple[Written, ...]
    publications: Written
    complaints: tuple[Complaint, ...]
    is_whole: bool
    digest: bytes


def read_folder(folder: Path) -> Files:
    """Return the files of a folder; raises ConfigError if it is the wrong folder."""
    service, publications, *files = _found(folder)
    reader = _Reader(folder)
    sources: list[Written] = []
    for path in files:
        if path.suffix == ".opml":
            sources.append(reader.read_opml(path, known=_addresses(sources)))
        else:
            sources.append(reader.read_yaml(path, SOURCES))
    return Files(
        service=reader.read_yaml(service, SERVICE),
        sources=tuple(sources),
        publications=reader.read_yaml(publications, PUBLICATIONS),
        complaints=tuple(reader.complaints),
        is_whole=reader.is_whole,
        digest=digest_of(reader.contents),
    )


class _Reader:
    """Reads file after file and keeps what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.complaints: list[Complaint] = []
        self.contents: list[tuple[Path, bytes]] = []
        self.is_whole = True
        self._folder = folder

    def read_yaml(self, path: Path, schema_file: str) -> Written:
        file = self._name(path)
        try:
            written, unknown = settled(
                read_yaml(file, self._content(path, file)), schema_file
            )
        except ConfigError as error:
            return self._unreadable(file, error)
        self.complaints += unknown
        return written

    def read_opml(self, path: Path, *, known: Collection[str]) -> Written:
        file = self._name(path)
        try:
            return read_opml(file, self._content(path, file), known=known)
        except ConfigError as error:
            return self._unreadable(file, error)

    def _unreadable(self, file: str, error: ConfigError) -> Written:
        self.complaints += error.complaints
        self.is_whole = False
        return nothing(file)

    def _content(self, path: Path, file: str) -> bytes:
        content = _content(path, file)
        self.contents.append((path, content))
        return content

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


def _found(folder: Path) -> list[Path]:
    """Return what is to be read; raises ConfigError if nothing of ours can be."""
    place = Place(file=str(folder))
    try:
        if folder.is_dir() and not os.access(folder, os.R_OK | os.X_OK):
            message = "cannot be read: permission denied"
            raise ConfigError((place.complaint((), message),))
        found = paths(folder)
        _refuse_a_wrong_folder(folder, found)
    except OSError as error:
        where = Place(file=str(error.filename or folder))
        raise ConfigError((where.complaint((), _unreadable(error)),)) from error
    return found


def _refuse_a_wrong_folder(folder: Path, found: Sequence[Path]) -> None:
    if folder.is_file():
        message = (
            f"this is a file, and the config is a folder; write -c {folder.parent}"
        )
        raise ConfigError((Place(file=str(folder)).complaint((), message),))
    if not folder.is_dir():
        message = "there is no such folder"
    elif not any(path.exists() for path in found):
        message = f"this folder holds none of {SERVICE}, {SOURCES} and {PUBLICATIONS}"
    else:
        return
    hint = f"; `mediawire config init {folder}` writes one to start from"
    place = Place(file=str(folder))
    raise ConfigError((place.complaint((), message + hint),))


def _content(path: Path, file: str) -> bytes:
    """Return the bytes of a file, none if it is missing; raises ConfigError."""
    try:
        content = content_of(path, patience=PATIENCE)
    except FileNotFoundError:
        return b""
    except OSError as error:
        place = Place(file=file)
        raise ConfigError((place.complaint((), _unreadable(error)),)) from error
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        raise ConfigError((Place(file=file).complaint((), message),))
    return content


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {(error.strerror or 'unreadable').lower()}"


def _addresses(files: Sequence[Written]) -> set[str]:
    """Return the addresses of all sources in these files, as far as there are any."""
    entries = [
        entry
        for file in files
        if isinstance(entries := file.values.get("sources"), list)
        for entry in entries
    ]
    return {str(entry.get("url")) for entry in entries if isinstance(entry, dict)}
