"""Read a config folder: everything in it, or everything that is wrong with it.

    files ─► overrides ─► agreement ─► schema ─► fold ─► Config
    (as       (flags,      (between     (each     (defaults < group < source)
    written)  variables)   files)       file)

Measured on two busy cores: 1,000 sources of 8 keys in 120 ms of CPU, 10,000 in 1.3 s.
"""

import gc
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, ValidationError

from aggregator.config import fold, overrides
from aggregator.config.agreement import Checker, disagreements, doubts
from aggregator.config.cautions import cautions, never_shown
from aggregator.config.files import Files, read_folder
from aggregator.config.folder import PUBLICATIONS, SERVICE, SOURCES
from aggregator.config.schema import PublicationsFile, SourcesFile
from aggregator.config.secret import Surroundings
from aggregator.config.sentences import complaints_of
from aggregator.config.service import ServiceFile
from aggregator.config.written import Written
from aggregator.errors import Complaint, ConfigError
from aggregator.model import Config

NOBODY: Mapping[str, Checker] = MappingProxyType({})
Keys = TypeVar("Keys", bound=BaseModel)


class Loaded(Struct, frozen=True, kw_only=True):
    """A config, and the files it was made of, with what stood over them.

    `elsewhere` are the names of the variables and files that secrets of it are kept in.
    """

    config: Config
    files: Files
    elsewhere: tuple[str, ...]


def load_files(
    folder: Path,
    *,
    environ: Mapping[str, str],
    flags: Mapping[str, str] | None = None,
    kinds: Mapping[str, Checker],
    formats: Collection[str],
    doubters: Mapping[str, Checker] = NOBODY,
    home: Path | None = None,
) -> Loaded:
    """Return the config of a folder; raises ConfigError with all complaints.

    `flags` are texts by the dotted path of their key in mediawire.yaml. `kinds` are the
    kinds of rules, each with a function that returns what is wrong with a rule's options
    as (dotted path, sentence); `formats` the formats that publications can have;
    `doubters`, by the kind of rule as well, return what in it is likely not meant.
    `home` is the folder that these files are for, where they only stand in `folder` to
    be tried: `file:../secret` is looked for from there.
    """
    around = Surroundings(
        folder=(home or folder).absolute(), cwd=Path.cwd(), environ=environ
    )
    with _without_collecting():
        return _loaded(folder, around, flags or {}, kinds, formats, doubters)


def listening(folder: Path, *, environ: Mapping[str, str]) -> tuple[str, int] | None:
    """Return where the service of a folder listens, whatever else is wrong in the folder.

    None where just that cannot be known. Raises ConfigError for a wrong folder.
    """
    around = Surroundings(folder=folder.absolute(), cwd=Path.cwd(), environ=environ)
    files = read_folder(around.folder)
    unknown: list[Complaint] = []
    listen = _overridden(files, {}, around, unknown).values.get("listen")
    if listen is None and not files.is_whole:
        unknown += [each for each in files.complaints if each.file == SERVICE]
    if any(each.file == SERVICE or each.path == "listen" for each in unknown):
        return None
    said = {} if listen is None else {"listen": listen}
    try:
        return ServiceFile.model_validate(said, context=around).listen
    except ValidationError:
        return None


def _loaded(
    folder: Path,
    around: Surroundings,
    flags: Mapping[str, str],
    kinds: Mapping[str, Checker],
    formats: Collection[str],
    doubters: Mapping[str, Checker],
) -> Loaded:
    files = read_folder(folder.absolute())
    complaints = list(files.complaints)
    files = replace(files, service=_overridden(files, flags, around, complaints))
    if files.is_whole:
        complaints += disagreements(
            files.sources, files.publications, kinds=kinds, formats=formats
        )
    check = _Check(around, complaints)
    service = check.keys(ServiceFile, files.service, SERVICE)
    sources = [check.keys(SourcesFile, file, SOURCES) for file in files.sources]
    publications = check.keys(PublicationsFile, files.publications, PUBLICATIONS)
    if complaints:
        raise ConfigError(tuple(sorted(complaints, key=_in_reading_order)))
    config = fold.config(service, sources, publications, around=around)
    doubtful = doubts(files.sources, files.publications, doubters=doubters)
    warnings = (
        *overrides.slips(around.environ),
        *cautions(around, files),
        *never_shown(config.sources),
        *map(str, sorted(doubtful, key=_in_reading_order)),
    )
    config = replace(config, warnings=warnings)
    return Loaded(config=config, files=files, elsewhere=tuple(around.sought))


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Keep the garbage collector from looking through a config while it is made.

    Hardly any of its 100,000 objects is garbage before the end, and looking through them
    again and again costs a third more: 160 ms instead of 120 for 1,000 sources.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _overridden(
    files: Files,
    flags: Mapping[str, str],
    around: Surroundings,
    complaints: list[Complaint],
) -> Written:
    """Return mediawire.yaml with what environment and flags say over it."""
    said, unreadable = overrides.from_environment(around)
    complaints += unreadable
    return overrides.applied(files.service, [*said, *overrides.from_flags(flags)])


class _Check(Struct, frozen=True):
    """Validates file after file, and adds what is wrong to the complaints."""

    around: Surroundings
    complaints: list[Complaint]

    def keys(self, schema: type[Keys], written: Written, schema_file: str) -> Keys:
        """Return the keys of a file; with complaints, nothing that is to be used."""
        try:
            return schema.model_validate(written.values, context=self.around)
        except ValidationError as error:
            self.complaints.extend(complaints_of(error, written, schema_file))
            return schema.model_construct()


def _in_reading_order(complaint: Complaint) -> tuple[str, int, int]:
    return (complaint.file, complaint.line or 0, complaint.column or 0)
