"""Change sources.yaml by program and keep what people wrote: comments, order, quotes.

In: the file's text and what is to be different. Out: its text, other only in the lines
that the change touches, if the file is laid out as YAML commonly is (two blanks a level,
lists indented or not). The functions on paths write atomically. What was written is not
judged here: the caller loads the folder again.

This is ruamel.yaml's only place: it keeps comments and takes 0.6 s for 1,000 sources,
where reading for use keeps neither comments nor time.
"""

import io
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from ruamel.yaml import YAML

_SOURCES = "sources"


def add_source(path: Path, source: Mapping[str, Any]) -> None:
    """Append a source to a file, which need not exist yet."""
    _rewrite(path, lambda text: with_source(text, source))


def remove_source(path: Path, source_id: str) -> None:
    """Take a source out of a file; KeyError if it is not in it."""
    _rewrite(path, lambda text: without_source(text, source_id))


def set_keys(path: Path, source_id: str, keys: Mapping[str, Any]) -> None:
    """Set keys of a source, or take out those that are None; KeyError if unknown."""
    _rewrite(path, lambda text: with_keys(text, source_id, keys))


def with_source(text: str, source: Mapping[str, Any]) -> str:
    """Return the text with one more source at the end of the list."""

    def change(document: dict[str, Any]) -> None:
        if not document.get(_SOURCES):
            document[_SOURCES] = []
        document[_SOURCES].append(dict(source))

    return _changed(text, change)


def without_source(text: str, source_id: str) -> str:
    """Return the text without a source; KeyError if it is not in it."""

    def change(document: dict[str, Any]) -> None:
        document[_SOURCES].remove(_source(document, source_id))

    return _changed(text, change)


def with_keys(text: str, source_id: str, keys: Mapping[str, Any]) -> str:
    """Return the text with keys of a source set, or taken out where they are None."""

    def change(document: dict[str, Any]) -> None:
        source = _source(document, source_id)
        for key, value in keys.items():
            if value is None:
                source.pop(key, None)
            else:
                source[key] = value

    return _changed(text, change)


def _source(document: dict[str, Any], source_id: str) -> dict[str, Any]:
    for source in document.get(_SOURCES) or ():
        if str(source.get("id")) == source_id:
            return source  # type: ignore[no-any-return]  # ruamel's nodes are untyped
    raise KeyError(source_id)


def _changed(text: str, change: Callable[[dict[str, Any]], None]) -> str:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1_000_000  # never fold a line that a person did not fold
    is_flush = re.search(r"^sources:[^\n]*\n(?:\s*#[^\n]*\n|\n)*-", text, re.MULTILINE)
    yaml.indent(mapping=2, sequence=2 if is_flush else 4, offset=0 if is_flush else 2)
    document = yaml.load(text)
    written = io.StringIO()
    if document is None:  # nothing but comments, which hang on nothing
        document = {}
        written.write(text)
    change(document)
    yaml.dump(document, written)
    return written.getvalue()


def _rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Replace a file's text in one step; readers see the old or the new one."""
    target = path.resolve()
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    after = change(before)
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=".edit-", delete=False
    ) as file:
        file.write(after)
        file.flush()
        os.fsync(file.fileno())
    temporary = Path(file.name)
    temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
    temporary.replace(target)
