"""Read a config folder: everything in it, or everything that is wrong with it.

    bytes ─► Written ─► schema ─► agreement ─► fold ─► Config
             (nodes,    (one       (between     (defaults < group
             opml)      file)      files)       < source)

A file that is missing or empty says nothing, so defaults hold. Refused is a folder that
is none, or holds nothing of ours: then somebody is in the wrong place.

Measured: 1,000 sources in … ms of CPU.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from aggregator.config import fold, overrides
from aggregator.config.agreement import Checker, disagreements
from aggregator.config.cautions import cautions
from aggregator.config.nodes import read_yaml
from aggregator.config.opml import read_opml
from aggregator.config.schema import PublicationsFile, ServiceFile, SourcesFile
from aggregator.config.secret import Surroundings
from aggregator.config.sentences import complaints_of
from aggregator.config.written import Place, Written, nothing
from aggregator.errors import Complaint, ConfigError
from aggregator.model import Config

SERVICE, SOURCES, PUBLICATIONS = "mediawire.yaml", "sources.yaml", "publications.yaml"
MORE_SOURCES = "sources.d"
MAX_BYTES = 20 * 1024 * 1024

Keys = TypeVar("Keys", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A config, and what it was made of: `sources` begins with sources.yaml."""

    config: Config
    service: Written
    sources: tuple[Written, ...]
    publications: Written


def load(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    kinds: Mapping[str, Checker],
    formats: Collection[str],
) -> Config:
    """Return the config of a folder; raises ConfigError with all complaints.

    `flags` are texts by the dotted path of their key in mediawire.yaml. `kinds` are the
    kinds of rules, each with a function that returns what is wrong with a rule's options
    as (dotted path, sentence); `formats` the formats that publications can have.
    """
    return load_files(
        folder, environ=environ, flags=flags, kinds=kinds, formats=formats
    ).config


def load_files(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    kinds: Mapping[str, Checker],
    formats: Collection[str],
) -> Loaded:
    """Return what `load` does, with the files as written."""
    around = Surroundings(folder=folder.absolute(), cwd=Path.cwd(), environ=environ)
    complaints: list[Complaint] = []
    service, sources, publications = _read(around.folder, complaints)
    # Names of a file that cannot be read would all seem to be missing.
    if not complaints:
        complaints += disagreements(sources, publications, kinds=kinds, formats=formats)
    service = _overridden(service, flags or {}, around, complaints)

    service_keys = _validated(ServiceFile, service, SERVICE, around, complaints)
    sources_keys = [
        _validated(SourcesFile, file, SOURCES, around, complaints) for file in sources
    ]
    publications_keys = _validated(
        PublicationsFile, publications, PUBLICATIONS, around, complaints
    )
    if complaints:
        raise ConfigError(tuple(sorted(complaints, key=_in_reading_order)))
    config = fold.config(
        service_keys,
        sources_keys,
        publications_keys,
        around=around,
        warnings=[
            *overrides.slips(environ),
            *cautions(around.folder, service, sources, publications),
        ],
    )
    return Loaded(
        config=config, service=service, sources=sources, publications=publications
    )


def _read(
    folder: Path, complaints: list[Complaint]
) -> tuple[Written, tuple[Written, ...], Written]:
    """Return the service, the sources and the publications as written."""
    paths = {name: folder / name for name in (SERVICE, SOURCES, PUBLICATIONS)}
    more = sorted((folder / MORE_SOURCES).glob("*.yaml"))
    lists = sorted((folder / MORE_SOURCES).glob("*.opml"))
    _refuse_a_wrong_folder(folder, [*paths.values(), *more, *lists])

    def read(path: Path, known: Collection[str] = ()) -> Written:
        file = path.relative_to(folder).as_posix()
        try:
            content = _content(path, file)
            if path.suffix == ".opml":
                return read_opml(file, content, known=known)
            return read_yaml(file, content)
        except ConfigError as error:
            complaints.extend(error.complaints)
            return nothing(file)

    sources = [read(path) for path in (paths[SOURCES], *more)]
    for path in lists:
        sources.append(read(path, known=_addresses(sources)))
    return read(paths[SERVICE]), tuple(sources), read(paths[PUBLICATIONS])


def _refuse_a_wrong_folder(folder: Path, paths: Sequence[Path]) -> None:
    if not folder.is_dir():
        message = "there is no such folder"
    elif not any(path.exists() for path in paths):
        message = f"this folder holds none of {SERVICE}, {SOURCES} and {PUBLICATIONS}"
    else:
        return
    hint = f"; `mediawire config init {folder}` writes one to start from"
    place = Place(file=str(folder))
    raise ConfigError((place.complaint((), message + hint),))


def _content(path: Path, file: str) -> bytes:
    """Return the bytes of a file, none if it is missing; raises ConfigError."""
    try:
        with path.open("rb") as opened:
            content = opened.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        message = f"cannot be read: {(error.strerror or 'unreadable').lower()}"
        raise ConfigError((Place(file=file).complaint((), message),)) from error
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        raise ConfigError((Place(file=file).complaint((), message),))
    return content


def _addresses(files: Sequence[Written]) -> set[str]:
    """Return the addresses of all sources in these files, as far as there are any."""
    entries = [
        entry
        for file in files
        if isinstance(entries := file.values.get("sources"), list)
        for entry in entries
    ]
    return {str(entry.get("url")) for entry in entries if isinstance(entry, dict)}


def _overridden(
    service: Written,
    flags: Mapping[str, str],
    around: Surroundings,
    complaints: list[Complaint],
) -> Written:
    """Return mediawire.yaml with what environment and flags say over it."""
    try:
        said = overrides.from_environment(around)
    except ConfigError as error:
        complaints.extend(error.complaints)
        said = []
    return overrides.applied(service, [*said, *overrides.from_flags(flags)])


def _validated(
    schema: type[Keys],
    written: Written,
    schema_file: str,
    around: Surroundings,
    complaints: list[Complaint],
) -> Keys:
    """Return the keys of a file; with complaints, something that is not to be used."""
    try:
        return schema.model_validate(written.values, context=around)
    except ValidationError as error:
        complaints += complaints_of(error, written, schema_file)
        return schema.model_construct()


def _in_reading_order(complaint: Complaint) -> tuple[str, int, int]:
    return (complaint.file, complaint.line or 0, complaint.column or 0)
