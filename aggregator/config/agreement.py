"""Do the files agree with each other? What is named must exist, and only once.

In: the files as written (so that a wrong value elsewhere hides nothing here), the kinds
of rules and the formats that the rooms above offer. Out: complaints; both places are
named where two entries want the same name.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from aggregator.config.names import folded
from aggregator.config.written import Path, Written, nearest
from aggregator.errors import Complaint

# What is wrong with the options of a rule: dotted paths below it, and sentences.
Checker = Callable[[Mapping[str, object]], Sequence[tuple[str, str]]]


def disagreements(
    sources: Sequence[Written],
    publications: Written,
    *,
    kinds: Mapping[str, Checker],
    formats: Collection[str],
) -> list[Complaint]:
    """Return what does not fit together between the files."""
    return [
        *_twins(_ids("sources", *sources), "source"),
        *_twins(_ids("publications", publications), "publication"),
        *_twins(_groups(sources), "group"),
        *_unknown_groups(sources),
        *_unknown_rules(sources, publications),
        *_unknown_sources(sources, publications),
        *_unknown_kinds(publications, kinds),
        *_remarks(publications, kinds),
        *_bad_formats(publications, formats),
    ]


def doubts(
    sources: Sequence[Written],
    publications: Written,
    *,
    doubters: Mapping[str, Checker],
) -> list[Complaint]:
    """Return what fits together and is likely not meant: nothing fails because of it.

    A language that no source names is none: sources say it of each report themselves.
    """
    return [
        *_ids_like_options([*sources, publications]),
        *_unknown_tags(sources, publications),
        *_unknown_preferred(sources, publications),
        *_remarks(publications, doubters),
    ]


# -- what the files hold, whatever else is wrong with them

Entry = tuple[Written, Path, dict[str, Any]]
Name = tuple[Written, Path, str]


def _entries(key: str, *files: Written) -> Iterator[Entry]:
    """Return the mappings in a list at the top of files."""
    for file in files:
        entries = file.values.get(key)
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(entry, dict):
                yield file, (key, index), entry


def _mappings(key: str, *files: Written) -> Iterator[Entry]:
    """Return the mappings in a mapping at the top of files."""
    for file in files:
        entries = file.values.get(key)
        for name, entry in (entries if isinstance(entries, dict) else {}).items():
            if isinstance(entry, dict):
                yield file, (key, name), entry


def _words(entry: Entry, *steps: str) -> Iterator[Name]:
    """Return the texts below an entry: one, or those in a list."""
    file, path, value = entry
    below: Any = value
    for step in steps:
        below = below.get(step) if isinstance(below, dict) else None
    if isinstance(below, str):
        yield file, (*path, *steps), below
    for index, word in enumerate(below if isinstance(below, list) else ()):
        if isinstance(word, str):
            yield file, (*path, *steps, index), word


def _ids(key: str, *files: Written) -> Iterator[Name]:
    """Return the ids of the entries in a list at the top of files."""
    for entry in _entries(key, *files):
        yield from _words(entry, "id")


def _names(key: str, *files: Written) -> list[str]:
    return [word for _, _, word in _ids(key, *files)]


def _groups(sources: Sequence[Written]) -> Iterator[Name]:
    """Return the names of the groups, which are keys."""
    for file, path, _ in _mappings("groups", *sources):
        yield file, path, str(path[-1])


# -- what may be wrong


def _twins(ids: Iterable[Name], noun: str) -> Iterator[Complaint]:
    """Complain of ids that are, or that some file systems take to be, the same."""
    firsts: dict[str, Name] = {}
    for name in ids:
        file, path, word = name
        first_file, first_path, first = firsts.setdefault(folded(word), name)
        if (first_file, first_path) == (file, path):
            continue
        place = first_file.place(first_path, at_key=noun == "group")
        alike = "" if first == word else f', which is "{first}" to some systems'
        message = f'"{word}" is already the {noun} at {place}{alike}'
        yield file.complaint(path, message, at_key=noun == "group")


def _ids_like_options(files: Sequence[Written]) -> Iterator[Complaint]:
    """Doubt ids with a hyphen in front: the command line takes them for options.

    Not refused: an id stands in addresses that readers have.
    """
    for key in ("sources", "publications"):
        for file, path, word in _ids(key, *files):
            if word.startswith("-"):
                message = (
                    f'"{word}" begins like an option, so a command takes it only '
                    f"behind -- (`-- {word}`); if it is new, write another"
                )
                yield file.complaint(path, message)


def _unknown_groups(sources: Sequence[Written]) -> Iterator[Complaint]:
    groups = [word for _, _, word in _groups(sources)]
    for entry in _entries("sources", *sources):
        yield from _unknown(_words(entry, "group"), groups, "group")


def _unknown_rules(
    sources: Sequence[Written], publications: Written
) -> Iterator[Complaint]:
    written = publications.values.get("rules")
    rules = list(written) if isinstance(written, dict) else []
    defaults = (
        (file, ("defaults",), file.values["defaults"])
        for file in sources
        if "defaults" in file.values
    )
    for entry in (
        *defaults,
        *_mappings("groups", *sources),
        *_entries("sources", *sources),
        *_entries("publications", publications),
    ):
        yield from _unknown(_words(entry, "rules"), rules, "rule")


def _unknown_sources(
    sources: Sequence[Written], publications: Written
) -> Iterator[Complaint]:
    known = _names("sources", *sources)
    for entry in _entries("publications", publications):
        yield from _unknown(_words(entry, "select", "sources"), known, "source")


def _unknown_tags(
    sources: Sequence[Written], publications: Written
) -> Iterator[Complaint]:
    """Doubt tags that publications select by and no source has: they stay empty."""
    listed = list(_entries("sources", *sources))
    speaking = [
        *((file, ("defaults",), file.values.get("defaults", {})) for file in sources),
        *_mappings("groups", *sources),
        *listed,
    ]
    known = [word for entry in speaking for _, _, word in _words(entry, "tags")]
    for entry in _entries("publications", publications) if listed else ():
        yield from _unknown(
            _words(entry, "select", "tags"), known, "source with the tag"
        )


def _unknown_preferred(
    sources: Sequence[Written], publications: Written
) -> Iterator[Complaint]:
    """Doubt sources that a rule prefers and that are not here; articles of one that was may be."""
    known = _names("sources", *sources)
    for entry in _mappings("rules", publications) if known else ():
        if entry[2].get("kind") == "duplicates":
            yield from _unknown(_words(entry, "prefer"), known, "source")


def _unknown(
    names: Iterator[Name], known: Collection[str], noun: str
) -> Iterator[Complaint]:
    known_names = set(known)
    for file, path, word in names:
        if word not in known_names:
            message = f'there is no {noun} "{word}"{nearest(word, known)}'
            yield file.complaint(path, message)


def _unknown_kinds(
    publications: Written, kinds: Collection[str]
) -> Iterator[Complaint]:
    for entry in _mappings("rules", publications):
        yield from _unknown(_words(entry, "kind"), kinds, "kind of rule")


def _remarks(
    publications: Written, checkers: Mapping[str, Checker]
) -> Iterator[Complaint]:
    """Return what the checker of its kind says of each rule, with the place."""
    for file, path, written in _mappings("rules", publications):
        kind = written.get("kind")
        checker = checkers.get(kind) if isinstance(kind, str) else None
        options = {key: value for key, value in written.items() if key != "kind"}
        for dotted, message in checker(options) if checker else ():
            below, value = _below(options, dotted)
            at_key = isinstance(value, dict | list)
            yield file.complaint((*path, *below), message, at_key=at_key)


def _below(options: object, dotted: str) -> tuple[Path, object]:
    """Return the path that a dotted one means (keys may hold dots), and its value."""
    if not dotted:
        return (), options
    if isinstance(options, list):
        index, _, rest = dotted.partition(".")
        if index.isdecimal() and int(index) < len(options):
            path, value = _below(options[int(index)], rest)
            return (int(index), *path), value
    keys = options if isinstance(options, dict) else {}
    fitting = [key for key in keys if f"{dotted}.".startswith(f"{key}.")]
    if not fitting:
        return (dotted,), None
    key = max(fitting, key=len)
    path, value = _below(keys[key], dotted[len(key) + 1 :])
    return (key, *path), value


def _bad_formats(
    publications: Written, formats: Collection[str]
) -> Iterator[Complaint]:
    for entry in _entries("publications", publications):
        yield from _unknown(_words(entry, "formats"), formats, "format")
        for file, path, word in _words(entry, "id"):
            ending = word.rpartition(".")[2]
            if ending in formats and ending != word:
                message = (
                    f'"{word}" ends like a format, and would share the address of the '
                    f"{ending} of another publication; take the .{ending} off"
                )
                yield file.complaint(path, message)
