"""Change sources.yaml by program and keep what people wrote: comments, order, quotes.

In: the file's text and what is to be different. Out: its text, other only in the
characters that the change is about; read again, it says exactly what was asked for, or
MediaWireError. `amend` writes, atomically, and only what leaves the folder valid.

The text is cut and pasted at the places of its nodes (`spans`). ruamel.yaml was tried:
it hangs a comment on what stands before it, so that taking one source out lost the
comment of the next, and a key added at the end came to stand behind the blank line.
"""

import fcntl
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import yaml

from aggregator.config.draft import draft
from aggregator.config.files import read_folder
from aggregator.config.spans import Layout, member
from aggregator.config.written import Place
from aggregator.errors import MediaWireError
from aggregator.model import Config

_SOURCES = "sources"


def amend(
    folder: Path,
    file: str,
    change: Callable[[str], str],
    *,
    load: Callable[[Path], Config],
) -> Config:
    """Change one file of the folder, which need not exist yet; return what holds then.

    The folder as it would be is loaded first: what `load` raises is passed on, and
    nothing is changed. KeyError if `change` names a source that is not in the file.
    Two changes at a time wait for each other; MediaWireError if a person changed the
    file meanwhile.
    """
    target = (folder / file).resolve()
    with _one_at_a_time(folder):
        before = _text(target)
        after = _ended_like(before, change(before))
        with draft(folder, file, after) as drafted:
            config = load(drafted)
        if _text(target) != before:
            raise MediaWireError(
                f"{file} was changed by somebody else at the same moment; nothing was "
                "changed here: try again"
            )
        target.parent.mkdir(exist_ok=True)
        _replace(target, after)
    return config


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for who changes the folder now, command or console, and keep others waiting.

    The kernel ends the lock with the process. Some network file systems have none: there
    the second of two changes is refused, as beside a person's.
    """
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _text(file: Path) -> str:
    """Return what a file says, nothing if there is none; every line keeps its end."""
    return file.read_bytes().decode("utf-8") if file.exists() else ""


def _ended_like(before: str, after: str) -> str:
    """Return a text with the line ends of what it was, if those are of Windows."""
    if "\r\n" not in before or before.count("\n") > before.count("\r\n"):
        return after
    return re.sub(r"(?<!\r)\n", "\r\n", after)


def places(folder: Path) -> dict[str, Place]:
    """Return where each source of a folder stands, by its id."""
    return {
        str(entry["id"]): file.place((_SOURCES, index))
        for file in read_folder(folder).sources
        for index, entry in enumerate(file.values.get(_SOURCES) or ())
        if isinstance(entry, dict) and "id" in entry
    }


def with_sources(text: str, sources: Sequence[Mapping[str, Any]]) -> str:
    """Return the text with more sources at the end of the list."""
    layout = Layout(text)
    pair = member(layout.root, _SOURCES)
    if pair is None:
        begun = text if not text or text.endswith("\n") else f"{text}\n"
        after = f"{begun}{_SOURCES}:\n{_entries(sources, 2)}"
    elif not pair[1].value:
        start, end = layout.end(pair[0]), layout.end(pair[1])
        end = max(end, text.index(":", start) + 1)
        behind = layout.line(end).end
        remark = text[end:behind].rstrip()
        after = f"{text[:start]}:{remark}\n{_entries(sources, 2)}{text[behind:]}"
    elif isinstance(pair[1], yaml.SequenceNode) and pair[1].flow_style:
        after = _put_last(layout, pair[1], ", ".join(map(_flow, sources)))
    else:
        indent = layout.column(layout.dash(pair[1].value[0]))
        end = layout.tail(pair[1], indent)
        line_end = "" if text[:end].endswith("\n") else "\n"
        after = f"{text[:end]}{line_end}{_entries(sources, indent)}{text[end:]}"
    return _checked(text, after, lambda before: [*before, *map(dict, sources)])


def without_source(text: str, source_id: str) -> str:
    """Return the text without a source; KeyError if it is not in it.

    Comment lines right above a source speak of it, and go with it.
    """
    layout = Layout(text)
    entries, index = _found(layout, source_id)
    after = _without(layout, entries.value, index, is_flow=bool(entries.flow_style))
    return _checked(text, after, lambda before: [*before[:index], *before[index + 1 :]])


def with_keys(text: str, source_id: str, keys: Mapping[str, Any]) -> str:
    """Return the text with keys of a source set, or taken out where they are None."""
    for key, value in keys.items():
        text = _with_key(text, source_id, key, value)
    return text


def _with_key(text: str, source_id: str, key: str, value: object) -> str:
    layout = Layout(text)
    entries, index = _found(layout, source_id)
    source = entries.value[index]
    pair = member(source, key)
    if pair and value is not None:
        end = layout.end(pair[1])
        after = f"{text[: layout.end(pair[0])]}: {_flow(value)}{text[end:]}"
    elif pair:
        number = source.value.index(pair)
        after = _without(layout, source.value, number, is_flow=bool(source.flow_style))
    elif value is None:
        return text
    elif source.flow_style:
        after = _put_last(layout, source, f"{key}: {_flow(value)}")
    else:
        end = layout.line(layout.end(source)).end
        indent = " " * layout.column(layout.start(source))
        before = text[:end] if text[:end].endswith("\n") else f"{text[:end]}\n"
        after = f"{before}{indent}{key}: {_flow(value)}\n{text[end:]}"

    def expected(before: list[dict[str, Any]]) -> list[dict[str, Any]]:
        kept = {k: v for k, v in before[index].items() if k != key or value is not None}
        changed = kept | ({key: value} if value is not None else {})
        return [*before[:index], changed, *before[index + 1 :]]

    return _checked(text, after, expected)


def _found(layout: Layout, source_id: str) -> tuple[yaml.CollectionNode, int]:
    """Return the list of sources and the place of one in it."""
    pair = member(layout.root, _SOURCES)
    entries = pair[1] if pair else None
    if isinstance(entries, yaml.SequenceNode):
        for index, source in enumerate(entries.value):
            said = member(source, "id")
            if said and said[1].value == source_id:
                return entries, index
    raise KeyError(source_id)


def _without(
    layout: Layout, siblings: Sequence[Any], index: int, *, is_flow: bool
) -> str:
    """Return the text without an entry of a list, or a key and value of a mapping."""
    text = layout.text
    starts = [layout.start(_first(each)) for each in siblings]
    ends = [layout.end(_last(each)) for each in siblings]
    is_pair = isinstance(siblings[index], tuple)
    if is_pair and index == 0 and not is_flow and "#" in text[ends[0] : starts[1]]:
        # The dash stands alone then, above the comment on the key that follows.
        return text[: starts[0]].rstrip() + text[ends[0] :]
    if is_flow or (is_pair and index == 0):
        # What stands on a line with others goes with the comma, or up to the next.
        is_last = index == len(siblings) - 1
        start = starts[index]
        if is_last and index:
            # The one before may be an alias (`tags: *all`), which ends where it was made.
            said = text[:start].rstrip()
            start = len(said) - 1 if said.endswith(",") else ends[index - 1]
        end = ends[index] if is_last else starts[index + 1]
        return text[:start] + text[end:]
    if is_pair:
        span = layout.lines(starts[index], ends[index])
    else:
        span = layout.entry(siblings[index])
    return text[: span.start] + text[span.end :]


def _put_last(layout: Layout, node: yaml.CollectionNode, said: str) -> str:
    """Return the text with one thing more within the brackets of a list or mapping."""
    end = layout.end(node) - 1
    before = layout.text[:end].rstrip()
    comma = "" if before.endswith(",") else ","
    return f"{before}{comma} {said}{layout.text[end:]}"


def _first(item: Any) -> yaml.Node:  # noqa: ANN401 - a node, or a pair of nodes
    node = item[0] if isinstance(item, tuple) else item
    assert isinstance(node, yaml.Node)  # noqa: S101 - for mypy: PyYAML has no types here
    return node


def _last(item: Any) -> yaml.Node:  # noqa: ANN401 - a node, or a pair of nodes
    node = item[1] if isinstance(item, tuple) else item
    assert isinstance(node, yaml.Node)  # noqa: S101 - for mypy: PyYAML has no types here
    return node


def _entries(sources: Iterable[Mapping[str, Any]], indent: int) -> str:
    """Return sources as entries of a block list, a line for each key."""
    lines = []
    for source in sources:
        said = [f"{key}: {_flow(value)}" for key, value in source.items()]
        lines += [f"{'- ' if n == 0 else '  '}{line}" for n, line in enumerate(said)]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def _flow(value: object) -> str:
    """Return a text, list or mapping on one line."""
    dumped = yaml.safe_dump(
        value,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=1_000_000,
    )
    return dumped.removesuffix("\n").removesuffix("\n...")


def _checked(
    before: str, after: str, expected: Callable[[list[dict[str, Any]]], object]
) -> str:
    """Return the text after an edit, if it says exactly what it is to say.

    A layout that we do not understand is a case for a person, not for a guess.
    """
    old = _plain(before)
    try:
        said = _plain(after)
    except yaml.YAMLError:
        said = None
    if said != old | {_SOURCES: expected(old[_SOURCES])}:
        raise MediaWireError(
            "this file is laid out in a way that only a person can edit; nothing was "
            "changed"
        )
    return after


def _plain(text: str) -> dict[str, Any]:
    """Return what a file says, in texts, with a list of sources even if there is none."""
    said = yaml.load(text, yaml.CBaseLoader) or {}  # noqa: S506 - texts, nothing else
    return {**said, _SOURCES: said.get(_SOURCES) or []}


def _replace(target: Path, text: str) -> None:
    """Replace a file's text in one step; readers see the old or the new one.

    Where there is no room for the new one, nothing of it stays.
    """
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=".edit-", delete=False
    ) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            _resemble(temporary, target)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _resemble(file: Path, before: Path) -> None:
    """Give a file the owner and the permissions of the one whose place it takes."""
    if not before.exists():
        file.chmod(0o644)
        return
    was = before.stat()
    # Of root's edit of a file that only the service may read, the service would read
    # nothing any more. Who is not root has no need to, and may not.
    with suppress(PermissionError):
        os.chown(file, was.st_uid, was.st_gid)
    file.chmod(was.st_mode & 0o777)
