"""Read YAML so that every value knows its line and column.

In: the bytes of one file. Out: a Written: each scalar as the text that stands there (the
schema decides types: `title: no` stays "no"); a key without a value is kept apart.
Refused, with the place: bytes that are not UTF-8, keys written twice, tags (`!secret`),
aliases that make more of a file than was written, nesting beyond any use.

PyYAML's C parser makes the nodes: the text of 1,000 sources in 25 ms, against 600 ms in
ruamel.yaml; tomllib keeps no positions at all.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import yaml

from aggregator.config.folder import MORE_SOURCES, PUBLICATIONS, SOURCES
from aggregator.config.written import Path, Place, Written, nothing
from aggregator.errors import Complaint, ConfigError

Plain = str | list["Plain | None"] | dict[str, "Plain"]

MAX_DEPTH = 20
# Without aliases no file has more values than characters; with them, 300 bytes can have
# a billion.
SPARE_VALUES = 1_000

# YAML 1.1, section 5.1, by what it leaves out: `re` takes 0.3 ms to learn this, and 3 to
# learn what it lets in.
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
# What libyaml says, and what a person would.
_SENTENCES = (
    ("cannot start any token", "a text must not begin with this character; put it in quotes"),
    ("mapping values are not allowed", 'this ": " does not belong here; put the text in quotes, or check the indentation'),
    ("could not find expected ':'", 'a key without ":"; write key: value'),
    ("did not find expected key", "the indentation does not fit the lines above"),
    ("did not find expected '-'", 'this line does not fit the list above it; begin it with "- " or indent it otherwise'),
    ("expected ',' or ']'", 'the list that begins with "[" is not closed; write "]"'),
    ("expected ',' or '}'", 'the mapping that begins with "{" is not closed; write "}"'),
    ("did not find expected node content", 'an entry belongs here; within "[ ]" and "{ }" they have "," between and no "- " in front'),
    ("unexpected end of stream", "a quote is opened and never closed"),
    ("unknown escape character", r"in double quotes a backslash is written \\; or use single quotes"),
    ("duplicate anchor", 'a text that begins with "&" must be in quotes'),
    ("another document", 'a file is one document; take out the line "---"'),
    ("maximum nesting depth", "lists and mappings stand too deep within each other"),
    ("undefined alias", 'no anchor of this name is defined above this; if a text is meant that begins with "*", put it in quotes'),
    ("while scanning an alias", 'a text that begins with "*" must be in quotes'),
    ("while scanning an anchor", 'a text that begins with "&" must be in quotes'),
)  # fmt: skip


class _Composer(yaml.CBaseLoader):
    """libyaml's parser, making nodes; a tag is what was written, None if nothing was.

    PyYAML's own resolver guesses a tag for each of 30,000 nodes in 1,000 sources.
    """

    def resolve(self, _kind: type[yaml.Node], _value: str, _implicit: object) -> None:
        """Guess nothing: the schema knows what each text is."""

    def descend_resolver(self, _parent: yaml.Node, _index: object) -> None:
        """Called on the way down; nothing depends on it."""

    def ascend_resolver(self) -> None:
        """Called on the way up; nothing depends on it."""


def read_yaml(file: str, content: bytes) -> Written:
    """Return what one file says; raises ConfigError with what makes it unreadable."""
    text = _text(file, content)
    try:
        root = _Composer(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        raise ConfigError((_unreadable(file, text, error),)) from error
    if root is None:
        return nothing(file)
    walk = _Walk(file, most=len(text) + SPARE_VALUES)
    values = walk.plain(root, ())
    if walk.complaints:
        raise ConfigError(tuple(walk.complaints))
    if values is None:
        return nothing(file)
    written = Written(
        file=file,
        values=values if isinstance(values, dict) else {},
        empty=tuple(walk.empty),
        find=_finder(file, text, root),
    )
    if not isinstance(values, dict):
        message = f"write keys and values, for example {_beginning(file)}"
        raise ConfigError((written.complaint((), message),))
    return written


def _beginning(file: str) -> str:
    """Return what a file may begin with; people begin with the list that is in it."""
    if file == PUBLICATIONS:
        return "`publications:` with the list below it"
    if file == SOURCES or file.startswith(f"{MORE_SOURCES}/"):
        return "`sources:` with the list below it"
    return "`base_url: https://…`"


def _text(file: str, content: bytes) -> str:
    """Return the file as text; complaints name the line of the first bad byte."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", "replace")
        message = "the file is not UTF-8 here; save it as UTF-8"
        place = _at(file, before, len(before))
        raise ConfigError((place.complaint((), message),)) from error
    if found := _UNPRINTABLE.search(text):
        message = f"a control character (U+{ord(found[0]):04X}); take it out"
        place = _at(file, text, found.start())
        raise ConfigError((place.complaint((), message),))
    return text


def _at(file: str, text: str, offset: int) -> Place:
    before = text[:offset]
    line, column = before.count("\n") + 1, offset - before.rfind("\n")
    return Place(file=file, line=line, column=column)


def _unreadable(file: str, text: str, error: yaml.MarkedYAMLError) -> Complaint:
    """Return libyaml's error as a sentence with its place."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    said = f"{error.problem} {error.context}"
    lines = text.split("\n")
    here = lines[line] if line < len(lines) else ""
    indent = re.match(r"[ ]*\t?", here)
    if "cannot start any token" in said and indent and indent[0].endswith("\t"):
        message = "a tab stands here; YAML is indented with spaces only"
    else:
        message = next(
            (sentence for part, sentence in _SENTENCES if part in said),
            f"this cannot be read as YAML: {error.problem}",
        )
    if "closed" in message and error.context_mark:
        line, column = error.context_mark.line, error.context_mark.column
    return Place(file=file, line=line + 1, column=column + 1).complaint((), message)


def _scalar(node: yaml.Node) -> str | None:
    """Return the text; None for a key without a value, which has no quotes either."""
    assert isinstance(node, yaml.ScalarNode)  # noqa: S101 - the third kind of three
    return str(node.value) if node.value or node.style else None


class _Walk:
    """Makes plain values of nodes and keeps what is wrong on the way."""

    def __init__(self, file: str, *, most: int) -> None:
        self.complaints: list[Complaint] = []
        self.empty: list[Path] = []
        self._file = file
        self._left = most

    def plain(self, node: yaml.Node, path: Path) -> Plain | None:
        """Return the node's text, list or mapping; None for an empty plain scalar."""
        self._left -= 1
        if self._left < 0:
            self._stop(
                node, path, "aliases (*name) make far more of it than stands here"
            )
        if len(path) > MAX_DEPTH:
            self._stop(
                node, path, "lists and mappings stand too deep within each other"
            )
        if node.tag is not None:
            # It may be the beginning of a password: no complaint repeats it.
            message = (
                "a tag means nothing here; secrets are env:NAME or file:PATH; "
                'if a text is meant that begins with "!", put it in quotes'
            )
            self._complain(node, path, message)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, i)) for i, item in enumerate(node.value)]
        self._look_for_escapes(node, path)
        return _scalar(node)

    def _look_for_escapes(self, node: yaml.Node, path: Path) -> None:
        """Complain of what no document of ours may hold, written as an escape."""
        quoted = isinstance(node, yaml.ScalarNode) and node.style == '"'
        if quoted and (found := _UNPRINTABLE.search(node.value)):
            code = f"U+{ord(found[0]):04X}"
            message = (
                f"an escape for a control character ({code}); take it out, or write "
                "two backslashes where one is meant"
            )
            self._complain(node, path, message)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Plain]:
        values: dict[str, Plain] = {}
        firsts: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._complain(key, path, "a key must be a text")
                continue
            below = (*path, key.value)
            if key.value in firsts:
                first = _place(self._file, firsts[key.value])
                self._complain(key, below, f"this key stands already at {first}")
                continue
            firsts[key.value] = key
            if (plain := self.plain(value, below)) is not None:
                values[key.value] = plain
            else:
                self.empty.append(below)
        return values

    def _complain(self, node: yaml.Node, path: Path, message: str) -> None:
        self.complaints.append(_place(self._file, node).complaint(path, message))

    def _stop(self, node: yaml.Node, path: Path, message: str) -> None:
        self._complain(node, path, message)
        raise ConfigError(tuple(self.complaints))


def _finder(file: str, text: str, root: yaml.Node) -> Callable[[Path, bool], Place]:
    """Return what tells where a value stands, or its key, or the nearest above it.

    What is there by an alias stands where the alias does, with all that is below it.
    """
    aliases = cache(lambda: dict(_aliases(text, root)))

    def find(path: Path, at_key: bool) -> Place:  # noqa: FBT001 - as Written has it
        node, mark, alias = root, root.start_mark, None
        for step in path:
            if alias:
                mark = alias
                break
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                if step >= len(node.value):
                    break
                key, value = None, node.value[step]
            else:
                pairs = node.value if isinstance(node, yaml.MappingNode) else ()
                pair = next((pair for pair in pairs if pair[0].value == step), None)
                if pair is None:
                    break
                key, value = pair
            alias = aliases().get((id(node), step))
            mark = key.start_mark if key and at_key else alias or value.start_mark
            node = value
        return _at_mark(file, mark)

    return find


def _aliases(text: str, root: yaml.Node) -> Iterator[tuple[tuple[int, object], Any]]:
    """Yield where aliases stand, each by the node it stands in and the step from there.

    All that composing leaves of an alias is a node that is met again. In the order of
    the file, each of those is the next alias that the parser comes by.
    """
    if "*" not in text:
        return
    events = yaml.parse(text, yaml.CBaseLoader)
    marks = (e.start_mark for e in events if isinstance(e, yaml.AliasEvent))
    met = {id(root)}

    def below(node: yaml.Node) -> Iterator[tuple[tuple[int, object], Any]]:
        for step, child in _children(node):
            if id(child) in met:
                yield (id(node), step), next(marks)
            else:
                met.add(id(child))
                yield from below(child)

    yield from below(root)


def _children(node: yaml.Node) -> Iterator[tuple[object, yaml.Node]]:
    """Yield what stands in a list or mapping, in order; a key stands at no step."""
    if isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield None, key
            yield key.value, value


def _place(file: str, node: yaml.Node) -> Place:
    return _at_mark(file, node.start_mark)


def _at_mark(file: str, mark: yaml.Mark) -> Place:
    return Place(file=file, line=mark.line + 1, column=mark.column + 1)
