"""What flags and the environment say over mediawire.yaml: flag > MEDIAWIRE_* > file.

    MEDIAWIRE_FETCH__TIMEOUT=20s              two underscores go one level down
    MEDIAWIRE_STORE_FILE=/run/secrets/store   the value is what the file holds
    MEDIAWIRE_FETCH__ALLOW_PRIVATE=10.1.2.0/24,127.0.0.1:9001    lists, with commas;
                                              [10.1.2.0/24, "127.0.0.1:9001"] is the same

Variables of the same prefix that name no key are left alone, for an orchestrator sets
such (`MEDIAWIRE_PORT`, `MEDIAWIRE_SERVICE_HOST`) for its own ends; those that look like
a misspelt key are mentioned, and those of `hosts`, which only the file can say: a name
of a variable has no room for `*.platform.example`.
"""

from collections.abc import Collection, Mapping
from copy import deepcopy
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from aggregator.config import secret
from aggregator.config.folder import SERVICE
from aggregator.config.reference import is_list, settings
from aggregator.config.secret import PREFIX
from aggregator.config.written import Path, Place, Written
from aggregator.errors import Complaint

# Read by the command line itself, before there is a config.
_OF_THE_COMMAND_LINE = frozenset({"CONFIG", "LOG_LEVEL", "LOG_FORMAT"})
_FILE_ONLY = "hosts"
_STORE = ("store",)
# Near enough to be a slip: FETCH_TIMEOUT for FETCH__TIMEOUT, not PORT for STORE.
_A_SLIP = 0.8


class Override(Struct, frozen=True, kw_only=True):
    """A value from outside the file, and what it is called there."""

    path: Path
    text: str
    place: Place


def from_flags(flags: Mapping[str, str]) -> list[Override]:
    """Return what flags say; they are named by the dotted path of their key."""
    return [
        Override(path=tuple(path.split(".")), text=text, place=Place(file=f"--{path}"))
        for path, text in flags.items()
    ]


def from_environment(
    around: secret.Surroundings,
) -> tuple[list[Override], list[Complaint]]:
    """Return what MEDIAWIRE_* variables say, and complaints about unreadable files."""
    overrides: list[Override] = []
    complaints: list[Complaint] = []
    if not _ours(around.environ):
        return overrides, complaints  # and no schema to be made: 18 ms of CPU
    for variable, path in _variables().items():
        for name, read in ((variable, _itself), (f"{variable}_FILE", secret.from_file)):
            if (text := around.environ.get(name)) is None:
                continue
            place = Place(file=name)
            try:
                value = read(text, around)
            except ValueError as error:
                complaints.append(place.complaint(path, str(error)))
            else:
                overrides.append(Override(path=path, text=value, place=place))
                if read is secret.from_file and path in (*secret.KEYS, _STORE):
                    around.opened.append(around.folder / text)
    return overrides, complaints


def _itself(text: str, _: secret.Surroundings) -> str:
    return text


def applied(written: Written, overrides: list[Override]) -> Written:
    """Return mediawire.yaml as overridden; later overrides win over earlier ones."""
    values = deepcopy(written.values)
    places: dict[Path, Place] = {}
    for override in overrides:
        _put(values, override)
        places[override.path] = override.place

    def find(path: Path, at_key: bool) -> Place:  # noqa: FBT001 - as Written has it
        for length in range(len(path), 0, -1):
            if path[:length] in places:
                return places[path[:length]]
        return written.find(path, at_key)

    return Written(file=written.file, values=values, find=find)


def slips(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable that is meant for us and not read.

    It names a group of keys, looks like a misspelt one of ours, or like one of `hosts`.
    """
    ours = _ours(environ)
    known = [name.removeprefix(PREFIX) for name in _variables()] if ours else []
    known += [f"{name}_FILE" for name in known]
    return [said for name in sorted(ours) if (said := _slip(name, known))]


def _slip(name: str, known: Collection[str]) -> str | None:
    """Return why a variable is not read, None if it is or is none of our business."""
    unread = f"the variable {PREFIX}{name} is not read"
    if name in known:
        return None
    if name.split("__", maxsplit=1)[0] == _FILE_ONLY.upper():
        return f"{unread}: write `{_FILE_ONLY}` in {SERVICE}"
    if first := _first_in(name, known):
        return (
            f"{unread}: it names a group of keys, which are set one by one, as "
            f"{PREFIX}{first}"
        )
    near = get_close_matches(name, known, n=1, cutoff=_A_SLIP)
    return f"{unread}; did you mean {PREFIX}{near[0]}?" if near else None


def _first_in(group: str, known: Collection[str]) -> str | None:
    """Return the first variable of a group of keys; None if there is no such group."""
    begin = group.rstrip("_") + "__"
    return next((name for name in sorted(known) if name.startswith(begin)), None)


def _ours(environ: Mapping[str, str]) -> list[str]:
    """Return the names of variables that may be meant for the config, prefix off."""
    names = (v.removeprefix(PREFIX) for v in environ if v.startswith(PREFIX))
    return [name for name in names if name not in _OF_THE_COMMAND_LINE]


def _variables() -> dict[str, Path]:
    return {PREFIX + "__".join(map(str, path)).upper(): path for path in settings()}


def _put(values: dict[str, Any], override: Override) -> None:
    *above, last = override.path
    for step in above:
        values = values.setdefault(str(step), {})
        if not isinstance(values, dict):
            return  # what stands in the file is wrong, and complained of there
    is_several = is_list(SERVICE, override.path)
    values[str(last)] = _several(override.text) if is_several else override.text


def _several(text: str) -> list[str]:
    """Return the texts of a list: with commas between, or as a file has it, in brackets."""
    text = text.strip()
    # `[::1]:80` is one text, not a list.
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    return [_unquoted(each.strip()) for each in text.split(",") if each.strip()]


def _unquoted(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] in "\"'" and text[0] == text[-1]
    return text[1:-1] if is_quoted else text
